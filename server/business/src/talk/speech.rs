//! What has to be remembered of what was said in one conversation, and what the rules make of it. Pure:
//! the rules themselves are the protocol's. (SPEC B-12, B-13, B-15)
//! Knows: a few numbers of one conversation, and a moment. Never knows: whose they are.

use partywall_business::window::{Courtesy, Pace, Recent, Spent, Window};
use partywall_business::{Categories, Category, Class, Commitment};
use partywall_ground::{Milliseconds, Seconds};
use partywall_store::StoreError;

use super::events::{Side, Told};
use super::last::Last;
use crate::clock::RelayTime;
use crate::refusal::{Refusal, Rule};

/// The window, templates, and the paces of both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Speech {
    window: Window,
    courtesy: Courtesy,
    customer: Spent,
    business: Spent,
    /// What the customer changes: opt-ins, consents, values, blocking, reports.
    changes: Spent,
    /// What either said last.
    customer_said: Option<Last>,
    business_said: Option<Last>,
}

/// What a customer changes: 20 at once and one in ten seconds. (SPEC B-15)
const CHANGES: Pace = Pace::new(20, 10_000);

/// Bits of the first byte in the database.
const MARKETING: u8 = 1;
const CHANGED: u8 = 2;
const CUSTOMER_SAID: u8 = 4;
const BUSINESS_SAID: u8 = 8;

impl Default for Speech {
    fn default() -> Self {
        Self {
            window: Window::NEVER,
            courtesy: Courtesy::default(),
            customer: Spent::NOTHING,
            business: Spent::NOTHING,
            changes: Spent::NOTHING,
            customer_said: None,
            business_said: None,
        }
    }
}

impl Speech {
    /// When the window closes; 0 if none was ever open. (B-17)
    pub(crate) const fn window_expires_at(&self) -> Seconds {
        self.window.expires_at()
    }

    /// The customer says something: a reply opens the window anew.
    pub(crate) fn customer_says(&self, class: Class, now: RelayTime) -> Result<Self, Refusal> {
        let mut next = self.clone();
        match class {
            Class::Reply => next.courtesy.answered(),
            Class::Control => {}
            Class::Template => return Err(Rule::TemplateUnknown.into()),
        }
        next.window = self.window.after(class, now.wire());
        next.customer = Pace::CUSTOMER.take(self.customer, millis(now))?;
        Ok(next)
    }

    /// The business says a reply or a control. (B-12)
    pub(crate) fn business_says(&self, now: RelayTime) -> Result<Self, Refusal> {
        self.window.admits(now.wire())?;
        self.clone().business_speaks(now)
    }

    /// The business says a template that it may send. (B-13)
    pub(crate) fn business_sends(
        &self,
        category: Category,
        opted: &Categories,
        now: RelayTime,
    ) -> Result<Self, Refusal> {
        self.courtesy.admits(category, opted, now.wire())?;
        let mut next = self.clone();
        next.courtesy.sent(category, now.wire());
        next.business_speaks(now)
    }

    fn business_speaks(mut self, now: RelayTime) -> Result<Self, Refusal> {
        self.business = Pace::BUSINESS_TO_ONE.take(self.business, millis(now))?;
        Ok(self)
    }

    /// The customer changes something. (B-15)
    pub(crate) fn customer_changes(&self, now: RelayTime) -> Result<Self, Refusal> {
        let changes = CHANGES.take(self.changes, millis(now))?;
        Ok(Self {
            changes,
            ..self.clone()
        })
    }

    /// What was answered, if these were the last words that this side was heard with. (B-25)
    pub(super) fn said_before(&self, to: Side, commitment: &Commitment) -> Option<Told> {
        let last = match to {
            Side::Business => self.customer_said,
            Side::Customer => self.business_said,
        };
        let last = last.filter(|last| last.commitment == *commitment);
        last.map(|last| last.told)
    }

    /// Remembers what was said to a side, and what is answered. (B-25)
    pub(super) const fn remember(&mut self, to: Side, last: Last) {
        match to {
            Side::Business => self.customer_said = Some(last),
            Side::Customer => self.business_said = Some(last),
        }
    }

    /// As it stands in the database.
    pub(crate) fn stored(&self) -> Vec<u8> {
        let (utility, authentication) = (
            self.courtesy.utility.times(),
            self.courtesy.authentication.times(),
        );
        let mut bytes = Vec::with_capacity(26 + 8 * (utility.len() + authentication.len()));
        let changed = self.changes != Spent::NOTHING;
        let bits = [
            (self.courtesy.marketing_unanswered, MARKETING),
            (changed, CHANGED),
            (self.customer_said.is_some(), CUSTOMER_SAID),
            (self.business_said.is_some(), BUSINESS_SAID),
        ];
        bytes.push(
            bits.iter()
                .filter(|(is_set, _)| *is_set)
                .fold(0, |bits, (_, bit)| bits | bit),
        );
        bytes.push(u8::try_from(utility.len()).unwrap_or(u8::MAX));
        let numbers = [
            self.window_expires_at().value(),
            self.customer.made_good_at().value(),
            self.business.made_good_at().value(),
        ];
        let times = utility
            .iter()
            .chain(authentication)
            .map(|time| time.value());
        let changes = changed.then(|| self.changes.made_good_at().value());
        for number in numbers.into_iter().chain(changes).chain(times) {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        for last in [&self.customer_said, &self.business_said] {
            bytes.extend(last.iter().flat_map(Last::stored));
        }
        bytes
    }

    /// As it was read from the database.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, StoreError> {
        Self::try_read(bytes).ok_or(StoreError::Corrupt)
    }

    fn try_read(bytes: &[u8]) -> Option<Self> {
        let ([bits, utility], bytes) = bytes.split_first_chunk::<2>()?;
        let has = |bit: u8| bits & bit != 0;
        let (bytes, business_said) = last_of(bytes, has(BUSINESS_SAID))?;
        let (bytes, customer_said) = last_of(bytes, has(CUSTOMER_SAID))?;
        let (numbers, []) = bytes.as_chunks::<8>() else {
            return None;
        };
        let numbers: Vec<u64> = numbers
            .iter()
            .map(|number| u64::from_be_bytes(*number))
            .collect();
        let ([window, customer, business], rest) = numbers.split_first_chunk::<3>()?;
        let (changes, times) = if has(CHANGED) {
            rest.split_first()?
        } else {
            (&0, rest)
        };
        let times: Vec<Seconds> = times.iter().copied().map(Seconds::new).collect();
        let (utility, authentication) = times.split_at_checked(usize::from(*utility))?;
        let spent = |time: u64| Spent::until(Milliseconds::new(time));
        Some(Self {
            window: Window::until(Seconds::new(*window)),
            courtesy: Courtesy {
                marketing_unanswered: has(MARKETING),
                utility: Recent::of(utility),
                authentication: Recent::of(authentication),
            },
            customer: spent(*customer),
            business: spent(*business),
            changes: spent(*changes),
            customer_said,
            business_said,
        })
    }
}

/// What was said last, if it stands at the end, and what is before it.
fn last_of(bytes: &[u8], is_there: bool) -> Option<(&[u8], Option<Last>)> {
    if !is_there {
        return Some((bytes, None));
    }
    let (before, last) = bytes.split_last_chunk::<{ Last::LENGTH }>()?;
    Some((before, Some(Last::read(last)?)))
}

const fn millis(now: RelayTime) -> Milliseconds {
    Milliseconds::new(now.millis())
}
