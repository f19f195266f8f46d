//! What a deposit line promises, seen from the relay's end. (SPEC §5.6, §5.7, P-2, P-15 to P-19)
//! Knows: frames and events. Never knows: real sockets, real time.

use std::num::NonZeroU64;
use std::time::Duration;

use partywall_ground::{Close, Peer};
use partywall_peer::{Number, SealedBundle};
use partywall_world::Dice;
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::*;

pub(super) type ScriptedRelay = partywall_street::scripted::ScriptedRelay<Peer>;
pub(super) type Caller = partywall_street::scripted::Caller<Peer>;

pub(super) fn line(relay: &ScriptedRelay) -> DepositLine {
    let dialler = Dialler::new(relay.wire.clone(), relay.clock());
    let to = DropPlace {
        relay: relay.place(),
        capability: Zeroizing::new([6; 32]),
    };
    spawn(dialler, to, Dice::seeded(2))
}

async fn asks(line: &DepositLine, command: Deposit) {
    let sent = line.commands.send(command).await;
    sent.expect("the line takes commands");
}

pub(super) async fn submit(line: &DepositLine, id: u64, fill: u8) {
    let id = OutboxId(id);
    let envelope = vec![fill; 4_096];
    let command = Deposit::Submit { id, envelope };
    asks(line, command).await;
}

async fn event(line: &mut DepositLine) -> DepositEvent {
    line.events.recv().await.expect("the line goes on")
}

async fn accepted(line: &mut DepositLine) -> u64 {
    match event(line).await {
        DepositEvent::Accepted { id } => id.0,
        other => panic!("accepted, and not {other:?}"),
    }
}

async fn down(line: &mut DepositLine) -> DownReason {
    match event(line).await {
        DepositEvent::Down { reason } => reason,
        other => panic!("down, and not {other:?}"),
    }
}

async fn asked(caller: &mut Caller) -> FromClient {
    FromClient::decode(&caller.frame().await).expect("a frame of the deposit door")
}

/// The next deposit: its number, and the byte that its envelope is full of.
async fn deposited(caller: &mut Caller) -> (u64, u8) {
    match asked(caller).await {
        FromClient::Deposit(deposit) => {
            let bytes = deposit.envelope.as_bytes();
            assert!(bytes.iter().all(|byte| *byte == bytes[0]));
            (deposit.number.value().get(), bytes[0])
        }
        other => panic!("a deposit, and not {other:?}"),
    }
}

async fn says(caller: &mut Caller, frame: impl Into<FromRelay>) {
    caller.say(frame.into().encode()).await;
}

pub(super) async fn accepts(caller: &mut Caller, number: u64) {
    let number = Number::new(NonZeroU64::new(number).expect("numbers begin at 1"));
    says(caller, Accepted { number }).await;
}

/// A caller that was let in: it named its drop, and nothing else before it was told so.
pub(super) async fn let_in(relay: &mut ScriptedRelay) -> Caller {
    let mut caller = relay.greets().await;
    assert!(
        caller.request.starts_with("GET /v1/deposit "),
        "no other door"
    );
    let FromClient::Use(used) = asked(&mut caller).await else {
        panic!("use comes first");
    };
    assert_eq!(used.capability.as_bytes(), &[6; 32]);
    let too_early = timeout(Duration::from_secs(5), caller.hears()).await;
    assert!(too_early.is_err());
    says(&mut caller, Opened {}).await;
    caller
}

async fn open(relay: &mut ScriptedRelay) -> (DepositLine, Caller) {
    let mut line = line(relay);
    let caller = let_in(relay).await;
    assert!(matches!(event(&mut line).await, DepositEvent::Up));
    (line, caller)
}

#[tokio::test(start_paused = true)]
async fn after_a_break_what_was_not_answered_is_sent_again_the_same_bytes_in_the_same_order() {
    let mut relay = ScriptedRelay::new(DEPOSIT);
    let (mut line, mut caller) = open(&mut relay).await;
    for (id, fill) in [(10, 1), (20, 2), (30, 3)] {
        submit(&line, id, fill).await;
    }
    for expected in [(1, 1), (2, 2), (3, 3)] {
        assert_eq!(deposited(&mut caller).await, expected);
    }
    accepts(&mut caller, 1).await;
    assert_eq!(accepted(&mut line).await, 10);
    drop(caller);
    assert_eq!(down(&mut line).await, DownReason::Lost);
    submit(&line, 40, 4).await;

    let mut caller = let_in(&mut relay).await;
    for expected in [(1, 2), (2, 3), (3, 4)] {
        assert_eq!(deposited(&mut caller).await, expected);
    }
    assert!(matches!(event(&mut line).await, DepositEvent::Up));
    accepts(&mut caller, 3).await;
    assert_eq!(accepted(&mut line).await, 40, "it and all before it");
}

#[tokio::test(start_paused = true)]
async fn no_more_than_a_window_is_unanswered() {
    let mut relay = ScriptedRelay::new(DEPOSIT);
    let (line, mut caller) = open(&mut relay).await;
    for id in 0..70 {
        submit(&line, id, 1).await;
    }
    for number in 1..=64 {
        assert_eq!(deposited(&mut caller).await, (number, 1));
    }
    let no_more = timeout(Duration::from_secs(5), caller.hears()).await;
    assert!(no_more.is_err());
    accepts(&mut caller, 2).await;
    assert_eq!(deposited(&mut caller).await, (65, 1));
    assert_eq!(deposited(&mut caller).await, (66, 1));
    let no_more = timeout(Duration::from_secs(5), caller.hears()).await;
    assert!(no_more.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_drop_that_is_not_there_ends_the_line() {
    let mut relay = ScriptedRelay::new(DEPOSIT);
    let mut line = line(&relay);
    submit(&line, 1, 1).await;
    let mut caller = relay.greets().await;
    let _used = asked(&mut caller).await;
    caller.close(Close::NoSuchDrop).await;
    assert!(matches!(event(&mut line).await, DepositEvent::NoSuchDrop));
    assert!(line.events.recv().await.is_none());
    let again = timeout(Duration::from_secs(7_200), relay.stream()).await;
    assert!(again.is_err(), "neither this door nor another");
}

#[tokio::test(start_paused = true)]
async fn a_full_mailbox_is_waited_for_and_nothing_is_lost_or_overtaken() {
    let mut relay = ScriptedRelay::new(DEPOSIT);
    let (mut line, mut caller) = open(&mut relay).await;
    for (id, fill) in [(1, 1), (2, 2)] {
        submit(&line, id, fill).await;
        assert_eq!(deposited(&mut caller).await.1, fill);
    }
    accepts(&mut caller, 1).await;
    caller.close(Close::Full).await;
    assert_eq!(accepted(&mut line).await, 1);
    assert!(matches!(event(&mut line).await, DepositEvent::Full));
    let mut caller = let_in(&mut relay).await;
    assert!(matches!(event(&mut line).await, DepositEvent::Up));
    assert_eq!(deposited(&mut caller).await, (1, 2));
    accepts(&mut caller, 1).await;
    assert_eq!(accepted(&mut line).await, 2);
}

#[tokio::test(start_paused = true)]
async fn a_connection_without_work_is_put_down_and_taken_up_when_there_is_work() {
    let mut relay = ScriptedRelay::new(DEPOSIT);
    let (mut line, mut caller) = open(&mut relay).await;
    let early = timeout(Duration::from_secs(19), caller.hears()).await;
    assert!(early.is_err());
    let rested = timeout(Duration::from_secs(22), caller.hears()).await;
    assert_eq!(rested, Ok(Ok(Incoming::Closed(Some(1000)))));
    let quiet = timeout(Duration::from_secs(600), relay.stream()).await;
    assert!(quiet.is_err(), "without work there is no connection");
    assert!(line.events.is_empty(), "rest is no trouble");

    submit(&line, 1, 1).await;
    let mut caller = let_in(&mut relay).await;
    assert!(matches!(event(&mut line).await, DepositEvent::Up));
    assert_eq!(deposited(&mut caller).await, (1, 1));
    let kept = timeout(Duration::from_secs(90), caller.hears()).await;
    assert!(kept.is_err(), "there is work: an answer is waited for");
}

#[tokio::test(start_paused = true)]
async fn a_bundle_is_taken_once_and_never_asked_for_twice() {
    let mut relay = ScriptedRelay::new(DEPOSIT);
    let (mut line, mut caller) = open(&mut relay).await;
    asks(&line, Deposit::Take).await;
    assert!(matches!(asked(&mut caller).await, FromClient::Take(_)));
    let bundle = SealedBundle::try_from(vec![3; 1_409]);
    let bundle = Some(bundle.expect("a bundle has 1,409 bytes"));
    says(&mut caller, Taken { bundle }).await;
    let DepositEvent::Taken { sealed } = event(&mut line).await else {
        panic!("taken");
    };
    assert_eq!(sealed, Some(vec![3; 1_409]));

    asks(&line, Deposit::Take).await;
    assert!(matches!(asked(&mut caller).await, FromClient::Take(_)));
    drop(caller);
    assert_eq!(down(&mut line).await, DownReason::Lost);
    let mut caller = let_in(&mut relay).await;
    assert!(matches!(event(&mut line).await, DepositEvent::Up));
    let not_again = timeout(Duration::from_secs(15), caller.hears()).await;
    assert!(not_again.is_err());
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_for_a_bundle_is_told_even_when_the_trouble_is_an_old_one() {
    let mut relay = ScriptedRelay::new(DEPOSIT);
    let mut line = line(&relay);
    drop(relay.stream().await);
    assert_eq!(down(&mut line).await, DownReason::Unreachable);
    asks(&line, Deposit::Take).await;
    drop(relay.stream().await);
    assert_eq!(down(&mut line).await, DownReason::Unreachable);
}

#[tokio::test(start_paused = true)]
async fn what_the_relay_calls_malformed_is_not_sent_again() {
    let mut relay = ScriptedRelay::new(DEPOSIT);
    let (mut line, mut caller) = open(&mut relay).await;
    submit(&line, 1, 1).await;
    let _deposited = deposited(&mut caller).await;
    caller.close(Close::Malformed).await;
    assert_eq!(down(&mut line).await, DownReason::Fault);
    for id in 0..200 {
        submit(&line, id, 2).await;
    }
    let again = timeout(Duration::from_secs(7_200), relay.stream()).await;
    assert!(again.is_err());
}

#[tokio::test(start_paused = true)]
async fn an_answer_to_what_was_not_asked_ends_the_connection() {
    let mut relay = ScriptedRelay::new(DEPOSIT);
    let (mut line, mut caller) = open(&mut relay).await;
    accepts(&mut caller, 1).await;
    assert_eq!(caller.hears().await, Ok(Incoming::Closed(Some(4001))));
    assert_eq!(down(&mut line).await, DownReason::Fault);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_line_takes_its_leave_and_ends() {
    let mut relay = ScriptedRelay::new(DEPOSIT);
    let (line, mut caller) = open(&mut relay).await;
    let DepositLine {
        commands,
        mut events,
    } = line;
    drop(commands);
    assert_eq!(caller.hears().await, Ok(Incoming::Closed(Some(1000))));
    assert!(events.recv().await.is_none());
}
