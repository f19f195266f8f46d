//! What follows from a link's L: capability, shelf key, PSK, drop id. (SPEC §3)
//! Knows: L. Never knows: who made the link; only the capability ever goes to a relay (R-5).

use core::marker::PhantomData;

use partywall_ground::{Capability, DropId, LinkSecret, Wing};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::derive::{Key, expand};
use crate::labels;

/// Seals a shelf's bundles. (SPEC §4.1)
///
/// One wing's does not fit where the other's is expected (G-2):
///
/// ```compile_fail
/// use partywall_ground::{Business, Peer};
/// use partywall_session::ShelfKey;
/// fn peer_only(_: &ShelfKey<Peer>) {}
/// fn mix(key: &ShelfKey<Business>) {
///     peer_only(key);
/// }
/// ```
///
/// ```
/// use partywall_ground::Peer;
/// use partywall_session::ShelfKey;
/// fn peer_only(_: &ShelfKey<Peer>) {}
/// fn fits(key: &ShelfKey<Peer>) {
///     peer_only(key);
/// }
/// ```
pub struct ShelfKey<W: Wing> {
    pub(crate) key: Key,
    wing: PhantomData<W>,
}

/// All that a link's 32 bytes L give, in one wing. (SPEC §3)
///
/// The same L gives the other wing other keys, and they do not fit here (G-2):
///
/// ```compile_fail
/// use partywall_ground::{Business, Peer};
/// use partywall_session::LinkKeys;
/// fn peer_only(_: &LinkKeys<Peer>) {}
/// fn mix(keys: &LinkKeys<Business>) {
///     peer_only(keys);
/// }
/// ```
///
/// ```
/// use partywall_ground::Peer;
/// use partywall_session::LinkKeys;
/// fn peer_only(_: &LinkKeys<Peer>) {}
/// fn fits(keys: &LinkKeys<Peer>) {
///     peer_only(keys);
/// }
/// ```
pub struct LinkKeys<W: Wing> {
    capability: Capability,
    shelf: ShelfKey<W>,
    pub(crate) psk: Key,
}

impl<W: Wing> LinkKeys<W> {
    /// Derives them.
    #[must_use]
    pub fn of(secret: &LinkSecret) -> Self {
        let from = secret.as_bytes();
        Self {
            capability: Capability::new(*expand(from, labels::capability::<W>(), &[])),
            shelf: ShelfKey {
                key: expand(from, labels::shelf_key::<W>(), &[]),
                wing: PhantomData,
            },
            psk: expand(from, labels::psk::<W>(), &[]),
        }
    }

    /// What its holder shows on the deposit door.
    #[must_use]
    pub const fn capability(&self) -> &Capability {
        &self.capability
    }

    /// `H("drop", capability)`: the mailbox's name for its writers.
    #[must_use]
    pub fn drop_id(&self) -> DropId {
        DropId::new(partywall_proof::hash(
            labels::drop_id::<W>(),
            &[self.capability.as_bytes()],
        ))
    }

    /// Seals and unseals this link's bundles.
    #[must_use]
    pub const fn shelf_key(&self) -> &ShelfKey<W> {
        &self.shelf
    }
}

/// Draws a fresh L.
pub fn draw_link_secret(rng: &mut impl CryptoRng) -> LinkSecret {
    let mut bytes = Zeroizing::new([0; 32]);
    rng.fill_bytes(bytes.as_mut());
    LinkSecret::new(*bytes)
}
