//! What a probe saw, in values for programs and in one sentence a step for people.
//! Knows: findings. Never knows: how they came about.

use std::time::Duration;

use partywall_ground::{Days, Seconds};
use partywall_proof::link::Authority;
use partywall_street::Trouble;
use partywall_world::Wall;
use rustls::{NamedGroup, ProtocolVersion};

/// A clock that is wrong by more than this makes vouches and expiry go wrong, too.
const CLOCK_TOLERANCE: u64 = 60;
/// A vouch that ends in less than this wants to be renewed.
const VOUCH_WARNING: u64 = 7 * DAY;
const DAY: u64 = 86_400;

/// What was seen at one authority. A field is empty when the walk did not get so far.
#[derive(Clone, Debug)]
pub struct Report {
    /// `HOST:PORT` that was looked at.
    pub authority: String,
    /// The steps in order; the last one may be a failure, and then there are no further ones.
    pub steps: Vec<Step>,
    /// The TLS version, such as `TLSv1.3`.
    pub tls_version: Option<String>,
    /// The key exchange, such as `X25519MLKEM768`.
    pub key_exchange: Option<String>,
    /// From when until when the certificate says that it is valid, in Unix seconds. Clients ignore
    /// it (SPEC R-1); browsers do not.
    pub certificate_dates: Option<(u64, u64)>,
    /// Until when the relay vouches for the certificate, in Unix seconds.
    pub vouched_until: Option<u64>,
    /// Whether the relay is the one of the link; none without a link.
    pub identity_proven: Option<bool>,
    /// How many seconds the relay's clock is ahead of this machine's; negative when behind.
    pub clock_ahead: Option<i64>,
    /// How long uncollected mail is kept, in days.
    pub retention_days: Option<u64>,
    /// The median time from asking for a door to the relay's greeting.
    pub round_trip: Option<Duration>,
}

/// One step of the walk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What was looked at.
    pub check: Check,
    /// What came of it.
    pub verdict: Verdict,
    /// The same for people, with what to do if something is to be done.
    pub sentence: String,
}

/// What is looked at, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Check {
    /// Whether somebody answers.
    Reach,
    /// Whether TLS 1.3 stands, and how its keys were agreed on.
    Tls,
    /// Whether it is a relay that answers.
    Relay,
    /// The certificate's dates and the relay's vouch for it.
    Certificate,
    /// Whether it is the relay of the link.
    Identity,
    /// The difference of the clocks.
    Clock,
    /// How long mail is kept.
    Retention,
    /// How long a greeting takes.
    RoundTrip,
}

/// What came of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// As it should be.
    Good,
    /// It works, and somebody should look at it.
    Notice,
    /// It does not work.
    Bad,
}

impl Report {
    pub(super) fn new(at: &Authority) -> Self {
        Self {
            authority: at.as_str().to_owned(),
            steps: Vec::new(),
            tls_version: None,
            key_exchange: None,
            certificate_dates: None,
            vouched_until: None,
            identity_proven: None,
            clock_ahead: None,
            retention_days: None,
            round_trip: None,
        }
    }

    /// The worst verdict of all steps: what a program exits with.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let worst = self.steps.iter().map(|step| step.verdict).max();
        worst.unwrap_or(Verdict::Bad)
    }

    fn say(&mut self, check: Check, verdict: Verdict, sentence: impl Into<String>) {
        let sentence = sentence.into();
        self.steps.push(Step {
            check,
            verdict,
            sentence,
        });
    }

    pub(super) fn failed(&mut self, check: Check, trouble: &Trouble) {
        if check == Check::Identity {
            self.identity_proven = Some(false);
        }
        self.say(check, Verdict::Bad, trouble.to_string());
    }

    pub(super) fn reached(&mut self) {
        let sentence = format!("{} answers", self.authority);
        self.say(Check::Reach, Verdict::Good, sentence);
    }

    pub(super) fn tls(&mut self, version: Option<ProtocolVersion>, group: Option<NamedGroup>) {
        let version = match version {
            Some(ProtocolVersion::TLSv1_3) | None => "TLSv1.3".to_owned(),
            Some(other) => format!("{other:?}"),
        };
        let name = group.map_or_else(|| "unknown".to_owned(), |group| format!("{group:?}"));
        let (verdict, sentence) = match group {
            Some(NamedGroup::X25519MLKEM768) => (
                Verdict::Good,
                format!("{version} with the hybrid key exchange {name}"),
            ),
            _ => (
                Verdict::Notice,
                format!(
                    "{version} with {name}, which a quantum computer could open later; update the relay or the proxy before it to one that offers X25519MLKEM768"
                ),
            ),
        };
        self.tls_version = Some(version);
        self.key_exchange = Some(name);
        self.say(Check::Tls, verdict, sentence);
    }

    pub(super) fn relay(&mut self) {
        self.say(Check::Relay, Verdict::Good, "a Partywall relay greets");
    }

    pub(super) fn certificate(
        &mut self,
        dates: Option<(u64, u64)>,
        vouched_until: Option<u64>,
        now: Wall,
    ) {
        self.certificate_dates = dates;
        self.vouched_until = vouched_until;
        let now = now.seconds();
        let stale = dates.is_some_and(|(from, until)| !(from..=until).contains(&now));
        let (verdict, sentence) = match vouched_until {
            None => (
                Verdict::Bad,
                "the relay does not vouch for the certificate that was shown, so no client will talk to it; the operator runs `partywall-relay vouch` for the proxy's certificate".to_owned(),
            ),
            Some(until) if until.saturating_sub(now) < VOUCH_WARNING => (
                Verdict::Notice,
                format!(
                    "the relay's vouch for the certificate ends in {}; the operator should renew it",
                    days(until.saturating_sub(now) / DAY)
                ),
            ),
            Some(_) if stale => (
                Verdict::Notice,
                "the relay vouches for the certificate, whose own dates are over, which matters to browsers only; the operator may renew it".to_owned(),
            ),
            Some(until) => (
                Verdict::Good,
                format!(
                    "the relay vouches for the certificate for another {}",
                    days(until.saturating_sub(now) / DAY)
                ),
            ),
        };
        self.say(Check::Certificate, verdict, sentence);
    }

    pub(super) fn identity(&mut self) {
        self.identity_proven = Some(true);
        let sentence = "it is the relay that the link names";
        self.say(Check::Identity, Verdict::Good, sentence);
    }

    pub(super) fn not_pinned(&mut self) {
        let sentence = "the identity is not pinned, since an address names nobody; give the relay's link to check it";
        self.say(Check::Identity, Verdict::Notice, sentence);
    }

    pub(super) fn clock(&mut self, relay: Seconds, here: Wall) {
        let (relay, here) = (relay.value(), here.seconds());
        let apart = relay.abs_diff(here);
        let signed = i64::try_from(apart).unwrap_or(i64::MAX);
        let ahead = relay >= here;
        self.clock_ahead = Some(if ahead { signed } else { -signed });
        let side = if ahead { "ahead of" } else { "behind" };
        let (verdict, sentence) = match apart {
            0..=CLOCK_TOLERANCE => (
                Verdict::Good,
                format!("the relay's clock agrees with this machine's, to {apart} s"),
            ),
            _ => (
                Verdict::Notice,
                format!(
                    "the relay's clock is {apart} s {side} this machine's; set whichever is wrong, by NTP if possible"
                ),
            ),
        };
        self.say(Check::Clock, verdict, sentence);
    }

    pub(super) fn retention(&mut self, kept: Days) {
        self.retention_days = Some(kept.value());
        let sentence = format!(
            "mail that nobody collects is kept for {}",
            days(kept.value())
        );
        self.say(Check::Retention, Verdict::Good, sentence);
    }

    pub(super) fn round_trip(&mut self, median: Duration) {
        self.round_trip = Some(median);
        let sentence = format!("a greeting takes {:.1} ms", median.as_secs_f64() * 1_000.0);
        self.say(Check::RoundTrip, Verdict::Good, sentence);
    }
}

fn days(count: u64) -> String {
    match count {
        1 => "1 day".to_owned(),
        count => format!("{count} days"),
    }
}
