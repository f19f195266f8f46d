//! What a resting connection keeps of the relay's own memory, and an empty mailbox of its disk. (target 5)
//! Knows: counts, pages, files. Never knows: what a connection holds.

mod kernel;
mod rest;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use partywall_load::{
    Drain, Idle, Mailboxes, Process, Sources, Stored, Target, attach_idle, drain, stored,
};

use self::kernel::Kernel;
use self::rest::{Rest, Resting};
use super::online::SIZE;
use crate::row::{Amount, Limit, Row};
use crate::servers::{Kind, Server, Street};
use crate::setting::Setting;

/// Connections, one after the other on the same relay. At most 20,000 files may be open on many machines.
const COUNTS: [usize; 4] = [2_000, 6_000, 10_000, 18_000];
const FEW: [usize; 2] = [1_000, 2_000];
/// Two stretches as long as each other: what the allocator rounds and what the store caches weighs the same in both.
const LOWER: (usize, usize) = (2_000, 10_000);
const UPPER: (usize, usize) = (10_000, 18_000);

/// From the last message until the pages are counted; of a quick run so much less.
const REST: Duration = Duration::from_secs(60);
const SHORT_REST: Duration = Duration::from_secs(10);

/// How often clients give a sign of life.
const SIGN: Duration = Duration::from_secs(30);

/// Before: so many mailboxes are written to and drained, so many messages, and so many connections open at once. Then the caches of
/// the store are full, and what more there is belongs to the connections.
const WORK: NonZeroUsize = NonZeroUsize::new(200).expect("not zero");
const MESSAGES: u64 = 20_000;
const TIME: Duration = Duration::from_secs(60);

/// Promised: KiB of the relay's private pages for each connection, whichever way it is counted.
const PLAIN: f64 = 5.0;
const TLS: f64 = 13.0;
/// How much more a further one may cost among many than among few.
const LINEAR: f64 = 1.1;

/// Empty mailboxes, and bytes on disk promised for each.
const MAILBOXES: u64 = 1_000_000;
const FEW_MAILBOXES: u64 = 50_000;
const ON_DISK: f64 = 200.0;

pub(crate) async fn run(setting: &Setting) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (street, name, limit) in [(Street::Plain, "plain", PLAIN), (Street::Tls, "TLS", TLS)] {
        rows.extend(connections(setting, street, name, limit).await?);
    }
    rows.extend(mailboxes(setting).await?);
    Ok(rows)
}

async fn connections(
    setting: &Setting,
    street: Street,
    name: &str,
    limit: f64,
) -> Result<Vec<Row>> {
    let server = Server::start(setting, Kind::Relay, street)?;
    let target = server.target.clone().from(Sources::Loopback);
    let relay = target.process().context("the relay is here")?;
    let fresh = relay.private_bytes()?;
    setting.tell(&format!("{name}: a relay at work"));
    work(&target, server.log.clone()).await?;
    tokio::time::sleep(SHORT_REST).await;
    let (empty, kernel) = (relay.private_bytes()?, Kernel::now()?);
    let seen = rests(setting, &target, relay, name).await?;
    let mut rows = vec![Row::seen(
        format!(
            "private pages of a relay that nobody is connected to, {name}: fresh, and after work"
        ),
        format!("{:.1} and {:.1} MiB", mebibytes(fresh), mebibytes(empty)),
    )];
    rows.extend(judged(&seen, fresh, name, limit));
    rows.push(Row::seen(
        format!("kernel memory for both ends of each of the most, {name}"),
        kernel.since(seen.most().connections)?,
    ));
    Ok(rows)
}

/// Opens more and more, and looks at the relay each time when all of them have rested.
async fn rests(setting: &Setting, target: &Target, relay: Process, name: &str) -> Result<Resting> {
    let (counts, rest) = if setting.quick {
        (&FEW[..], SHORT_REST)
    } else {
        (&COUNTS[..], REST)
    };
    let mut idle: Option<Idle> = None;
    let mut seen = Vec::new();
    for &count in counts {
        let open = idle.as_ref().map_or(0, Idle::count);
        setting.tell(&format!("{name}: {open} connections, {count} wanted"));
        if let Some(idle) = &mut idle {
            idle.ping().await?;
        }
        let more = NonZeroUsize::new(count - open).context("more each time")?;
        let more = attach_idle(target, more, SIZE).await?;
        let all = match idle.take() {
            Some(mut all) => {
                all.extend(more);
                all
            }
            None => more,
        };
        setting.tell(&format!("{name}: {count} connections rest"));
        rested(idle.insert(all), rest).await?;
        seen.push(Rest {
            connections: count,
            bytes: relay.private_bytes()?,
        });
    }
    Resting::of(seen).context("more each time")
}

/// The slopes, whether they are one line, and the plain figure beside them.
fn judged(seen: &Resting, fresh: u64, name: &str, limit: f64) -> Vec<Row> {
    let mut rows = Vec::new();
    for (from, to, slope) in seen.stretches() {
        rows.push(Row::alone(
            "5",
            format!(
                "private pages for each further connection at rest, from {from} to {to}, {name}"
            ),
            Amount(slope, "KiB"),
            Limit::AtMost(limit),
        ));
    }
    let most = seen.most();
    let each = Amount(most.each_beyond(fresh), "KiB");
    let what = format!(
        "everything that the relay has more than a fresh one, caches that work filled included, for each of \
         {} connections at rest, {name}",
        most.connections
    );
    // Of few connections that is mostly caches.
    rows.push(if most.connections >= UPPER.1 {
        Row::alone("5", what, each, Limit::AtMost(limit))
    } else {
        Row::seen(what, each.told())
    });
    if let (Some(lower), Some(upper)) = (seen.slope(LOWER), seen.slope(UPPER)) {
        rows.push(Row::ratio(
            "5",
            format!(
                "linear: a further one from {} to {} beside one from {} to {} (stretches of one length, so that \
                 what is rounded weighs the same in both), {name}",
                UPPER.0, UPPER.1, LOWER.0, LOWER.1
            ),
            Amount(upper, "KiB"),
            ("of the fewer", Amount(lower, "KiB")),
            Limit::AtMost(LINEAR),
        ));
    }
    rows
}

/// What fills caches of the store, and pools of threads: mail for many, read by all of them.
async fn work(target: &Target, log: Option<PathBuf>) -> Result<()> {
    let mailboxes = Mailboxes::make(target, WORK).await?;
    let load = Stored {
        in_flight: 4,
        size: SIZE,
        count: MESSAGES,
        time: TIME,
    };
    let count = stored(&mailboxes, load).await?.messages;
    let load = Drain {
        each: 10,
        size: SIZE,
        count,
        log,
        time: TIME,
    };
    drain(&mailboxes, load).await?;
    Ok(())
}

/// Waits, as clients do: with a sign of life now and then.
async fn rested(idle: &mut Idle, rest: Duration) -> Result<()> {
    let mut left = rest;
    idle.ping().await?;
    while left > SIGN {
        tokio::time::sleep(SIGN).await;
        idle.ping().await?;
        left -= SIGN;
    }
    tokio::time::sleep(left).await;
    Ok(())
}

fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

/// KiB that the process has of its own beyond what it had.
fn added(process: Process, before: u64) -> Result<f64> {
    Ok((process.private_bytes()? as f64 - before as f64) / 1_024.0)
}

async fn mailboxes(setting: &Setting) -> Result<Vec<Row>> {
    let server = Server::start(setting, Kind::Relay, Street::Plain)?;
    let relay = server.target.process().context("the relay is here")?;
    let log = server.log.clone().context("a relay has a log")?;
    let file = log.with_file_name("peer.db");
    let first = NonZeroUsize::new(1_000).context("a thousand")?;
    // The first thousand fill caches that the others use again.
    Mailboxes::make(&server.target, first).await?;
    let (disk, memory) = (on_disk(&file, &log)?, relay.private_bytes()?);
    let count = if setting.quick {
        FEW_MAILBOXES
    } else {
        MAILBOXES
    };
    setting.tell(&format!("{count} empty mailboxes"));
    let wanted = NonZeroUsize::new(usize::try_from(count)?).context("some")?;
    Mailboxes::make(&server.target, wanted).await?;
    tokio::time::sleep(SHORT_REST).await;
    let bytes = (on_disk(&file, &log)? as f64 - disk as f64) / count as f64;
    Ok(vec![
        Row::alone(
            "5",
            format!("on disk for each of {count} empty mailboxes, log included"),
            Amount(bytes, "bytes"),
            Limit::AtMost(ON_DISK),
        ),
        Row::seen(
            "in memory for all of them that nobody reads",
            Amount(added(relay, memory)?, "KiB").told(),
        ),
    ])
}

fn on_disk(file: &Path, log: &Path) -> Result<u64> {
    Ok(std::fs::metadata(file)?.len() + std::fs::metadata(log)?.len())
}
