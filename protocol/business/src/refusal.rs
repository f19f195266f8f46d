//! Refusals: the rule that forbids, and from when on it does not. (SPEC §11.8, B-5)
//! Knows: the rules and a sentence for each. Never knows: who asked.

use crate::Number;
use crate::field::closed;
use minicbor::{Decode, Encode};
use partywall_ground::Seconds;

closed! {
    /// Which rule forbids it. (SPEC §11.8)
    Rule, 32 {
        /// Nobody here has that name.
        NoSuchBusiness = 1, "no-such-business";
        /// The operator did not verify the business.
        NotVerified = 2, "not-verified";
        /// The operator suspended the business.
        Suspended = 3, "suspended";
        /// The operator revoked the business.
        Revoked = 4, "revoked";
        /// There is no such conversation.
        NoSuchConversation = 5, "no-such-conversation";
        /// The customer left.
        Left = 6, "left";
        /// The customer blocked the business. (B-14)
        Blocked = 7, "blocked";
        /// 24 hours have passed since the customer wrote. (B-12)
        WindowClosed = 8, "window-closed";
        /// The business has no such template.
        TemplateUnknown = 9, "template-unknown";
        /// The operator did not approve the template.
        TemplateNotApproved = 10, "template-not-approved";
        /// The template is paused.
        TemplatePaused = 11, "template-paused";
        /// The customer did not opt in to the template's category.
        NotOptedIn = 12, "not-opted-in";
        /// The customer did not answer the last advertisement. (B-13)
        MarketingUnanswered = 13, "marketing-unanswered";
        /// Ten in 24 hours. (B-13)
        UtilityCap = 14, "utility-cap";
        /// One in 30 seconds, ten in 24 hours. (B-13)
        AuthenticationPace = 15, "authentication-pace";
        /// Faster than messages may come. (B-15)
        Pace = 16, "pace";
        /// Too many messages lie uncollected. (B-15)
        MailFull = 17, "mail-full";
        /// The business has another certificate by now. (B-11)
        StaleCertificate = 18, "stale-certificate";
        /// No such table was published here.
        TableUnknown = 19, "table-unknown";
        /// The table's sunset has passed.
        TableOutdated = 20, "table-outdated";
        /// The consent does not hold.
        BadConsent = 21, "bad-consent";
        /// A consent with this counter or a higher one was there before.
        CounterTooLow = 22, "counter-too-low";
        /// The policy or the consent does not permit it.
        NotPermitted = 23, "not-permitted";
        /// Another business has that domain.
        DomainTaken = 24, "domain-taken";
        /// Businesses of that industry are not taken.
        ProhibitedIndustry = 25, "prohibited-industry";
        /// The report's proof does not hold.
        NotProven = 26, "not-proven";
        /// What this customer had here was erased.
        Erased = 27, "erased";
        /// The relay's disk is nearly full.
        LowDisk = 28, "low-disk";
        /// The relay has too much to do.
        Busy = 29, "busy";
        /// The shelf has as many bundles as it may.
        ShelfFull = 30, "shelf-full";
        /// There is nothing of that name.
        NoSuchThing = 31, "no-such-thing";
        /// The template breaks rules that no operator can lift. (§11.9)
        TemplateRefused = 32, "template-refused";
    }
}

impl Rule {
    /// One sentence for people: what is the matter, and what to do.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NoSuchBusiness => {
                "There is no such business on this relay: check the name, or ask for its link."
            }
            Self::NotVerified => {
                "The operator has not verified this business yet: wait until it has."
            }
            Self::Suspended => {
                "The operator has suspended this business: nothing can be said until it is lifted."
            }
            Self::Revoked => {
                "The operator has revoked this business: it cannot be written to any more."
            }
            Self::NoSuchConversation => {
                "There is no such conversation: begin one before saying anything."
            }
            Self::Left => {
                "The customer has left this conversation: only the customer can begin another."
            }
            Self::Blocked => "You have blocked this business: unblock it to go on.",
            Self::WindowClosed => {
                "More than 24 hours have passed since the customer wrote: send an approved template, or wait for an answer."
            }
            Self::TemplateUnknown => {
                "The business has no such template: hand it in, then wait for approval."
            }
            Self::TemplateNotApproved => {
                "The operator has not approved this template: wait for approval, or change it and hand it in again."
            }
            Self::TemplatePaused => {
                "The operator has paused this template: use it again when the pause is over."
            }
            Self::NotOptedIn => {
                "The customer has not opted in to templates of this category: only the customer can."
            }
            Self::MarketingUnanswered => {
                "The customer has not answered the last advertisement: wait for an answer."
            }
            Self::UtilityCap => {
                "Ten templates about orders and appointments went to this customer in 24 hours: wait until the oldest is a day old."
            }
            Self::AuthenticationPace => {
                "Codes go to a customer once in 30 seconds and ten times in 24 hours: wait a little."
            }
            Self::Pace => "Messages come faster than they may: wait a moment, then go on.",
            Self::MailFull => {
                "A thousand messages wait to be collected: wait until the other side has taken some."
            }
            Self::StaleCertificate => {
                "The business has a new certificate: look it up again before going on."
            }
            Self::TableUnknown => {
                "This policy was never published here: look the business up again for the one in force."
            }
            Self::TableOutdated => {
                "This policy can no longer be accepted: read the one in force and choose again."
            }
            Self::BadConsent => {
                "The choices do not fit the policy or are not signed as they must be: choose again."
            }
            Self::CounterTooLow => {
                "Later choices are already in force: ask for them and choose again from there."
            }
            Self::NotPermitted => {
                "The policy, or what you chose, does not permit this: change the choice first."
            }
            Self::DomainTaken => {
                "Another verified business has this domain: use another, or ask the operator."
            }
            Self::ProhibitedIndustry => "Businesses of this industry are not taken on this relay.",
            Self::NotProven => {
                "The report does not prove what was said: report the message as it was received."
            }
            Self::Erased => {
                "What you had with this business was erased: begin again with new keys."
            }
            Self::LowDisk => {
                "The relay's disk is nearly full: try again later, or tell its operator."
            }
            Self::Busy => "The relay has too much to do: try again in a while.",
            Self::ShelfFull => {
                "The shelf has as many bundles as it may: wait until some are taken."
            }
            Self::NoSuchThing => {
                "There is nothing of that name on this relay: check what was asked for."
            }
            Self::TemplateRefused => {
                "The template breaks a rule that the operator cannot lift: check it, change it, hand it in again."
            }
        }
    }
}

/// A request is refused; the connection goes on. (SPEC §11.2, B-5)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Refused {
    /// Which request.
    #[n(0)]
    pub number: Number,
    /// By which rule.
    #[n(1)]
    pub rule: Rule,
    /// From when on the same request would be allowed, in the relay's time, if waiting helps.
    #[n(2)]
    pub until: Option<Seconds>,
}

/// What a rule says before it is the answer to a request. (SPEC B-5)
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", rule.sentence())]
pub struct Refusal {
    /// Which rule.
    pub rule: Rule,
    /// From when on it would be allowed, if waiting helps.
    pub until: Option<Seconds>,
}

impl Refusal {
    /// Refused, and waiting does not help.
    #[must_use]
    pub const fn by(rule: Rule) -> Self {
        Self { rule, until: None }
    }

    /// Refused until then.
    #[must_use]
    pub const fn until(rule: Rule, until: Seconds) -> Self {
        Self {
            rule,
            until: Some(until),
        }
    }

    /// The answer to the request of this number.
    #[must_use]
    pub const fn answers(self, number: Number) -> Refused {
        Refused {
            number,
            rule: self.rule,
            until: self.until,
        }
    }
}

impl From<Rule> for Refusal {
    fn from(rule: Rule) -> Self {
        Self::by(rule)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_one_sentence_of_its_own_for_people() {
        let mut sentences = std::collections::BTreeSet::new();
        for rule in Rule::ALL {
            let sentence = rule.sentence();
            assert!(sentence.ends_with('.') && sentence.len() < 160, "{rule}");
            assert!(sentences.insert(sentence), "{rule}");
        }
        assert_eq!(sentences.len(), 32);
    }
}
