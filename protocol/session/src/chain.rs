//! A chain of message keys, one step for each message. (SPEC §4.4 `KDF_CK`)
//! Knows: one chain key. Never knows: which message its keys will seal.

use partywall_ground::Wing;

use crate::derive::expand_keys;
use crate::labels;
use crate::wiped::Wiped;

/// CK: gives one message key and the next chain key.
pub(crate) struct ChainKey(pub(crate) Wiped);

/// Seals or opens exactly one envelope. (SPEC S-12)
pub(crate) struct MessageKey(pub(crate) Wiped);

impl ChainKey {
    /// The message key of this step and the chain key of the next.
    pub(crate) fn stepped<W: Wing>(&self) -> (MessageKey, Self) {
        let both = [labels::message::<W>(), labels::chain::<W>()];
        let [message, chain] = expand_keys(self.0.bytes(), both);
        (MessageKey(message), Self(chain))
    }
}
