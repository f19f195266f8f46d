//! The three sizes of envelopes: all that shows of how long a message is.
//! Knows: SPEC §1.5 (G-9). Never knows: what is inside, nor how much of it is padding.

use crate::limits;

/// One of the three sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EnvelopeSize {
    /// 4,096 bytes.
    Small,
    /// 16,384 bytes.
    Medium,
    /// 65,536 bytes.
    Large,
}

impl EnvelopeSize {
    /// All of them, the smallest first.
    pub const ALL: [Self; 3] = [Self::Small, Self::Medium, Self::Large];

    /// How many bytes an envelope of this size has.
    pub const fn bytes(self) -> usize {
        match self {
            Self::Small => limits::SMALL_ENVELOPE,
            Self::Medium => limits::MEDIUM_ENVELOPE,
            Self::Large => limits::LARGE_ENVELOPE,
        }
    }

    /// The size that has exactly that many bytes, if one has. (SPEC G-9)
    pub const fn of(bytes: usize) -> Option<Self> {
        match bytes {
            limits::SMALL_ENVELOPE => Some(Self::Small),
            limits::MEDIUM_ENVELOPE => Some(Self::Medium),
            limits::LARGE_ENVELOPE => Some(Self::Large),
            _ => None,
        }
    }

    /// The smallest size in which `content` bytes fit, `room` telling how many fit in each; none,
    /// if no size has that much room. (SPEC G-9, §4.3)
    pub fn for_content(content: usize, room: impl Fn(Self) -> usize) -> Option<Self> {
        Self::ALL.into_iter().find(|size| content <= room(*size))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_goes_into_the_smallest_envelope_in_which_it_fits() {
        let room = |size: EnvelopeSize| size.bytes() - 2_370;
        let chosen = |content| EnvelopeSize::for_content(content, room);
        assert_eq!(chosen(0), Some(EnvelopeSize::Small));
        assert_eq!(chosen(1_726), Some(EnvelopeSize::Small));
        assert_eq!(chosen(1_727), Some(EnvelopeSize::Medium));
        assert_eq!(chosen(14_015), Some(EnvelopeSize::Large));
        assert_eq!(chosen(63_166), Some(EnvelopeSize::Large));
        assert_eq!(chosen(63_167), None);
    }

    #[test]
    fn there_are_three_sizes_and_no_fourth() {
        for size in EnvelopeSize::ALL {
            assert_eq!(EnvelopeSize::of(size.bytes()), Some(size));
            assert_eq!(EnvelopeSize::of(size.bytes() - 1), None);
            assert_eq!(EnvelopeSize::of(size.bytes() + 1), None);
        }
    }
}
