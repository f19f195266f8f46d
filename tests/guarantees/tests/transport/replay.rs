//! What was overheard is said again: F11.
//! Knows: the bytes that an honest reader sent. Never knows: the reader's key.

use partywall_ground::Capability;
use partywall_peer::collect::{self, Attach, Create};
use partywall_peer::proofs::Admission;
use partywall_peer::{Reason, Slot, drop_id};
use partywall_proof::SigningKey;
use partywall_row::Row;
use partywall_world::Dice;

use crate::people::{heard, reader};
use crate::target::Target;

#[tokio::test]
async fn a_proof_that_was_overheard_opens_nothing_here_or_at_another_relay() {
    let mut row = Row::of("F11");
    let target = Target::start(&[]);
    let another = Target::start(&[]);
    let mut dice = Dice::seeded(row.seed());
    for _ in 0..row.times(20, 500) {
        let key = SigningKey::draw(&mut dice);
        let (mut owner, greeting) = reader(&target).await;
        let (slot, drop) = (Slot::new(1), drop_id(&Capability::new(dice.bytes())));
        let create = Create::sign(&key, &greeting, slot, drop, Admission::Open, &mut dice);
        let create = collect::FromClient::from(create).encode();
        owner.send(create.clone()).await.expect("the relay reads");
        let attached = collect::FromRelay::decode(&heard(&mut owner).await);
        assert!(matches!(attached, Ok(collect::FromRelay::Attached(_))));
        // And once more, as a reader comes back.
        let (mut owner, greeting) = reader(&target).await;
        let attach = Attach::sign(&key, &greeting, slot, &mut dice);
        let attach = collect::FromClient::from(attach).encode();
        owner.send(attach.clone()).await.expect("the relay reads");
        let attached = collect::FromRelay::decode(&heard(&mut owner).await);
        assert!(matches!(attached, Ok(collect::FromRelay::Attached(_))));

        for relay in [&target, &another] {
            for overheard in [&create, &attach] {
                let (mut thief, _) = reader(relay).await;
                thief
                    .send(overheard.clone())
                    .await
                    .expect("the relay reads");
                let answer = collect::FromRelay::decode(&heard(&mut thief).await);
                let Ok(collect::FromRelay::Refused(refused)) = answer else {
                    panic!("what was overheard was answered with {answer:?}");
                };
                assert_eq!(refused.reason, Reason::NoSuchMailbox);
                row.tried(1);
            }
        }
    }
}
