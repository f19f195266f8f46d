//! A rule: how exactly, how long, and under which law. (SPEC §12.3)
//! Knows: what many cells may share. Never knows: which cells they are.

use super::text::Text;
use crate::precision::{Grant, KeepDays, Precision};
use minicbor::{Decode, Encode};

/// Bytes of the name of a law.
pub const LAW: usize = 200;

/// The law that a rule of basis `legal` names.
pub type Law = Text<LAW>;

/// What a cell that is not denied allows. (SPEC §12.3)
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(map)]
pub struct Rule {
    /// How exactly.
    #[n(0)]
    pub precision: Precision,
    /// For how many days.
    #[n(1)]
    pub keep: KeepDays,
    /// Under which law: for basis `legal`, and for no other.
    #[n(2)]
    pub law: Option<Law>,
}

impl Rule {
    /// A rule without a law.
    #[must_use]
    pub const fn new(precision: Precision, keep: KeepDays) -> Self {
        Self {
            precision,
            keep,
            law: None,
        }
    }

    /// How exactly and for how long.
    #[must_use]
    pub const fn grant(&self) -> Grant {
        Grant {
            precision: self.precision,
            keep: self.keep,
        }
    }
}
