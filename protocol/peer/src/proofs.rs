//! Readers prove their mailboxes: signatures over this relay, this connection and this
//! certificate. (SPEC §5.3) Knows: what is signed. Never knows: which mailboxes there are.

use crate::collect::{Attach, Create, Refused};
use crate::{ATTACH, CREATE, Reason, Slot};
use partywall_ground::{Credit, DropId, Nonce32, Pass, ReaderId, RelayKey, Spki};
use partywall_proof::{BadSignature, Challenge, Greeting, PublicKey, SigningKey};
use rand_core::CryptoRng;

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
            this_connection(hello),
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
            this_connection(hello),
            self.nonce.as_bytes(),
            self.spki.as_bytes(),
        ]
    }
}

/// What makes a request good for one connection alone: what the relay drew for it.
fn this_connection(hello: &Nonce32) -> &[u8] {
    let any_connection = partywall_mutant::is("A25");
    if any_connection {
        &[]
    } else {
        hello.as_bytes()
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

#[cfg(test)]
mod tests;
