//! When a business may speak: the window, templates outside it, and the pace of everybody.
//! (SPEC B-12, B-13, B-15) Knows: rules over small states, and `now` as it is told. Never knows: what
//! time it is, whom it concerns, where states are kept.

mod courtesy;
mod pace;

pub use courtesy::{Courtesy, Recent};
pub use pace::{Pace, Spent};

use crate::{Class, Refusal, Rule};
use partywall_ground::Seconds;

/// For how long a business may answer. (SPEC B-12)
pub const WINDOW_SECONDS: u64 = 86_400;
/// Messages of one direction of a conversation that may lie uncollected. (SPEC B-15)
pub const UNCOLLECTED: u64 = 1_000;

/// Until when a business may say what it likes. (SPEC B-12, B-17)
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window(Seconds);

impl Window {
    /// None was ever open.
    pub const NEVER: Self = Self(Seconds::new(0));

    /// As it was kept: 0 if none was ever open.
    #[must_use]
    pub const fn until(expires_at: Seconds) -> Self {
        Self(expires_at)
    }

    /// `window_expires_at`: 0 if none was ever open. (SPEC B-17)
    #[must_use]
    pub const fn expires_at(self) -> Seconds {
        self.0
    }

    /// After the customer said something of this class: a reply opens it anew, a control does not.
    /// It never closes earlier than it would have. (SPEC B-12)
    #[must_use]
    pub fn after(self, class: Class, now: Seconds) -> Self {
        match class {
            Class::Reply => Self(self.0.max(later(now, WINDOW_SECONDS))),
            Class::Template | Class::Control => self,
        }
    }

    /// Whether the business may say a reply or control now. (SPEC B-12)
    ///
    /// # Errors
    /// `window-closed`; waiting does not help.
    pub fn admits(self, now: Seconds) -> Result<(), Refusal> {
        if now < self.0 {
            Ok(())
        } else {
            Err(Rule::WindowClosed.into())
        }
    }
}

/// Whether one more message may lie there. (SPEC B-15)
///
/// # Errors
/// `mail-full`; it ends when the other side collects.
pub fn admits_uncollected(waiting: u64) -> Result<(), Refusal> {
    if waiting < UNCOLLECTED {
        Ok(())
    } else {
        Err(Rule::MailFull.into())
    }
}

const fn later(time: Seconds, seconds: u64) -> Seconds {
    Seconds::new(time.value().saturating_add(seconds))
}

#[cfg(test)]
mod tests;
