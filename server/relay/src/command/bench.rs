//! `bench`: how much this machine carries, or a relay that runs already.
//! Knows: the order of things, signals. Never knows: what a message holds.

mod plan;

mod own;
mod running;

mod disk;
mod figures;
mod measure;

mod outputs;
mod progress;

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, UNIX_EPOCH};

use anyhow::{Context, bail};
use partywall_load::report::{Machine, Report, SHAPE, Which, verdict};
use partywall_world::{Clock, SystemClock};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::timeout;

use super::arguments::Place;
use super::arguments::bench::Bench;
use crate::process::open_files;
use measure::Loads;
use outputs::Outputs;
use own::{Ground, Own};
use plan::Plan;
use progress::Progress;
use running::{Reaching, Running};

/// Files that are open beside connections.
const FILES_BESIDE: u32 = 256;

/// How long closing mailboxes may take.
const CLOSING: Duration = Duration::from_secs(30);
/// How long threads that still work at the end are waited for.
const FAREWELL: Duration = Duration::from_secs(1);

/// Measures, says so, leaves nothing behind.
pub(super) fn run(bench: &Bench) -> anyhow::Result<ExitCode> {
    let outputs = Outputs::of(bench)?;
    let plan = Plan::of(bench);
    let place = Place {
        data: bench.data.clone(),
        config: bench.config.clone(),
        json: false,
    };
    let data = super::gather_at(&place)?.settings.data;
    enough_files(&plan)?;
    let progress = Progress::over(plan.all);
    // Half of the machine is the relay's.
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads((cores / 2).max(1))
        .enable_all()
        .build()
        .context("the system gave no threads")?;
    let measured = runtime.block_on(async {
        let mut stop = Stop::listen().context("the system gave no signals")?;
        match &bench.relay {
            None => on_its_own(&plan, &data, &progress, &mut stop).await,
            Some(link) => {
                let reaching = match bench.remote {
                    true => Reaching::Anywhere,
                    false => Reaching::ThisMachine,
                };
                on_running(&plan, link, reaching, &data, &progress, &mut stop).await
            }
        }
    });
    progress.gone();
    // None of its threads may use TLS's randomness while the process takes that down.
    runtime.shutdown_timeout(FAREWELL);
    match measured? {
        Ended::Measured(report) => {
            outputs.take(&report)?;
            Ok(ExitCode::SUCCESS)
        }
        Ended::Stopped(code) => {
            eprintln!(
                "partywall-relay: stopped before the end; nothing of it is left, and nothing was written"
            );
            Ok(ExitCode::from(code))
        }
    }
}

/// How a run came to its end.
enum Ended {
    Measured(Box<Report>),
    /// By a signal; with the exit code that says so.
    Stopped(u8),
}

fn enough_files(plan: &Plan) -> anyhow::Result<()> {
    let wanted = connections(plan) + FILES_BESIDE;
    let given = open_files(wanted.into());
    if given < wanted.into() {
        bail!(
            "this needs {wanted} open files and the system allows {given}; raise the limit (ulimit -n) or lower `--connections` and `--pairs`"
        );
    }
    Ok(())
}

/// Connections that are open at once, with some that are just going.
fn connections(plan: &Plan) -> u32 {
    plan.idle.last().copied().unwrap_or(0) + 4 * plan.pairs + 64
}

async fn on_its_own(
    plan: &Plan,
    data: &Path,
    progress: &Progress,
    stop: &mut Stop,
) -> anyhow::Result<Ended> {
    let ground = Ground::on(data)?;
    let which = Which::Own {
        disk: ground.disk.display().to_string(),
    };
    let ended = match Own::spawn(&ground, connections(plan)) {
        Err(error) => Err(error),
        Ok(mut own) => {
            let ended = tokio::select! {
                biased;
                code = stop.asked() => Ok(Ended::Stopped(code)),
                report = measured(&mut own, &ground, plan, which, progress) => {
                    report.map(|report| Ended::Measured(Box::new(report)))
                }
            };
            progress.says("stopping the relay");
            own.stop().await;
            ended
        }
    };
    let removed = ground.remove();
    let ended = ended?;
    removed?;
    Ok(ended)
}

/// Everything, on a relay of its own.
async fn measured(
    own: &mut Own,
    ground: &Ground,
    plan: &Plan,
    which: Which,
    progress: &Progress,
) -> anyhow::Result<Report> {
    progress.says("the disk");
    let (folder, time) = (ground.folder().to_owned(), plan.disk);
    let disk = tokio::task::spawn_blocking(move || disk::measure(&folder, time));
    let disk = disk.await.context("the disk could not be looked at")??;
    let target = own.ready().await?;
    let process = own.process();
    let steps = async {
        let idle = measure::idle(&target, process, plan, progress).await?;
        let mailboxes = measure::mailboxes(&target, plan).await?;
        let log = Some(ground.write_ahead_log());
        let loads = measure::loads(&mailboxes, plan, log, progress).await?;
        anyhow::Ok((idle, loads))
    };
    let (idle, loads) = tokio::select! {
        biased;
        error = own.ended() => return Err(error),
        steps = steps => steps?,
    };
    let mut report = report(which, loads);
    (report.disk, report.idle) = (Some(disk), idle);
    report.verdict = verdict::sentences(&report);
    Ok(report)
}

async fn on_running(
    plan: &Plan,
    link: &str,
    reaching: Reaching,
    data: &Path,
    progress: &Progress,
    stop: &mut Stop,
) -> anyhow::Result<Ended> {
    progress.says("looking for the relay");
    let running = Running::find(link, reaching, data).await?;
    let target = running.target()?;
    if !running.is_seen() {
        eprintln!(
            "What this costs the relay's processor cannot be seen from here; on its machine, name its folder with `--data DIR`."
        );
    }
    let mailboxes = measure::mailboxes(&target, plan).await?;
    let ended = tokio::select! {
        biased;
        code = stop.asked() => Ok(Ended::Stopped(code)),
        loads = measure::loads(&mailboxes, plan, None, progress) => loads.map(|loads| {
            let mut report = report(Which::Running { host: running.host.clone() }, loads);
            report.verdict = verdict::sentences(&report);
            Ended::Measured(Box::new(report))
        }),
    };
    progress.says("closing the mailboxes that were made");
    let closed = timeout(CLOSING, mailboxes.close()).await;
    let ended = ended?;
    closed.map_err(anyhow::Error::from).and_then(|closed| Ok(closed?)).context("the mailboxes that were made could not be closed; the relay closes them itself when nobody has read them for long (`mailbox_idle_days`)")?;
    Ok(ended)
}

/// What there is to say of any relay.
fn report(relay: Which, loads: Loads) -> Report {
    let now = SystemClock::new().wall().seconds();
    let now = UNIX_EPOCH + Duration::from_secs(now);
    Report {
        shape: SHAPE,
        at: humantime::format_rfc3339_seconds(now).to_string(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        relay,
        machine: Machine::here(),
        envelope_bytes: measure::ENVELOPE,
        disk: None,
        online: loads.online,
        paces: loads.paces,
        stored: loads.stored,
        drained: loads.drained,
        idle: None,
        verdict: Vec::new(),
    }
}

/// The two ways in which somebody asks a program to stop.
struct Stop {
    interrupt: Signal,
    terminate: Signal,
}

impl Stop {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Waits for either; gives the exit code that says which. Cancel safe.
    async fn asked(&mut self) -> u8 {
        tokio::select! {
            _ = self.interrupt.recv() => 128 + 2,
            _ = self.terminate.recv() => 128 + 15,
        }
    }
}
