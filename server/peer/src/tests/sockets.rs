//! The doors themselves: real sockets over pipes, the writer on its thread.

mod house;

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use partywall_ground::Close;
use partywall_peer::collect::{self, Ack, Attach, Shelve};
use partywall_peer::deposit::{self, Deposit, Take};
use partywall_peer::{ShelfBefore, Slot, Tag};
use partywall_socket::{FrameSocket, Limits};
use partywall_store::Place;
use partywall_world::{Clock, Dice};

use super::people::{Owner, bundle};
use super::world::Dies;
use crate::Admission;
use crate::failpoint::Gap;

use self::house::*;

#[tokio::test]
async fn a_message_goes_from_door_to_door_and_a_bundle_the_other_way() {
    let house = House::new(|_| {});
    let owner = Owner::number(1);
    let mut alice = reader(&house, &owner).await;
    let one_time = vec![bundle(5)].try_into().unwrap();
    let (slot, before) = (Slot::new(1), ShelfBefore::Kept);
    alice
        .collects(Shelve {
            slot,
            before,
            one_time,
            last_resort: None,
        })
        .await;
    assert!(matches!(
        alice.hear_collect().await,
        collect::FromRelay::Shelved(_)
    ));

    let mut bob = writer(&house, &owner).await;
    bob.deposits(Take {}).await;
    let deposit::FromRelay::Taken(taken) = bob.hear_deposit().await else {
        panic!("a bundle was asked for");
    };
    assert_eq!(taken.bundle, Some(bundle(5)));
    for n in 1..=100 {
        bob.deposits(Deposit {
            number: number(n),
            envelope: envelope(n as u8, 4_096),
        })
        .await;
        let collect::FromRelay::Deliver(deliver) = alice.hear_collect().await else {
            panic!("an envelope was left");
        };
        assert_eq!(deliver.envelope, envelope(n as u8, 4_096));
        assert_eq!(deliver.tag.value().get(), n);
        alice
            .collects(Ack {
                slot: Slot::new(1),
                tag: deliver.tag,
            })
            .await;
    }
    while accepted(&mut bob).await < 100 {}
    let gauges = house.plane.gauges();
    assert_eq!((gauges.accepted, gauges.delivered), (100, 100));
    assert_eq!(
        (gauges.collect_connections, gauges.deposit_connections),
        (1, 1)
    );

    house.plane.drain(PATIENCE).await;
    assert_eq!(alice.end().await, Some(Close::ComeBack.code()));
    assert_eq!(bob.end().await, Some(Close::ComeBack.code()));
    assert_eq!(house.plane.gauges().envelope_bytes_in_memory, 0);
}

#[tokio::test]
async fn every_violation_closes_with_its_code() {
    let house = House::new(|_| {});
    let header = |wing, version, kind: u16, body: &[u8]| {
        let mut frame = vec![wing, version];
        frame.extend_from_slice(&kind.to_be_bytes());
        frame.extend_from_slice(&(body.len() as u32).to_be_bytes());
        frame.extend_from_slice(body);
        frame
    };
    let take = deposit::FromClient::from(Take {}).encode();
    let ack = Ack {
        slot: Slot::new(1),
        tag: Tag::FIRST,
    };
    let ack = collect::FromClient::from(ack).encode();
    let opened = deposit::FromRelay::from(deposit::Opened {}).encode();
    for (door, frame, close) in [
        (Door::Collect, vec![b'P'], Close::Malformed),
        (
            Door::Collect,
            header(b'B', 1, 0x24, &[0xa0]),
            Close::WrongWing,
        ),
        (
            Door::Deposit,
            header(b'P', 2, 0x24, &[0xa0]),
            Close::Version,
        ),
        (Door::Collect, take.clone(), Close::WrongDoor),
        (Door::Deposit, ack.clone(), Close::WrongDoor),
        (Door::Deposit, opened, Close::WrongDoor),
        (
            Door::Deposit,
            header(b'P', 1, 0x30, &[0xa0]),
            Close::Malformed,
        ),
        (
            Door::Deposit,
            header(b'P', 1, 0x24, &[0xa1, 0, 0]),
            Close::Malformed,
        ),
        (Door::Deposit, take, Close::OutOfTurn),
        (Door::Collect, ack, Close::OutOfTurn),
    ] {
        let mut guest = house.enter(door).await;
        guest.say(frame).await;
        assert_eq!(guest.end().await, Some(close.code()));
    }
    assert_eq!(house.plane.gauges().violations, 10);

    let (near, far) = tokio::io::duplex(256 * 1_024);
    let mut guest = house.serve(Door::Deposit, near, far, LIMITS).await;
    let generous = Limits {
        max_frame: 1 << 20,
        ..LIMITS
    };
    let clock = Arc::new(house.clock.clone());
    let (near, far) = tokio::io::duplex(256 * 1_024);
    let theirs = FrameSocket::server(far, LIMITS, clock.clone()).await;
    let plane = Arc::clone(&house.plane);
    let task = tokio::spawn(async move { plane.deposit(theirs).await });
    let socket = FrameSocket::client(near, generous, clock).await;
    let mut large = Guest { socket, task };
    large.say(vec![b'P'; 65_793]).await;
    assert_eq!(large.end().await, Some(Close::TooLarge.code()));
    assert!(guest.hear().await.is_ok(), "others go on");
}

#[tokio::test]
async fn a_drain_answers_what_was_taken_and_the_next_start_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let owner = Owner::number(1);
    let house = House::at(folder.path());
    let alice = reader(&house, &owner).await;
    drop(alice);
    let mut bob = writer(&house, &owner).await;
    for n in 1..=20 {
        bob.deposits(Deposit {
            number: number(n),
            envelope: envelope(n as u8, 4_096),
        })
        .await;
    }
    while accepted(&mut bob).await < 20 {}
    house.plane.drain(PATIENCE).await;
    assert_eq!(bob.end().await, Some(Close::ComeBack.code()));
    let mut late = house.enter(Door::Deposit).await;
    assert!(late.hear().await.is_ok());
    assert_eq!(late.end().await, Some(Close::ComeBack.code()));
    assert!(house.plane.make_pass(1).await.is_err());
    drop(house);

    let house = House::at(folder.path());
    assert_eq!(house.plane.gauges().mailboxes, 1);
    let mut alice = house.enter(Door::Collect).await;
    let greeting = alice.greeted().await;
    let attach = Attach::sign(&owner.reader, &greeting, Slot::new(7), &mut Dice::seeded(4));
    alice.collects(attach).await;
    assert!(matches!(
        alice.hear_collect().await,
        collect::FromRelay::Attached(_)
    ));
    for n in 1..=20 {
        let collect::FromRelay::Deliver(deliver) = alice.hear_collect().await else {
            panic!("twenty envelopes wait");
        };
        assert_eq!(deliver.envelope, envelope(n, 4_096));
    }
}

/// Holds the writer before its commits, once for each word.
struct Holds(Mutex<Receiver<()>>);

impl crate::Failpoints for Holds {
    fn reach(&self, gap: Gap) -> Result<(), std::io::ErrorKind> {
        if gap == Gap::BeforeCommit {
            let _let_go_for_good = self.0.lock().unwrap().recv();
        }
        Ok(())
    }
}

#[tokio::test]
async fn what_is_being_written_when_the_relay_stops_is_answered_before_come_back() {
    let (let_go, held): (SyncSender<()>, _) = sync_channel(100);
    for _ in 0..2 {
        let_go.send(()).unwrap(); // the mailbox, and that it was read today
    }
    let house = House::over(&Place::memory(), Arc::new(Holds(Mutex::new(held))), |_| {});
    let owner = Owner::number(1);
    let mut alice = reader(&house, &owner).await;
    let mut bob = writer(&house, &owner).await;
    bob.deposits(Deposit {
        number: number(1),
        envelope: envelope(1, 4_096),
    })
    .await;
    assert!(matches!(
        alice.hear_collect().await,
        collect::FromRelay::Deliver(_)
    ));
    let plane = Arc::clone(&house.plane);
    let drained = tokio::spawn(async move { plane.drain(PATIENCE).await });
    assert_eq!(
        alice.end().await,
        Some(Close::ComeBack.code()),
        "the drain has begun"
    );
    drop(let_go);
    assert_eq!(accepted(&mut bob).await, 1);
    assert_eq!(bob.end().await, Some(Close::ComeBack.code()));
    tokio::time::timeout(PATIENCE, drained)
        .await
        .unwrap()
        .unwrap();
}

#[tokio::test]
async fn when_the_disk_fails_nothing_is_accepted_and_everybody_is_told_once() {
    let dies = Arc::new(Dies::default());
    let house = House::over(&Place::memory(), Arc::clone(&dies) as _, |_| {});
    let owner = Owner::number(1);
    let alice = reader(&house, &owner).await;
    let mut bob = writer(&house, &owner).await;
    *dies.0.lock().unwrap() = Some(Gap::BeforeCommit);
    bob.deposits(Deposit {
        number: number(1),
        envelope: envelope(1, 4_096),
    })
    .await;
    assert_eq!(bob.hear().await, Err(Some(Close::Fault.code())));
    assert_eq!(alice.end().await, Some(Close::Fault.code()));
    let mut fatal = house.fatal.clone();
    let told = tokio::time::timeout(PATIENCE, fatal.wait_for(|times| *times > 0)).await;
    assert_eq!(*told.unwrap().unwrap(), 1);
    assert_eq!(house.plane.gauges().accepted, 0);
}

#[tokio::test]
async fn a_connection_that_was_silent_for_100_seconds_is_closed() {
    let house = House::new(|_| {});
    for (seconds, silent) in [(99, false), (100, true)] {
        let (near, far) = tokio::io::duplex(4_096);
        let clock: Arc<dyn Clock> = Arc::new(house.clock.clone());
        let socket = FrameSocket::server(far, LIMITS, Arc::clone(&clock)).await;
        house.clock.advance(Duration::from_secs(seconds));
        let plane = Arc::clone(&house.plane);
        let task = tokio::spawn(async move { plane.collect(socket).await });
        let mut guest = Guest {
            socket: FrameSocket::client(near, LIMITS, clock).await,
            task,
        };
        guest.greeted().await;
        if silent {
            assert_eq!(guest.end().await, Some(Close::Stalled.code()));
        } else {
            guest.say(vec![b'P']).await;
            assert_eq!(
                guest.end().await,
                Some(Close::Malformed.code()),
                "it was still served"
            );
        }
    }
    assert_eq!(house.plane.gauges().stalled, 1);
}

#[tokio::test]
async fn a_reader_that_takes_nothing_is_detached_and_holds_up_nobody() {
    let house = House::new(|_| {});
    let owner = Owner::number(1);
    drop(reader(&house, &owner).await);
    let (near, far) = tokio::io::duplex(2_048);
    let hasty = Limits {
        stall: Duration::from_millis(20),
        ..LIMITS
    };
    let mut stuck = house.serve(Door::Collect, near, far, hasty).await;
    let greeting = stuck.greeted().await;
    let attach = Attach::sign(&owner.reader, &greeting, Slot::new(1), &mut Dice::seeded(4));
    stuck.collects(attach).await;
    assert!(matches!(
        stuck.hear_collect().await,
        collect::FromRelay::Attached(_)
    ));

    let mut bob = writer(&house, &owner).await;
    bob.deposits(Deposit {
        number: number(1),
        envelope: envelope(1, 65_536),
    })
    .await;
    assert_eq!(accepted(&mut bob).await, 1);
    tokio::time::timeout(PATIENCE, &mut stuck.task)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(house.plane.gauges().stalled, 1);
    assert_eq!(house.plane.gauges().collect_connections, 0);
    let mut alice = reader(&house, &owner).await;
    assert!(matches!(
        alice.hear_collect().await,
        collect::FromRelay::Deliver(_)
    ));
}

#[tokio::test]
async fn more_mail_than_memory_waits_at_the_door_and_all_of_it_is_taken() {
    let house = House::new(|settings| settings.memory_bytes = 1 << 20);
    let owners: Vec<_> = (1..=12).map(Owner::number).collect();
    let mut tasks = Vec::new();
    for owner in &owners {
        drop(reader(&house, owner).await);
        let mut bob = writer(&house, owner).await;
        tasks.push(tokio::spawn(async move {
            for n in 1..=4 {
                bob.deposits(Deposit {
                    number: number(n),
                    envelope: envelope(1, 65_536),
                })
                .await;
            }
            while accepted(&mut bob).await < 4 {}
        }));
    }
    for task in tasks {
        tokio::time::timeout(PATIENCE, task).await.unwrap().unwrap();
    }
    assert_eq!(house.plane.gauges().accepted, 48);
}

#[tokio::test]
async fn an_operator_makes_lists_and_revokes_passes() {
    let house = House::new(|settings| settings.admission = Admission::Pass);
    let (pass, id) = house.plane.make_pass(3).await.unwrap();
    let (other, _) = house.plane.make_pass(1).await.unwrap();
    assert_ne!(pass.as_bytes(), other.as_bytes());
    assert_eq!(id.len(), 8);
    assert_eq!(house.plane.passes().await.unwrap().len(), 2);
    assert!(house.plane.revoke_pass(&id).await.unwrap());
    for unknown in ["00000000", "", "+1234567", "zzzzzzzz", "é"] {
        assert!(!house.plane.revoke_pass(unknown).await.unwrap());
    }
    let passes = house.plane.passes().await.unwrap();
    let revoked = passes.iter().find(|line| line.id == id).unwrap();
    assert_eq!((revoked.left, revoked.revoked), (3, true));
    assert_eq!(passes.iter().filter(|line| line.revoked).count(), 1);
}

#[tokio::test]
async fn a_closed_door_gives_the_mailbox_back_to_memory_and_the_next_reader() {
    let house = House::new(|_| {});
    let owner = Owner::number(1);
    let alice = reader(&house, &owner).await;
    let Guest { socket, task } = alice;
    drop(socket);
    tokio::time::timeout(PATIENCE, task).await.unwrap().unwrap();
    assert_eq!(house.plane.gauges().collect_connections, 0);
    reader(&house, &owner).await;
}
