//! Thirty-two secret bytes behind a pointer: moving them moves the pointer, dropping them wipes the only copy. (SPEC S-12)
//! Knows: bytes. Never knows: which key it is.

use zeroize::{Zeroize, ZeroizeOnDrop};

/// One key's bytes. A bare array would leave a copy behind wherever it is moved from.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(crate) struct Wiped(Box<[u8; 32]>);

impl Wiped {
    /// Lets `write` fill fresh memory in place.
    pub(crate) fn filled(write: impl FnOnce(&mut [u8; 32])) -> Self {
        let mut bytes = Box::new([0; 32]);
        write(&mut bytes);
        Self(bytes)
    }

    /// A second copy, in memory of its own.
    pub(crate) fn copy_of(bytes: &[u8; 32]) -> Self {
        Self::filled(|to| to.copy_from_slice(bytes))
    }

    pub(crate) const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}
