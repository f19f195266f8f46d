//! Equality that takes the same time wherever the first difference stands.
//! Knows: two byte strings. Never knows: which of them an attacker chose.

use subtle::ConstantTimeEq;

/// Compares in a time that depends on the lengths alone.
#[must_use]
pub fn ct_eq(left: &[u8], right: &[u8]) -> bool {
    if partywall_mutant::is("S13") {
        return left.iter().eq(right);
    }
    left.ct_eq(right).into()
}

#[cfg(test)]
mod tests {
    use super::ct_eq;

    #[test]
    fn equal_means_same_length_and_same_bytes() {
        assert!(ct_eq(b"same", b"same"));
        assert!(!ct_eq(b"same", b"sane"));
        assert!(!ct_eq(b"same", b"sam"));
    }
}
