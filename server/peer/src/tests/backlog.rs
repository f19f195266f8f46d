//! A reader who takes nothing for long, and one who comes back after thirty days. (SPEC P-12, P-14; X16)

use partywall_row::Row;

use super::people::{Owner, Reader, Writer, settle};
use super::world::World;

const DAYS: u64 = 30;
/// Envelopes that may be on their way to a reader. (P-12)
const CREDIT: usize = 64;

#[test]
fn thirty_days_of_mail_wait_on_disk_in_their_order_and_a_slow_reader_holds_a_handful_in_memory() {
    let mut row = Row::of("X16");
    let letters = row.times(20, 700) * DAYS;
    let mut world = World::with_seed(row.seed());
    let owner = Owner::number(1);
    let mut reader = Reader::of_new(&mut world, &owner);
    let mut sent = Vec::new();
    for day in 0..DAYS {
        // On the first day they read and acknowledge nothing; then they are away.
        let mut writer = Writer::to(&mut world, &owner);
        for _ in 0..letters / DAYS {
            let envelope = world.envelope();
            writer.leaves(&mut world, &envelope);
            sent.push(envelope);
            settle(&mut world, &mut [&mut writer, &mut reader]);
            assert!(reader.delivered.len() <= CREDIT, "too much on its way");
        }
        while day == 0 && sent.len() < 5 * CREDIT {
            let envelope = world.envelope();
            writer.leaves(&mut world, &envelope);
            sent.push(envelope);
            settle(&mut world, &mut [&mut writer, &mut reader]);
            assert!(reader.delivered.len() <= CREDIT, "too much on its way");
        }
        assert_eq!(
            writer.accepted() as usize,
            sent.len() - before(&sent, letters, day)
        );
        reader = Reader::enter(&world);
        if day + 1 < DAYS {
            world.pass_days(1);
            world.expire_all();
        }
    }
    assert_eq!(
        world.on_disk(&owner).len(),
        sent.len(),
        "nothing expired early"
    );
    let mut reader = Reader::of(&mut world, &owner);
    let mut acknowledged = 0;
    while acknowledged < sent.len() {
        let on_its_way = reader.delivered.len() - acknowledged;
        assert!((1..=CREDIT).contains(&on_its_way), "{on_its_way}");
        acknowledged += on_its_way;
        reader.ack_all(&mut world);
        world.core.router.gather();
        settle(&mut world, &mut [&mut reader]);
    }
    assert_eq!(reader.envelopes(), sent, "all of them, in their order");
    assert!(world.on_disk(&owner).is_empty());
    row.tried(sent.len() as u64);
    row.figure(format!(
        "{} letters of {DAYS} days, in order; at most {CREDIT} of them in memory for their reader",
        sent.len()
    ));
}

/// How many were sent before that day.
fn before(sent: &[partywall_peer::Envelope], letters: u64, day: u64) -> usize {
    match day {
        0 => 0,
        _ => sent.len() - (letters / DAYS) as usize,
    }
}
