//! `partywall doctor`: how a relay looks from here.
//! Knows: what the probe saw. Never knows: mailboxes; it asks for none.

use std::sync::Arc;

use partywall_client::doctor::{Check, Report, Target, Verdict, probe};
use partywall_world::SystemClock;
use serde_json::{Value, json};

use crate::arguments::Doctor;
use crate::opening;
use crate::screen::{Screen, bad, careful, good, strong};
use crate::trouble::{Exit, Trouble};
use crate::words::{one_line, rfc3339};

/// Looks at every address in the link, and fails if something is wrong at one of them.
pub(super) async fn run(what: &Doctor, screen: &Screen) -> Result<(), Trouble> {
    let said = opening::read(&what.relay)?;
    let target: Target = said.parse().map_err(|_neither| {
        Trouble::new(
            Exit::Link,
            "this is neither a whole Partywall link nor an address",
            "give a relay's link, from https:// to its end, or https://HOST:PORT",
        )
    })?;
    let reports = Box::pin(probe(&target, Arc::new(SystemClock::new()))).await;
    for report in &reports {
        screen.either(&object(report), &page(report))?;
    }
    match reports
        .iter()
        .find(|report| report.verdict() == Verdict::Bad)
    {
        Some(report) => Err(wrong(report)),
        None => Ok(()),
    }
}

/// The exit code is that of the first failed step.
fn wrong(report: &Report) -> Trouble {
    let failed = report
        .steps
        .iter()
        .find(|step| step.verdict == Verdict::Bad);
    let exit = match failed.map(|step| step.check) {
        Some(Check::Reach) | None => Exit::Unreachable,
        Some(_) => Exit::Relay,
    };
    Trouble::new(
        exit,
        format!("something is wrong at {}", one_line(&report.authority)),
        "see the line that is marked",
    )
}

fn page(report: &Report) -> String {
    let mut lines = vec![strong(&one_line(&report.authority))];
    for step in &report.steps {
        let mark = match step.verdict {
            Verdict::Good => good("ok  "),
            Verdict::Notice => careful("look"),
            Verdict::Bad => bad("bad "),
        };
        lines.push(format!(
            "  {mark} {:<11} {}",
            check(step.check),
            one_line(&step.sentence)
        ));
    }
    lines.join("\n")
}

fn object(report: &Report) -> Value {
    let steps: Vec<Value> = report
        .steps
        .iter()
        .map(|step| {
            json!({
                "check": check(step.check),
                "verdict": verdict(step.verdict),
                "sentence": step.sentence,
            })
        })
        .collect();
    let vouched = report
        .vouched_until
        .map(|seconds| rfc3339(partywall_world::Wall::from_seconds(seconds)));
    json!({
        "relay": report.authority,
        "verdict": verdict(report.verdict()),
        "steps": steps,
        "tls": report.tls_version,
        "key_exchange": report.key_exchange,
        "vouched_until": vouched,
        "identity_proven": report.identity_proven,
        "clock_ahead_seconds": report.clock_ahead,
        "retention_days": report.retention_days,
        "latency_milliseconds": report.round_trip.map(|time| time.as_secs_f64() * 1_000.0),
    })
}

fn check(check: Check) -> &'static str {
    match check {
        Check::Reach => "reachable",
        Check::Tls => "TLS",
        Check::Relay => "relay",
        Check::Certificate => "certificate",
        Check::Identity => "identity",
        Check::Clock => "clock",
        Check::Retention => "retention",
        Check::RoundTrip => "latency",
    }
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Good => "good",
        Verdict::Notice => "notice",
        Verdict::Bad => "bad",
    }
}
