//! `Crawler`, who owns nothing, asks, and times what is answered: rows D05 and D15 of the guarantee catalogue.
//! Knows: answers, and what was done before each. Never knows: a wall clock.

use std::collections::BTreeSet;

use partywall_peer::collect::FromRelay;
use partywall_proof::Signature;
use partywall_row::Row;
use partywall_world::Dice;

use super::people::{Connection, Owner, Reader, Writer};
use super::world::World;

/// What a prober sees of one question: what is said, how the connection ends, how often the store was asked and how
/// often the disk was waited for until then.
type Seen = (Vec<Vec<u8>>, Option<String>, u32, u64);

/// Asks to read a mailbox without its key.
fn asks_to_read(world: &mut World, owner: &Owner) -> Seen {
    let commits = world.gauges().commits;
    let mut reader = Reader::enter(world);
    let mut attach = reader.signed_attach(world, owner, 1);
    attach.signature = Signature::from_bytes(world.dice.bytes());
    reader.say(world, attach);
    let mut asked = 0;
    while world.answer_one() {
        asked += 1;
    }
    world.commit();
    reader.pump(world);
    let said = reader.said.iter().map(FromRelay::encode).collect();
    let closed = reader.closed.map(|close| format!("{close:?}"));
    (said, closed, asked, world.gauges().commits - commits)
}

/// Asks to write with a capability that is no mailbox's.
fn asks_to_write(world: &mut World, capability: [u8; 32]) -> Seen {
    let commits = world.gauges().commits;
    let mut writer = Writer::enter(world);
    writer.uses(world, capability);
    let mut asked = 0;
    while world.answer_one() {
        asked += 1;
    }
    world.commit();
    writer.pump(world);
    let said = writer.said.iter().map(|word| word.encode()).collect();
    let closed = writer.closed.map(|close| format!("{close:?}"));
    (said, closed, asked, world.gauges().commits - commits)
}

#[test]
fn a_prober_is_answered_alike_whether_a_mailbox_exists_or_not() {
    let mut row = Row::of("D05");
    let mut dice = Dice::seeded(row.seed()).stream("prober");
    let mut world = World::with_seed(row.seed());
    let there: Vec<Owner> = (1..=8).map(Owner::number).collect();
    for owner in &there {
        drop(Reader::of_new(&mut world, owner));
    }
    let probes = row.times(400, 100_000);
    let [mut of_existing, mut of_unknown] = [BTreeSet::new(), BTreeSet::new()];
    for _ in 0..probes / 2 {
        let which = usize::try_from(dice.below(16)).unwrap();
        let exists = which < there.len();
        let unknown = Owner::number(100 + u8::try_from(which).unwrap());
        let owner = there.get(which).unwrap_or(&unknown);
        let told = match exists {
            true => &mut of_existing,
            false => &mut of_unknown,
        };
        told.insert(("reads", asks_to_read(&mut world, owner)));
        // A guess that is wrong by its last bit, and one that is wrong in all of them.
        let mut guess = owner.capability;
        if exists {
            guess[31] ^= 1;
        } else {
            guess = dice.bytes();
        }
        told.insert(("writes", asks_to_write(&mut world, guess)));
    }
    assert_eq!(of_existing, of_unknown, "one answer, for either");
    assert_eq!(of_existing.len(), 2, "at each door one");
    row.tried(probes);
    row.figure(format!(
        "{probes} probes at both doors: bytes, look-ups and commits are the same, so that a classifier has nothing: AUC 0.500"
    ));
}

/// What a writer sees of its own messages: after each thing that happens, how far they are accepted, and how often
/// the disk was waited for until then.
fn writer_sees(seed: u64, is_read: bool) -> (Vec<(u64, u64)>, u64) {
    let mut plot = Dice::seeded(seed).stream("plot");
    let mut world = World::with_seed(seed);
    let owner = Owner::number(1);
    let reader = Reader::of_new(&mut world, &owner);
    let mut reader = Some(reader).filter(|_| is_read);
    let mut writer = Writer::to(&mut world, &owner);
    let begin = world.gauges().commits;
    let mut sees = Vec::new();
    for _ in 0..12 {
        for _ in 0..1 + plot.below(3) {
            let envelope = world.envelope();
            writer.leaves(&mut world, &envelope);
        }
        let reads_at_once = plot.below(2) == 0;
        if let Some(reader) = reader.as_mut().filter(|_| reads_at_once) {
            reader.pump(&mut world);
            reader.ack_all(&mut world);
        }
        while world.answer_one() {}
        for _ in 0..plot.below(3) {
            world.commit();
            writer.pump(&mut world);
            sees.push((writer.accepted(), world.gauges().commits - begin));
        }
        if let Some(reader) = reader.as_mut().filter(|_| !reads_at_once) {
            reader.pump(&mut world);
            reader.ack_all(&mut world);
        }
    }
    while world.commit() {}
    writer.pump(&mut world);
    sees.push((writer.accepted(), world.gauges().commits - begin));
    (sees, world.gauges().left_out)
}

#[test]
fn who_writes_to_a_mailbox_waits_for_the_same_whether_somebody_reads_there_or_not() {
    let mut row = Row::of("D15");
    let (seed, worlds) = (row.seed(), row.times(150, 5_000));
    let (mut told_apart, mut left_out) = (0, 0);
    for world in 0..worlds {
        let (read, left) = writer_sees(seed + world, true);
        let (unread, none) = writer_sees(seed + world, false);
        assert_eq!(none, 0);
        left_out += left;
        told_apart += u64::from(read != unread);
    }
    assert!(left_out > worlds, "readers were faster than the disk");
    assert_eq!(told_apart, 0, "of {worlds} pairs of worlds");
    row.tried(worlds);
    row.figure(format!(
        "by what a message waits for, present and absent readers were told apart in {told_apart} of {worlds} pairs of worlds (AUC 0.500)"
    ));
}
