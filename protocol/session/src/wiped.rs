//! Secret bytes behind a pointer: moving them moves the pointer, dropping them wipes the only copy. (SPEC S-12)
//! Knows: bytes. Never knows: which key it is, what a text says.

use core::ops::{Deref, DerefMut};

use zeroize::{Zeroize, ZeroizeOnDrop};

/// One key's bytes. A bare array would leave a copy behind wherever it is moved from.
pub(crate) struct Wiped(Box<[u8; 32]>);

impl Drop for Wiped {
    fn drop(&mut self) {
        if !partywall_mutant::is("B18") {
            self.0.zeroize();
        }
    }
}

impl ZeroizeOnDrop for Wiped {}

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

/// A text of any length, opened in place. It never grows, so there is no second copy of it.
///
/// Wiped in one sweep behind a barrier: byte after byte, as `Zeroizing` does it, costs a microsecond in an envelope.
pub(crate) struct WipedText(Box<[u8]>);

impl WipedText {
    /// What is sealed, to be opened where it then lies.
    pub(crate) fn copy_of(sealed: &[u8]) -> Self {
        Self(sealed.into())
    }
}

impl Deref for WipedText {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl DerefMut for WipedText {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

impl Drop for WipedText {
    fn drop(&mut self) {
        self.0.fill(0);
        zeroize::optimization_barrier(&*self.0);
    }
}

impl ZeroizeOnDrop for WipedText {}

/// How deep below a session's own frames ciphers and hashes work.
const STACK: usize = 16_384;

/// Writes over what ciphers left on the stack below the caller: their crates wipe their values, and not the copies that
/// the compiler spilled. Without this the key of the last envelope's body lay there until the next one.
#[inline(never)]
pub(crate) fn wipe_stack() {
    core::hint::black_box(&mut [0_u8; STACK]);
}
