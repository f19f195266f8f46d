//! Lines that carry mail whatever happens on the way. (SPEC P-11, P-15, P-19)
//! Knows: one mailbox, envelopes of one byte repeated, faults. Never knows: conversations.

use partywall_ground::Capability;
use partywall_peer::{Link, drop_id};
use partywall_peer_client::seam::{
    Collect, CollectCommand, CollectEvent, CollectLine, Deposit, DepositEvent, DepositLine,
    DropPlace, OutboxId, RelayPlace, Slot, Street,
};
use partywall_peer_client::street::Sockets;
use partywall_test_relay::{Direction, Door, TestRelay};
use partywall_world::Dice;
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

/// A mailbox with a line that reads it, and then a line that writes to it.
async fn lines(relay: &TestRelay) -> (CollectLine, DepositLine) {
    let sockets = Sockets::new(clock(), Dice::seeded(1));
    let mut reader = sockets.collect(place(relay));
    make_mailbox(&mut reader).await;
    let to = DropPlace {
        relay: place(relay),
        capability: Zeroizing::new(CAPABILITY),
    };
    (reader, sockets.deposit(to))
}

/// What the conversations do with a collect line: ask for the mailbox whenever a connection stands,
/// acknowledge what came, and count what came for the first time.
async fn read_until(line: &mut CollectLine, last: u8) -> Vec<u8> {
    let mut seen = Vec::new();
    let mut present = None;
    while seen.last() != Some(&last) {
        let what = match line.events.recv().await.expect("the line goes on") {
            CollectEvent::Up { connection, .. } => {
                present = Some(connection);
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
        let connection = present.expect("a line comes up first");
        let command = CollectCommand { connection, what };
        line.commands.send(command).await.unwrap();
    }
    seen
}

async fn make_mailbox(line: &mut CollectLine) {
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
