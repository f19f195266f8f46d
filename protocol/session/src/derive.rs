//! HKDF-SHA256 over length-prefixed fields: `Extract` and `Expand`. (SPEC §1.1, RFC 5869)
//! Knows: one key and some context. Never knows: what the output is for.

use hkdf::{Hkdf, HkdfExtract};
use partywall_ground::{Label, lp, lp_label};
use sha2::Sha256;
use zeroize::{Zeroize, Zeroizing};

use crate::wiped::Wiped;

/// A 32-byte secret on its way from one derivation to the next.
pub(crate) type Key = Zeroizing<[u8; 32]>;

/// `Extract(salt; a, b, …)`: 32 bytes from secrets, each behind its length. (SPEC §1.1)
pub(crate) fn extract(salt: &[u8; 32], secrets: &[&[u8]]) -> Key {
    #[cfg(test)]
    counted::one_more();
    let mut extract = HkdfExtract::<Sha256>::new(Some(salt));
    for secret in secrets {
        lp(secret, &mut |bytes| extract.input_ikm(bytes));
    }
    let (mut key, _) = extract.finalize();
    let mut output = Zeroizing::new([0; 32]);
    output.copy_from_slice(&key);
    key.as_mut_slice().zeroize();
    output
}

/// `Expand(key; label, context…; N)`: N bytes bound to a label. (SPEC §1.1)
pub(crate) fn expand<const N: usize>(
    key: &[u8; 32],
    label: Label,
    context: &[&[u8]],
) -> Zeroizing<[u8; N]> {
    let mut output = Zeroizing::new([0; N]);
    expand_into(&prepared(key), label, context, output.as_mut());
    output
}

/// Two [`expand`]s of 32 bytes from one key, into memory that is wiped and never moved.
pub(crate) fn expand_keys(key: &[u8; 32], labels: [Label; 2]) -> [Wiped; 2] {
    let from = prepared(key);
    labels.map(|label| Wiped::filled(|output| expand_into(&from, label, &[], output)))
}

/// An [`expand`] of 32 bytes into memory that is wiped and never moved.
pub(crate) fn expand_key(key: &[u8; 32], label: Label, context: &[&[u8]]) -> Wiped {
    Wiped::filled(|output| expand_into(&prepared(key), label, context, output))
}

/// The key as HMAC uses it: the same for whatever is expanded from it.
fn prepared(key: &[u8; 32]) -> Hkdf<Sha256> {
    #[cfg(test)]
    counted::one_more();
    Hkdf::from_prk(key).expect("32 bytes are a SHA-256 PRK")
}

fn expand_into(from: &Hkdf<Sha256>, label: Label, context: &[&[u8]], output: &mut [u8]) {
    let mut info = Vec::with_capacity(64);
    let mut take = |bytes: &[u8]| info.extend_from_slice(bytes);
    if !partywall_mutant::is("A24") {
        lp_label(label, &mut take);
    }
    for field in context {
        lp(field, &mut take);
    }
    from.expand(&info, output)
        .expect("at most 128 bytes, far below 255 blocks");
}

/// Takes the i-th 32 bytes of a longer derivation.
pub(crate) fn piece<const N: usize>(long: &[u8; N], index: usize) -> Wiped {
    Wiped::filled(|key| key.copy_from_slice(&long[index * 32..index * 32 + 32]))
}

/// How much was derived: what is refused before any derivation leaves this number as it was.
#[cfg(test)]
pub(crate) mod counted {
    use std::cell::Cell;

    thread_local! {
        static DERIVATIONS: Cell<u64> = const { Cell::new(0) };
    }

    pub(super) fn one_more() {
        DERIVATIONS.set(DERIVATIONS.get() + 1);
    }

    /// Extractions, and keys that something was expanded from, on this thread so far.
    pub(crate) fn derivations() -> u64 {
        DERIVATIONS.get()
    }
}
