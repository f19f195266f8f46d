//! What follows from a link's L: capability, shelf key, PSK, drop id. (SPEC §3)
//! Knows: L. Never knows: who made the link; only the capability ever goes to a relay.

use core::marker::PhantomData;

use partywall_ground::{Capability, DropId, LinkSecret, Wing};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::derive::{Key, expand};
use crate::labels;

/// Seals a shelf's bundles. (SPEC §4.1)
pub struct ShelfKey(pub(crate) Key);

/// All that a link's 32 bytes L give, in one wing. (SPEC §3)
pub struct LinkKeys<W: Wing> {
    capability: Capability,
    shelf: ShelfKey,
    pub(crate) psk: Key,
    wing: PhantomData<W>,
}

impl<W: Wing> LinkKeys<W> {
    /// Derives them.
    #[must_use]
    pub fn of(secret: &LinkSecret) -> Self {
        let from = secret.as_bytes();
        Self {
            capability: Capability::new(*expand(from, labels::capability::<W>(), &[])),
            shelf: ShelfKey(expand(from, labels::shelf_key::<W>(), &[])),
            psk: expand(from, labels::psk::<W>(), &[]),
            wing: PhantomData,
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
    pub const fn shelf_key(&self) -> &ShelfKey {
        &self.shelf
    }
}

/// Draws a fresh L.
pub fn draw_link_secret(rng: &mut impl CryptoRng) -> LinkSecret {
    let mut bytes = Zeroizing::new([0; 32]);
    rng.fill_bytes(bytes.as_mut());
    LinkSecret::new(*bytes)
}
