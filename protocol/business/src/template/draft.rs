//! A template's bytes, as a business wrote them, and as one that may be sent. (SPEC §11.6, B-21)
//! Knows: its parts. What is wrong with them, `lint` says.

use super::{Lint, ParameterKind};
use crate::{BusinessId, Bytes, Category, TemplateId, Version};
use minicbor::{Decode, Encode};
use partywall_ground::cbor::{self, BodyError};
use std::collections::BTreeSet;

/// Bytes of the longest template.
const LONGEST_TEMPLATE: usize = 16_384;

/// A template as it is handed in, kept, hashed and signed: its bytes, never a re-encoding. (G-5)
pub type TemplateBytes = Bytes<LONGEST_TEMPLATE>;

/// A template as a business wrote it: the right shape, and nothing more is known. (SPEC §11.6)
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Draft {
    /// Its name at the business.
    #[n(0)]
    pub name: String,
    /// Which edition.
    #[n(1)]
    pub version: Version,
    /// In which language it is.
    #[n(2)]
    pub language: String,
    /// What it is for.
    #[n(3)]
    pub category: Category,
    /// Stands above.
    #[n(4)]
    pub header: Option<String>,
    /// The text, with a placeholder for each slot.
    #[n(5)]
    pub body: String,
    /// Stands below.
    #[n(6)]
    pub footer: Option<String>,
    /// What the customer can press.
    #[n(7)]
    pub buttons: Vec<String>,
    /// What is set into the placeholders, in order.
    #[n(8)]
    pub slots: Vec<Slot>,
}

/// What one placeholder takes. (SPEC §11.6)
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Slot {
    /// Of which type.
    #[n(0)]
    pub kind: ParameterKind,
    /// For an option: the published ones.
    #[n(1)]
    pub options: Option<Vec<String>>,
}

partywall_ground::silent!(Draft, Slot);

/// A template in which nothing stands that no operator may approve. Only [`Draft::checked`] makes
/// one. (SPEC B-21, §11.9)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    says: Draft,
    bytes: TemplateBytes,
}

impl Draft {
    /// Reads a template's bytes, strictly. (SPEC G-3)
    ///
    /// # Errors
    /// When they are not such a map.
    pub fn decode(bytes: &TemplateBytes) -> Result<Self, BodyError> {
        cbor::decode(bytes.as_bytes())
    }

    /// The one encoding; `None` if it is longer than 16,384 bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Option<TemplateBytes> {
        TemplateBytes::new(&cbor::encode(self)).ok()
    }

    /// The template, if no rule refuses it.
    ///
    /// # Errors
    /// The rules that refuse it.
    pub fn checked(self) -> Result<Template, BTreeSet<Lint>> {
        let mut refusing = self.lint();
        refusing.retain(|lint| lint.refuses());
        match self.to_bytes() {
            Some(bytes) if refusing.is_empty() => Ok(Template { says: self, bytes }),
            Some(_) => Err(refusing),
            None => Err(BTreeSet::from([Lint::Body])),
        }
    }
}

impl Template {
    /// What it says.
    #[must_use]
    pub const fn says(&self) -> &Draft {
        &self.says
    }

    /// Its bytes.
    #[must_use]
    pub const fn bytes(&self) -> &TemplateBytes {
        &self.bytes
    }

    /// Its id at a business.
    #[must_use]
    pub fn id(&self, business: &BusinessId) -> TemplateId {
        TemplateId::of(business, self.bytes.as_bytes())
    }

    /// Whether no rule at all has anything against it, so that an operator may let a UTILITY pass
    /// unread. (SPEC B-22)
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.says.lint().is_empty()
    }
}
