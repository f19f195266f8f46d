//! Whether a policy may be published after another. (SPEC T-9, T-10)
//! Knows: what is published, what is to follow, and which day it is, because it is told. Never
//! knows: keys.

use super::date::written;
use partywall_business::table::{Difference, Draft, Flaw, Table};
use partywall_ground::Seconds;

/// What publishing would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Publication {
    /// It is the first.
    First,
    /// It is what is published already.
    Unchanged,
    /// It follows, and this changes for customers.
    Next(Difference),
}

/// Why a policy may not be published: for the operator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unpublishable {
    /// The first is not version 1.
    #[error("nothing is published yet: the first policy has `version = 1`, not {0}")]
    NotFirst(u32),
    /// Its version is lower than what is published.
    #[error(
        "version {published} is published, and this is version {next}: customers accepted the newer one, so write what you want as version {}",
        published + 1
    )]
    Rollback {
        /// What is published.
        published: u32,
        /// What was to follow.
        next: u32,
    },
    /// Its version is taken by another text.
    #[error(
        "version {version} is published with other content: raise `version` to {}",
        version + 1
    )]
    OtherContent {
        /// Which version.
        version: u32,
    },
    /// A version is left out.
    #[error(
        "version {published} is published: the next is version {}, not {next}",
        published + 1
    )]
    Gap {
        /// What is published.
        published: u32,
        /// What was to follow.
        next: u32,
    },
    /// It names another predecessor.
    #[error("this table was made to follow another than the published one: compile it anew")]
    Predecessor,
    /// It would hold from a day that is not ahead, or before the published one does.
    #[error(
        "`effective` has to be a day ahead of today and of the version before: write {0} or later"
    )]
    NotAhead(String),
    /// Customers were promised more notice.
    #[error(
        "the published policy promises {days} days of notice: write `effective = {earliest}` or later"
    )]
    Notice {
        /// How many days.
        days: u16,
        /// The first day that keeps the promise.
        earliest: String,
    },
    /// It cannot be a table.
    #[error(transparent)]
    Flaw(#[from] Flaw),
}

impl Publication {
    /// Judges `next` after what is published. `today` is any second of the day on which it would
    /// be published. (SPEC T-9, T-10)
    ///
    /// # Errors
    /// Why it may not.
    pub fn check(
        published: Option<&Table>,
        next: &Draft,
        today: Seconds,
    ) -> Result<Self, Unpublishable> {
        let version = next.version.get();
        let Some(published) = published else {
            return if version == 1 {
                next.bytes()?;
                Ok(Self::First)
            } else {
                Err(Unpublishable::NotFirst(version))
            };
        };
        let before = published.version().get();
        if version < before {
            return Err(Unpublishable::Rollback {
                published: before,
                next: version,
            });
        }
        if version == before {
            return if next.bytes()? == published.bytes() {
                Ok(Self::Unchanged)
            } else {
                Err(Unpublishable::OtherContent { version })
            };
        }
        if Some(version) != before.checked_add(1) {
            return Err(Unpublishable::Gap {
                published: before,
                next: version,
            });
        }
        if next.predecessor != Some(published.hash()) {
            return Err(Unpublishable::Predecessor);
        }
        in_time(published, next, today)?;
        next.bytes()?;
        Ok(Self::Next(Difference::to_draft(published, next)))
    }
}

fn in_time(published: &Table, next: &Draft, today: Seconds) -> Result<(), Unpublishable> {
    const DAY: u64 = 86_400;
    let tomorrow = Seconds::new((today.value() / DAY + 1) * DAY);
    let ahead = tomorrow.max(published.effective());
    if next.effective < ahead {
        return Err(Unpublishable::NotAhead(written(ahead)));
    }
    let days = published.terms().notice_days.days();
    let earliest = today.value().saturating_add(u64::from(days) * DAY);
    if next.effective.value() < earliest {
        let whole = Seconds::new(earliest.div_ceil(DAY) * DAY);
        return Err(Unpublishable::Notice {
            days,
            earliest: written(whole),
        });
    }
    Ok(())
}
