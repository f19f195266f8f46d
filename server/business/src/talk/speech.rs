//! What has to be remembered of what was said in one conversation, and what the rules make of it. Pure:
//! the rules themselves are the protocol's. (SPEC B-12, B-13, B-15)
//! Knows: a few numbers of one conversation, and a moment. Never knows: whose they are.

use partywall_business::window::{Courtesy, Pace, Recent, Spent, Window};
use partywall_business::{Categories, Category, Class};
use partywall_ground::{Milliseconds, Seconds};
use partywall_store::StoreError;

use crate::clock::RelayTime;
use crate::refusal::{Refusal, Rule};

/// The window, templates, and the paces of both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Speech {
    window: Window,
    courtesy: Courtesy,
    customer: Spent,
    business: Spent,
}

impl Default for Speech {
    fn default() -> Self {
        Self {
            window: Window::NEVER,
            courtesy: Courtesy::default(),
            customer: Spent::NOTHING,
            business: Spent::NOTHING,
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

    /// As it stands in the database.
    pub(crate) fn stored(&self) -> Vec<u8> {
        let (utility, authentication) = (
            self.courtesy.utility.times(),
            self.courtesy.authentication.times(),
        );
        let mut bytes = Vec::with_capacity(26 + 8 * (utility.len() + authentication.len()));
        bytes.push(u8::from(self.courtesy.marketing_unanswered));
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
        for number in numbers.into_iter().chain(times) {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        bytes
    }

    /// As it was read from the database.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, StoreError> {
        let ([marketing, utility], numbers) =
            bytes.split_first_chunk::<2>().ok_or(StoreError::Corrupt)?;
        let (numbers, rest) = numbers.as_chunks::<8>();
        let numbers: Vec<u64> = numbers
            .iter()
            .map(|number| u64::from_be_bytes(*number))
            .collect();
        let ([window, customer, business], times) = numbers
            .split_first_chunk::<3>()
            .ok_or(StoreError::Corrupt)?;
        let times: Vec<Seconds> = times.iter().copied().map(Seconds::new).collect();
        let split = times.split_at_checked(usize::from(*utility));
        let (utility, authentication) = split.ok_or(StoreError::Corrupt)?;
        if !rest.is_empty() {
            return Err(StoreError::Corrupt);
        }
        let spent = |time: u64| Spent::until(Milliseconds::new(time));
        Ok(Self {
            window: Window::until(Seconds::new(*window)),
            courtesy: Courtesy {
                marketing_unanswered: *marketing == 1,
                utility: Recent::of(utility),
                authentication: Recent::of(authentication),
            },
            customer: spent(*customer),
            business: spent(*business),
        })
    }
}

const fn millis(now: RelayTime) -> Milliseconds {
    Milliseconds::new(now.millis())
}
