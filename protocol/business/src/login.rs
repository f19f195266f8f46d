//! Proof of who calls: a signature over this relay, this connection and this certificate.
//! (SPEC §11.2) Knows: what is signed. Never knows: who is known.

use crate::{BusinessStanding, Caller, CallerKey, ConversationStanding, Role, labels};
use minicbor::decode::{Decode, Decoder};
use minicbor::encode::{Encode, Encoder, Write};
use partywall_ground::{Close, Nonce32, Spki};
use partywall_proof::{Challenge, Greeting, PublicKey, Signature, SigningKey};
use rand_core::CryptoRng;

/// Proves a role by its key. As it was received: nothing is proven until [`Login::prove`]. Made by
/// [`Login::sign`]. (SPEC §11.2, B-3)
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct Login {
    /// As what.
    #[n(0)]
    pub role: Role,
    /// With which key: pairwise key, account key or rights key.
    #[n(1)]
    pub key: CallerKey,
    /// Drawn by the client for this login.
    #[n(2)]
    pub nonce: Nonce32,
    /// The TLS key of the certificate that the client was shown.
    #[n(3)]
    pub spki: Spki,
    /// The key's.
    #[n(4)]
    pub signature: Signature,
}

/// Who called is proven: this role, by the holder of this key. Only [`Login::prove`] makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProvenCaller {
    role: Role,
    key: CallerKey,
}

impl ProvenCaller {
    /// In which role.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.role
    }

    /// By which key.
    #[must_use]
    pub const fn key(&self) -> &CallerKey {
        &self.key
    }

    /// What this caller may send.
    #[must_use]
    pub const fn caller(&self) -> Caller {
        Caller::Proven(self.role)
    }
}

impl Login {
    /// Logs in on the connection that `greeting` came on.
    pub fn sign(
        key: &SigningKey,
        role: Role,
        greeting: &Greeting,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let mut nonce = [0; 32];
        rng.fill_bytes(&mut nonce);
        let (name, nonce) = (
            CallerKey::new(*key.public().as_bytes()),
            Nonce32::new(nonce),
        );
        let signature = key.sign(
            labels::LOGIN,
            &[
                greeting.relay().as_bytes(),
                &[role.code()],
                name.as_bytes(),
                greeting.nonce().as_bytes(),
                nonce.as_bytes(),
                greeting.spki().as_bytes(),
            ],
        );
        Self {
            role,
            key: name,
            nonce,
            spki: *greeting.spki(),
            signature,
        }
    }

    /// Proves that the key's holder calls here and now. The only door to a [`ProvenCaller`].
    ///
    /// # Errors
    /// `Malformed` for a certificate that the operator does not vouch for, a malformed key (G-10)
    /// and a signature that does not verify. (SPEC B-3)
    pub fn prove(self, said: &Challenge<'_>) -> Result<ProvenCaller, Close> {
        if !said.vouches.iter().any(|vouch| vouch.spki == self.spki) {
            return Err(Close::Malformed);
        }
        let signed: [&[u8]; 6] = [
            said.relay.as_bytes(),
            &[self.role.code()],
            self.key.as_bytes(),
            said.nonce.as_bytes(),
            self.nonce.as_bytes(),
            self.spki.as_bytes(),
        ];
        PublicKey::from_bytes(self.key.as_bytes())
            .map_err(|_| Close::Malformed)?
            .verify(labels::LOGIN, &signed, &self.signature)
            .map_err(|_| Close::Malformed)?;
        Ok(ProvenCaller {
            role: self.role,
            key: self.key,
        })
    }
}

/// The relay's answer to a login: how the caller stands with it. (SPEC §11.2)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Welcome {
    /// To a customer: how its conversation stands.
    Customer(ConversationStanding),
    /// To a business: how it stands with the operator.
    Business(BusinessStanding),
    /// To who was a customer: how its conversation stands.
    Rights(ConversationStanding),
}

impl Welcome {
    /// To which role it is said.
    #[must_use]
    pub const fn role(&self) -> Role {
        match self {
            Self::Customer(_) => Role::Customer,
            Self::Business(_) => Role::Business,
            Self::Rights(_) => Role::Rights,
        }
    }
}

impl<C> Encode<C> for Welcome {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        context: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        encoder.map(2)?.u8(0)?.encode(self.role())?.u8(1)?;
        match self {
            Self::Customer(standing) | Self::Rights(standing) => standing.encode(encoder, context),
            Self::Business(standing) => standing.encode(encoder, context),
        }
    }
}

/// Reads exactly the two entries; the strict pass went before and the comparison comes after.
impl<'b, C> Decode<'b, C> for Welcome {
    fn decode(decoder: &mut Decoder<'b>, context: &mut C) -> Result<Self, minicbor::decode::Error> {
        decoder.map()?;
        decoder.u8()?;
        let role = Role::decode(decoder, context)?;
        decoder.u8()?;
        Ok(match role {
            Role::Customer => Self::Customer(decoder.decode_with(context)?),
            Role::Business => Self::Business(decoder.decode_with(context)?),
            Role::Rights => Self::Rights(decoder.decode_with(context)?),
        })
    }
}
