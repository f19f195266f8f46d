//! The root key and its step at a turn. (SPEC §4.4 `KDF_RK`)
//! Knows: one secret of DH and KEM each. Never knows: messages.

use partywall_ground::Wing;

use crate::chain::ChainKey;
use crate::derive::{expand, extract, piece};
use crate::header::HeaderKey;
use crate::labels;
use crate::wiped::Wiped;

/// RK: stepped at each turn, never used for anything else.
pub(crate) struct RootKey(pub(crate) Wiped);

/// What a turn gives: the next root, this chain's key, the header key of the chain after.
pub(crate) struct Stepped {
    pub(crate) root: RootKey,
    pub(crate) chain: ChainKey,
    pub(crate) next_header: HeaderKey,
}

impl RootKey {
    /// `KDF_RK(RK; x…)`; a turn commits it by replacing the old root.
    pub(crate) fn stepped<W: Wing>(&self, secrets: &[&[u8]]) -> Stepped {
        let secrets = match partywall_mutant::is("B12") {
            true => &[],
            false => secrets,
        };
        let key = extract(self.0.bytes(), secrets);
        let long = expand::<96>(&key, labels::turn::<W>(), &[]);
        Stepped {
            root: Self(piece(&long, 0)),
            chain: ChainKey(piece(&long, 1)),
            next_header: HeaderKey(piece(&long, 2)),
        }
    }
}
