//! Small rows of the guarantee catalogue about the wall, each as a test of its own.
//! Knows: schemas, frames, binaries, what was exported.

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use partywall_business::export::{FromRelay, Head, Outcome, ProvenBatch};
use partywall_business::field::{Basis, Recipient};
use partywall_business::table::{Row, Table, UnverifiedTable};
use partywall_business_plane::{OperatorKeys, Plane, PlaneError, StoreError, WingSettings};
use partywall_row::Row as Guarantee;
use partywall_store::Place;
use partywall_test_separation::business::trace::Step;
use partywall_test_separation::business::{BusinessWing, operator, operator_key};
use partywall_test_separation::{House, Script, schema, tables};
use partywall_test_street::house::binary;
use partywall_world::{Dice, ManualClock, Wall};

/// P03: a golden list; whoever adds a column reads this file and sees that there is none for addresses.
#[test]
fn the_business_database_has_no_column_for_a_network_address_or_a_peer() {
    let mut row = Guarantee::of("P03");
    let mut house = House::of(1, None);
    house.lives(&Script::of(1));
    let written = schema(&house.business.unwrap().place.look().unwrap()).unwrap();
    let tables = written.iter().filter(|sql| sql.starts_with("CREATE TABLE"));
    let columns: Vec<String> = tables.flat_map(|sql| names(sql)).collect();
    let golden: Vec<&str> = include_str!("business-columns.txt").lines().collect();
    assert_eq!(columns, golden, "{}", columns.join("\n"));
    row.tried(golden.len() as u64);
    for column in golden {
        let (_, name) = column.split_once('.').unwrap();
        for part in [
            "ip", "addr", "host", "port", "mailbox", "reader", "drop", "capab", "pass",
        ] {
            assert!(
                !name.split('_').any(|word| word.starts_with(part)),
                "{column}"
            );
        }
    }
}

/// `table.column`, for each column of a `CREATE TABLE`.
fn names(sql: &str) -> Vec<String> {
    let (head, body) = sql.split_once('(').unwrap();
    let table = head
        .trim_start_matches("CREATE TABLE")
        .trim()
        .trim_matches('"');
    let mut depth = 0;
    let parts = body.split(|letter| {
        depth += i32::from(letter == '(') - i32::from(letter == ')');
        letter == ',' && depth == 0
    });
    let words = parts.filter_map(|part| part.split_whitespace().find(|word| *word != "--"));
    let lower = |word: &&str| word.starts_with(|letter: char| letter.is_ascii_lowercase());
    words
        .filter(lower)
        .map(|column| format!("{table}.{column}"))
        .collect()
}

/// P09: no frame looks anybody up but a business by its whole domain or id; none takes contacts.
#[test]
fn the_frames_that_clients_may_send_are_these_and_no_others() {
    let mut row = Guarantee::of("P09");
    use partywall_business::{Direction, Door, Kind};
    let asked = Kind::ALL
        .iter()
        .filter(|kind| kind.door() == Door::Business && kind.direction() == Direction::ToRelay);
    let names: Vec<&str> = asked.map(|kind| kind.name()).collect();
    let golden = "Login Find Table Template Take Consistency Enrol Shelve Submit Templates \
                  StandingOf Begin Consent Declare Opt Block Leave Report Say Ack Held Consents \
                  Disclosures Erase";
    assert_eq!(names.join(" "), golden);
    row.tried(names.len() as u64);
    let peers = partywall_peer::Kind::ALL
        .iter()
        .map(|kind| format!("{kind:?}"));
    let golden = "Hello Create Attach Attached Refused Detached CloseMailbox Closed Shelve Shelved \
                  Deliver Ack Use Opened Deposit Accepted Take Taken";
    assert_eq!(peers.collect::<Vec<_>>().join(" "), golden);
}

/// P29
#[test]
fn a_peer_database_is_refused_as_a_business_database() {
    let mut row = Guarantee::of("P29");
    let folder = tempfile::tempdir().unwrap();
    let peer = Place::file(folder.path().join("peer.db"));
    let business = Place::file(folder.path().join("business.db"));
    drop(House::at(1, None, [peer.clone(), business]));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let _inside = runtime.enter();
    let origin = partywall_business::ledger::Origin::of_authority("relay.example").unwrap();
    let opened = Plane::open_by_hand(
        &peer,
        WingSettings::new(origin),
        OperatorKeys::new(operator_key(), [1; 32]),
        Arc::new(ManualClock::at(Wall::from_seconds(1_780_315_200))),
        Dice::seeded(1),
        Arc::new(partywall_business_plane::NoFailpoints),
    );
    assert!(matches!(
        opened.err(),
        Some(PlaneError::Store(StoreError::Foreign))
    ));
    row.tried(1);
}

/// P34: the guard that every connection of either wing has.
#[test]
fn no_connection_to_one_database_can_attach_the_other() {
    let mut row = Guarantee::of("P34");
    let folder = tempfile::tempdir().unwrap();
    let [peer, business] = ["peer.db", "business.db"].map(|file| folder.path().join(file));
    let places = [Place::file(&peer), Place::file(&business)];
    let mut house = House::at(1, None, places.clone());
    house.lives(&Script::of(1));
    for (place, other) in places.iter().zip([&business, &peer]) {
        let attach = format!("ATTACH '{}' AS other", other.display());
        assert!(place.look().unwrap().execute(&attach, []).is_err());
        row.tried(1);
    }
}

/// Every batch that the relay offered.
fn batches(business: &BusinessWing) -> Vec<ProvenBatch> {
    let batches = business.exported().into_iter().filter_map(|frame| {
        let (head, body) = frame.split_first_chunk()?;
        match FromRelay::decode(&Head::parse(head).ok()?, body).ok()? {
            FromRelay::Batch(batch) => Some(batch.verify(&operator()).ok().unwrap()),
            _ => None,
        }
    });
    batches.collect()
}

/// Every table that was published, the oldest first.
fn published(business: &BusinessWing) -> Vec<Table> {
    let rows = business.place.look().unwrap();
    let mut select = rows.prepare("SELECT signed FROM policies").unwrap();
    let signed = select
        .query_map([], |row| row.get::<_, Vec<u8>>(0))
        .unwrap();
    let tables = signed.map(|signed| {
        let table = UnverifiedTable::decode(&signed.unwrap()).unwrap();
        table.verify(&operator_key().public()).unwrap()
    });
    tables.collect()
}

/// What was exported in some worlds, with the tables of each and every free text that was said.
fn exported(seed: u64) -> (Vec<ProvenBatch>, Vec<Table>, Vec<Vec<u8>>) {
    let mut house = House::of(seed, None);
    house.lives(&Script::of(seed));
    let business = house.business.unwrap();
    let rows = business.place.look().unwrap();
    let mut texts = Vec::new();
    for query in [
        "SELECT body FROM events WHERE kind = 1",
        "SELECT bytes FROM templates",
        "SELECT facts FROM businesses WHERE facts IS NOT NULL",
        "SELECT CAST(domain AS BLOB) FROM businesses WHERE domain IS NOT NULL",
    ] {
        let mut select = rows.prepare(query).unwrap();
        let found = select
            .query_map([], |row| row.get::<_, Vec<u8>>(0))
            .unwrap();
        texts.extend(found.map(Result::unwrap));
    }
    (batches(&business), published(&business), texts)
}

/// P39: what leaves is in the table in force, cell by cell; and every recipient's cells are seen.
#[test]
fn every_exported_record_is_a_cell_that_the_table_allows() {
    let mut row = Guarantee::of("P39");
    let mut seen = BTreeSet::new();
    for seed in 0..row.times(60, 1_000) {
        let (batches, tables, _) = exported(seed);
        row.tried(1);
        for record in batches.iter().flat_map(|batch| batch.records()) {
            let record = record.record();
            let table = tables
                .iter()
                .find(|table| table.hash() == record.table)
                .unwrap();
            let row = Row::new(record.value.field(), record.recipient, record.purpose);
            let grant = table.grant(row, record.basis, record.region).unwrap();
            assert!(record.keep <= grant.keep);
            assert_eq!(record.value.rounded(grant.precision), Some(record.value));
            seen.insert((
                record.value.field().code(),
                record.recipient.code(),
                record.purpose.code(),
            ));
        }
    }
    // Of the rows that the worlds' policies may share with sinks, most were.
    assert!(seen.len() >= 8, "{seen:?}");
}

/// P21: nothing that anybody wrote freely (messages, templates, names) is exported, in any encoding.
#[test]
fn no_piece_of_a_free_text_is_ever_exported() {
    let mut row = Guarantee::of("P21");
    let mut compared = 0;
    for seed in 0..row.times(24, 1_000) {
        let (batches, _, texts) = exported(seed);
        let payloads = batches.iter().flat_map(|batch| batch.records());
        let payloads: Vec<u8> = payloads
            .flat_map(|record| record.opening().payload.as_bytes().to_vec())
            .collect();
        let pieces: BTreeSet<&[u8]> = payloads.windows(8).collect();
        for text in &texts {
            compared += 1;
            for form in crate::joins::forms(text) {
                let found = form.windows(8).find(|piece| pieces.contains(piece));
                assert_eq!(found, None, "seed {seed}");
            }
        }
    }
    assert!(compared > 100, "{compared}");
    row.tried(compared);
    row.figure(format!(
        "{compared} free texts in seven forms, no piece of eight bytes exported"
    ));
}

/// In one world.
const CUSTOMERS: usize = 24;

/// P39, the other way round: where everybody agrees to everything and declares all of it, what leaves for
/// sinks is every cell of the table and no other.
#[test]
fn what_leaves_is_every_cell_that_the_table_allows_and_no_other() {
    let mut row = Guarantee::of("P39");
    let (worlds, mut empty, mut cells) = (row.times(3, 40), 0, 0);
    for seed in 0..worlds {
        let mut house = House::of(seed, None);
        let mut script = Script::of(seed);
        script.turns.truncate(2);
        script.turns[1].business = vec![Step::Exporter];
        house.lives(&script);
        let clock = house.clock.clone();
        let wing = house.business.as_mut().unwrap();
        for customer in 0..CUSTOMERS {
            wing.willing = Some(431_000_000_000 + customer as u64);
            wing.does(&Step::Begin(customer % 2));
            wing.does(&Step::Say(customer));
            wing.customer_declares_everything(customer);
            clock.advance(Duration::from_secs(30));
            wing.does(&Step::Say(customer));
            wing.does(&Step::Vanish(customer));
        }
        for _ in 0..4 {
            for sink in 0..2 {
                wing.does(&Step::Claim(sink, 2_000));
                wing.does(&Step::Close(sink, Outcome::Sent));
            }
        }
        let (batches, tables) = (batches(wing), published(wing));
        let table = tables.last().unwrap();
        let told: BTreeSet<_> = batches
            .iter()
            .flat_map(|batch| batch.records())
            .map(|record| {
                let record = record.record();
                assert_eq!(record.table, table.hash());
                let row = Row::new(record.value.field(), record.recipient, record.purpose);
                (format!("{row:?}"), record.basis, record.region)
            })
            .collect();
        let lived: BTreeSet<_> = told.iter().map(|(_, _, region)| *region).collect();
        if lived.is_empty() {
            // A policy that nowhere permits a phone number refuses everybody who declares one: no customer has a
            // third name, their conversation's.
            assert_eq!(
                wing.names_of_customers().len(),
                2 * CUSTOMERS,
                "seed {seed}"
            );
            empty += 1;
            continue;
        }
        let mut allowed = BTreeSet::new();
        for of in Row::all().filter(|of| of.recipient != Recipient::Business) {
            for region in &lived {
                // The first ground that allows it is the one on which it leaves.
                let grounds = [Basis::Legal, Basis::Necessary, Basis::Consent];
                let holds = |basis: &Basis| table.grant(of, *basis, *region).is_some();
                let ground = grounds.into_iter().find(holds);
                allowed.extend(ground.map(|basis| (format!("{of:?}"), basis, *region)));
            }
        }
        assert!(
            lived.len() == 3 && allowed.len() > 5,
            "seed {seed}: {lived:?} {allowed:?}"
        );
        assert_eq!(told, allowed, "seed {seed}");
        cells += allowed.len() as u64;
    }
    assert!(
        empty * 10 <= worlds,
        "the control: {empty} of {worlds} worlds were empty"
    );
    row.tried(cells);
    row.figure(format!(
        "{cells} cells of tables, each told, and nothing else"
    ));
}

/// P40: and the same search finds all of it in the relay's binary.
#[test]
fn the_exporters_binary_knows_no_database_and_no_peer_wing() {
    let mut row = Guarantee::of("P40");
    let runs = Command::new(binary("partywall-exporter").unwrap())
        .args(["config", "example"])
        .output()
        .unwrap();
    assert!(runs.status.success());
    let marks = ["CREATE TABLE", "sqlite3_", "partywall_peer", "INSERT INTO"];
    let lies = |name: &str| {
        let bytes = std::fs::read(binary(name).unwrap()).unwrap();
        marks.map(|mark| {
            bytes
                .windows(mark.len())
                .any(|part| part == mark.as_bytes())
        })
    };
    assert_eq!(lies("partywall-exporter"), [false; 4]);
    assert_eq!(lies("partywall-relay"), [true; 4]);
    row.tried(marks.len() as u64);
}

/// P33: tables of either wing are numbered by what is in them alone; the same file says so of pairs.
#[test]
fn the_first_rows_of_the_business_wing_have_the_first_numbers_however_many_mailboxes_there_are() {
    let mut house = House::of(3, None);
    house.lives(&Script::of(3));
    let rows = tables(&house.business.unwrap().place.look().unwrap()).unwrap();
    let first = |table: &str| {
        let (_, rows) = rows.iter().find(|(name, _)| name == table).unwrap();
        rows[0][0].clone()
    };
    let one = partywall_store::sql::types::Value::Integer(1);
    assert!(
        ["businesses", "evidence", "bundles"]
            .iter()
            .all(|table| first(table) == one)
    );
}
