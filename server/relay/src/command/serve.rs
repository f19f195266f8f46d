//! `serve`: starts a relay, says so, waits for a signal, stops.
//! Knows: signals and this process. Never knows: what the relay does meanwhile.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use partywall_process::{CoreImages, harden};
use partywall_world::{Clock, Dice, SystemClock};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::announce;
use super::arguments::Serve;
use crate::config::Configuration;
use crate::config::settings::{Settings, Wings};
use crate::process::{mistake, open_files};
use crate::{Relay, logs};

/// Files that the relay opens beside connections: database, log, listeners, operators.
const FILES_BESIDE: u64 = 256;

/// How long what still runs at the end, and the last lines of the log, are waited for.
const FAREWELL: Duration = Duration::from_secs(1);

/// Runs until a signal, or until the store fails.
pub(super) fn run(serve: &Serve) -> anyhow::Result<ExitCode> {
    let wanted = if serve.allow_core_dumps {
        CoreImages::Allowed
    } else {
        CoreImages::Refused
    };
    let core_images = harden(wanted, mistake);
    let found = super::gather_for(serve)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let settings = &found.settings;
    let log = logs::Aside::before(std::io::stderr()).context("the system gave no thread")?;
    let subscriber = logs::subscriber(
        settings.log_format,
        settings.log_level,
        Arc::clone(&clock),
        log.also(),
    );
    tracing::subscriber::set_global_default(subscriber).context("logging could not be set up")?;
    if core_images != wanted {
        tracing::warn!("the system would not switch core images off");
    }
    mention(&found);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_keep_alive(Duration::MAX)
        .build()
        .context("the system gave no threads")?;
    // Whoever reads a database has a thread from the start, and it stays: a system that gives no more of
    // them later keeps nobody waiting for ever.
    let thread = runtime.spawn_blocking(|| ());
    let there = runtime.block_on(async { tokio::time::timeout(FAREWELL, thread).await });
    there.context(
        "the system gave too few threads; allow this process more of them, or more memory",
    )??;
    let ended = runtime.block_on(live(found.settings, clock, serve.json));
    runtime.shutdown_timeout(FAREWELL);
    log.written(FAREWELL);
    ended
}

/// What the operator should know before anything starts.
fn mention(found: &Configuration) {
    for variable in &found.strangers {
        tracing::warn!(
            variable = variable.as_str(),
            "this environment variable begins like ours, is none of ours, and changes nothing"
        );
    }
    let wings = match found.settings.wings {
        Wings::Both => 2,
        Wings::OnlyPeer | Wings::OnlyBusiness => 1,
    };
    let wanted = wings * found.settings.max_connections as u64 + FILES_BESIDE;
    let given = open_files(wanted);
    let least = wanted / wings; // both wings are hardly full at the same time
    if given < least {
        tracing::warn!(
            limit = given,
            count = least,
            "the system allows fewer open files than max_connections needs; raise the limit (ulimit -n, LimitNOFILE) or lower max_connections"
        );
    }
}

async fn live(settings: Settings, clock: Arc<dyn Clock>, json: bool) -> anyhow::Result<ExitCode> {
    let mut signals = Signals::listen().context("the system gave no signals")?;
    let announcement = announce::Announcement::about(&settings);
    let relay = Relay::start(settings, clock, Dice::from_os()?).await?;
    announcement.make(&relay, json);
    let outcome = loop {
        tokio::select! {
            failure = relay.failed() => break Err(anyhow::anyhow!("the store failed, and nothing was acknowledged after that: {failure}")),
            _ = signals.hangup.recv() => relay.reload_certificate().await,
            _ = signals.terminate.recv() => break Ok(ExitCode::SUCCESS),
            _ = signals.interrupt.recv() => break Ok(ExitCode::SUCCESS),
        }
    };
    tokio::select! {
        () = relay.shutdown() => outcome,
        _ = signals.interrupt.recv() => Err(anyhow::anyhow!("stopped at once; what was accepted is on disk")),
    }
}

struct Signals {
    hangup: Signal,
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            hangup: signal(SignalKind::hangup())?,
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }
}
