//! Lines that carry mail whatever happens on the way. (SPEC P-11, P-15, P-19)
//! Knows: one mailbox, envelopes of one byte repeated, faults. Never knows: conversations.

use std::sync::Arc;

use partywall_ground::Capability;
use partywall_peer::{Link, drop_id};
use partywall_peer_client::seam::{
    Collect, CollectCommand, CollectEvent, CollectLine, Connection, Deposit, DepositEvent,
    DepositLine, DownReason, DropPlace, OutboxId, RelayPlace, Slot, Street,
};
use partywall_peer_client::street::Sockets;
use partywall_row::Row;
use partywall_test_relay::{Direction, Door, TestRelay};
use partywall_world::{Clock, Dice, ManualClock, Wall};
use zeroize::Zeroizing;

use crate::clock;

const SLOT: Slot = Slot(1);
const READER: [u8; 32] = [5; 32];
const CAPABILITY: [u8; 32] = [6; 32];

fn place(relay: &TestRelay) -> RelayPlace {
    let link = Link::parse(&relay.relay_link()).unwrap();
    RelayPlace {
        authorities: link
            .authorities()
            .map(|at| at.as_str().to_owned())
            .collect(),
        key: *link.relay().as_bytes(),
    }
}

/// A line that reads a mailbox.
struct Reader {
    line: CollectLine,
    /// On which it was last told to stand.
    connection: Connection,
}

/// A mailbox with a line that reads it, and then a line that writes to it.
async fn lines(relay: &TestRelay) -> (Reader, DepositLine) {
    let sockets = Sockets::new(clock(), Dice::seeded(1));
    let reader = make_mailbox(sockets.collect(place(relay))).await;
    let to = DropPlace {
        relay: place(relay),
        capability: Zeroizing::new(CAPABILITY),
    };
    (reader, sockets.deposit(to))
}

/// What the conversations do with a collect line: ask for the mailbox whenever a connection stands,
/// acknowledge what came, and count what came for the first time.
async fn read_until(reader: &mut Reader, last: u8) -> Vec<u8> {
    let mut seen = Vec::new();
    while seen.last() != Some(&last) {
        let what = match reader.line.events.recv().await.expect("the line goes on") {
            CollectEvent::Up { connection, .. } => {
                reader.connection = connection;
                let drop = drop_id(&Capability::new(CAPABILITY)).into_bytes();
                Collect::Create {
                    slot: SLOT,
                    reader: Zeroizing::new(READER),
                    drop,
                    pass: None,
                    credit: None,
                }
            }
            CollectEvent::Delivered {
                slot,
                tag,
                envelope,
            } => {
                if !seen.contains(&envelope[0]) {
                    seen.push(envelope[0]);
                }
                Collect::Ack { slot, tag }
            }
            CollectEvent::Attached { .. } | CollectEvent::Down { .. } => continue,
            other => panic!("nothing else happens to a mailbox: {other:?}"),
        };
        let connection = reader.connection;
        let command = CollectCommand { connection, what };
        reader.line.commands.send(command).await.unwrap();
    }
    seen
}

async fn make_mailbox(mut line: CollectLine) -> Reader {
    let CollectEvent::Up { connection, .. } = line.events.recv().await.unwrap() else {
        panic!("up");
    };
    let what = Collect::Create {
        slot: SLOT,
        reader: Zeroizing::new(READER),
        drop: drop_id(&Capability::new(CAPABILITY)).into_bytes(),
        pass: None,
        credit: None,
    };
    line.commands
        .send(CollectCommand { connection, what })
        .await
        .unwrap();
    let attached = line.events.recv().await.unwrap();
    assert!(matches!(
        attached,
        CollectEvent::Attached {
            acks: 0,
            shelf: 0,
            ..
        }
    ));
    Reader { line, connection }
}

async fn submit(line: &DepositLine, fill: u8) {
    let id = OutboxId(u64::from(fill));
    let envelope = vec![fill; 4_096];
    line.commands
        .send(Deposit::Submit { id, envelope })
        .await
        .unwrap();
}

async fn accepted_up_to(line: &mut DepositLine, last: u8) {
    loop {
        match line.events.recv().await.expect("the line goes on") {
            DepositEvent::Accepted { id } if id == OutboxId(u64::from(last)) => return,
            DepositEvent::Accepted { .. } | DepositEvent::Up | DepositEvent::Down { .. } => {}
            other => panic!("nothing else happens to a deposit: {other:?}"),
        }
    }
}

/// A client comes so many days after the certificate in front of the relay was vouched for, which holds for 365.
async fn comes_after(days: u64, relay: &TestRelay) -> DepositLine {
    let today = clock().wall().seconds();
    let late = ManualClock::at(Wall::from_seconds(today + days * 86_400));
    let sockets = Sockets::new(Arc::new(late), Dice::seeded(2));
    let to = DropPlace {
        relay: place(relay),
        capability: Zeroizing::new(CAPABILITY),
    };
    let line = sockets.deposit(to);
    submit(&line, 1).await;
    line
}

#[tokio::test]
async fn behind_a_certificate_whose_vouch_has_run_out_nothing_is_said_and_in_time_everything_is() {
    let mut row = Row::of("X25");
    let relay = TestRelay::start().await;
    let (reader, writer) = lines(&relay).await;
    drop((reader, writer));
    for days in [366, 400, 3_650] {
        let mut line = comes_after(days, &relay).await;
        match line.events.recv().await.expect("the line goes on") {
            DepositEvent::Down {
                reason: DownReason::WrongRelay,
            } => {}
            other => panic!("{days} days late: {other:?}"),
        }
        row.tried(1);
    }
    accepted_up_to(&mut comes_after(0, &relay).await, 1).await;
    accepted_up_to(&mut comes_after(364, &relay).await, 1).await;
}

#[tokio::test]
async fn nothing_is_lost_or_overtaken_though_the_relay_is_killed_in_between() {
    let mut relay = TestRelay::start().await;
    let (mut reader, mut writer) = lines(&relay).await;
    for fill in 1..=20 {
        submit(&writer, fill).await;
    }
    relay.kill().await;
    for fill in 21..=40 {
        submit(&writer, fill).await;
    }
    relay.restart().await;
    let (seen, ()) = tokio::join!(read_until(&mut reader, 40), accepted_up_to(&mut writer, 40));
    assert_eq!(seen, (1..=40).collect::<Vec<_>>());
}

#[tokio::test]
async fn nothing_is_lost_or_overtaken_though_lines_are_cut_again_and_again() {
    let relay = TestRelay::start().await;
    let (mut reader, mut writer) = lines(&relay).await;
    let (there, answers, mail) = (
        relay.knobs().of(Door::Deposit, Direction::ToRelay),
        relay.knobs().of(Door::Deposit, Direction::ToClient),
        relay.knobs().of(Door::Collect, Direction::ToClient),
    );
    for (round, first) in (1..=40).step_by(10).enumerate() {
        let somewhere = u64::try_from(round).unwrap() * 7_000;
        there.cut_after(30_000 + somewhere);
        answers.cut_after(40 + somewhere / 200);
        mail.cut_after(10_000 + somewhere);
        for fill in first..first + 10 {
            submit(&writer, fill).await;
        }
        accepted_up_to(&mut writer, first + 9).await;
    }
    assert_eq!(
        read_until(&mut reader, 40).await,
        (1..=40).collect::<Vec<_>>()
    );
}
