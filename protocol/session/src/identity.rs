//! Who somebody is in one link: an Ed25519 key that signs bundles and an X25519 key that enters DH. (SPEC §2.2)
//! Knows: two key pairs. Never knows: a name, a number, another link's identity.

use partywall_ground::{IdentityId, Wing};
use partywall_proof::{PublicKey as SignPublic, SigningKey};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::error::StateError;
use crate::{dh, labels};

/// The public halves, each checked where it came in. (SPEC §2.1)
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IdentityKeys {
    /// Signs bundles.
    pub sign: SignPublic,
    /// Enters DH.
    pub dh: dh::PublicKey,
}

impl IdentityKeys {
    /// Length of both keys, Ed ‖ IK, in bytes.
    pub const LENGTH: usize = 64;

    /// Ed ‖ IK as they stand in bundles and c1.
    ///
    /// # Errors
    /// [`crate::OpenError`] for a key that fails SPEC §2.1.
    pub fn from_bytes(bytes: &[u8; 64]) -> Result<Self, crate::OpenError> {
        let (sign, dh) = halves(bytes);
        Ok(Self {
            sign: SignPublic::from_bytes(sign).map_err(|_| crate::OpenError)?,
            dh: dh::PublicKey::from_bytes(*dh)?,
        })
    }

    /// Ed ‖ IK, 64 bytes.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 64] {
        let mut bytes = [0; 64];
        bytes[..32].copy_from_slice(self.sign.as_bytes());
        bytes[32..].copy_from_slice(self.dh.as_bytes());
        bytes
    }

    /// `H("identity", Ed, IK)`: what a link names. (SPEC §2.2)
    #[must_use]
    pub fn id<W: Wing>(&self) -> IdentityId {
        IdentityId::new(partywall_proof::hash(
            labels::identity::<W>(),
            &[self.sign.as_bytes(), self.dh.as_bytes()],
        ))
    }
}

/// The secret halves, wiped on drop.
pub struct Identity {
    pub(crate) sign: SigningKey,
    pub(crate) dh: dh::SecretKey,
}

impl Identity {
    /// Draws a fresh identity. (SPEC §2.2: one for each link made or used)
    pub fn draw(rng: &mut impl CryptoRng) -> Self {
        Self {
            sign: SigningKey::draw(rng),
            dh: dh::SecretKey::draw(rng),
        }
    }

    /// The public halves.
    #[must_use]
    pub fn public(&self) -> IdentityKeys {
        IdentityKeys {
            sign: self.sign.public(),
            dh: self.dh.public(),
        }
    }

    /// `H("identity", Ed, IK)`.
    #[must_use]
    pub fn id<W: Wing>(&self) -> IdentityId {
        self.public().id::<W>()
    }

    /// Ed25519 seed ‖ X25519 secret, 64 bytes, for a sealed store and nothing else.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 64]> {
        let mut bytes = Zeroizing::new([0; 64]);
        bytes[..32].copy_from_slice(self.sign.to_seed().as_ref());
        bytes[32..].copy_from_slice(self.dh.to_bytes().as_ref());
        bytes
    }

    /// The identity as it was stored.
    ///
    /// # Errors
    /// [`StateError`] if there are not 64 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StateError> {
        let bytes: &[u8; 64] = bytes.try_into().map_err(|_| StateError)?;
        let (sign, dh) = halves(bytes);
        Ok(Self {
            sign: SigningKey::from_seed(sign),
            dh: dh::SecretKey::from_bytes(dh),
        })
    }
}

fn halves(bytes: &[u8; 64]) -> (&[u8; 32], &[u8; 32]) {
    let (left, right) = bytes.split_at(32);
    let exact = "64 bytes are two halves of 32";
    (
        left.try_into().expect(exact),
        right.try_into().expect(exact),
    )
}
