//! The safety number: what two people compare to know that nobody stands between them. (SPEC §6.1)
//! Knows: two identity ids. Never knows: names, secrets.

use core::fmt;

use partywall_ground::{IdentityId, Wing};

use crate::derive::expand;
use crate::labels;

/// Sixty digits, the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafetyNumber([u32; 12]);

/// The number of two identities, in whichever order they are given.
#[must_use]
pub fn safety_number<W: Wing>(one: &IdentityId, other: &IdentityId) -> SafetyNumber {
    let (low, high) = if one.as_bytes() <= other.as_bytes() {
        (one, other)
    } else {
        (other, one)
    };
    let hash = partywall_proof::hash(labels::safety::<W>(), &[low.as_bytes(), high.as_bytes()]);
    let digits = expand::<60>(&hash, labels::safety_digits::<W>(), &[]);
    let mut groups = [0; 12];
    for (group, five) in groups.iter_mut().zip(digits.chunks_exact(5)) {
        let number = five
            .iter()
            .fold(0u64, |number, byte| number << 8 | u64::from(*byte));
        *group = u32::try_from(number % 100_000).expect("below 100,000");
    }
    SafetyNumber(groups)
}

impl fmt::Display for SafetyNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, group) in self.0.iter().enumerate() {
            let space = if index == 0 { "" } else { " " };
            write!(f, "{space}{group:05}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use partywall_ground::Peer;

    #[test]
    fn both_sides_read_the_same_sixty_digits() {
        let (a, b) = (IdentityId::new([1; 32]), IdentityId::new([2; 32]));
        let number = safety_number::<Peer>(&a, &b);
        assert_eq!(number, safety_number::<Peer>(&b, &a));
        assert_eq!(number.to_string().len(), 12 * 5 + 11);
        assert_ne!(number, safety_number::<Peer>(&a, &a));
    }
}
