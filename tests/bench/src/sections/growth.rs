//! What grows with what lies there: starting again with a million messages stored; a message's instructions; what a
//! mailbox that is flooded to its quota and beyond costs another. (target 6)
//! Knows: a relay process, killed and started again on its folder. Never knows: what is in its files.

mod counted;

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use partywall_load::{Lanes, Mailboxes, Paced, Process, Stored, Target, paced, stored};
use partywall_test_street::relay::Relay;
use partywall_world::{Clock, SystemClock};

use super::online::SIZE;
use crate::row::{Amount, Limit, Row, median};
use crate::setting::Setting;

const MAILBOXES: NonZeroUsize = NonZeroUsize::new(1_000).expect("not zero");
const STORED: u64 = 1_000_000;
const IN_FLIGHT: usize = 32;
/// Messages a second to the mailbox that is not flooded, and how long.
const PER_SECOND: u32 = 200;
const SECONDS: u64 = 10;
const FLOOD: usize = 64;
const TIME: Duration = Duration::from_secs(300);

const ROOMY: [&str; 6] = [
    "--only",
    "peer",
    "--quota-envelopes",
    "1000000",
    "--max-connections",
    "100000",
];

pub(crate) async fn run(setting: &Setting) -> Result<Vec<Row>> {
    let mut rows = counted::run(setting)?;
    rows.extend(restart(setting).await?);
    rows.extend(flood(setting).await?);
    Ok(rows)
}

fn target(relay: &Relay) -> Result<Target> {
    let address: SocketAddr = relay.peer.parse().context("the relay's address")?;
    Ok(Target::relay(&relay.link, address)?.served_by(Process::of(relay.id())))
}

/// From the start of the process until it is ready, and until a message was stored and said to be.
async fn restart(setting: &Setting) -> Result<Vec<Row>> {
    let folder = setting.folder("growth")?;
    let data = folder.join("data");
    let start = || Relay::start(&data, &ROOMY).map_err(|said| anyhow!(said));
    let mut relay = start()?;
    let load = Stored {
        in_flight: IN_FLIGHT,
        size: SIZE,
        count: setting.many(STORED),
        time: TIME,
    };
    let mailboxes = Mailboxes::make(&target(&relay)?, MAILBOXES).await?;
    let figures = stored(&mailboxes, load).await?;
    let clock = SystemClock::new();
    let (mut ready, mut serves) = (Vec::new(), Vec::new());
    for round in 0..setting.rounds {
        setting.tell(&format!("killed {} of {}", round + 1, setting.rounds));
        relay.kill();
        let begin = clock.monotonic();
        relay = start()?;
        ready.push(clock.monotonic().since(begin).as_secs_f64());
        let one = Mailboxes::make(&target(&relay)?, NonZeroUsize::MIN).await?;
        let count = Stored {
            in_flight: 1,
            count: 1,
            ..load
        };
        stored(&one, count).await?;
        serves.push(clock.monotonic().since(begin).as_secs_f64());
    }
    relay.kill();
    setting.forget(&folder);
    let stored = figures.messages;
    Ok(vec![
        Row::alone(
            "6",
            format!("killed with {stored} stored, until a message is accepted"),
            Amount(median(&serves), "s"),
            Limit::AtMost(2.0),
        ),
        Row::seen(
            "of that until it is ready",
            Amount(median(&ready), "s").told(),
        ),
    ])
}

/// One mailbox at its pace, alone and beside one that takes all that it can get, and then refuses.
async fn flood(setting: &Setting) -> Result<Vec<Row>> {
    let folder = setting.folder("flood")?;
    let relay = Relay::start(&folder.join("data"), &["--only", "peer"]);
    let relay = relay.map_err(|said| anyhow!(said))?;
    let target = target(&relay)?;
    let mut lanes = Lanes::open(&target, NonZeroUsize::MIN).await?;
    let load = Paced {
        per_second: PER_SECOND,
        time: Duration::from_secs(setting.many(SECONDS).max(2)),
        size: SIZE,
    };
    let milliseconds = |duration: Duration| duration.as_secs_f64() * 1_000.0;
    let mut saw: [[Vec<f64>; 2]; 2] = Default::default();
    for round in 0..setting.rounds {
        setting.tell(&format!("round {} of {}", round + 1, setting.rounds));
        let quiet = paced(&mut lanes, load).await?;
        let flooded = Mailboxes::make(&target, NonZeroUsize::MIN).await?;
        let flood = Stored {
            in_flight: FLOOD,
            size: SIZE,
            count: u64::MAX,
            time: TIME,
        };
        let flooding = tokio::spawn(async move {
            loop {
                // It ends when the mailbox is full, and comes again at once.
                let _full = stored(&flooded, flood).await;
            }
        });
        let beside = paced(&mut lanes, load).await;
        flooding.abort();
        for (seen, figures) in saw.iter_mut().zip([quiet, beside?]) {
            seen[0].push(milliseconds(figures.surfaced.p99()));
            seen[1].push(milliseconds(figures.accepted.p99()));
        }
    }
    drop(relay);
    setting.forget(&folder);
    let [quiet, beside] = saw;
    let row = |what: &str, which: usize| {
        Row::ratio(
            "6",
            format!("send → {what} at 200/s, p99, while another mailbox is flooded"),
            Amount(median(&beside[which]), "ms"),
            ("nobody floods", Amount(median(&quiet[which]), "ms")),
            Limit::AtMost(2.0),
        )
    };
    Ok(vec![row("surfaced", 0), row("accepted", 1)])
}
