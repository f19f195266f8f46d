//! Mailboxes on a collect line: made, stocked, closed, refused. (SPEC §5.3, §5.4)
//! Knows: frames and events. Never knows: real sockets, real time.

use partywall_ground::{Credit, DropId};
use partywall_peer::collect::{Closed, Detached, Refused, Shelved};
use partywall_peer::{Reason, ShelfBefore};

use super::*;
use crate::seam::Refusal;

#[tokio::test(start_paused = true)]
async fn mailboxes_are_made_stocked_and_closed() {
    let mut relay = ScriptedRelay::new(COLLECT);
    let mut line = line(&relay);
    let mut caller = relay.caller().await;
    let hello = relay.hello(vec![relay.vouch(relay.certificate.spki)]);
    caller.greet(hello.clone()).await;
    up(&mut line).await;
    let slot = seam::Slot(3);
    let create = Collect::Create {
        slot,
        reader: Zeroizing::new(READER),
        drop: [6; 32],
        pass: Some(Zeroizing::new([8; 32])),
        credit: None,
    };
    tell(&line, 1, create).await;
    let FromClient::Create(create) = asked(&mut caller).await else {
        panic!("create");
    };
    let create = create.prove(&hello.challenge()).ok().unwrap();
    assert_eq!(create.drop, DropId::new([6; 32]));
    assert_eq!(create.pass.as_ref().unwrap().as_bytes(), &[8; 32]);
    assert!(create.credit.is_none());
    says(&mut caller, attached()).await;
    let _attached = event(&mut line).await;

    let shelve = Collect::Shelve {
        slot,
        clear: true,
        one_time: vec![vec![1; 1_409], vec![2; 1_409]],
        last_resort: Some(vec![3; 1_409]),
    };
    tell(&line, 1, shelve).await;
    let FromClient::Shelve(shelve) = asked(&mut caller).await else {
        panic!("shelve");
    };
    assert_eq!(shelve.before, ShelfBefore::Cleared);
    assert_eq!(shelve.one_time[1].as_bytes(), &[2; 1_409]);
    assert_eq!(shelve.last_resort.unwrap().as_bytes(), &[3; 1_409]);
    let one_time_left = OneTimeLeft::new(2);
    says(
        &mut caller,
        Shelved {
            slot: SLOT,
            one_time_left,
        },
    )
    .await;
    assert!(matches!(
        event(&mut line).await,
        CollectEvent::Shelved { shelf: 2, .. }
    ));

    tell(&line, 1, Collect::Close { slot }).await;
    assert!(matches!(
        asked(&mut caller).await,
        FromClient::CloseMailbox(_)
    ));
    let credit = Some(Credit::new([4; 32]));
    says(&mut caller, Closed { slot: SLOT, credit }).await;
    let CollectEvent::Closed { credit, .. } = event(&mut line).await else {
        panic!("closed");
    };
    assert_eq!(credit, Some([4; 32]));
    attach(&line, 1).await;
    assert!(
        matches!(asked(&mut caller).await, FromClient::Attach(_)),
        "the slot is free"
    );
}

#[tokio::test(start_paused = true)]
async fn what_the_relay_would_close_for_is_refused_here() {
    let mut relay = ScriptedRelay::new(COLLECT);
    let (mut line, mut caller) = reading(&mut relay).await;
    let slot = seam::Slot(3);
    let too_short = Collect::Shelve {
        slot,
        clear: false,
        one_time: vec![vec![0; 1_408]],
        last_resort: None,
    };
    let too_many = Collect::Shelve {
        slot,
        clear: false,
        one_time: vec![vec![0; 1_409]; 33],
        last_resort: None,
    };
    let unknown = seam::Slot(4);
    for (what, refusal) in [
        (too_short, Refusal::ShelfFull),
        (too_many, Refusal::ShelfFull),
        (Collect::Close { slot: unknown }, Refusal::NoSuchMailbox),
        (
            Collect::Attach {
                slot,
                reader: Zeroizing::new(READER),
            },
            Refusal::Taken,
        ),
    ] {
        tell(&line, 1, what).await;
        let CollectEvent::Refused { reason, .. } = event(&mut line).await else {
            panic!("refused");
        };
        assert_eq!(reason, refusal);
    }
    ack(&line, 1, 0).await;
    ack(&line, 1, 1).await;
    let nothing = timeout(Duration::from_secs(10), caller.hears()).await;
    assert!(nothing.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_refused_or_detached_slot_is_free_again() {
    let mut relay = ScriptedRelay::new(COLLECT);
    let (mut line, mut caller) = reading(&mut relay).await;
    says(&mut caller, Detached { slot: SLOT }).await;
    assert!(matches!(
        event(&mut line).await,
        CollectEvent::Detached { .. }
    ));
    for _ in 0..2 {
        attach(&line, 1).await;
        assert!(matches!(asked(&mut caller).await, FromClient::Attach(_)));
        let (slot, reason) = (SLOT, Reason::NoSuchMailbox);
        let try_again_after = None;
        says(
            &mut caller,
            Refused {
                slot,
                reason,
                try_again_after,
            },
        )
        .await;
        let CollectEvent::Refused { reason, .. } = event(&mut line).await else {
            panic!("refused");
        };
        assert_eq!(reason, Refusal::NoSuchMailbox);
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_acknowledged_behind_the_end_of_a_mailbox() {
    let mut relay = ScriptedRelay::new(COLLECT);
    let (mut line, mut caller) = reading(&mut relay).await;
    says(&mut caller, deliver(1)).await;
    let _delivered = event(&mut line).await;
    let slot = seam::Slot(3);
    tell(&line, 1, Collect::Close { slot }).await;
    ack(&line, 1, 1).await;
    assert!(matches!(
        asked(&mut caller).await,
        FromClient::CloseMailbox(_)
    ));
    // What was under way still arrives, and is acknowledged as little.
    says(&mut caller, deliver(2)).await;
    let CollectEvent::Delivered { .. } = event(&mut line).await else {
        panic!("delivered");
    };
    ack(&line, 1, 2).await;
    let nothing_more = timeout(Duration::from_secs(10), caller.hears()).await;
    assert!(nothing_more.is_err());
}
