//! Readers' proofs, true and false.
//! Knows: one relay, one reader, and what passes between them.

use super::*;
use partywall_ground::{Days, Seconds};
use partywall_proof::{Hello, Vouch};
use partywall_row::Row;
use rand_core::{TryCryptoRng, TryRng};
use std::convert::Infallible;

const SHOWN: Spki = Spki::new([2; 32]);

/// Counts, so that no two draws are alike.
struct Counting(u64);

impl TryRng for Counting {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|drawn| drawn as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0 += 1;
        Ok(self.0)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(8) {
            let drawn = self.try_next_u64()?.to_be_bytes();
            chunk.copy_from_slice(&drawn[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Counting {}

struct Meeting {
    hello: Hello,
    greeting: Greeting,
    reader: SigningKey,
    dice: Counting,
}

fn meeting(nonce: u8) -> Meeting {
    let relay = SigningKey::from_seed(&[1; 32]);
    let key = RelayKey::new(*relay.public().as_bytes());
    let hello = Hello {
        relay: key,
        nonce: Nonce32::new([nonce; 32]),
        vouches: vec![Vouch::make(&relay, SHOWN, Seconds::new(9))]
            .try_into()
            .unwrap(),
        clock: Seconds::new(5),
        retention: Days::new(30),
    };
    let greeting = hello.clone().prove(&key, &SHOWN, Seconds::new(5)).unwrap();
    Meeting {
        hello,
        greeting,
        reader: SigningKey::from_seed(&[3; 32]),
        dice: Counting(0),
    }
}

impl Meeting {
    fn create(&mut self) -> Create {
        Create::sign(
            &self.reader,
            &self.greeting,
            Slot::new(4),
            DropId::new([5; 32]),
            Admission::Pass(Pass::new([6; 32])),
            &mut self.dice,
        )
    }

    fn attach(&mut self) -> Attach {
        Attach::sign(&self.reader, &self.greeting, Slot::new(4), &mut self.dice)
    }
}

#[test]
fn a_reader_who_signed_for_this_connection_is_proven() {
    let mut meeting = meeting(4);
    let (create, attach) = (meeting.create(), meeting.attach());
    assert_ne!(create.nonce, attach.nonce);
    let challenge = meeting.hello.challenge();
    let proven = create.prove(&challenge).ok().unwrap();
    assert_eq!(proven.reader, reader_id(&meeting.reader));
    assert!(proven.into_inner().pass.is_some());
    assert!(attach.prove(&challenge).is_ok());
}

#[test]
fn what_was_signed_on_another_connection_proves_nothing() {
    let (mut yesterday, today) = (meeting(4), meeting(8));
    assert!(yesterday.create().prove(&today.hello.challenge()).is_err());
    assert!(yesterday.attach().prove(&today.hello.challenge()).is_err());
    let attach = yesterday.attach();
    let other = RelayKey::new([9; 32]);
    let elsewhere = Challenge {
        relay: &other,
        ..yesterday.hello.challenge()
    };
    assert!(attach.clone().prove(&elsewhere).is_err());
    let unvouched = Challenge {
        vouches: &[],
        ..yesterday.hello.challenge()
    };
    assert!(attach.clone().prove(&unvouched).is_err());
    assert!(attach.prove(&yesterday.hello.challenge()).is_ok());
}

/// Everything that a reader said on one connection, its nonces and all, on every other.
#[test]
fn what_leaked_from_one_connection_opens_no_mailbox_on_another() {
    let mut row = Row::of("A25");
    let mut first = meeting(0);
    let (create, attach) = (first.create().signature, first.attach());
    assert!(attach.clone().prove(&first.hello.challenge()).is_ok());
    for nonce in 1..=255 {
        let other = meeting(nonce);
        let challenge = other.hello.challenge();
        assert!(attach.clone().prove(&challenge).is_err(), "{nonce}");
        let replayed = Create {
            signature: create,
            ..meeting(0).create()
        };
        assert!(replayed.prove(&challenge).is_err(), "{nonce}");
        row.tried(2);
    }
}

#[test]
fn whatever_is_wrong_the_answer_is_that_of_a_mailbox_not_known() {
    let mut meeting = meeting(4);
    let challenge = meeting.hello.clone();
    let challenge = challenge.challenge();
    let good = meeting.attach();
    let forged = Attach {
        nonce: Nonce32::new([0; 32]),
        ..good.clone()
    };
    let malformed = Attach {
        reader: ReaderId::new([0; 32]),
        ..good.clone()
    };
    let unvouched = Attach {
        spki: Spki::new([0; 32]),
        ..good
    };
    for wrong in [forged, malformed, unvouched] {
        let unproven = wrong.prove(&challenge).err().unwrap();
        let answer = Refused::from(unproven);
        assert_eq!(answer.slot, Slot::new(4));
        assert_eq!(answer.reason, Reason::NoSuchMailbox);
        assert_eq!(answer.try_again_after, None);
    }
}

#[test]
fn every_field_that_is_signed_is_held_against_the_signature() {
    let mut meeting = meeting(4);
    let hello = meeting.hello.clone();
    let mut changed: Vec<Create> = (0..4).map(|_| meeting.create()).collect();
    changed[0].drop = DropId::new([0; 32]);
    changed[1].nonce = Nonce32::new([0; 32]);
    changed[2].reader = ReaderId::new(*hello.relay.as_bytes());
    changed[3].signature = UNSIGNED;
    for create in changed {
        assert!(create.prove(&hello.challenge()).is_err());
    }
}
