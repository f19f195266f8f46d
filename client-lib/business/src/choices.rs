//! What a customer chooses before the first word, and whenever they like after it.
//! Knows: switches, a region, an objection. Never knows: what a table offers; who signs.

use std::collections::BTreeSet;

use partywall_business::Category;
use partywall_business::consent;
use partywall_business::field::{Field, Purpose, Recipient, Region};
use partywall_business::table::Row;

/// What may be told, and which templates may come. Everything optional is off until it is switched
/// on here.
///
/// ```
/// use partywall_business_client::customer::Choices;
/// use partywall_business_client::{Category, Field, Purpose, Recipient, Region};
/// let choices = Choices::essential_only()
///     .with(Field::Locale, Recipient::Business, Purpose::ServiceOperation)
///     .region(Region::Eu)
///     .opt_in(Category::Utility);
/// # let _ = choices;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choices {
    pub(crate) rows: consent::Choices,
    pub(crate) region: Said<Option<Region>>,
    pub(crate) categories: BTreeSet<Category>,
    pub(crate) refusal: Said<consent::Refusal>,
}

/// What is chosen where the consent in force may say something already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said<T> {
    /// Nothing: it stays as it is.
    AsBefore,
    /// This.
    Now(T),
}

impl<T> Said<T> {
    /// What holds, after `before`.
    pub(crate) fn after(self, before: T) -> T {
        match self {
            Said::AsBefore => before,
            Said::Now(said) => said,
        }
    }
}

impl Choices {
    /// Only what is necessary for the chat, or what a law demands. No templates.
    #[must_use]
    pub const fn essential_only() -> Choices {
        Choices {
            rows: consent::Choices::essential_only(),
            region: Said::AsBefore,
            categories: BTreeSet::new(),
            refusal: Said::AsBefore,
        }
    }

    /// Lets one field be told to one recipient for one purpose, if the table offers that.
    #[must_use]
    pub fn with(self, field: Field, recipient: Recipient, purpose: Purpose) -> Choices {
        self.with_row(Row::new(field, recipient, purpose))
    }

    /// As [`Choices::with`], for a row of the terms.
    #[must_use]
    pub fn with_row(mut self, row: Row) -> Choices {
        self.rows.switch_on(row);
        self
    }

    /// Says where the customer lives. Unsaid, it stays as the consent in force says; where none
    /// does, only what is allowed everywhere is allowed.
    #[must_use]
    pub fn region(mut self, region: Region) -> Choices {
        self.region = Said::Now(Some(region));
        self
    }

    /// Takes back where the customer lives: only what is allowed everywhere is allowed.
    #[must_use]
    pub fn region_unknown(mut self) -> Choices {
        self.region = Said::Now(None);
        self
    }

    /// Lets templates of a category come outside the window.
    #[must_use]
    pub fn opt_in(mut self, category: Category) -> Choices {
        self.categories.insert(category);
        self
    }

    /// Objects to personalisation, advertising and analytics (GDPR 21, CCPA): choices for these
    /// are switched off, and none can be made. It stays with all later choices until
    /// [`Choices::no_longer_refusing`].
    #[must_use]
    pub fn objecting(self) -> Choices {
        self.refusing(consent::Refusal::Objection)
    }

    /// Says that the customer's device sent Global Privacy Control, which does the same.
    #[must_use]
    pub fn global_privacy_control(self) -> Choices {
        self.refusing(consent::Refusal::GlobalPrivacyControl)
    }

    /// Takes an objection, or Global Privacy Control, back. Nothing is switched on by it.
    #[must_use]
    pub fn no_longer_refusing(mut self) -> Choices {
        self.refusal = Said::Now(consent::Refusal::None);
        self
    }

    fn refusing(mut self, refusal: consent::Refusal) -> Choices {
        self.refusal = Said::Now(refusal);
        for row in Row::all().filter(|row| row.purpose.is_refusable()) {
            self.rows.switch_off(row);
        }
        self
    }
}
