//! Who somebody is in one link: an Ed25519 key that signs bundles and an X25519 key that enters DH. (SPEC §2.2)
//! Knows: two key pairs and their wing. Never knows: a name, a number, another link's identity.

use core::marker::PhantomData;

use partywall_ground::{IdentityId, Wing};
use partywall_proof::{PublicKey as SignPublic, SigningKey};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::error::StateError;
use crate::{dh, labels};

/// The public halves, each checked where it came in. (SPEC §2.1)
///
/// Those of one wing are not those of the other, even where the bytes are the same (G-2):
///
/// ```compile_fail
/// use partywall_ground::{Business, Peer};
/// use partywall_session::IdentityKeys;
/// fn peer_only(_: &IdentityKeys<Peer>) {}
/// fn mix(keys: &IdentityKeys<Business>) {
///     peer_only(keys);
/// }
/// ```
///
/// ```
/// use partywall_ground::Peer;
/// use partywall_session::IdentityKeys;
/// fn peer_only(_: &IdentityKeys<Peer>) {}
/// fn fits(keys: &IdentityKeys<Peer>) {
///     peer_only(keys);
/// }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IdentityKeys<W: Wing> {
    /// Signs bundles.
    pub sign: SignPublic,
    /// Enters DH.
    pub dh: dh::PublicKey,
    wing: PhantomData<W>,
}

impl<W: Wing> IdentityKeys<W> {
    /// Length of both keys, Ed ‖ IK, in bytes.
    pub const LENGTH: usize = 64;

    pub(crate) const fn new(sign: SignPublic, dh: dh::PublicKey) -> Self {
        Self {
            sign,
            dh,
            wing: PhantomData,
        }
    }

    /// Ed ‖ IK as they stand in bundles and c1.
    ///
    /// # Errors
    /// [`crate::OpenError`] for a key that fails SPEC §2.1.
    pub fn from_bytes(bytes: &[u8; 64]) -> Result<Self, crate::OpenError> {
        let (sign, dh) = halves(bytes);
        Ok(Self::new(
            SignPublic::from_bytes(sign).map_err(|_| crate::OpenError)?,
            dh::PublicKey::from_bytes(*dh)?,
        ))
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
    pub fn id(&self) -> IdentityId {
        let names_one_key = partywall_mutant::is("A21");
        let dh: &[u8] = if names_one_key {
            &[]
        } else {
            self.dh.as_bytes()
        };
        IdentityId::new(partywall_proof::hash(
            labels::identity::<W>(),
            &[self.sign.as_bytes(), dh],
        ))
    }
}

/// The secret halves, wiped on drop.
///
/// Who somebody is in one wing, nobody is in the other (G-2):
///
/// ```compile_fail
/// use partywall_ground::{Business, Peer};
/// use partywall_session::Identity;
/// fn peer_only(_: &Identity<Peer>) {}
/// fn mix(identity: &Identity<Business>) {
///     peer_only(identity);
/// }
/// ```
///
/// ```
/// use partywall_ground::Peer;
/// use partywall_session::Identity;
/// fn peer_only(_: &Identity<Peer>) {}
/// fn fits(identity: &Identity<Peer>) {
///     peer_only(identity);
/// }
/// ```
pub struct Identity<W: Wing> {
    pub(crate) sign: SigningKey,
    pub(crate) dh: dh::SecretKey,
    wing: PhantomData<W>,
}

impl<W: Wing> Identity<W> {
    /// Draws a fresh identity. (SPEC §2.2: one for each link made or used)
    pub fn draw(rng: &mut impl CryptoRng) -> Self {
        Self {
            sign: SigningKey::draw(rng),
            dh: dh::SecretKey::draw(rng),
            wing: PhantomData,
        }
    }

    /// The public halves.
    #[must_use]
    pub fn public(&self) -> IdentityKeys<W> {
        IdentityKeys::new(self.sign.public(), self.dh.public())
    }

    /// `H("identity", Ed, IK)`.
    #[must_use]
    pub fn id(&self) -> IdentityId {
        self.public().id()
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
            wing: PhantomData,
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
