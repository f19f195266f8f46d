//! A prekey bundle: drawn, published, sealed for the shelf; unsealed, verified, used. (SPEC §4.1)
//! Knows: one prekey of each kind and who signs it. Never knows: the relay that keeps it.

use core::marker::PhantomData;

use partywall_ground::{BundleId, DropId, IdentityId, Seconds, Wing, limits};
use partywall_proof::Signature;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::error::{BundleError, StateError};
use crate::fields::Fields;
use crate::identity::{Identity, IdentityKeys};
use crate::seal::{TAG_LENGTH, xopen, xseal};
use crate::secret::ShelfKey;
use crate::{dh, kem, labels};

/// Length of a bundle in bytes. (SPEC §4.1)
pub const BUNDLE_LENGTH: usize = SIGNED_LENGTH + Signature::LENGTH;
/// Length of a bundle as the relay keeps it: nonce and tag around it.
pub const SEALED_BUNDLE_LENGTH: usize = 24 + BUNDLE_LENGTH + TAG_LENGTH;
/// The suite: X25519, ML-KEM-768, Ed25519, HKDF-SHA256, (X)ChaCha20-Poly1305. (SPEC §4)
pub(crate) const SUITE: [u8; 2] = [0, 1];

const SIGNED_LENGTH: usize = 16 + 1 + 32 + kem::PUBLIC_KEY_LENGTH + 8 + 64;
const FARTHEST_SECONDS: u64 = limits::BUNDLE_DAYS as u64 * 86_400;

/// Whether a bundle serves one handshake or many. (SPEC S-2)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BundleKind {
    /// Handed out once; its secrets die with the first message.
    OneTime,
    /// Handed out when nothing else is left; sessions begun on it are weak for a while.
    LastResort,
}

impl BundleKind {
    const fn byte(self) -> u8 {
        match self {
            Self::OneTime => 1,
            Self::LastResort => 2,
        }
    }

    const fn of(byte: u8) -> Option<Self> {
        match byte {
            1 => Some(Self::OneTime),
            2 => Some(Self::LastResort),
            _ => None,
        }
    }
}

/// B's side of a bundle: the two secrets. Wiped on drop.
pub struct BundleSecret<W: Wing> {
    id: BundleId,
    kind: BundleKind,
    not_after: Seconds,
    pub(crate) dh: dh::SecretKey,
    pub(crate) kem: kem::SecretKey,
    wing: PhantomData<W>,
}

impl<W: Wing> BundleSecret<W> {
    /// Length of [`Self::to_bytes`].
    pub const LENGTH: usize = 16 + 1 + 8 + 32 + kem::SEED_LENGTH;

    /// Draws a fresh one, good until `not_after` (Unix seconds, at most 400 days ahead).
    pub fn draw(kind: BundleKind, not_after: Seconds, rng: &mut impl CryptoRng) -> Self {
        let mut id = [0; 16];
        rng.fill_bytes(&mut id);
        Self {
            id: BundleId::new(id),
            kind,
            not_after,
            dh: dh::SecretKey::draw(rng),
            kem: kem::SecretKey::draw(rng),
            wing: PhantomData,
        }
    }

    /// What first flights name it by.
    #[must_use]
    pub const fn id(&self) -> BundleId {
        self.id
    }

    /// One-time or last-resort.
    #[must_use]
    pub const fn kind(&self) -> BundleKind {
        self.kind
    }

    /// The public bundle, signed for the link of this drop id. The same bytes each time.
    #[must_use]
    pub fn publish(&self, identity: &Identity<W>, drop: &DropId) -> Bundle<W> {
        self.published(identity, &identity.public(), &self.kem.expanded(), drop)
    }

    /// [`Self::publish`] by whoever has both keys at hand.
    pub(crate) fn published(
        &self,
        identity: &Identity<W>,
        keys: &IdentityKeys<W>,
        kem: &kem::Expanded,
        drop: &DropId,
    ) -> Bundle<W> {
        let mut bytes = Vec::with_capacity(BUNDLE_LENGTH);
        bytes.extend_from_slice(self.id.as_bytes());
        bytes.push(self.kind.byte());
        bytes.extend_from_slice(self.dh.public().as_bytes());
        bytes.extend_from_slice(&kem.public_bytes());
        bytes.extend_from_slice(&self.not_after.value().to_be_bytes());
        bytes.extend_from_slice(&keys.to_bytes());
        let signature = identity
            .sign
            .sign(labels::bundle::<W>(), &signed_parts(drop, &bytes));
        bytes.extend_from_slice(signature.as_bytes());
        Bundle {
            bytes: bytes.try_into().expect("the lengths add up to a bundle's"),
            wing: PhantomData,
        }
    }

    /// For a sealed store and nothing else.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(Self::LENGTH));
        bytes.extend_from_slice(self.id.as_bytes());
        bytes.push(self.kind.byte());
        bytes.extend_from_slice(&self.not_after.value().to_be_bytes());
        bytes.extend_from_slice(self.dh.to_bytes().as_ref());
        bytes.extend_from_slice(self.kem.seed());
        bytes
    }

    /// The secret as it was stored.
    ///
    /// # Errors
    /// [`StateError`] if these are not such bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StateError> {
        let mut at = Fields(bytes);
        let secret = Self {
            id: BundleId::new(*at.take().ok_or(StateError)?),
            kind: BundleKind::of(at.take::<1>().ok_or(StateError)?[0]).ok_or(StateError)?,
            not_after: Seconds::new(u64::from_be_bytes(*at.take().ok_or(StateError)?)),
            dh: dh::SecretKey::from_bytes(at.take().ok_or(StateError)?),
            kem: kem::SecretKey::from_seed(at.take().ok_or(StateError)?),
            wing: PhantomData,
        };
        if at.0.is_empty() {
            Ok(secret)
        } else {
            Err(StateError)
        }
    }
}

/// A signed bundle, 1,369 bytes. Its maker's, or already verified.
///
/// One wing's does not fit on the other's shelf (G-2):
///
/// ```compile_fail
/// use partywall_ground::{Business, Peer};
/// use partywall_session::Bundle;
/// fn peer_only(_: &Bundle<Peer>) {}
/// fn mix(bundle: &Bundle<Business>) {
///     peer_only(bundle);
/// }
/// ```
///
/// ```
/// use partywall_ground::Peer;
/// use partywall_session::Bundle;
/// fn peer_only(_: &Bundle<Peer>) {}
/// fn fits(bundle: &Bundle<Peer>) {
///     peer_only(bundle);
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Bundle<W: Wing> {
    bytes: [u8; BUNDLE_LENGTH],
    wing: PhantomData<W>,
}

impl<W: Wing> Bundle<W> {
    /// The bytes, as they go into a renewal or a handshake.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; BUNDLE_LENGTH] {
        &self.bytes
    }

    /// Sealed for the shelf: the relay sees neither identity nor kind. (SPEC §4.1)
    pub fn seal(&self, key: &ShelfKey<W>, rng: &mut impl CryptoRng) -> [u8; SEALED_BUNDLE_LENGTH] {
        let mut nonce = [0; 24];
        rng.fill_bytes(&mut nonce);
        let mut bytes = Vec::with_capacity(SEALED_BUNDLE_LENGTH);
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(&self.bytes);
        let associated = shelf_associated::<W>();
        xseal(&key.key, &nonce, &associated, &mut bytes, nonce.len());
        bytes
            .try_into()
            .expect("the lengths add up to a sealed bundle's")
    }
}

/// As it was handed over: nothing about it is proven yet. (SPEC S-1)
pub struct UnverifiedBundle<W: Wing> {
    bytes: [u8; BUNDLE_LENGTH],
    wing: PhantomData<W>,
}

impl<W: Wing> UnverifiedBundle<W> {
    /// Opens a bundle from a shelf.
    ///
    /// # Errors
    /// [`BundleError::NotFromThisLink`] when the length or the shelf key is another.
    pub fn unseal(sealed: &[u8], key: &ShelfKey<W>) -> Result<Self, BundleError> {
        let (nonce, sealed) = sealed
            .split_first_chunk::<24>()
            .ok_or(BundleError::NotFromThisLink)?;
        let bytes = xopen(&key.key, nonce, &shelf_associated::<W>(), sealed)
            .map_err(|_| BundleError::NotFromThisLink)?;
        let bytes = (*bytes).try_into();
        Ok(Self::from_bytes(
            bytes.map_err(|_| BundleError::NotFromThisLink)?,
        ))
    }

    /// A bundle that came inside a session. (SPEC C-8)
    #[must_use]
    pub const fn from_bytes(bytes: [u8; BUNDLE_LENGTH]) -> Self {
        Self {
            bytes,
            wing: PhantomData,
        }
    }

    /// Proves whose prekeys these are and that they are fit to use. The only door to a [`VerifiedBundle`].
    ///
    /// # Errors
    /// A [`BundleError`] that says what is wrong. (SPEC S-1)
    pub fn verify(
        self,
        owner: &IdentityId,
        drop: &DropId,
        now: Seconds,
    ) -> Result<VerifiedBundle<W>, BundleError> {
        let malformed = BundleError::Malformed;
        let (signed, signature) = self.bytes.split_at(SIGNED_LENGTH);
        let mut at = Fields(signed);
        let id = BundleId::new(*at.take().ok_or(malformed)?);
        let kind = BundleKind::of(at.take::<1>().ok_or(malformed)?[0]).ok_or(malformed)?;
        let prekey = dh::PublicKey::from_bytes(*at.take().ok_or(malformed)?);
        let ek = kem::PublicKey::from_bytes(at.take().ok_or(malformed)?);
        let not_after = u64::from_be_bytes(*at.take().ok_or(malformed)?);
        let keys =
            IdentityKeys::<W>::from_bytes(at.take().ok_or(malformed)?).map_err(|_| malformed)?;
        if keys.id() != *owner && !partywall_mutant::is("A01") {
            return Err(BundleError::WrongIdentity);
        }
        let signature = Signature::from_bytes(signature.try_into().map_err(|_| malformed)?);
        let parts = signed_parts(drop, signed);
        let verdict = keys.sign.verify(labels::bundle::<W>(), &parts, &signature);
        if verdict.is_err() && !partywall_mutant::is("A03") {
            return Err(BundleError::BadSignature);
        }
        if not_after <= now.value() && !partywall_mutant::is("A08") {
            return Err(BundleError::Expired);
        }
        if not_after.saturating_sub(now.value()) > FARTHEST_SECONDS {
            return Err(BundleError::TooFarAhead);
        }
        Ok(VerifiedBundle {
            id,
            kind,
            prekey: prekey.map_err(|_| malformed)?,
            ek: ek.map_err(|_| malformed)?,
            owner: keys,
            drop: *drop,
            bytes: Bundle {
                bytes: self.bytes,
                wing: PhantomData,
            },
        })
    }
}

/// Whose bundle this is has been proven, and that a handshake may use it. (SPEC S-1)
pub struct VerifiedBundle<W: Wing> {
    pub(crate) id: BundleId,
    pub(crate) kind: BundleKind,
    pub(crate) prekey: dh::PublicKey,
    pub(crate) ek: kem::PublicKey,
    pub(crate) owner: IdentityKeys<W>,
    pub(crate) drop: DropId,
    pub(crate) bytes: Bundle<W>,
}

impl<W: Wing> VerifiedBundle<W> {
    /// One-time or last-resort: sessions on the latter are weak at first. (SPEC S-2)
    #[must_use]
    pub const fn kind(&self) -> BundleKind {
        self.kind
    }

    /// Its signer.
    #[must_use]
    pub const fn owner(&self) -> IdentityKeys<W> {
        self.owner
    }
}

/// What a bundle's signature is over: the suite, the one link that it is for, all of its fields. (SPEC §4.1)
fn signed_parts<'a>(drop: &'a DropId, fields: &'a [u8]) -> [&'a [u8]; 3] {
    let for_any_link = partywall_mutant::is("A09");
    let drop: &[u8] = if for_any_link { &[] } else { drop.as_bytes() };
    [&SUITE, drop, fields]
}

fn shelf_associated<W: Wing>() -> Vec<u8> {
    partywall_ground::lp_vec(&[labels::shelf::<W>().as_bytes()])
}
