//! Readers prove their mailboxes: signatures over this relay, this connection and this
//! certificate. (SPEC §5.3) Knows: what is signed. Never knows: which mailboxes there are.

use crate::collect::{Attach, Create, Refused};
use crate::{ATTACH, CREATE, Greeting, Reason, Slot, Vouch};
use partywall_ground::{Credit, DropId, Nonce32, Pass, ReaderId, RelayKey, Spki};
use partywall_proof::{BadSignature, PublicKey, SigningKey};
use rand_core::CryptoRng;

/// What a relay said on a connection, against which signatures of readers are held. (SPEC §5.3)
#[derive(Clone, Copy, Debug)]
pub struct Challenge<'a> {
    /// The relay's permanent key.
    pub relay: &'a RelayKey,
    /// The nonce of this connection's `hello`.
    pub nonce: &'a Nonce32,
    /// The vouches of this connection's `hello`.
    pub vouches: &'a [Vouch],
}

/// By what right a mailbox is asked for. (SPEC P-6)
pub enum Admission {
    /// By none: the relay is open.
    Open,
    /// By a pass with something left.
    Pass(Pass),
    /// By a credit from a mailbox that was closed.
    Credit(Credit),
}

/// A request whose reader signed it for this relay, connection and certificate. Only
/// [`Create::prove`] and [`Attach::prove`] make one.
pub struct Proven<T>(T);

/// A request that is not proven. What is wrong is not said: the answer is the same as for a
/// mailbox that is not known. (SPEC P-4)
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the request is not proven")]
pub struct Unproven {
    /// The slot that the answer names.
    pub slot: Slot,
}

impl<T> Proven<T> {
    /// The request.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> std::ops::Deref for Proven<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// The answer of P-4.
impl From<Unproven> for Refused {
    fn from(unproven: Unproven) -> Self {
        Self {
            slot: unproven.slot,
            reason: Reason::NoSuchMailbox,
            try_again_after: None,
        }
    }
}

impl Create {
    /// Asks for a mailbox with this reader and drop on the connection that `greeting` came on.
    pub fn sign(
        reader: &SigningKey,
        greeting: &Greeting,
        slot: Slot,
        drop: DropId,
        admission: Admission,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let (pass, credit) = match admission {
            Admission::Open => (None, None),
            Admission::Pass(pass) => (Some(pass), None),
            Admission::Credit(credit) => (None, Some(credit)),
        };
        let mut create = Self {
            slot,
            reader: reader_id(reader),
            drop,
            nonce: draw(rng),
            spki: *greeting.spki(),
            signature: UNSIGNED,
            pass,
            credit,
        };
        create.signature = reader.sign(CREATE, &create.signed(greeting.relay(), greeting.nonce()));
        create
    }

    /// Proves that the reader asks for this here and now. The only door to a `Proven<Create>`.
    ///
    /// # Errors
    /// One value for a certificate that the relay does not vouch for, a malformed key (G-10) and a
    /// signature that does not verify. (SPEC P-4)
    pub fn prove(self, said: &Challenge<'_>) -> Result<Proven<Self>, Unproven> {
        let slot = self.slot;
        vouched(said, &self.spki)
            .and_then(|()| key(&self.reader))
            .and_then(|key| {
                key.verify(
                    CREATE,
                    &self.signed(said.relay, said.nonce),
                    &self.signature,
                )
            })
            .map(|()| Proven(self))
            .map_err(|_| Unproven { slot })
    }

    fn signed<'a>(&'a self, relay: &'a RelayKey, hello: &'a Nonce32) -> [&'a [u8]; 6] {
        [
            relay.as_bytes(),
            self.reader.as_bytes(),
            self.drop.as_bytes(),
            hello.as_bytes(),
            self.nonce.as_bytes(),
            self.spki.as_bytes(),
        ]
    }
}

impl Attach {
    /// Asks to read the mailbox of this reader on the connection that `greeting` came on.
    pub fn sign(
        reader: &SigningKey,
        greeting: &Greeting,
        slot: Slot,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let mut attach = Self {
            slot,
            reader: reader_id(reader),
            nonce: draw(rng),
            spki: *greeting.spki(),
            signature: UNSIGNED,
        };
        attach.signature = reader.sign(ATTACH, &attach.signed(greeting.relay(), greeting.nonce()));
        attach
    }

    /// Proves that the reader asks for this here and now. The only door to a `Proven<Attach>`.
    ///
    /// # Errors
    /// As [`Create::prove`].
    pub fn prove(self, said: &Challenge<'_>) -> Result<Proven<Self>, Unproven> {
        let slot = self.slot;
        vouched(said, &self.spki)
            .and_then(|()| key(&self.reader))
            .and_then(|key| {
                key.verify(
                    ATTACH,
                    &self.signed(said.relay, said.nonce),
                    &self.signature,
                )
            })
            .map(|()| Proven(self))
            .map_err(|_| Unproven { slot })
    }

    fn signed<'a>(&'a self, relay: &'a RelayKey, hello: &'a Nonce32) -> [&'a [u8]; 5] {
        [
            relay.as_bytes(),
            self.reader.as_bytes(),
            hello.as_bytes(),
            self.nonce.as_bytes(),
            self.spki.as_bytes(),
        ]
    }
}

/// Stands in a request until its fields are signed; never leaves this file.
const UNSIGNED: partywall_proof::Signature = partywall_proof::Signature::from_bytes([0; 64]);

fn vouched(said: &Challenge<'_>, spki: &Spki) -> Result<(), BadSignature> {
    let vouched = said.vouches.iter().any(|vouch| vouch.spki == *spki);
    vouched.then_some(()).ok_or(BadSignature)
}

fn key(reader: &ReaderId) -> Result<PublicKey, BadSignature> {
    PublicKey::from_bytes(reader.as_bytes()).map_err(|_| BadSignature)
}

fn reader_id(reader: &SigningKey) -> ReaderId {
    ReaderId::new(*reader.public().as_bytes())
}

fn draw(rng: &mut impl CryptoRng) -> Nonce32 {
    let mut nonce = [0; 32];
    rng.fill_bytes(&mut nonce);
    Nonce32::new(nonce)
}

/// How CBOR holds a signature: a byte string of 64.
pub(crate) mod signature {
    use minicbor::decode::Decoder;
    use minicbor::encode::{Encoder, Write};
    use partywall_proof::Signature;

    pub(crate) fn encode<C, W: Write>(
        signature: &Signature,
        encoder: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        encoder.bytes(signature.as_bytes())?.ok()
    }

    pub(crate) fn decode<C>(
        decoder: &mut Decoder<'_>,
        _: &mut C,
    ) -> Result<Signature, minicbor::decode::Error> {
        decoder
            .bytes()?
            .try_into()
            .map(Signature::from_bytes)
            .map_err(|_| minicbor::decode::Error::message("wrong length"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Hello;
    use partywall_ground::{Days, Seconds};
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
            ..today.hello.challenge()
        };
        assert!(attach.prove(&unvouched).is_err());
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
}
