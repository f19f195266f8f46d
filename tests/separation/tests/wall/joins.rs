//! Whoever holds both databases finds nothing in them to join. (P01, P02)
//! Knows: every table, every column, every byte of both files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use partywall_business::export::{FromRelay, Head, Outcome};
use partywall_business::value::Value as Told;
use partywall_row::Row;
use partywall_store::Place;
use partywall_store::sql::types::Value;
use partywall_test_separation::business::operator;
use partywall_test_separation::business::trace::Step;
use partywall_test_separation::peer::trace::Mutation;
use partywall_test_separation::{House, Script, tables};
use partywall_world::Dice;

/// The shortest piece of a value that could join two rows.
const PIECE: usize = 8;

type Piece = [u8; PIECE];

/// Everything that a thief has of one wing.
struct Loot {
    values: Vec<Vec<u8>>,
    numbers: BTreeSet<i64>,
    files: Vec<u8>,
}

impl Loot {
    fn of(place: &Place, file: &Path) -> Self {
        let mut loot = Self {
            values: Vec::new(),
            numbers: BTreeSet::new(),
            files: Vec::new(),
        };
        for (_, rows) in tables(&place.look().unwrap()).unwrap() {
            rows.into_iter()
                .flatten()
                .for_each(|value| loot.take(value));
        }
        let name = file.file_name().unwrap().to_str().unwrap();
        for ending in ["", "-wal", "-shm"] {
            let file = file.with_file_name(format!("{name}{ending}"));
            loot.files.extend(std::fs::read(file).unwrap());
        }
        loot
    }

    fn take(&mut self, value: Value) {
        match value {
            Value::Blob(bytes) if bytes.len() >= PIECE => self.values.push(bytes),
            Value::Text(text) if text.len() >= PIECE => self.values.push(text.into_bytes()),
            // A number that needs more than four bytes could be a name; smaller ones are counts and days.
            Value::Integer(number) if number.unsigned_abs() >> 32 != 0 => {
                self.numbers.insert(number);
                self.values.push(number.to_be_bytes().to_vec());
                self.values.push(number.to_le_bytes().to_vec());
            }
            _ => {}
        }
    }
}

fn pieces(bytes: &[u8]) -> impl Iterator<Item = Piece> + '_ {
    bytes.windows(PIECE).map(|piece| piece.try_into().unwrap())
}

/// A value as somebody may have written it down elsewhere.
pub(crate) fn forms(value: &[u8]) -> Vec<Vec<u8>> {
    let backwards: Vec<u8> = value.iter().rev().copied().collect();
    let mut forms = vec![
        value.to_vec(),
        hex::encode(value).into_bytes(),
        hex::encode_upper(value).into_bytes(),
        backwards,
    ];
    for skip in 0..3 {
        let whole = (value.len() - skip) / 3 * 3;
        forms.push(STANDARD.encode(&value[skip..skip + whole]).into_bytes());
    }
    forms
}

/// Pieces of one wing's values, in any form, that lie anywhere in the other's values or files.
fn shared(one: &Loot, other: &Loot) -> BTreeSet<Piece> {
    let mut lies: BTreeSet<Piece> = pieces(&other.files).collect();
    lies.extend(other.values.iter().flat_map(|value| pieces(value)));
    let told = one.values.iter().flat_map(|value| forms(value));
    told.flat_map(|form| pieces(&form).collect::<Vec<_>>())
        .filter(|piece| lies.contains(piece))
        .collect()
}

/// What both may have, and why: with it nobody joins anything.
type Constant = (&'static str, fn(&Piece) -> bool);

const CONSTANTS: &[Constant] = &[(
    "a run of zeros with at most one other byte: denied cells of a table beside a rule's number, and \
     empty space in a page",
    |piece| piece.iter().filter(|byte| **byte != 0).count() <= 1,
)];

fn is_constant(piece: &Piece) -> Option<&'static str> {
    let found = CONSTANTS.iter().find(|(_, is_one)| is_one(piece));
    found.map(|(name, _)| *name)
}

/// A busy world on disk; both wings at work, so that their logs hold what they hold.
fn busy(folder: &Path) -> (House, [Place; 2]) {
    let places = ["peer.db", "business.db"].map(|file| Place::file(folder.join(file)));
    let mut house = House::at(7, None, places.clone());
    for seed in [7, 8, 9] {
        let mut script = Script::of(seed);
        if seed != 7 {
            script.turns.drain(..2);
        }
        house.lives(&script.with_other_peers(Mutation::Heavy, &mut Dice::seeded(seed)));
    }
    (house, places)
}

#[test]
fn no_value_of_eight_bytes_lies_in_both_databases_in_any_form() {
    let mut row = Row::of("P01");
    let folder = tempfile::tempdir().unwrap();
    let (_house, [peer, business]) = busy(folder.path());
    let people = Loot::of(&peer, &folder.path().join("peer.db"));
    let shops = Loot::of(&business, &folder.path().join("business.db"));
    assert!(people.values.len() > 40 && shops.values.len() > 150);
    assert!(people.numbers.is_disjoint(&shops.numbers));
    let (mut seen, mut strange) = (BTreeSet::new(), BTreeSet::new());
    for piece in shared(&people, &shops)
        .iter()
        .chain(&shared(&shops, &people))
    {
        match is_constant(piece) {
            Some(constant) => drop(seen.insert(constant)),
            None => drop(strange.insert(String::from_utf8_lossy(piece).into_owned())),
        }
    }
    assert!(strange.is_empty(), "{} in both: {strange:?}", strange.len());
    row.tried((people.values.len() + shops.values.len()) as u64);
    let listed: BTreeSet<_> = CONSTANTS.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        seen, listed,
        "a constant that was not seen has no place in the list"
    );

    // The control: a reader id that is written down in the business wing, in each of the forms.
    let reader: Vec<u8> = peer
        .look()
        .unwrap()
        .query_row("SELECT reader FROM mailboxes LIMIT 1", [], |row| row.get(0))
        .unwrap();
    for form in forms(&reader) {
        let rows = business.look().unwrap();
        rows.execute("UPDATE bundles SET sealed = ?1", [form])
            .unwrap();
        let planted = Loot::of(&business, &folder.path().join("business.db"));
        let found = shared(&people, &planted);
        assert!(found.iter().any(|piece| is_constant(piece).is_none()));
    }
}

/// What the parent is told of a business's customers, by what could name one of them.
#[derive(Default)]
struct Export {
    names: BTreeSet<Vec<u8>>,
    phones: BTreeSet<u64>,
    tables: BTreeSet<[u8; 32]>,
}

/// P02: the same people are customers of two businesses and agree to everything.
#[test]
fn two_exports_about_the_same_people_share_only_what_they_declared_to_both() {
    let mut row = Row::of("P02");
    let people = usize::try_from(row.times(60, 1_000)).unwrap();
    let mut house = House::of(2, None);
    let mut script = Script::of(2);
    script.turns.truncate(2);
    script.turns[1].business = vec![Step::Exporter];
    house.lives(&script);
    let clock = house.clock.clone();
    let wing = house.business.as_mut().unwrap();
    for person in 0..people {
        // At the pace at which conversations with a business may begin.
        clock.advance(std::time::Duration::from_secs(1));
        wing.willing = Some(431_000_000_000 + person as u64 * 7_919);
        for shop in 0..2 {
            wing.does(&Step::Begin(shop));
            let customer = 2 * person + shop;
            wing.does(&Step::Collect(customer));
            wing.does(&Step::Vanish(customer));
        }
        if person % 200 == 199 || person + 1 == people {
            for _ in 0..4 {
                wing.does(&Step::Claim(0, 2_000));
                wing.does(&Step::Close(0, Outcome::Sent));
            }
        }
    }
    let mut exports: BTreeMap<[u8; 32], Export> = BTreeMap::new();
    let mut records = 0;
    for frame in wing.exported() {
        let (head, body) = frame.split_first_chunk().unwrap();
        let Ok(FromRelay::Batch(batch)) = FromRelay::decode(&Head::parse(head).unwrap(), body)
        else {
            continue;
        };
        for proven in batch.verify(&operator()).ok().unwrap().records() {
            let record = proven.record();
            let export = exports.entry(*record.business.as_bytes()).or_default();
            records += 1;
            export.names.insert(record.key.as_bytes().to_vec());
            export.names.insert(record.subject.as_bytes().to_vec());
            export
                .names
                .insert(proven.opening().salt.as_bytes().to_vec());
            export
                .names
                .insert(proven.opening().index.value().to_be_bytes().to_vec());
            export.tables.insert(*record.table.as_bytes());
            // A country code alone is no name.
            if let Told::PhoneNumber(phone) = record.value
                && phone.value() > 999
            {
                export.phones.insert(phone.value());
            }
        }
    }
    let exports: Vec<Export> = exports.into_values().collect();
    let [one, other] = &exports[..] else {
        panic!("two businesses")
    };
    let common: Vec<_> = one.names.intersection(&other.names).collect();
    assert!(common.is_empty(), "{}", common.len());
    // Public, and declared to both: named and counted apart.
    assert_eq!(one.tables, other.tables);
    assert_eq!(one.tables.len(), 1);
    let declared = one.phones.intersection(&other.phones).count();
    println!("{records} records, {declared} telephone numbers declared to both");
    assert_eq!(declared, people);
    row.tried(people as u64);
    row.figure(format!(
        "{records} records about {people} people at two businesses, no name in both"
    ));
    // The control: a pseudonym that both know is found.
    let mut planted = other.names.clone();
    planted.extend(one.names.first().cloned());
    assert_eq!(one.names.intersection(&planted).count(), 1);
}
