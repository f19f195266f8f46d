//! How many templates a customer gets of each category. (SPEC B-13)
//! Knows: what was sent lately and whether the customer answered. Never knows: which templates.

use super::later;
use crate::{Categories, Category, Refusal, Rule};
use partywall_ground::Seconds;

/// In how many seconds the caps hold.
const DAY: u64 = 86_400;
/// UTILITY and AUTHENTICATION in a day, each.
const IN_A_DAY: usize = 10;
/// Between two AUTHENTICATION.
const BETWEEN_CODES: u64 = 30;

/// When the last ten were sent, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recent(Vec<Seconds>);

impl Recent {
    /// As they were kept, the oldest first; of more than ten the last.
    #[must_use]
    pub fn of(times: &[Seconds]) -> Self {
        Self(times[times.len().saturating_sub(IN_A_DAY)..].to_vec())
    }

    /// Them, the oldest first: for keeping.
    #[must_use]
    pub fn times(&self) -> &[Seconds] {
        &self.0
    }

    fn add(&mut self, now: Seconds) {
        if self.0.len() >= IN_A_DAY {
            self.0.remove(0);
        }
        self.0.push(now);
    }

    /// From when on there are not ten in any 24 hours.
    fn free_at(&self) -> Option<Seconds> {
        let tenth = self.0.len().checked_sub(IN_A_DAY)?;
        self.0.get(tenth).map(|oldest| later(*oldest, DAY))
    }

    /// From when on the last one is so long ago.
    fn after_last(&self, seconds: u64) -> Option<Seconds> {
        self.0.last().map(|last| later(*last, seconds))
    }
}

/// What one conversation's customer got by template, as far as it still counts. (SPEC B-13)
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Courtesy {
    /// Whether an advertisement waits for the customer's next reply.
    pub marketing_unanswered: bool,
    /// UTILITY.
    pub utility: Recent,
    /// AUTHENTICATION.
    pub authentication: Recent,
}

impl Courtesy {
    /// Whether a template of this category may be sent now. (SPEC B-13)
    ///
    /// # Errors
    /// `not-opted-in` and `marketing-unanswered`, which waiting does not end; `utility-cap` and
    /// `authentication-pace` with the second from which on it may.
    pub fn admits(
        &self,
        category: Category,
        opted_in: &Categories,
        now: Seconds,
    ) -> Result<(), Refusal> {
        if !opted_in.has(category) {
            return Err(Rule::NotOptedIn.into());
        }
        let (rule, until) = match category {
            Category::Marketing if self.marketing_unanswered => {
                return Err(Rule::MarketingUnanswered.into());
            }
            Category::Marketing => return Ok(()),
            Category::Utility => (Rule::UtilityCap, self.utility.free_at()),
            Category::Authentication => {
                let paced = self.authentication.after_last(BETWEEN_CODES);
                let until = paced.max(self.authentication.free_at());
                (Rule::AuthenticationPace, until)
            }
        };
        match until {
            Some(until) if now < until => Err(Refusal::until(rule, until)),
            _ => Ok(()),
        }
    }

    /// After one of this category was sent.
    pub fn sent(&mut self, category: Category, now: Seconds) {
        match category {
            Category::Marketing => self.marketing_unanswered = true,
            Category::Utility => self.utility.add(now),
            Category::Authentication => self.authentication.add(now),
        }
    }

    /// After the customer replied. (SPEC B-13)
    pub const fn answered(&mut self) {
        self.marketing_unanswered = false;
    }
}
