//! Nothing is accepted before its fsync. (SPEC P-15)

use std::thread;

use partywall_test_disk::event::{Event, Watched};
use partywall_test_disk::judge::{History, PEER, judge};
use partywall_test_disk::mailbox::{Mailbox, Reader, Writer};

use crate::House;

const FEW: u32 = 10;

#[test]
fn while_an_fsync_lasts_nothing_is_accepted_though_the_reader_has_it_already() {
    let House { relay, disk, .. } = &House::open();
    let (read, unread) = (Mailbox(1), Mailbox(2));
    let mut reader = Reader::create(relay, read).unwrap();
    drop(Reader::create(relay, unread).unwrap());
    let mut writers = [
        Writer::open(relay, read, 1).unwrap(),
        Writer::open(relay, unread, 2).unwrap(),
    ];
    let begin = disk.now();
    disk.hold(Watched::PeerLog);
    for _ in 0..FEW {
        writers.iter_mut().for_each(Writer::leave);
    }
    // A commit waits for its fsync, and at least one of the messages is in it or behind it.
    disk.await_since(begin, "an fsync begins", |events| {
        let begins = |event: &Event| matches!(event, Event::FsyncBegins(Watched::PeerLog, _));
        events.iter().any(|(_, event)| begins(event))
    })
    .unwrap();
    reader.collect(FEW as usize).unwrap();
    reader.acknowledge();
    reader.is_heard().unwrap();
    // Others are served meanwhile, and the writers' own connections are alive: they say nothing.
    Writer::open(relay, unread, 3).unwrap();
    for writer in &mut writers {
        assert_eq!(
            writer.line.twice_round().unwrap().len(),
            0,
            "something was answered"
        );
    }
    let held = disk.since(begin);
    let accepted = |(_, event): &(u64, Event)| matches!(event, Event::Accepted(..));
    assert!(!held.iter().any(accepted), "{held:?}");

    disk.release(Watched::PeerLog);
    for writer in &mut writers {
        writer.wait_for(FEW).unwrap();
    }
    let said = vec![begin; FEW as usize];
    let histories = writers
        .each_ref()
        .map(|writer| History::of(writer, said.clone()));
    let judged = judge(PEER, &disk.since(begin), &histories).unwrap();
    assert_eq!(judged.accepted, 2 * FEW as usize);
}

const WRITERS: u16 = 20;
const EACH: u32 = 500;
/// As many as a connection may leave unanswered. (SPEC P-18)
const WINDOW: u32 = 64;

#[test]
fn at_full_speed_every_message_is_accepted_after_the_fsync_of_its_own_commit() {
    let House { relay, disk, .. } = &House::open();
    let mut readers: Vec<_> = (1..=WRITERS)
        .map(|mailbox| Reader::create(relay, Mailbox(mailbox)).unwrap())
        .collect();
    // Half of them stay.
    let readers = readers
        .drain(..usize::from(WRITERS) / 2)
        .collect::<Vec<_>>();
    let histories: Vec<History> = thread::scope(|scope| {
        for mut reader in readers {
            scope.spawn(move || {
                while reader.delivered.len() < EACH as usize {
                    reader.collect(1).unwrap();
                    reader.acknowledge();
                }
                // Whoever leaves at once may be gone before it is heard.
                reader.is_heard().unwrap();
            });
        }
        let writers: Vec<_> = (1..=WRITERS)
            .map(|mailbox| {
                scope.spawn(move || {
                    let mut writer = Writer::open(relay, Mailbox(mailbox), mailbox.into()).unwrap();
                    let mut said = Vec::new();
                    while writer.accepted < EACH {
                        while writer.left < EACH.min(writer.accepted + WINDOW) {
                            said.push(disk.now());
                            writer.leave();
                        }
                        writer.wait_for(writer.accepted + 1).unwrap();
                    }
                    History::of(&writer, said)
                })
            })
            .collect();
        writers
            .into_iter()
            .map(|writer| writer.join().unwrap())
            .collect()
    });
    let judged = judge(PEER, &disk.since(0), &histories).unwrap();
    let fsyncs = disk.fsyncs(Watched::PeerLog);
    println!(
        "{} accepted, each after the fsync of its own commit; {} of them left out; {} fsyncs of the log",
        judged.accepted, judged.left_out, fsyncs.ended
    );
    assert_eq!(judged.accepted, usize::from(WRITERS) * EACH as usize);
    assert_eq!(fsyncs.failed, 0);
}
