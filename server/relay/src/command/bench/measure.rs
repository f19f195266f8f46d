//! The measurement itself, step by step, on whichever relay it is.
//! Knows: a target, a plan. Never knows: how the relay came to run.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use partywall_load::report::{Idle, IdleCount, Online, Pace, Rate};
use partywall_load::{
    Drain, Lanes, LoadError, Mailboxes, Paced, Process, Stored, Target, attach_idle, drain, online,
    paced, stored,
};
use tokio::time::sleep;

use super::figures::{latency, rate};
use super::plan::Plan;
use super::progress::Progress;

/// The smallest envelope, which is what nearly all messages are.
pub(super) const ENVELOPE: u32 = 4_096;

const SIZE: usize = ENVELOPE as usize;

/// What resting connections say while they are looked at for long.
const SIGN_OF_LIFE: Duration = Duration::from_secs(25);

/// How messages went.
pub(super) struct Loads {
    pub(super) online: Online,
    pub(super) paces: Vec<Pace>,
    pub(super) stored: Option<Rate>,
    pub(super) drained: Option<Rate>,
}

/// Makes as many mailboxes as there are pairs, or none.
pub(super) async fn mailboxes(target: &Target, plan: &Plan) -> anyhow::Result<Mailboxes> {
    let pairs = NonZeroUsize::new(plan.pairs as usize).context("from 1 pair on")?;
    Mailboxes::make(target, pairs).await.map_err(|error| match error {
        LoadError::Refused(_) => anyhow::anyhow!(
            "{error}; a link from `partywall-relay pass --mailboxes {pairs}` is good for as many as this needs"
        ),
        error => error.into(),
    })
}

/// Everything that messages are needed for. `log` is the relay's write-ahead log, if it can be looked at.
pub(super) async fn loads(
    mailboxes: &Mailboxes,
    plan: &Plan,
    log: Option<PathBuf>,
    progress: &Progress,
) -> anyhow::Result<Loads> {
    let mut lanes = Lanes::at(mailboxes).await?;
    progress.says(format!(
        "as fast as it goes, {} writers and readers",
        plan.pairs
    ));
    let before = Process::own().cpu().ok();
    let seen = online(
        &mut lanes,
        partywall_load::Online {
            in_flight: plan.in_flight as usize,
            size: SIZE,
            count: plan.most,
            time: plan.online,
        },
    )
    .await?;
    let clients = before.and_then(|before| Process::own().cpu().ok()?.checked_sub(before));
    let each = |cpu: Duration| cpu.as_secs_f64() * 1e6 / seen.messages.max(1) as f64;
    let online = Online {
        pairs: plan.pairs,
        in_flight: plan.in_flight,
        rate: rate(&seen),
        clients_cpu_us: clients.map(each),
        accepted: latency(&seen.accepted),
        surfaced: latency(&seen.surfaced),
    };
    let mut paces = Vec::with_capacity(plan.ladder.len());
    for percent in plan.ladder {
        paces.push(pace(&mut lanes, *percent, online.rate.per_second, plan, progress).await?);
    }
    drop(lanes);
    let (stored, drained) = shelf(mailboxes, plan, log, progress).await?;
    Ok(Loads {
        online,
        paces,
        stored: Some(stored),
        drained: Some(drained),
    })
}

async fn pace(
    lanes: &mut Lanes,
    percent: u32,
    most: f64,
    plan: &Plan,
    progress: &Progress,
) -> anyhow::Result<Pace> {
    let due = (most * f64::from(percent) / 100.0)
        .round()
        .clamp(1.0, f64::from(u32::MAX));
    let load = Paced {
        per_second: due as u32,
        time: plan.step,
        size: SIZE,
    };
    progress.says(format!(
        "{percent} % of that: {} messages a second",
        load.per_second
    ));
    let seen = paced(lanes, load).await?;
    Ok(Pace {
        percent,
        due_per_second: due,
        rate: rate(&seen),
        accepted: latency(&seen.accepted),
        surfaced: latency(&seen.surfaced),
    })
}

/// Mail for readers who are not there, and then their coming.
async fn shelf(
    mailboxes: &Mailboxes,
    plan: &Plan,
    log: Option<PathBuf>,
    progress: &Progress,
) -> anyhow::Result<(Rate, Rate)> {
    progress.says("storing, nobody reads");
    let load = Stored {
        in_flight: plan.in_flight as usize,
        size: SIZE,
        count: plan.stored_most,
        time: plan.stored,
    };
    let kept = stored(mailboxes, load).await?;
    progress.says("reading and deleting what was stored");
    let load = Drain {
        each: 1,
        size: SIZE,
        count: kept.messages,
        log,
        time: plan.all,
    };
    let drained = drain(mailboxes, load).await?;
    Ok((rate(&kept), rate(&drained)))
}

/// What more and more resting connections cost the process.
pub(super) async fn idle(
    target: &Target,
    process: Process,
    plan: &Plan,
    progress: &Progress,
) -> anyhow::Result<Option<Idle>> {
    let mut counts = Vec::with_capacity(plan.idle.len());
    let mut resting: Option<partywall_load::Idle> = None;
    for wanted in &plan.idle {
        progress.says(format!("{wanted} idle connections"));
        let there = resting.as_ref().map_or(0, partywall_load::Idle::count);
        if let Some(more) = NonZeroUsize::new((*wanted as usize).saturating_sub(there)) {
            let more = attach_idle(target, more, SIZE).await?;
            match &mut resting {
                Some(resting) => resting.extend(more),
                None => resting = Some(more),
            }
        }
        if let Some(resting) = &mut resting {
            resting.ping().await?;
        }
        // A step never rests for longer than a connection may be silent.
        sleep(plan.rest.min(SIGN_OF_LIFE)).await;
        let private_bytes = process
            .private_bytes()
            .context("the relay's memory cannot be seen")?;
        counts.push(IdleCount {
            connections: *wanted,
            private_bytes,
        });
    }
    Ok((!counts.is_empty()).then(|| Idle::of(counts)))
}
