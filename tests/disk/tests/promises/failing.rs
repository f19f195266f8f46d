//! A disk that fails stops everything at once, and takes nothing that was accepted. (SPEC §5.7)

use std::thread;

use partywall_ground::Close;
use partywall_row::Row;
use partywall_test_disk::disk::{Disk, until};
use partywall_test_disk::event::{Event, Moment, Watched};
use partywall_test_disk::judge::{History, PEER, judge};
use partywall_test_disk::mailbox::{Mailbox, Reader, Writer};
use partywall_test_disk::relay::Relay;

use crate::House;

pub(crate) const FAULT: Option<u16> = Some(Close::Fault.code());
const FILES: [Watched; 2] = [Watched::Peer, Watched::PeerLog];

/// The one sentence with which a relay ends when its store fails.
const SENTENCE: &str = "the store failed, and nothing was acknowledged after that";

/// It ends by itself, unwell, and says so once.
pub(crate) fn ends_with_one_sentence(relay: &mut Relay) {
    let status = relay.ended().expect("it ends");
    assert!(!status.success(), "{status}");
    let said = relay.said();
    assert_eq!(said.matches(SENTENCE).count(), 1, "{said}");
    assert!(!said.contains("panicked"), "{said}");
}

/// A disk that has failed is not asked again. (What a good fsync before had put there may still be said to
/// be accepted: the judge knows.)
pub(crate) fn the_disk_is_not_asked_again(events: &[(Moment, Event)], files: [Watched; 2]) {
    let failed =
        |event: &Event| matches!(event, Event::FsyncFailed(file, _) if files.contains(file));
    let failure = events.iter().position(|(_, event)| failed(event));
    let after = &events[failure.expect("an fsync failed") + 1..];
    let too_late = |event: &Event| match event {
        Event::FsyncBegins(file, _) | Event::Written(file, _) | Event::Cut(file, _) => {
            files.contains(file)
        }
        _ => false,
    };
    let too_late: Vec<_> = after.iter().filter(|(_, event)| too_late(event)).collect();
    assert!(too_late.is_empty(), "after the failure: {too_late:?}");
}

/// All that lies in the mailbox up to this message, in order and without a gap from where it begins.
fn lies_there(relay: &Relay, mailbox: Mailbox, up_to: (u32, u32)) -> Vec<(u32, u32)> {
    let mut reader = Reader::attach(relay, mailbox).expect("the mailbox is there");
    while reader.delivered.last().is_none_or(|last| *last < up_to) {
        reader.collect(1).expect("all that was accepted is there");
        reader.acknowledge();
    }
    let follows = |pair: &[(u32, u32)]| pair[0].0 == pair[1].0 && pair[0].1 + 1 == pair[1].1;
    assert!(reader.delivered.windows(2).all(follows), "a gap");
    reader.delivered
}

#[test]
fn from_a_failed_fsync_on_nothing_is_accepted_and_what_was_is_there_after_a_restart() {
    let mut house = House::open();
    let (relay, disk) = (&house.relay, &house.disk);
    let mailboxes = [1, 2, 3, 4].map(Mailbox);
    let readers = mailboxes
        .map(|mailbox| Reader::create(relay, mailbox).expect("the relay does as it should"));
    let mut bystander = Writer::open(relay, mailboxes[0], 9).expect("the relay does as it should");
    // Two of them stay; they acknowledge nothing.
    let [mut one, mut other, third, fourth] = readers;
    drop((third, fourth));
    let histories = thread::scope(|scope| {
        let write = |mailbox: Mailbox| {
            let mut writer = Writer::open(relay, mailbox, mailbox.0.into())
                .expect("the relay does as it should");
            let mut said = Vec::new();
            loop {
                while writer.left < writer.accepted + 16 {
                    said.push(disk.now());
                    writer.leave();
                }
                if let Err(code) = writer.wait_for(writer.accepted + 1) {
                    assert_eq!(code, FAULT);
                    return History::of(&writer, said);
                }
            }
        };
        let writers = mailboxes.map(|mailbox| scope.spawn(move || write(mailbox)));
        until("some commits", || disk.fsyncs(Watched::PeerLog).ended > 40)
            .expect("the relay does as it should");
        disk.fail_from(3, &FILES);
        writers.map(|writer| writer.join().expect("the relay does as it should"))
    });
    for reader in [&mut one, &mut other] {
        assert_eq!(
            reader
                .line
                .end(|_| {})
                .expect("the relay does as it should"),
            FAULT
        );
    }
    assert_eq!(
        bystander
            .line
            .end(|_| {})
            .expect("the relay does as it should"),
        FAULT
    );
    ends_with_one_sentence(&mut house.relay);
    let events = house.disk.since(0);
    let judged = judge(PEER, &events, &histories).expect("the relay does as it should");
    assert!(judged.accepted > 0);
    the_disk_is_not_asked_again(&events, FILES);

    let relay = house.again();
    for (mailbox, history) in mailboxes.into_iter().zip(&histories) {
        let first = lies_there(&relay, mailbox, (history.who, history.accepted))[0];
        assert_eq!(first, (history.who, 1));
    }
    println!(
        "{} accepted, all of them durable before the failure and there after it",
        judged.accepted
    );
}

/// One message after the other, each acknowledged and erased before the next: a round has an fsync for the
/// message, one for its deletion, one for the log and one for the database as the log is emptied into it, and
/// two as the log begins anew. Every one of them fails once, and all after it.
#[test]
fn whichever_fsync_fails_of_messages_deletions_and_checkpoints_the_relay_stops_and_has_what_it_accepted()
 {
    const ROUND: u64 = 6;
    let mut row = Row::of("X06");
    let mut failed: Vec<Watched> = Vec::new();
    for round in 0..row.times(2, 125) {
        // As disks do: all fail from then on, or one does and the next says nothing of it.
        let fails = [Disk::fail_from, Disk::fail_once][usize::from(round % 2 == 1)];
        failed.extend(thread::scope(|scope| {
            let houses: Vec<_> = (1..=ROUND + 2)
                .map(|nth| scope.spawn(move || fails_from(nth, fails)))
                .collect();
            let joined = houses.into_iter().map(|house| house.join());
            let all = joined.map(|failed| failed.expect("the relay does as it should"));
            all.collect::<Vec<_>>()
        }));
    }
    row.tried(failed.len() as u64);
    let of_database = failed.iter().filter(|file| **file == Watched::Peer).count();
    row.figure(format!(
        "{} relays, each with one fsync failing: {of_database} of the database, the others of its log",
        failed.len()
    ));
    assert!(
        failed.contains(&Watched::Peer),
        "one of them emptied the log: {failed:?}"
    );
    assert!(failed.contains(&Watched::PeerLog), "{failed:?}");
}

fn fails_from(nth: u64, fails: fn(&Disk, u64, &[Watched])) -> Watched {
    let mut house = House::open();
    let (relay, disk) = (&house.relay, &house.disk);
    let mailbox = Mailbox(1);
    let mut reader = Reader::create(relay, mailbox).expect("the relay does as it should");
    let mut writer = Writer::open(relay, mailbox, 1).expect("the relay does as it should");
    let mut said = Vec::new();
    let is_over = |(_, event): &(Moment, Event)| {
        matches!(
            event,
            Event::FsyncFailed(..) | Event::Cut(Watched::PeerLog, 0)
        )
    };
    fails(disk, nth, &FILES);
    loop {
        let begin = disk.now();
        said.push(begin);
        writer.leave();
        if let Err(code) = writer.wait_for(writer.left) {
            assert_eq!(code, FAULT);
            break;
        }
        if reader.collect(1).is_ok() {
            reader.acknowledge();
        }
        disk.await_since(begin, "the round ends", |events| events.iter().any(is_over))
            .expect("the relay does as it should");
    }
    let mut late = Vec::new();
    assert_eq!(
        reader
            .line
            .end(|frame| late.push(frame))
            .expect("the relay does as it should"),
        FAULT
    );
    late.iter().for_each(|frame| reader.hear(frame));
    ends_with_one_sentence(&mut house.relay);
    let events = house.disk.since(0);
    let history = History::of(&writer, said);
    judge(PEER, &events, std::slice::from_ref(&history)).expect("the relay does as it should");
    the_disk_is_not_asked_again(&events, FILES);

    let last = (1, history.accepted);
    if !reader.delivered.contains(&last) {
        lies_there(&house.again(), mailbox, last);
    } else {
        Reader::attach(&house.again(), mailbox).expect("the relay does as it should");
    }
    let failed = events.iter().find_map(|(_, event)| match event {
        Event::FsyncFailed(file, _) => Some(*file),
        _ => None,
    });
    failed.expect("the relay does as it should")
}
