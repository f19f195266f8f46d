//! A chain of message keys, one step for each message. (SPEC §4.4 `KDF_CK`)
//! Knows: one chain key. Never knows: which message its keys will seal.

use partywall_ground::Wing;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::derive::expand;
use crate::labels;

/// CK: gives one message key and the next chain key.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(crate) struct ChainKey(pub(crate) [u8; 32]);

/// Seals or opens exactly one envelope. (SPEC S-12)
#[derive(Zeroize, ZeroizeOnDrop)]
pub(crate) struct MessageKey(pub(crate) [u8; 32]);

impl ChainKey {
    /// The message key of this step and the chain key of the next.
    pub(crate) fn stepped<W: Wing>(&self) -> (MessageKey, Self) {
        let message = expand::<32>(&self.0, labels::message::<W>(), &[]);
        let chain = expand::<32>(&self.0, labels::chain::<W>(), &[]);
        (MessageKey(*message), Self(*chain))
    }
}
