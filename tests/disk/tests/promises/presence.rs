//! What the disk does between a message and its `accepted` does not tell whether somebody reads. (SPEC P-15)

use partywall_test_disk::event::{Event, Moment, Watched};
use partywall_test_disk::mailbox::{Mailbox, Reader, Writer};

use crate::House;

/// What the mailbox's owner does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    /// Is not there.
    Away,
    /// Reads, and acknowledges nothing.
    Reads,
    /// Has the message and says so before its batch is put together.
    IsFaster,
}

const OWNERS: [Owner; 3] = [Owner::Away, Owner::Reads, Owner::IsFaster];
const READ: Mailbox = Mailbox(1);
const OTHER: Mailbox = Mailbox(2);

/// What the writer of a message waits for, in order: the steps of the peer wing's files from a moment on
/// to the `accepted` that goes to it.
fn steps(events: &[(Moment, Event)], port: u16) -> Vec<String> {
    let told = |event: &Event| matches!(event, Event::Accepted(_, to, _) if *to == port);
    let until = events.iter().position(|(_, event)| told(event));
    let until = until.expect("it was told");
    let step = |(_, event): &(Moment, Event)| match event {
        Event::FsyncBegins(file @ (Watched::Peer | Watched::PeerLog), _) => {
            Some(format!("fsync of {file:?} begins"))
        }
        Event::FsyncEnded(file @ (Watched::Peer | Watched::PeerLog), _) => {
            Some(format!("fsync of {file:?} ends"))
        }
        Event::Committed(Watched::PeerLog) => Some("commit".to_owned()),
        Event::Cut(file @ (Watched::Peer | Watched::PeerLog), _) => {
            Some(format!("{file:?} is cut"))
        }
        _ => None,
    };
    events[..until].iter().filter_map(step).collect()
}

/// The writer's thread stands in the fsync of somebody else's message while ours comes in, so that what its
/// owner does is done before its batch is put together, and its batch is this one message.
fn behind_a_slow_fsync(owner: Owner) -> Vec<String> {
    let House { relay, disk, .. } = &House::open();
    let mut reader = Some(Reader::create(relay, READ).expect("the relay does as it should"));
    drop(Reader::create(relay, OTHER).expect("the relay does as it should"));
    if owner == Owner::Away {
        reader = None;
    }
    let mut other = Writer::open(relay, OTHER, 2).expect("the relay does as it should");
    let mut writer = Writer::open(relay, READ, 1).expect("the relay does as it should");
    other.leave();
    other.wait_for(1).expect("the relay does as it should");

    let begin = disk.now();
    disk.hold(Watched::PeerLog);
    other.leave();
    disk.await_since(begin, "the other's message waits for its fsync", |events| {
        let [marked, begins] = [
            Event::Marked(Watched::PeerLog, 2, 2),
            Event::FsyncBegins(Watched::PeerLog, 0),
        ];
        let mut left = events
            .iter()
            .map(|(_, event)| *event)
            .skip_while(|event| *event != marked);
        left.any(|event| std::mem::discriminant(&event) == std::mem::discriminant(&begins))
    })
    .expect("the relay does as it should");
    writer.leave();
    if let Some(reader) = &mut reader {
        reader.collect(1).expect("the relay does as it should");
        if owner == Owner::IsFaster {
            reader.acknowledge();
        }
        reader.is_heard().expect("the relay does as it should");
    }
    assert_eq!(
        writer
            .line
            .twice_round()
            .expect("the relay does as it should")
            .len(),
        0
    );
    let released = disk.now();
    disk.release(Watched::PeerLog);
    writer.wait_for(1).expect("the relay does as it should");
    let events = disk.since(released);
    let is_ours = |(_, event): &(Moment, Event)| matches!(event, Event::Marked(_, 1, 1));
    assert_eq!(
        events.iter().any(is_ours),
        owner != Owner::IsFaster,
        "it is left out if its reader was faster"
    );
    steps(&events, writer.line.port())
}

#[test]
fn a_batch_of_nothing_but_left_out_messages_is_committed_and_synced_like_any_other() {
    let worlds = OWNERS.map(behind_a_slow_fsync);
    let [ended, begins] = ["fsync of PeerLog ends", "fsync of PeerLog begins"];
    for (owner, world) in OWNERS.iter().zip(&worlds) {
        assert_eq!(*world, [ended, "commit", begins, ended], "{owner:?}");
    }
}

/// The second message of two on a quiet relay, when all that the first one caused is done.
fn on_a_quiet_relay(owner: Owner) -> Vec<String> {
    let House { relay, disk, .. } = &House::open();
    let mut reader = Some(Reader::create(relay, READ).expect("the relay does as it should"));
    if owner == Owner::Away {
        reader = None;
    }
    let mut writer = Writer::open(relay, READ, 1).expect("the relay does as it should");
    let begin = disk.now();
    writer.leave();
    writer.wait_for(1).expect("the relay does as it should");
    if let Some(reader) = &mut reader {
        reader.collect(1).expect("the relay does as it should");
        reader.acknowledge();
        // It is erased by emptying the log; the log's first commit after that, which costs an fsync more,
        // is no message's.
        disk.await_since(begin, "the log is emptied and begins anew", |events| {
            let emptied = |event: &Event| *event == Event::Cut(Watched::PeerLog, 0);
            let ended = |event: &Event| matches!(event, Event::FsyncEnded(Watched::PeerLog, _));
            let mut after = events
                .iter()
                .map(|(_, event)| *event)
                .skip_while(|event| !emptied(event));
            after
                .by_ref()
                .any(|event| event == Event::Committed(Watched::PeerLog))
                && after.any(|event| ended(&event))
        })
        .expect("the relay does as it should");
    }
    let second = disk.now();
    writer.leave();
    writer.wait_for(2).expect("the relay does as it should");
    steps(&disk.since(second), writer.line.port())
}

#[test]
fn whether_the_last_message_was_collected_is_not_told_by_what_the_next_one_waits_for() {
    let [away, reads] = [Owner::Away, Owner::Reads].map(on_a_quiet_relay);
    assert_eq!(away, reads);
}
