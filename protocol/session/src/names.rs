//! What handshakes and first flights are known by. (SPEC S-5)
//! Knows: two hashes and a bundle's id. Never knows: keys.

use core::marker::PhantomData;

use partywall_ground::{BundleId, Wing};

use crate::envelope::PREAMBLE_LENGTH;

/// `h1`: names one handshake and nothing else. (SPEC S-5)
///
/// One of the other wing does not fit (G-2):
///
/// ```compile_fail
/// use partywall_ground::{Business, Peer};
/// use partywall_session::HandshakeId;
/// fn peer_only(_: &HandshakeId<Peer>) {}
/// fn mix(id: &HandshakeId<Business>) {
///     peer_only(id);
/// }
/// ```
///
/// ```
/// use partywall_ground::Peer;
/// use partywall_session::HandshakeId;
/// fn peer_only(_: &HandshakeId<Peer>) {}
/// fn fits(id: &HandshakeId<Peer>) {
///     peer_only(id);
/// }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct HandshakeId<W: Wing> {
    bytes: [u8; 32],
    wing: PhantomData<W>,
}

impl<W: Wing> HandshakeId<W> {
    /// The 32 bytes, for a store.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// As it was stored.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self {
            bytes,
            wing: PhantomData,
        }
    }
}

/// Names one preamble: SHA-256 of its 1,216 bytes. Needs no secret, so that repeated first flights find their session
/// after a one-time bundle's secrets were erased. (SPEC S-5)
///
/// One of the other wing does not fit (G-2):
///
/// ```compile_fail
/// use partywall_ground::{Business, Peer};
/// use partywall_session::PreambleId;
/// fn peer_only(_: &PreambleId<Peer>) {}
/// fn mix(id: &PreambleId<Business>) {
///     peer_only(id);
/// }
/// ```
///
/// ```
/// use partywall_ground::Peer;
/// use partywall_session::PreambleId;
/// fn peer_only(_: &PreambleId<Peer>) {}
/// fn fits(id: &PreambleId<Peer>) {
///     peer_only(id);
/// }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PreambleId<W: Wing> {
    bytes: [u8; 32],
    wing: PhantomData<W>,
}

impl<W: Wing> PreambleId<W> {
    /// The 32 bytes, for a store's index.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// As it was stored.
    pub(crate) const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self {
            bytes,
            wing: PhantomData,
        }
    }

    /// Of the first 1,216 bytes of an envelope, whatever they are: look here first whether its session exists.
    #[must_use]
    pub fn of(envelope: &[u8]) -> Option<Self> {
        let preamble = envelope.get(..PREAMBLE_LENGTH)?;
        Some(Self::from_bytes(partywall_proof::sha256(preamble)))
    }
}

/// The bundle that an envelope claims to begin with: its first 16 bytes. (SPEC §4.2)
#[must_use]
pub fn bundle_id_of(envelope: &[u8]) -> Option<BundleId> {
    envelope.first_chunk().map(|bid| BundleId::new(*bid))
}
