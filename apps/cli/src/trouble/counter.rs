//! Why a command of the business wing ended: the library's errors and the relay's rules.
//! Knows: causes and what to do about them. Never knows: texts, keys, pseudonyms.

use partywall_business::BadDomain;
use partywall_client::business::Seconds;
use partywall_client::business::error::{
    AskError, BeginError, ChangeError, Distrust, FindError, LineError, LookError, OpenError,
    Refusal, ReportError, RightsError, Rule, SayError, Stopped, VaultError,
};
use partywall_client::shop::{EnrolError, TemplateError};

use super::{Exit, Trouble};
use crate::counter::moments;

impl Trouble {
    /// A link cannot be read.
    pub(crate) fn of_a_link(error: &dyn std::fmt::Display) -> Self {
        let trouble = Self::of(Exit::Link, error);
        let hint = "copy it again, from its beginning to its end";
        Self {
            hint: trouble.hint.or_else(|| Some(hint.to_owned())),
            ..trouble
        }
    }

    /// A rule of the relay forbids it: its sentence, its name, and from when on it would be allowed.
    pub(crate) fn by_rule(rule: Rule, until: Option<Seconds>, now: Seconds) -> Self {
        let exit = match rule {
            Rule::NoSuchBusiness | Rule::NoSuchConversation => Exit::Contact,
            Rule::LowDisk | Rule::Busy => Exit::Relay,
            _ => Exit::Rule,
        };
        let sentence = rule.sentence().trim_end_matches('.');
        let (what, hint) = match sentence.split_once(": ") {
            Some((what, hint)) => (what, hint),
            None => (sentence, "look at what you chose, or ask the operator"),
        };
        let when = until.map_or_else(String::new, |until| {
            let from = moments::from(until, now);
            format!("; it would be allowed {from} ({})", moments::rfc3339(until))
        });
        Self::new(
            exit,
            format!("{} (rule {rule})", small(what)),
            format!("{hint}{when}"),
        )
    }
}

/// Sentences of the library begin with a small letter behind "error: ".
fn small(sentence: &str) -> String {
    let mut letters = sentence.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => String::new(),
    }
}

impl From<OpenError> for Trouble {
    fn from(error: OpenError) -> Self {
        let exit = match &error {
            OpenError::Vault(VaultError::WrongPassphrase | VaultError::EmptyPassphrase) => {
                Exit::Passphrase
            }
            OpenError::NoEntropy(_) => Exit::Failure,
            _ => Exit::Store,
        };
        Self::of(exit, &error)
    }
}

impl From<Stopped> for Trouble {
    fn from(stopped: Stopped) -> Self {
        let exit = match stopped {
            Stopped::Closed => Exit::Failure,
            _ => Exit::Store,
        };
        Self::of(exit, &stopped)
    }
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        Self::by_rule(refusal.rule, refusal.until, moments::now())
    }
}

impl From<BadDomain> for Trouble {
    fn from(bad: BadDomain) -> Self {
        Self::usage(
            bad.to_string()
                .replace(": write it like bakery.example", ""),
            "write it like bakery.example",
        )
    }
}

impl From<AskError> for Trouble {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Down(reason) => reason.into(),
            AskError::Refused(refusal) => refusal.into(),
            AskError::Stopped(stopped) => stopped.into(),
            other => Self::of(Exit::Relay, &other),
        }
    }
}

impl From<Distrust> for Trouble {
    fn from(distrust: Distrust) -> Self {
        let trouble = Self::of(Exit::Unproven, &distrust);
        let hint = "nothing was sent; ask the operator, and show them this sentence";
        Self {
            hint: trouble.hint.or_else(|| Some(hint.to_owned())),
            ..trouble
        }
    }
}

impl From<FindError> for Trouble {
    fn from(error: FindError) -> Self {
        match error {
            FindError::Domain(bad) => bad.into(),
            FindError::Ask(ask) => ask.into(),
            FindError::Distrust(distrust) => distrust.into(),
            other => Self::of(Exit::Failure, &other),
        }
    }
}

impl From<LineError> for Trouble {
    fn from(error: LineError) -> Self {
        let trouble = Self::of(Exit::Failure, &error);
        let hint = "tell the business";
        Self {
            hint: trouble.hint.or_else(|| Some(hint.to_owned())),
            ..trouble
        }
    }
}

/// Choices that do not fit.
fn choices(error: &dyn std::fmt::Display) -> Trouble {
    let sentence = error.to_string();
    let (what, hint) = match sentence.split_once(": ") {
        Some((what, hint)) => (what.to_owned(), hint.to_owned()),
        None => (sentence, String::new()),
    };
    let terms = "`partywall customer terms DOMAIN --details` names what can be switched";
    let hint = match hint.as_str() {
        "" => terms.to_owned(),
        hint => format!("{hint}; {terms}"),
    };
    Trouble::usage(what, hint)
}

impl From<BeginError> for Trouble {
    fn from(error: BeginError) -> Self {
        match error {
            BeginError::Choices(bad) => choices(&bad),
            BeginError::Ask(ask) => ask.into(),
            BeginError::Distrust(distrust) => distrust.into(),
            BeginError::Line(line) => line.into(),
            other => Self::of(Exit::Contact, &other),
        }
    }
}

impl From<SayError> for Trouble {
    fn from(error: SayError) -> Self {
        match error {
            SayError::Stopped(stopped) => stopped.into(),
            SayError::NoSuchConversation => Self::of(Exit::Contact, &error),
            SayError::CertificateChanged => certificate_changed(),
            SayError::Ended | SayError::NotSpokenYet => Self::of(Exit::Rule, &error),
            other => Self::of(Exit::Usage, &other),
        }
    }
}

/// Keys or hosting changed, and nobody looked at it yet.
pub(crate) fn certificate_changed() -> Trouble {
    Trouble::new(
        Exit::Unproven,
        "the business's keys, hosting or domain changed, so nothing is said before you have looked at it",
        "`partywall customer changes DOMAIN` shows what changed; with --accept-certificate it goes on",
    )
}

impl From<ChangeError> for Trouble {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Choices(bad) => choices(&bad),
            ChangeError::Ask(ask) => ask.into(),
            ChangeError::Distrust(distrust) => distrust.into(),
            ChangeError::Line(line) => line.into(),
            ChangeError::Ended => Self::of(Exit::Rule, &error),
            ChangeError::NothingPending => Self::failure(
                error.to_string(),
                "`partywall customer changes DOMAIN` shows what waits to be looked at",
            ),
            other => Self::of(Exit::Failure, &other),
        }
    }
}

impl From<RightsError> for Trouble {
    fn from(error: RightsError) -> Self {
        match error {
            RightsError::Ask(ask) => ask.into(),
            RightsError::Distrust(distrust) => distrust.into(),
            other => Self::of(Exit::Failure, &other),
        }
    }
}

impl From<LookError> for Trouble {
    fn from(error: LookError) -> Self {
        match error {
            LookError::Stopped(stopped) => stopped.into(),
            LookError::NoSuchChat => Self::of(Exit::Contact, &error),
            other => Self::new(
                Exit::Failure,
                other.to_string(),
                "`history --json` shows the ids",
            ),
        }
    }
}

impl From<ReportError> for Trouble {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Ask(ask) => ask.into(),
            other => Self::new(
                Exit::Failure,
                other.to_string(),
                "`partywall customer history DOMAIN --json` shows the ids",
            ),
        }
    }
}

impl From<EnrolError> for Trouble {
    fn from(error: EnrolError) -> Self {
        match error {
            EnrolError::Ask(ask) => ask.into(),
            EnrolError::Domain(bad) => bad.into(),
            EnrolError::OtherRelay => Self::of(Exit::Store, &error),
            other => Self::new(Exit::Usage, other.to_string(), "say another with --name"),
        }
    }
}

impl From<TemplateError> for Trouble {
    fn from(error: TemplateError) -> Self {
        match error {
            TemplateError::Ask(ask) => ask.into(),
            TemplateError::Refused(findings) => {
                let broken: Vec<&str> = findings.iter().map(|one| one.rule.word()).collect();
                Self::new(
                    Exit::Rule,
                    format!(
                        "this template breaks rules that no operator can lift, and was not sent: {}",
                        broken.join("; ")
                    ),
                    "change it, and hand it in again",
                )
            }
            other => Self::of(Exit::Failure, &other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_the_rule_says_what_to_do_and_from_when_on_it_would_be_allowed() {
        let now = Seconds::new(1_700_000_000);
        let later = Seconds::new(1_700_000_000 + 7_200);
        let refused = Trouble::by_rule(Rule::UtilityCap, Some(later), now);
        assert_eq!(refused.exit, Exit::Rule);
        assert_eq!(
            refused.what,
            "ten templates about orders and appointments went to this customer in 24 hours (rule utility-cap)"
        );
        assert_eq!(
            refused.hint.as_deref(),
            Some(
                "wait until the oldest is a day old; it would be allowed from 2023-11-15 00:13Z on, in 2 hours (2023-11-15T00:13:20.000Z)"
            )
        );
    }

    #[test]
    fn every_rule_has_a_sentence_and_a_hint_and_an_unknown_business_is_told_apart() {
        for rule in Rule::ALL {
            let refused = Trouble::by_rule(rule, None, Seconds::new(0));
            assert!(refused.what.contains(rule.word()), "{rule}");
            assert!(refused.hint.is_some_and(|hint| !hint.is_empty()), "{rule}");
        }
        let unknown = Trouble::by_rule(Rule::NoSuchBusiness, None, Seconds::new(0));
        assert_eq!(unknown.exit, Exit::Contact);
    }

    #[test]
    fn what_is_not_proven_is_told_apart_from_what_is_refused() {
        let caught = Trouble::from(FindError::from(Distrust::RolledBack));
        assert_eq!(caught.exit, Exit::Unproven);
        assert_eq!(caught.hint.as_deref(), Some("do not rely on it"));
    }
}
