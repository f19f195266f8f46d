//! Walks to a relay as a line would, step by step, and reports what it saw: for `doctor RELAY`.
//! Knows: one authority at a time, and the key that a link names. Never knows: mailboxes; and never
//! sends a frame: it listens to Hello and hangs up.

mod report;
mod target;

use std::sync::Arc;
use std::time::Duration;

use partywall_ground::limits::HANDSHAKE_SECONDS;
use partywall_proof::link::Authority;
use partywall_street::{Dialler, Direct, Introduced, Trouble, Way, host_of};
use partywall_world::Clock;
use tokio::time::timeout;

use super::doors::DEPOSIT;

pub use report::{Check, Report, Step, Verdict};
pub use target::{NotATarget, Target};

/// The patience for TLS, upgrade and Hello together. (SPEC §8)
const HANDSHAKE: Duration = Duration::from_secs(HANDSHAKE_SECONDS);
/// Greetings of which the median time is reported.
const GREETINGS: usize = 5;

/// Looks at every authority of `target` over TCP: a report each, in their order.
pub async fn probe(target: &Target, clock: Arc<dyn Clock>) -> Vec<Report> {
    probe_by(Arc::new(Direct), target, clock).await
}

/// The same over another way.
pub async fn probe_by(way: Arc<dyn Way>, target: &Target, clock: Arc<dyn Clock>) -> Vec<Report> {
    let dialler = Dialler::new(way, clock);
    let mut reports = Vec::new();
    for at in target.authorities() {
        let mut report = Report::new(at);
        if let Err((check, trouble)) = Box::pin(walk(&dialler, at, target, &mut report)).await {
            report.failed(check, &trouble);
        }
        reports.push(report);
    }
    reports
}

/// All steps at one authority, up to the first that fails.
async fn walk(
    dialler: &Dialler,
    at: &Authority,
    target: &Target,
    report: &mut Report,
) -> Result<(), (Check, Trouble)> {
    let clock = dialler.clock();
    let stream = dialler
        .connect(at)
        .await
        .map_err(|trouble| (Check::Reach, trouble))?;
    report.reached();

    let secured = in_time(at, dialler.secure(at, stream)).await;
    let secured = secured.map_err(|trouble| (Check::Tls, trouble))?;
    report.tls(secured.version(), secured.group());
    let dates = secured.certificate_dates();

    let asked = clock.monotonic();
    let greeting = async {
        let dialled = secured.upgrade(DEPOSIT, Arc::clone(clock)).await?;
        dialled.introduced().await
    };
    let introduced = in_time(at, greeting).await;
    let introduced = introduced.map_err(|trouble| (Check::Relay, trouble))?;
    let first = clock.monotonic().since(asked);
    let now = clock.wall();
    report.relay();
    report.certificate(dates, vouched_until(&introduced, now), now);
    let (time, days) = (introduced.hello().clock, introduced.hello().retention);

    match target.key() {
        None => report.not_pinned(),
        Some(key) => {
            let proven = introduced.prove(key, now).map(drop);
            proven.map_err(|wrong| (Check::Identity, wrong.into()))?;
            report.identity();
        }
    }
    report.clock(time, now);
    report.retention(days);
    report.round_trip(median(dialler, at, first).await);
    Ok(())
}

/// Until when the relay vouches for the certificate that it showed, if its vouch holds.
fn vouched_until(introduced: &Introduced, now: partywall_world::Wall) -> Option<u64> {
    let hello = introduced.hello();
    let now = partywall_ground::Seconds::new(now.seconds());
    let ours = hello
        .vouches
        .iter()
        .filter(|vouch| vouch.spki == *introduced.shown());
    let holding = ours.filter_map(|vouch| vouch.clone().prove(&hello.relay, now).ok());
    holding.map(|vouched| vouched.not_after().value()).max()
}

/// The median time from asking for a door to Hello: one round trip and the relay's own work.
async fn median(dialler: &Dialler, at: &Authority, first: Duration) -> Duration {
    let mut times = vec![first];
    while times.len() < GREETINGS {
        match Box::pin(in_time(at, greeted(dialler, at))).await {
            Ok(time) => times.push(time),
            Err(_what_was_seen_suffices) => break,
        }
    }
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or(first)
}

async fn greeted(dialler: &Dialler, at: &Authority) -> Result<Duration, Trouble> {
    let clock = dialler.clock();
    let stream = dialler.connect(at).await?;
    let secured = dialler.secure(at, stream).await?;
    let asked = clock.monotonic();
    let dialled = secured.upgrade(DEPOSIT, Arc::clone(clock)).await?;
    let _introduced = dialled.introduced().await?;
    Ok(clock.monotonic().since(asked))
}

async fn in_time<T>(
    at: &Authority,
    step: impl Future<Output = Result<T, Trouble>>,
) -> Result<T, Trouble> {
    let slow = |_elapsed| Err(Trouble::TooSlow { host: host_of(at) });
    timeout(HANDSHAKE, step).await.unwrap_or_else(slow)
}

#[cfg(test)]
mod tests;
