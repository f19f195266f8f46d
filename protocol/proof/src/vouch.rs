//! Vouches: the relay's permanent key says which TLS keys are its own. (SPEC §2.3)
//! Knows: keys' names and a date. Never knows: certificates themselves, nor what time it is.

use crate::{PublicKey, Signature, SigningKey};
use minicbor::{Decode, Encode};
use partywall_ground::{RelayKey, Seconds, Spki, VOUCH};

/// As it was received: nothing about it is proven yet. (SPEC §2.3, §5.2)
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Vouch {
    /// The TLS key that it is for.
    #[n(0)]
    pub spki: Spki,
    /// The last second at which it holds, in Unix time.
    #[n(1)]
    pub not_after: Seconds,
    /// The relay key's, over the two.
    #[n(2)]
    pub signature: Signature,
}

/// A TLS key that is proven to be a certain relay's. Only [`Vouch::prove`] makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vouched {
    spki: Spki,
    not_after: Seconds,
}

/// Why a vouch does not hold. (SPEC R-2)
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadVouch {
    /// Its `not_after` has passed.
    #[error("the relay's vouch for its certificate has run out: its operator has to renew it")]
    Expired,
    /// Its signature is not the relay key's.
    #[error("the vouch is not signed by this relay's key")]
    NotSigned,
}

impl Vouch {
    /// Vouches for a TLS key until `not_after`, inclusive.
    #[must_use]
    pub fn make(relay: &SigningKey, spki: Spki, not_after: Seconds) -> Self {
        let signature = relay.sign(VOUCH, &parts(&spki, &not_after.value().to_be_bytes()));
        Self {
            spki,
            not_after,
            signature,
        }
    }

    /// Proves that the relay with this key vouches for the TLS key at `now`. (SPEC R-2)
    ///
    /// # Errors
    /// When it ran out, or the key (G-10) or the signature is not good.
    pub fn prove(self, relay: &RelayKey, now: Seconds) -> Result<Vouched, BadVouch> {
        if self.not_after < now && !partywall_mutant::is("X25") {
            return Err(BadVouch::Expired);
        }
        let until = self.not_after.value().to_be_bytes();
        PublicKey::from_bytes(relay.as_bytes())
            .map_err(|_| BadVouch::NotSigned)?
            .verify(VOUCH, &parts(&self.spki, &until), &self.signature)
            .map_err(|_| BadVouch::NotSigned)?;
        Ok(Vouched {
            spki: self.spki,
            not_after: self.not_after,
        })
    }
}

impl Vouched {
    /// The TLS key.
    #[must_use]
    pub const fn spki(&self) -> &Spki {
        &self.spki
    }

    /// The last second at which it holds, in Unix time.
    #[must_use]
    pub const fn not_after(&self) -> Seconds {
        self.not_after
    }
}

fn parts<'a>(spki: &'a Spki, not_after: &'a [u8; 8]) -> [&'a [u8]; 2] {
    [spki.as_bytes(), not_after]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vouch_holds_for_its_key_until_its_last_second() {
        let relay = SigningKey::from_seed(&[1; 32]);
        let key = RelayKey::new(*relay.public().as_bytes());
        let vouch = Vouch::make(&relay, Spki::new([2; 32]), Seconds::new(100));
        let at = |vouch: &Vouch, now| vouch.clone().prove(&key, Seconds::new(now));
        assert_eq!(at(&vouch, 100).unwrap().spki(), &Spki::new([2; 32]));
        assert_eq!(at(&vouch, 101), Err(BadVouch::Expired));

        let longer = Vouch {
            not_after: Seconds::new(200),
            ..vouch.clone()
        };
        assert_eq!(at(&longer, 150), Err(BadVouch::NotSigned));
        let for_another = Vouch {
            spki: Spki::new([3; 32]),
            ..vouch.clone()
        };
        assert_eq!(at(&for_another, 100), Err(BadVouch::NotSigned));
        let by_another = Vouch::make(
            &SigningKey::from_seed(&[9; 32]),
            vouch.spki,
            vouch.not_after,
        );
        assert_eq!(at(&by_another, 100), Err(BadVouch::NotSigned));
        assert_eq!(
            vouch.prove(&RelayKey::new([0; 32]), Seconds::new(1)),
            Err(BadVouch::NotSigned)
        );
    }
}
