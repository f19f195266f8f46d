//! Retention in whole days, never early (SPEC P-14), and mailboxes that nobody reads.

use std::sync::Arc;
use std::time::Duration;

use partywall_ground::Close;
use partywall_peer::Envelope;
use partywall_row::Row;
use partywall_world::{Clock, Dice, Wall};

use super::people::{Owner, Reader, Writer, settle};
use super::world::World;
use crate::Admission;
use crate::rules::collect::Event;
use crate::rules::limits::EXPIRE_ROWS;
use crate::rules::line::Line;
use crate::rules::router::Attempt;
use crate::store::Reading;

const LAST_SECOND: u64 = 86_399;

fn world(retention: u32, idle: u32) -> World {
    World::with(1, |settings| {
        settings.admission = Admission::Open;
        settings.retention_days = retention;
        settings.mailbox_idle_days = idle;
    })
}

fn leave(world: &mut World, owner: &Owner, count: usize) {
    let mut writer = Writer::to(world, owner);
    for _ in 0..count {
        let envelope = world.envelope();
        writer.leaves(world, &envelope);
        settle(world, &mut [&mut writer]);
    }
    assert_eq!(writer.accepted(), count as u64);
}

/// Time passes until it is then.
fn wait_until(world: &World, then: Wall) {
    world.clock.advance(then.since(world.clock.wall()));
}

#[test]
fn an_envelope_is_kept_for_its_whole_days_however_late_in_the_day_it_came() {
    for second in [0, 43_200, LAST_SECOND] {
        let mut world = world(3, 1_000);
        let owner = Owner::number(1);
        drop(Reader::of_new(&mut world, &owner));
        let midnight = world.today().plus_days(1).start();
        wait_until(&world, midnight + Duration::from_secs(second));
        leave(&mut world, &owner, 1);
        let accepted = midnight + Duration::from_secs(second);
        let whole_days = accepted + Duration::from_secs(3 * 86_400);
        for at in [accepted, whole_days - Duration::from_millis(1), whole_days] {
            wait_until(&world, at);
            world.expire_all();
            assert_eq!(world.on_disk(&owner).len(), 1, "second {second}");
        }
        wait_until(&world, whole_days.day().plus_days(1).start());
        world.expire_all();
        assert!(world.on_disk(&owner).is_empty());
        assert_eq!(world.gauges().expired, 1);
    }
}

#[test]
fn a_clock_that_was_set_back_expires_nothing_early() {
    let mut world = world(3, 1_000);
    let owner = Owner::number(1);
    drop(Reader::of_new(&mut world, &owner));
    leave(&mut world, &owner, 1);
    let truth = world.clock.wall();
    world.clock.set_wall(Wall::from_seconds(0));
    world.expire_all();
    leave(&mut world, &owner, 1);
    for later in [3 * 86_400 + LAST_SECOND, 4 * 86_400, 400 * 86_400] {
        world.clock.set_wall(Wall::from_seconds(later));
        world.expire_all();
        assert_eq!(world.on_disk(&owner).len(), 2);
    }
    world.clock.set_wall(truth);
    world.pass_days(3);
    world.expire_all();
    assert_eq!(world.on_disk(&owner).len(), 2, "its days may not be whole");
    world.pass_days(1);
    world.expire_all();
    assert!(world.on_disk(&owner).is_empty());
}

#[test]
fn however_the_date_jumps_nothing_expires_before_its_days_have_passed() {
    let mut row = Row::of("X12");
    let jumps = row.times(60, 500);
    let mut world = world(3, 1_000);
    let mut dice = Dice::seeded(row.seed());
    let owner = Owner::number(1);
    drop(Reader::of_new(&mut world, &owner));
    let truth = world.clock.wall();
    let now = |world: &World| truth + world.clock.monotonic().elapsed();
    // When each was left, by the stopwatch.
    let mut left: Vec<(Envelope, Wall)> = Vec::new();
    for _ in 0..jumps {
        let far = Duration::from_secs(dice.below(20 * 365 * 86_400));
        let right = now(&world);
        world.clock.set_wall(match dice.below(5) {
            0 => right + far,
            1 => right - far,
            2 => Wall::from_seconds(0),
            3 => Wall::from_seconds(u64::MAX),
            _ => right,
        });
        world.expire_all();
        let mut writer = Writer::to(&mut world, &owner);
        let envelope = world.envelope();
        writer.leaves(&mut world, &envelope);
        settle(&mut world, &mut [&mut writer]);
        assert_eq!(writer.accepted(), 1);
        left.push((envelope, now(&world)));
        drop(writer);
        // Hours pass; sometimes the date stands still meanwhile.
        let stopped = world.clock.wall();
        world
            .clock
            .advance(Duration::from_secs(dice.below(18 * 3_600)));
        if dice.below(4) == 0 {
            world.clock.set_wall(stopped);
        }
        world.expire_all();
        let lying = world.on_disk(&owner);
        left.retain(|(envelope, since)| {
            let lies = lying.contains(envelope);
            let age = now(&world).since(*since);
            assert!(lies || age >= Duration::from_secs(3 * 86_400), "too early");
            lies
        });
        row.tried(1);
    }
    // And in their time they do: what was left at a right date, once the date is right.
    world.clock.set_wall(now(&world));
    leave(&mut world, &owner, 1);
    let before = world.gauges().expired;
    world.pass_days(4);
    world.expire_all();
    assert!(world.gauges().expired > before);
}

#[test]
fn expiry_runs_in_small_batches_and_frees_the_quota_at_once() {
    let mut world = World::with(1, |settings| {
        settings.admission = Admission::Open;
        settings.retention_days = 1;
        settings.quota_envelopes = 600;
    });
    let owner = Owner::number(1);
    let reader = Reader::of_new(&mut world, &owner);
    leave(&mut world, &owner, 600);
    world.pass_days(2);
    let mut rounds = 0;
    while world.expire() {
        rounds += 1;
        assert_eq!(
            world.on_disk(&owner).len(),
            600 - rounds * EXPIRE_ROWS.min(300 * rounds)
        );
    }
    assert_eq!(rounds, 2);
    assert_eq!(world.gauges().expired, 600);
    assert_eq!(
        world.core.router.in_memory(),
        1,
        "counted in memory all the while"
    );
    leave(&mut world, &owner, 600);
    drop(reader);
}

#[test]
fn an_envelope_that_expires_in_its_readers_hands_can_still_be_acknowledged() {
    let mut world = world(1, 1_000);
    let owner = Owner::number(1);
    let mut reader = Reader::of_new(&mut world, &owner);
    leave(&mut world, &owner, 2);
    settle(&mut world, &mut [&mut reader]);
    world.pass_days(3);
    world.expire_all();
    reader.ack_all(&mut world);
    world.core.router.gather();
    settle(&mut world, &mut [&mut reader]);
    assert_eq!(reader.closed, None);
    assert_eq!(world.numbers(&owner).unwrap().acks, 2);
}

#[test]
fn a_mailbox_that_nobody_reads_ends_after_its_days_with_all_that_lies_there() {
    let mut world = world(400, 30);
    let (idle, visited) = (Owner::number(1), Owner::number(2));
    drop(Reader::of_new(&mut world, &idle));
    drop(Reader::of_new(&mut world, &visited));
    leave(&mut world, &idle, 3);
    world.pass_days(20);
    drop(Reader::of(&mut world, &visited));
    leave(&mut world, &idle, 1); // deposits are no visits
    world.pass_days(10);
    world.expire_all();
    assert!(world.key(&idle).is_some(), "30 days may not be whole yet");
    world.pass_days(1);
    world.expire_all();
    assert!(world.key(&idle).is_none());
    assert!(world.key(&visited).is_some());
    assert_eq!(world.gauges().idle_ended, 1);
    assert_eq!(
        (world.gauges().mailboxes, world.reading.mailboxes().unwrap()),
        (1, 1)
    );

    let mut reader = Reader::of_new(&mut world, &idle); // its names are free again
    settle(&mut world, &mut [&mut reader]);
    assert!(reader.delivered.is_empty());
}

#[test]
fn a_mailbox_whose_reader_never_leaves_is_not_idle() {
    let mut world = world(30, 7);
    let owner = Owner::number(1);
    let mut reader = Reader::of_new(&mut world, &owner);
    for _ in 0..30 {
        world.pass_days(1);
        world.expire_all();
    }
    world.pass_days(100); // the relay slept
    world.expire_all();
    settle(&mut world, &mut [&mut reader]);
    assert_eq!(reader.detached(), 0);
    leave(&mut world, &owner, 1);
    settle(&mut world, &mut [&mut reader]);
    assert_eq!(reader.delivered.len(), 1);
}

#[test]
fn what_expires_in_its_readers_hands_makes_room_once() {
    let mut world = World::with(1, |settings| {
        settings.admission = Admission::Open;
        settings.retention_days = 1;
        settings.quota_envelopes = 4;
    });
    let owner = Owner::number(1);
    let mut reader = Reader::of_new(&mut world, &owner);
    leave(&mut world, &owner, 4);
    settle(&mut world, &mut [&mut reader]);
    world.pass_days(2);
    world.expire_all();
    leave(&mut world, &owner, 4);
    settle(&mut world, &mut [&mut reader]);
    assert_eq!(reader.envelopes().len(), 8);

    // What it acknowledges was counted when it expired.
    reader.ack(&mut world, 1, 4);
    settle(&mut world, &mut [&mut reader]);
    let mut writer = Writer::to(&mut world, &owner);
    let envelope = world.envelope();
    writer.leaves(&mut world, &envelope);
    settle(&mut world, &mut [&mut writer]);
    assert_eq!((writer.accepted(), writer.closed), (0, Some(Close::Full)));
    assert_eq!(world.on_disk(&owner).len(), 4);
}

#[test]
fn a_mailbox_that_expires_while_it_is_read_into_memory_does_not_come_back() {
    let mut world = world(1, 1);
    let owner = Owner::number(1);
    drop(Reader::of_new(&mut world, &owner));
    for _ in 0..3 {
        world.core.router.gather();
    }
    let key = world.key(&owner).unwrap();
    let line = Arc::new(Line::new());
    let asked = world.core.router.attach(key, 1, &line);
    assert!(matches!(asked, Attempt::Ask));
    let numbers = world.numbers(&owner);
    assert!(numbers.is_some());
    world.pass_days(3);
    world.expire_all();
    assert!(world.numbers(&owner).is_none());
    world.core.router.opened(key, numbers);
    let told = line.take().pop_front();
    assert!(matches!(told, Some(Event::Opened { exists: false, .. })));
    assert_eq!(world.core.router.in_memory(), 0);
}
