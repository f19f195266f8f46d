//! `H(label, a, b, …)` = SHA-256 over length-prefixed fields, label first. (SPEC §1.1)
//! Knows: bytes in order. Never knows: what they mean.

use partywall_ground::{Label, lp, lp_label};
use sha2::{Digest, Sha256};

/// `H(label, parts…)`: 32 bytes; every field goes in behind its length, so that no two lists of fields hash alike. (SPEC §1.1)
#[must_use]
pub fn hash(label: Label, parts: &[&[u8]]) -> [u8; 32] {
    let mut digest = Sha256::new();
    let mut take = |bytes: &[u8]| digest.update(bytes);
    lp_label(label, &mut take);
    for part in parts {
        lp(part, &mut take);
    }
    digest.finalize().into()
}

/// SHA-256 of the bytes as they are: the id of an envelope, the pin of a certificate's key. (SPEC §2.3, §6)
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_that_join_to_the_same_bytes_hash_differently() {
        let label = Label::ground("vouch");
        assert_ne!(hash(label, &[b"ab", b"c"]), hash(label, &[b"a", b"bc"]));
        assert_ne!(hash(label, &[b"abc"]), hash(label, &[b"abc", b""]));
        assert_ne!(
            hash(label, &[b"abc"]),
            hash(Label::ground("link"), &[b"abc"])
        );
    }
}
