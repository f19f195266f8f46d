//! For readers who are not there: stored in a thousand mailboxes, then drained; one long mailbox drained;
//! a lone message. (target 4)
//! Knows: two servers and the loads. Never knows: what they do inside.

use std::io::Write;
use std::num::NonZeroUsize;
use std::time::Duration;

use anyhow::Result;
use partywall_load::{Drain, Figures, Latency, Mailboxes, Stored, drain, stored};
use partywall_world::{Clock, SystemClock};

use super::online::{SIZE, Seen};
use crate::row::{Amount, Limit, Row, median};
use crate::servers::{Kind, Server, Street};
use crate::setting::Setting;

const MANY: NonZeroUsize = NonZeroUsize::new(1_000).expect("not zero");
/// Messages in all of them, as many in each.
const COUNT: u64 = 60_000;
/// Messages of one writer that wait for their answer, of a thousand writers, and of one.
const IN_FLIGHT: usize = 2;
const ALONE: usize = 64;
/// Messages in one long mailbox.
const LONG: u64 = 40_000;
/// Mailboxes of one reader's connection.
const EACH: usize = 50;
/// Lone messages.
const LONE: u64 = 300;
const TIME: Duration = Duration::from_secs(60);

#[derive(Default)]
struct Saw {
    stored: Seen,
    interleaved: Seen,
    long: Seen,
    lone: Vec<f64>,
    peak: f64,
}

pub(crate) async fn run(setting: &Setting) -> Result<Vec<Row>> {
    let kinds = [Kind::Relay, Kind::Table];
    let mut saw: [Saw; 2] = Default::default();
    let mut fsync = Vec::new();
    for round in 0..setting.rounds {
        setting.tell(&format!("round {} of {}", round + 1, setting.rounds));
        for turn in 0..kinds.len() {
            let which = (turn + round) % kinds.len();
            // Fresh files each time: what an earlier round left free would be used again.
            let server = Server::start(setting, kinds[which], Street::Plain)?;
            measure(setting, &server, &mut saw[which]).await?;
        }
        fsync.push(disk(setting)?);
    }
    let [relay, table] = saw;
    Ok(rows(&relay, &table, Amount(median(&fsync), "ms")))
}

async fn measure(setting: &Setting, server: &Server, saw: &mut Saw) -> Result<()> {
    let one = Mailboxes::make(&server.target, NonZeroUsize::MIN).await?;
    let lone = Stored {
        in_flight: 1,
        size: SIZE,
        count: setting.many(LONE),
        time: TIME,
    };
    let figures = stored(&one, lone).await?;
    saw.lone.push(milliseconds(figures.accepted.p50()));

    let many = Mailboxes::make(&server.target, MANY).await?;
    let count = setting.many(COUNT);
    let load = Stored {
        in_flight: IN_FLIGHT,
        count,
        ..lone
    };
    let figures = stored(&many, load).await?;
    saw.stored.add(&figures)?;
    saw.interleaved
        .add(&drained(server, &many, figures.messages).await?)?;

    let long = Mailboxes::make(&server.target, NonZeroUsize::MIN).await?;
    let load = Stored {
        in_flight: ALONE,
        count: setting.many(LONG),
        ..lone
    };
    let figures = stored(&long, load).await?;
    saw.long
        .add(&drained(server, &long, figures.messages).await?)?;
    let peak = server.process().peak_bytes()?;
    saw.peak = saw.peak.max(peak as f64 / f64::from(1 << 20));
    Ok(())
}

async fn drained(server: &Server, mailboxes: &Mailboxes, count: u64) -> Result<Figures> {
    let load = Drain {
        each: EACH,
        size: SIZE,
        count,
        log: server.log.clone(),
        time: TIME,
    };
    Ok(drain(mailboxes, load).await?)
}

/// What the disk itself takes to make as much durable as one lone message: half of the times.
fn disk(setting: &Setting) -> Result<f64> {
    let folder = setting.folder("disk")?;
    let mut file = std::fs::File::create(folder.join("file"))?;
    let clock = SystemClock::new();
    let mut took = Latency::new();
    for _ in 0..setting.many(LONE) {
        let begin = clock.monotonic();
        file.write_all(&[7; 4 * SIZE])?;
        file.sync_data()?;
        let elapsed = clock.monotonic().since(begin).as_nanos();
        took.add(u64::try_from(elapsed).unwrap_or(u64::MAX));
    }
    setting.forget(&folder);
    Ok(milliseconds(took.p50()))
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

fn rows(relay: &Saw, table: &Saw, fsync: Amount) -> Vec<Row> {
    let (most, least) = (Limit::AtMost, Limit::AtLeast);
    let beside = |amount: Amount| (Kind::Table.name(), amount);
    let row = |what: &str, measured: Amount, yardstick: Amount, limit: Limit| {
        Row::ratio("4", what, measured, beside(yardstick), limit)
    };
    let lone = |saw: &Saw| Amount(median(&saw.lone), "ms");
    vec![
        row(
            "CPU a stored message, 1,000 mailboxes, 4 KiB, plain",
            relay.stored.cpu(),
            table.stored.cpu(),
            most(1.3),
        ),
        row(
            "stored a second, the same",
            relay.stored.rate(),
            table.stored.rate(),
            least(0.8),
        ),
        row(
            "a lone message until accepted, p50",
            lone(relay),
            lone(table),
            most(1.3),
        ),
        Row::seen("16 KiB and one fsync on this disk, p50", fsync.told()),
        row(
            "drained and deleted a second, one long mailbox",
            relay.long.rate(),
            table.long.rate(),
            least(0.8),
        ),
        row(
            "drained and deleted a second, 1,000 interleaved",
            relay.interleaved.rate(),
            table.interleaved.rate(),
            least(0.5),
        ),
        Row::seen(
            "CPU a drained message, long and interleaved",
            format!(
                "{}, {} ({}, {} {})",
                relay.long.cpu().told(),
                relay.interleaved.cpu().told(),
                table.long.cpu().told(),
                table.interleaved.cpu().told(),
                Kind::Table.name()
            ),
        ),
        Row::seen(
            "the most memory that it had meanwhile, resident",
            format!(
                "{} ({} {})",
                Amount(relay.peak, "MiB").told(),
                Amount(table.peak, "MiB").told(),
                Kind::Table.name()
            ),
        ),
    ]
}
