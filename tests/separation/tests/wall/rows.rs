//! Small rows of the guarantee catalogue about the wall, each as a test of its own.
//! Knows: schemas, frames, binaries, what was exported.

use std::collections::BTreeSet;
use std::sync::Arc;

use partywall_business::export::{FromRelay, Head, ProvenBatch};
use partywall_business::table::{Row, Table, UnverifiedTable};
use partywall_business_plane::{OperatorKeys, Plane, PlaneError, StoreError, WingSettings};
use partywall_store::Place;
use partywall_test_separation::business::{operator, operator_key};
use partywall_test_separation::{House, Script, schema, tables};
use partywall_test_street::house::binary;
use partywall_world::{Dice, ManualClock, Wall};

/// P03: a golden list; whoever adds a column reads this file and sees that there is none for addresses.
#[test]
fn the_business_database_has_no_column_for_a_network_address_or_a_peer() {
    let mut house = House::of(1, None);
    house.lives(&Script::of(1));
    let written = schema(&house.business.unwrap().place.look().unwrap()).unwrap();
    let tables = written.iter().filter(|sql| sql.starts_with("CREATE TABLE"));
    let columns: Vec<String> = tables.flat_map(|sql| names(sql)).collect();
    let golden: Vec<&str> = include_str!("business-columns.txt").lines().collect();
    assert_eq!(columns, golden, "{}", columns.join("\n"));
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
    use partywall_business::{Direction, Door, Kind};
    let asked = Kind::ALL
        .iter()
        .filter(|kind| kind.door() == Door::Business && kind.direction() == Direction::ToRelay);
    let names: Vec<&str> = asked.map(|kind| kind.name()).collect();
    let golden = "Login Find Table Template Take Consistency Enrol Shelve Submit Templates \
                  StandingOf Begin Consent Declare Opt Block Leave Report Say Ack Held Consents \
                  Disclosures Erase";
    assert_eq!(names.join(" "), golden);
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
}

/// P34: the guard that every connection of either wing has.
#[test]
fn no_connection_to_one_database_can_attach_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let [peer, business] = ["peer.db", "business.db"].map(|file| folder.path().join(file));
    let places = [Place::file(&peer), Place::file(&business)];
    let mut house = House::at(1, None, places.clone());
    house.lives(&Script::of(1));
    for (place, other) in places.iter().zip([&business, &peer]) {
        let attach = format!("ATTACH '{}' AS other", other.display());
        assert!(place.look().unwrap().execute(&attach, []).is_err());
    }
}

/// What was exported in some worlds, with the tables of each and every free text that was said.
fn exported(seed: u64) -> (Vec<ProvenBatch>, Vec<Table>, Vec<Vec<u8>>) {
    let mut house = House::of(seed, None);
    house.lives(&Script::of(seed));
    let business = house.business.unwrap();
    let batches = business.exported().into_iter().filter_map(|frame| {
        let (head, body) = frame.split_first_chunk()?;
        match FromRelay::decode(&Head::parse(head).ok()?, body).ok()? {
            FromRelay::Batch(batch) => Some(batch.verify(&operator()).ok().unwrap()),
            _ => None,
        }
    });
    let batches = batches.collect();
    let rows = business.place.look().unwrap();
    let mut select = rows.prepare("SELECT signed FROM policies").unwrap();
    let signed = select
        .query_map([], |row| row.get::<_, Vec<u8>>(0))
        .unwrap();
    let tables = signed.map(|signed| {
        let table = UnverifiedTable::decode(&signed.unwrap()).unwrap();
        table.verify(&operator_key().public()).unwrap()
    });
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
    (batches, tables.collect(), texts)
}

/// P39: what leaves is in the table in force, cell by cell; and every recipient's cells are seen.
#[test]
fn every_exported_record_is_a_cell_that_the_table_allows() {
    let mut seen = BTreeSet::new();
    for seed in 0..60 {
        let (batches, tables, _) = exported(seed);
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
    let mut compared = 0;
    for seed in 0..40 {
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
    assert!(compared > 100);
}

/// P40: and the same search finds all of it in the relay's binary.
#[test]
fn the_exporters_binary_knows_no_database_and_no_peer_wing() {
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
