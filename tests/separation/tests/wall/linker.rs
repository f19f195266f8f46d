//! Somebody who holds both databases, or one of them and all that was exported, and tries to say which
//! customer is which reader. (P01, P06)
//! Knows: every row and every record, and afterwards who it was. Never knows: a better guess than any other.

use std::collections::BTreeMap;
use std::time::Duration;

use partywall_business::export::{FromRelay, Head, Outcome};
use partywall_business::value::Value as Told;
use partywall_row::Row;
use partywall_store::sql::types::Value;
use partywall_test_separation::business::trace::Step;
use partywall_test_separation::business::{BusinessWing, operator};
use partywall_test_separation::peer::trace::Step as Deed;
use partywall_test_separation::{House, Script, tables};

const HOUR: u64 = 3_600;

/// People who make a mailbox and begin with a business at one and the same moment, and who they are.
struct Town {
    house: House,
    /// Of each person: the reader id, and the three names that a customer's app has.
    people: Vec<([u8; 32], Vec<[u8; 32]>)>,
}

impl Town {
    /// So many, each in a minute of its own, all within as few days as that takes.
    fn of(count: usize, seed: u64) -> Self {
        let mut house = House::of(seed, None);
        let mut dawn = Script::of(seed);
        dawn.turns.truncate(2);
        dawn.turns.iter_mut().for_each(|turn| turn.peer.clear());
        dawn.turns[1].business = vec![Step::Exporter];
        house.lives(&dawn);
        let mut people = Vec::new();
        for person in 0..count {
            house.clock.advance(Duration::from_secs(60));
            if person % 100 == 0 {
                house.peer.does(&Deed::Pass(100));
            }
            house.peer.does(&Deed::Make);
            house.peer.does(&Deed::Vanish(person));
            let wing = house.business.as_mut().unwrap();
            wing.willing = Some(431_000_000_000 + person as u64 * 7_919);
            let before = wing.names_of_customers().len();
            wing.does(&Step::Begin(0));
            wing.does(&Step::Say(person));
            wing.does(&Step::Vanish(person));
            people.push((
                house.peer.activity.last_reader.unwrap(),
                wing.names_of_customers().split_off(before),
            ));
            if person % 200 == 199 || person + 1 == count {
                export(wing);
            }
        }
        assert!(people.iter().all(|(_, names)| names.len() == 3));
        Self { house, people }
    }

    /// The rows of the mailboxes, as they lie there.
    fn mailboxes(&self) -> Vec<Vec<Value>> {
        rows_of(&self.house, "mailboxes")
    }

    /// Whose mailbox a row is.
    fn reader(&self, row: &[Value]) -> usize {
        let is = |(reader, _): &([u8; 32], _)| row.contains(&Value::Blob(reader.to_vec()));
        self.people.iter().position(is).unwrap()
    }
}

fn rows_of(house: &House, table: &str) -> Vec<Vec<Value>> {
    let peers = tables(&house.peer.place.look().unwrap()).unwrap();
    let business = house.business.as_ref().unwrap().place.look().unwrap();
    let all = peers.into_iter().chain(tables(&business).unwrap());
    let mut found = all.filter(|(name, _)| name == table);
    found.next().unwrap().1
}

fn export(wing: &mut BusinessWing) {
    for _ in 0..6 {
        for sink in 0..2 {
            wing.does(&Step::Claim(sink, 2_000));
            wing.does(&Step::Close(sink, Outcome::Sent));
        }
    }
}

/// Every blob of a row, at its full length.
fn names(row: &[Value]) -> impl Iterator<Item = &[u8]> {
    row.iter().filter_map(|value| match value {
        Value::Blob(bytes) if bytes.len() == 32 => Some(bytes.as_slice()),
        _ => None,
    })
}

/// How alike two rows are: the most bits that any name of the one has in common with one of the other.
fn likeness(one: &[Value], other: &[Value]) -> u32 {
    let common = |a: &[u8], b: &[u8]| -> u32 {
        let pairs = a.chunks_exact(8).zip(b.chunks_exact(8));
        let word = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().unwrap());
        pairs
            .map(|(a, b)| (!(word(a) ^ word(b))).count_ones())
            .sum()
    };
    let pairs = names(one).flat_map(|a| names(other).map(move |b| common(a, b)));
    pairs.max().unwrap()
}

/// P01: the area under the curve of a linker that scores every mailbox against every conversation.
#[test]
fn a_linker_with_both_databases_guesses_no_better_than_chance() {
    let mut row = Row::of("P01");
    let count = usize::try_from(row.times(80, 1_000)).unwrap();
    let town = Town::of(count, row.seed());
    let (mailboxes, conversations) = (town.mailboxes(), rows_of(&town.house, "conversations"));
    assert_eq!((mailboxes.len(), conversations.len()), (count, count));
    let customer = |row: &[Value]| {
        let is = |(_, names): &(_, Vec<[u8; 32]>)| {
            names
                .iter()
                .any(|name| row.contains(&Value::Blob(name.to_vec())))
        };
        town.people.iter().position(is).unwrap()
    };
    // How many pairs there are of each likeness, true and false.
    let mut seen = BTreeMap::<u32, [u64; 2]>::new();
    for mailbox in &mailboxes {
        let reader = town.reader(mailbox);
        for conversation in &conversations {
            let is_false = usize::from(reader != customer(conversation));
            seen.entry(likeness(mailbox, conversation)).or_default()[is_false] += 1;
        }
    }
    let (mut below, mut area) = (0.0, 0.0);
    for [right, wrong] in seen.values() {
        let (right, wrong) = (*right as f64, *wrong as f64);
        area += right * (below + wrong / 2.0);
        below += wrong;
    }
    let area = area / (below * count as f64);
    // Three standard deviations of an area over so many true pairs.
    let most = 0.87 / (count as f64).sqrt();
    assert!((area - 0.5).abs() < most, "{area}");
    row.tried((count * count) as u64);
    row.figure(format!(
        "a linker's AUC is {area:.3} for {count} people with a mailbox and a conversation each"
    ));
}

/// P06: what a recipient is told is on the grid of hours, and beside the days of the peer wing it matches
/// nobody, though everybody came to both wings at the same moment.
#[test]
fn whoever_comes_to_both_wings_at_once_is_not_found_by_what_is_exported() {
    let mut row = Row::of("P06");
    let count = usize::try_from(row.times(120, 1_000)).unwrap();
    let town = Town::of(count, row.seed());
    let wing = town.house.business.as_ref().unwrap();
    // Who it was about, in the order of the export, with the hour; which telephone number says who.
    let (mut order, mut phones) = (Vec::new(), BTreeMap::new());
    let mut records = 0;
    for frame in wing.exported() {
        let (head, body) = frame.split_first_chunk().unwrap();
        let Ok(FromRelay::Batch(batch)) = FromRelay::decode(&Head::parse(head).unwrap(), body)
        else {
            continue;
        };
        for proven in batch.verify(&operator()).ok().unwrap().records() {
            let record = proven.record();
            records += 1;
            assert_eq!(record.time.value() % HOUR, 0, "on the grid");
            match record.value {
                Told::InteractionTime(time) | Told::LastActive(time) => {
                    assert_eq!(time.value() % HOUR, 0, "on the grid");
                }
                // A country code alone says nothing about who it was.
                Told::PhoneNumber(phone) if phone.value() > 999 => {
                    phones.insert(record.subject, phone.value());
                }
                _ => {}
            }
            if !order.iter().any(|(subject, _)| *subject == record.subject) {
                order.push((record.subject, record.time.value() / 86_400));
            }
        }
    }
    assert!(phones.len() >= count, "{} of {count}", phones.len());
    // By day, in the order in which either side has them.
    let mut by_day = BTreeMap::<i64, Vec<usize>>::new();
    for mailbox in town.mailboxes() {
        let Some(Value::Integer(day)) = mailbox.last() else {
            panic!("a day")
        };
        by_day.entry(*day).or_default().push(town.reader(&mailbox));
    }
    let days = by_day.len();
    let stored: Vec<usize> = by_day.values().flatten().copied().collect();
    assert!(
        !stored.is_sorted(),
        "the order in which mailboxes lie there says nothing"
    );
    let (mut right, mut guessed) = (0, 0);
    let mut next = BTreeMap::<i64, usize>::new();
    for (subject, day) in order {
        let Some(phone) = phones.get(&subject) else {
            continue;
        };
        let person = usize::try_from((phone - 431_000_000_000) / 7_919).unwrap();
        let day = day.cast_signed();
        let rank = next.entry(day).or_default();
        let guess = by_day.get(&day).and_then(|readers| readers.get(*rank));
        *rank += 1;
        guessed += 1;
        right += usize::from(guess == Some(&person));
    }
    // One right guess a day and recipient is chance; twelve more are not to be expected in any world.
    assert!(
        guessed >= count && right <= 2 * days + 12,
        "{right} of {guessed}"
    );
    row.tried(guessed as u64);
    row.figure(format!(
        "{records} records, each time on the hour; {right} of {guessed} guessed right, {count} people over {days} days"
    ));
}
