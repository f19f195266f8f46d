//! What a collect line promises, seen from the relay's end. (SPEC §5.3 to §5.5, §5.7, P-3)
//! Knows: frames and events. Never knows: real sockets, real time.

mod mailboxes;

use std::num::NonZeroU64;
use std::time::Duration;

use partywall_ground::{Close, Peer};
use partywall_peer::collect::{Ack, Attached, Deliver, FromClient, FromRelay};
use partywall_peer::{Acks, Envelope, OneTimeLeft, Slot, Tag};
use partywall_world::Dice;
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::*;
use crate::seam;

type ScriptedRelay = partywall_street::scripted::ScriptedRelay<Peer>;
type Caller = partywall_street::scripted::Caller<Peer>;

const READER: [u8; 32] = [5; 32];
const SLOT: Slot = Slot::new(3);

fn line(relay: &ScriptedRelay) -> CollectLine {
    let dialler = Dialler::new(relay.wire.clone(), relay.clock());
    spawn(dialler, relay.place(), Dice::seeded(1))
}

async fn tell(line: &CollectLine, connection: u64, what: Collect) {
    let connection = Connection(connection);
    let command = CollectCommand { connection, what };
    line.commands.send(command).await.unwrap();
}

async fn attach(line: &CollectLine, connection: u64) {
    let slot = seam::Slot(SLOT.value());
    let reader = Zeroizing::new(READER);
    tell(line, connection, Collect::Attach { slot, reader }).await;
}

async fn ack(line: &CollectLine, connection: u64, tag: u64) {
    let slot = seam::Slot(SLOT.value());
    let tag = seam::Tag(tag);
    tell(line, connection, Collect::Ack { slot, tag }).await;
}

async fn event(line: &mut CollectLine) -> CollectEvent {
    line.events.recv().await.expect("the line goes on")
}

async fn up(line: &mut CollectLine) -> u64 {
    match event(line).await {
        CollectEvent::Up { connection, .. } => connection.0,
        other => panic!("up, and not {other:?}"),
    }
}

async fn down(line: &mut CollectLine) -> DownReason {
    match event(line).await {
        CollectEvent::Down { reason } => reason,
        other => panic!("down, and not {other:?}"),
    }
}

async fn asked(caller: &mut Caller) -> FromClient {
    FromClient::decode(&caller.frame().await).expect("a frame of the collect door")
}

async fn says(caller: &mut Caller, frame: impl Into<FromRelay>) {
    caller.say(frame.into().encode()).await;
}

fn attached() -> Attached {
    Attached {
        slot: SLOT,
        acks: Acks::new(17),
        one_time_left: OneTimeLeft::new(4),
    }
}

fn deliver(tag: u64) -> Deliver {
    Deliver {
        slot: SLOT,
        tag: Tag::new(NonZeroU64::new(tag).unwrap()),
        envelope: Envelope::try_from(vec![9; 4_096]).unwrap(),
    }
}

/// A line with one mailbox attached, on its first connection.
async fn reading(relay: &mut ScriptedRelay) -> (CollectLine, Caller) {
    let mut line = line(relay);
    let mut caller = relay.greets().await;
    assert_eq!(up(&mut line).await, 1);
    attach(&line, 1).await;
    let _attach = asked(&mut caller).await;
    says(&mut caller, attached()).await;
    let _attached = event(&mut line).await;
    (line, caller)
}

#[tokio::test(start_paused = true)]
async fn a_reader_proves_its_mailbox_for_this_connection_and_takes_its_mail() {
    let mut relay = ScriptedRelay::new(COLLECT);
    let mut line = line(&relay);
    let mut caller = relay.caller().await;
    let hello = relay.hello(vec![relay.vouch(relay.certificate.spki)]);
    caller.greet(hello.clone()).await;
    let CollectEvent::Up { retention_days, .. } = event(&mut line).await else {
        panic!("up");
    };
    assert_eq!(retention_days, 30);
    assert!(caller.request.starts_with("GET /v1/collect "));

    attach(&line, 1).await;
    let FromClient::Attach(attach) = asked(&mut caller).await else {
        panic!("attach");
    };
    assert!(attach.prove(&hello.challenge()).is_ok());
    says(&mut caller, attached()).await;
    says(&mut caller, deliver(1)).await;
    assert!(matches!(
        event(&mut line).await,
        CollectEvent::Attached {
            slot: seam::Slot(3),
            acks: 17,
            shelf: 4
        }
    ));
    let CollectEvent::Delivered {
        slot,
        tag,
        envelope,
    } = event(&mut line).await
    else {
        panic!("delivered");
    };
    assert_eq!(
        (slot, tag, envelope),
        (seam::Slot(3), seam::Tag(1), vec![9; 4_096])
    );
    ack(&line, 1, 1).await;
    let FromClient::Ack(Ack { slot, tag }) = asked(&mut caller).await else {
        panic!("ack");
    };
    assert_eq!((slot, tag), (SLOT, Tag::FIRST));
}

#[tokio::test(start_paused = true)]
async fn what_was_meant_for_an_older_connection_is_never_said_on_a_newer_one() {
    let mut relay = ScriptedRelay::new(COLLECT);
    let (mut line, mut caller) = reading(&mut relay).await;
    says(&mut caller, deliver(1)).await;
    let _delivered = event(&mut line).await;
    drop(caller);
    assert_eq!(down(&mut line).await, DownReason::Lost);
    let mut caller = relay.greets().await;
    assert_eq!(up(&mut line).await, 2);

    ack(&line, 1, 1).await;
    attach(&line, 1).await;
    attach(&line, 2).await;
    assert!(matches!(asked(&mut caller).await, FromClient::Attach(_)));
    says(&mut caller, attached()).await;
    says(&mut caller, deliver(1)).await;
    let _attached = event(&mut line).await;
    let _delivered = event(&mut line).await;
    ack(&line, 1, 1).await;
    ack(&line, 2, 2).await;
    ack(&line, 2, 1).await;
    assert!(matches!(
        asked(&mut caller).await,
        FromClient::Ack(Ack {
            tag: Tag::FIRST,
            ..
        })
    ));
    let nothing_more = timeout(Duration::from_secs(10), caller.hears()).await;
    assert!(nothing_more.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_relay_that_counts_deliveries_wrong_is_told_so_and_left() {
    for first in [0, 2] {
        let mut relay = ScriptedRelay::new(COLLECT);
        let (mut line, mut caller) = reading(&mut relay).await;
        if first == 0 {
            says(&mut caller, deliver(1)).await;
            says(&mut caller, deliver(1)).await;
            let _delivered = event(&mut line).await;
        } else {
            says(&mut caller, deliver(first)).await;
        }
        assert_eq!(caller.hears().await, Ok(Incoming::Closed(Some(4001))));
        assert_eq!(down(&mut line).await, DownReason::Fault);
        let _again = relay.greets().await;
        assert_eq!(up(&mut line).await, 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_relay_that_restarts_is_found_again_within_two_seconds() {
    let mut relay = ScriptedRelay::new(COLLECT);
    let (mut line, caller) = reading(&mut relay).await;
    caller.close(Close::ComeBack).await;
    assert_eq!(down(&mut line).await, DownReason::Lost);
    let again = timeout(Duration::from_secs(2), relay.greets()).await;
    assert!(again.is_ok());
    assert_eq!(up(&mut line).await, 2);
}

#[tokio::test(start_paused = true)]
async fn a_relay_of_another_version_is_not_run_against() {
    let mut relay = ScriptedRelay::new(COLLECT);
    let (mut line, caller) = reading(&mut relay).await;
    caller.close(Close::Version).await;
    assert_eq!(down(&mut line).await, DownReason::Version);
    let again = timeout(Duration::from_secs(1_800), relay.stream()).await;
    assert!(again.is_err());
}

#[tokio::test(start_paused = true)]
async fn the_same_trouble_is_told_once_and_the_attempts_go_on() {
    let mut relay = ScriptedRelay::new(COLLECT);
    let mut line = line(&relay);
    for _ in 0..3 {
        drop(relay.stream().await);
    }
    let mut unvouched = relay.caller().await;
    let hello = relay.hello(vec![]);
    unvouched.greet(hello).await;
    assert_eq!(down(&mut line).await, DownReason::Unreachable);
    assert_eq!(down(&mut line).await, DownReason::WrongRelay);
    let _caller = relay.greets().await;
    assert_eq!(up(&mut line).await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_quiet_connection_is_kept_open_by_pings() {
    let mut relay = ScriptedRelay::new(COLLECT);
    let (_line, mut caller) = reading(&mut relay).await;
    for _ in 0..3 {
        relay.clock.advance(Duration::from_secs(40));
        let quiet = timeout(Duration::from_secs(41), caller.hears()).await;
        assert!(quiet.is_err(), "no frame");
        assert_eq!(caller.socket.heard(), relay.clock().monotonic(), "a ping");
    }
}

#[tokio::test(start_paused = true)]
async fn a_relay_that_fell_silent_is_left_for_a_new_connection() {
    let mut relay = ScriptedRelay::new(COLLECT);
    let (mut line, _caller) = reading(&mut relay).await;
    relay.clock.advance(Duration::from_secs(100));
    assert_eq!(down(&mut line).await, DownReason::Lost);
    let _again = relay.greets().await;
    assert_eq!(up(&mut line).await, 2);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_line_takes_its_leave_and_ends() {
    let mut relay = ScriptedRelay::new(COLLECT);
    let (line, mut caller) = reading(&mut relay).await;
    let CollectLine {
        commands,
        mut events,
    } = line;
    drop(commands);
    assert_eq!(caller.hears().await, Ok(Incoming::Closed(Some(1000))));
    assert!(events.recv().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_line_whose_events_nobody_takes_stops_to_listen_and_loses_nothing() {
    let mut relay = ScriptedRelay::new(COLLECT);
    let (mut line, mut caller) = reading(&mut relay).await;
    let mut taken = 0;
    for tag in 1..=400 {
        let sending = caller.socket.send(FromRelay::from(deliver(tag)).encode());
        match timeout(Duration::from_secs(1), sending).await {
            Ok(sent) => {
                sent.unwrap();
                taken += 1;
            }
            Err(_no_room) => relay.clock.advance(Duration::from_secs(1)),
        }
    }
    assert!((128..300).contains(&taken), "the relay waits: {taken}");
    let waiting = line.events.len();
    assert_eq!(
        waiting,
        seam::LINE_ROOM,
        "the channel is full, and the relay waits"
    );
    for expected in 1..=128 {
        let CollectEvent::Delivered { tag, .. } = event(&mut line).await else {
            panic!("delivered");
        };
        assert_eq!(tag, seam::Tag(expected));
    }
}
