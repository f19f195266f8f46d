//! Bits that flip on the disk while nobody looks. (X11)

use std::collections::BTreeMap;
use std::path::PathBuf;

use partywall_row::Row;
use partywall_store::Place;
use partywall_test_disk::mailbox::{Mailbox, Reader, Writer};
use partywall_test_disk::relay::Relay;
use partywall_world::Dice;

use crate::{House, worlds};

const MAILBOXES: u16 = 3;
const LETTERS: u32 = 12;
const PAGE: u64 = 4_096;
const FILES: [&str; 2] = ["peer.db", "peer.db-wal"];

/// What became of a bit that flipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    /// The relay says at its start that the database is damaged, and does not serve.
    Refused,
    /// The relay came to it later, and ended.
    Met,
    /// A letter is not the same: whoever opens it sees that.
    Altered,
    /// A letter or a mailbox is missing: its reader is refused, or sees a gap.
    Missing,
    /// Everything is as it was.
    Harmless,
}

#[test]
fn a_bit_that_flips_is_refused_at_the_start_or_seen_by_whoever_reads_and_never_a_wrong_letter() {
    let mut row = Row::of("X11");
    let (flips, seed) = (row.times(40, 1_000), row.seed());
    let original = House::new();
    let relay = original.relay();
    let mut authors = Vec::new();
    for mailbox in (1..=MAILBOXES).map(Mailbox) {
        drop(Reader::create(&relay, mailbox).expect("a mailbox is made"));
        let mut writer = Writer::open(&relay, mailbox, mailbox.0.into()).expect("it is there");
        for _ in 0..LETTERS {
            writer.leave();
        }
        writer.wait_for(LETTERS).expect("all are accepted");
        authors.push(writer);
    }
    // Most of it is in the database, and a little in the log.
    let moved = "PRAGMA wal_checkpoint(TRUNCATE)";
    let look = Place::file(original.data().join("peer.db")).look();
    let moved = look.and_then(|look| Ok(look.query_row(moved, [], |row| row.get::<_, i64>(0))?));
    assert_eq!(moved.expect("the log is moved"), 0);
    for author in &mut authors {
        author.leave();
        author.wait_for(LETTERS + 1).expect("it is accepted");
    }
    relay.kill();
    let fates = worlds(2, (flips, seed), |mut dice, flips| {
        let one = |_| flipped(&original, &mut dice);
        (0..flips).map(one).collect::<Vec<_>>()
    });
    let mut counted: BTreeMap<Fate, u64> = BTreeMap::new();
    for fate in fates.into_iter().flatten() {
        *counted.entry(fate).or_default() += 1;
    }
    row.tried(flips);
    let counted = counted
        .iter()
        .map(|(fate, count)| format!("{count} {fate:?}"));
    row.figure(format!(
        "{flips} flips: {}; no letter twice, out of order or in another mailbox",
        counted.collect::<Vec<_>>().join(", ").to_lowercase()
    ));
}

/// One bit flips in a copy of the folder, and the relay starts over it.
fn flipped(original: &House, dice: &mut Dice) -> Fate {
    let house = House::new();
    original.copy_to(&house);
    let (path, at, bit) = place(original, dice);
    let path = house.data().join(path);
    let mut bytes = std::fs::read(&path).expect("the file is there");
    bytes[at] ^= 1 << bit;
    std::fs::write(&path, &bytes).expect("it can be written");

    let copy = House::new();
    house.copy_to(&copy);
    let damaged = is_damaged(copy.data().join("peer.db"));
    match house.starts() {
        Err(said) => {
            assert!(said.contains("database"), "one sentence says so: {said}");
            Fate::Refused
        }
        Ok(relay) => {
            assert!(!damaged, "the relay serves a database that is damaged");
            (1..=MAILBOXES)
                .map(|number| read(&relay, Mailbox(number)))
                .min()
                .expect("there are mailboxes")
        }
    }
}

/// Anywhere in the files; every other one in the first bytes of a page, where its structure is.
fn place(original: &House, dice: &mut Dice) -> (PathBuf, usize, u64) {
    let name = FILES[usize::from(dice.below(4) == 0)];
    let length = original
        .data()
        .join(name)
        .metadata()
        .map_or(0, |is| is.len());
    let at = match dice.below(2) {
        0 => dice.below(length),
        _ => dice.below(length.div_ceil(PAGE)) * PAGE + dice.below(24),
    };
    let at = usize::try_from(at.min(length - 1)).expect("a short file");
    (name.into(), at, dice.below(8))
}

/// What the database's own check says, through another connection.
fn is_damaged(file: PathBuf) -> bool {
    let Ok(look) = Place::file(file).look() else {
        return true;
    };
    let verdict = look.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
    verdict.map_or(true, |verdict| verdict != "ok")
}

/// Reads everything that there is in the mailbox, up to a letter that is left there now.
fn read(relay: &Relay, mailbox: Mailbox) -> Fate {
    let who = u32::from(mailbox.0);
    let last = (who, LETTERS + 2);
    let Ok(mut writer) = Writer::open(relay, mailbox, who) else {
        return Fate::Missing;
    };
    writer.before = LETTERS + 1;
    writer.leave();
    let Ok(mut reader) = Reader::attach(relay, mailbox) else {
        return Fate::Missing;
    };
    while reader.delivered.last() != Some(&last) && reader.altered == 0 {
        if reader.collect(1).is_err() {
            return Fate::Met;
        }
        reader.acknowledge();
    }
    if reader.altered > 0 {
        return Fate::Altered;
    }
    let follows = |pair: &[(u32, u32)]| pair[0].0 == pair[1].0 && pair[0].1 < pair[1].1;
    let own = reader.delivered.iter().all(|letter| letter.0 == who);
    assert!(
        own && reader.delivered.windows(2).all(follows),
        "a wrong letter: {:?}",
        reader.delivered
    );
    match reader.delivered.len() as u32 == LETTERS + 2 {
        true => Fate::Harmless,
        false => Fate::Missing,
    }
}
