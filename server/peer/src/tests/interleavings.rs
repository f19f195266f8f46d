//! Whatever happens in whichever order, crashes included: what was accepted lies on disk until it is
//! acknowledged, in one order, and nothing comes twice to one reader.

mod street;

use std::cell::Cell;

use partywall_row::Row;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use self::street::Street;
use super::people::{Connection, Owner, Reader, Writer, settle};
use super::world::World;

const MAILBOXES: usize = 2;
const WRITERS: usize = 3;
const READERS: usize = 2;

#[derive(Clone, Debug)]
enum Happens {
    Leave {
        writer: usize,
        size: usize,
    },
    Attach {
        reader: usize,
        mailbox: usize,
    },
    /// Attaches and takes what there is, without a commit.
    AttachAndTake {
        reader: usize,
        mailbox: usize,
    },
    Acknowledge {
        reader: usize,
        mailbox: usize,
        of_eight: u64,
    },
    Leaves {
        reader: usize,
    },
    PumpReader(usize),
    PumpWriter(usize),
    Answer,
    Commit,
    /// What happens in the gaps: the batch is put together, and: it is durable but not answered.
    CommitWith(Vec<Happens>, Vec<Happens>),
    Gather,
    Crash,
}

fn happens() -> impl Strategy<Value = Happens> {
    let gap = || prop::collection::vec(happens_in_a_gap(), 0..5);
    prop_oneof![
        20 => happens_in_a_gap(),
        2 => Just(Happens::Commit),
        4 => (gap(), gap()).prop_map(|(before, after)| Happens::CommitWith(before, after)),
        1 => Just(Happens::Crash),
    ]
}

fn happens_in_a_gap() -> impl Strategy<Value = Happens> {
    let size = prop_oneof![2 => Just(4_096), 1 => Just(16_384), 4 => Just(65_536)];
    prop_oneof![
        12 => (0..WRITERS, size).prop_map(|(writer, size)| Happens::Leave { writer, size }),
        4 => (0..READERS, 0..MAILBOXES).prop_map(|(reader, mailbox)| Happens::Attach { reader, mailbox }),
        3 => (0..READERS, 0..MAILBOXES)
            .prop_map(|(reader, mailbox)| Happens::AttachAndTake { reader, mailbox }),
        10 => (0..READERS, 0..MAILBOXES, 1..=8_u64)
            .prop_map(|(reader, mailbox, of_eight)| Happens::Acknowledge { reader, mailbox, of_eight }),
        1 => (0..READERS).prop_map(|reader| Happens::Leaves { reader }),
        10 => (0..READERS).prop_map(Happens::PumpReader),
        8 => (0..WRITERS).prop_map(Happens::PumpWriter),
        8 => Just(Happens::Answer),
        3 => Just(Happens::Gather),
    ]
}

#[test]
fn whatever_happens_in_whichever_order_the_delivery_contract_holds() {
    let mut row = Row::of("X30");
    let cases = row.times(64, 4_000);
    let config = ProptestConfig {
        cases: u32::try_from(cases).unwrap(),
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let happened = Cell::new(0);
    let stories = (any::<u64>(), prop::collection::vec(happens(), 1..160));
    let held = TestRunner::new(config).run(&stories, |(seed, story)| {
        let mut street = Street::with_seed(seed);
        for what in &story {
            street.happen(what);
        }
        street.finish();
        happened.set(happened.get() + story.len());
        Ok(())
    });
    if let Err(broken) = held {
        panic!("{broken}");
    }
    row.tried(cases);
    row.figure(format!(
        "{} happenings at a relay in {cases} worlds, crashes included",
        happened.get()
    ));
}

#[test]
fn what_was_left_out_is_counted_and_was_acknowledged_before_it_was_accepted() {
    let mut world = World::with_seed(1);
    let owner = Owner::number(1);
    let mut reader = Reader::of_new(&mut world, &owner);
    let mut writer = Writer::to(&mut world, &owner);
    let mut never_written = 0;
    for round in 0..50_u64 {
        let envelope = world.envelope();
        writer.leaves(&mut world, &envelope);
        while world.answer_one() {}
        writer.pump(&mut world);
        reader.pump(&mut world);
        if round % 2 == 0 {
            reader.ack_all(&mut world);
        }
        assert!(world.commit());
        never_written += u64::from(!world.on_disk(&owner).contains(&envelope));
        settle(&mut world, &mut [&mut reader, &mut writer]);
        reader.ack_all(&mut world);
    }
    assert_eq!(world.gauges().left_out, never_written);
    assert!(never_written >= 25);
    assert_eq!(world.gauges().accepted, 50);
}
