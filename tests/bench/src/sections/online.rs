//! Saturation with TLS: what a delivered message costs the relay, beside both yardsticks. (target 2)
//! Knows: three servers and one load. Never knows: what they do inside.

use std::num::NonZeroUsize;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use partywall_load::{Figures, Lanes, Online, online};

use crate::row::{Amount, Limit, Row, median};
use crate::servers::{Kind, Server, Street};
use crate::setting::Setting;

/// Pairs of a writer and a reader.
pub(crate) const PAIRS: NonZeroUsize = NonZeroUsize::new(20).expect("not zero");
/// Messages of one writer that wait for their answer.
pub(crate) const IN_FLIGHT: usize = 32;
/// Bytes of an envelope.
pub(crate) const SIZE: usize = 4_096;
/// Messages of one measurement.
const COUNT: u64 = 200_000;

/// What one server showed.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) micros: Vec<f64>,
    pub(crate) rate: Vec<f64>,
}

impl Seen {
    pub(crate) fn add(&mut self, figures: &Figures) -> Result<()> {
        self.micros
            .push(figures.cpu_micros().context("the server's time")?);
        self.rate.push(figures.per_second());
        Ok(())
    }

    pub(crate) fn cpu(&self) -> Amount {
        Amount(median(&self.micros), "µs")
    }

    pub(crate) fn rate(&self) -> Amount {
        Amount(median(&self.rate), "/s")
    }
}

pub(crate) async fn run(setting: &Setting) -> Result<Vec<Row>> {
    let servers = Server::all(setting, Street::Tls)?;
    let mut lanes = Vec::new();
    for server in &servers {
        lanes.push(Lanes::open(&server.target, PAIRS).await?);
    }
    let load = Online {
        in_flight: IN_FLIGHT,
        size: SIZE,
        count: setting.many(COUNT),
        time: Duration::from_secs(60),
    };
    let warm = Online {
        count: load.count / 10,
        ..load
    };
    for lanes in &mut lanes {
        online(lanes, warm).await?;
    }
    let (seen, left_out, accepted) = in_turn(setting, &servers, &mut lanes, load).await?;
    let [relay, table, bare] = &seen[..] else {
        bail!("three servers were measured");
    };
    let left_out = 100.0 * left_out as f64 / accepted.max(1) as f64;
    let what = "CPU a delivered message, saturated, 4 KiB, TLS";
    let most = Limit::AtMost;
    Ok(vec![
        Row::ratio(
            "2",
            what,
            relay.cpu(),
            (Kind::Table.name(), table.cpu()),
            most(1.2),
        ),
        Row::ratio(
            "2",
            what,
            relay.cpu(),
            (Kind::Bare.name(), bare.cpu()),
            most(2.0),
        ),
        Row::seen(
            "of these acknowledged before their batch was written, and left out of it",
            Amount(left_out, "%").told(),
        ),
        Row::seen(
            "messages a second, the same load",
            format!(
                "{} ({} {}, {} {})",
                relay.rate().told(),
                table.rate().told(),
                Kind::Table.name(),
                bare.rate().told(),
                Kind::Bare.name()
            ),
        ),
    ])
}

/// The same load on all servers, in turn, round by round: what each showed, and of the relay how many
/// rows were left out, and how many messages accepted.
pub(crate) async fn in_turn(
    setting: &Setting,
    servers: &[Server],
    lanes: &mut [Lanes],
    load: Online,
) -> Result<(Vec<Seen>, u64, u64)> {
    let mut seen: Vec<Seen> = servers.iter().map(|_| Seen::default()).collect();
    let (mut left_out, mut accepted) = (0, 0);
    for round in 0..setting.rounds {
        setting.tell(&format!("round {} of {}", round + 1, setting.rounds));
        for turn in 0..servers.len() {
            let which = (turn + round) % servers.len();
            let before = counted(&servers[which])?;
            seen[which].add(&online(&mut lanes[which], load).await?)?;
            let after = counted(&servers[which])?;
            left_out += after.0 - before.0;
            accepted += after.1 - before.1;
        }
    }
    Ok((seen, left_out, accepted))
}

/// Rows left out, and messages accepted; nothing of a yardstick.
fn counted(server: &Server) -> Result<(u64, u64)> {
    if server.kind != Kind::Relay {
        return Ok((0, 0));
    }
    Ok((
        server.metric("partywall_peer_left_out_total")?,
        server.metric("partywall_peer_accepted_total")?,
    ))
}
