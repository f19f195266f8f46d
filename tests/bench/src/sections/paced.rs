//! A quiet relay: 500 messages a second, and how long each takes. (target 2)
//! Knows: three servers and one load. Never knows: what they do inside.

use std::time::Duration;

use anyhow::Result;
use partywall_load::{Figures, Lanes, Paced, paced};

use super::online::{PAIRS, SIZE};
use crate::row::{Amount, Limit, Row, median};
use crate::servers::{Kind, Server, Street};
use crate::setting::Setting;

const PER_SECOND: u32 = 500;
const SECONDS: u64 = 10;

/// Milliseconds that one server showed.
#[derive(Default)]
struct Seen {
    surfaced: [Vec<f64>; 2],
    accepted: [Vec<f64>; 2],
}

impl Seen {
    fn add(&mut self, figures: &Figures) {
        let milliseconds = |duration: Duration| duration.as_secs_f64() * 1_000.0;
        for (place, percent) in [50.0, 99.0].into_iter().enumerate() {
            self.surfaced[place].push(milliseconds(figures.surfaced.percentile(percent)));
            self.accepted[place].push(milliseconds(figures.accepted.percentile(percent)));
        }
    }

    fn surfaced(&self, place: usize) -> Amount {
        Amount(median(&self.surfaced[place]), "ms")
    }

    fn accepted(&self, place: usize) -> Amount {
        Amount(median(&self.accepted[place]), "ms")
    }
}

pub(crate) async fn run(setting: &Setting) -> Result<Vec<Row>> {
    let servers = Server::all(setting, Street::Tls)?;
    let mut lanes = Vec::new();
    for server in &servers {
        lanes.push(Lanes::open(&server.target, PAIRS).await?);
    }
    let load = Paced {
        per_second: PER_SECOND,
        time: Duration::from_secs(setting.many(SECONDS).max(2)),
        size: SIZE,
    };
    let mut seen: [Seen; 3] = Default::default();
    for round in 0..setting.rounds {
        setting.tell(&format!("round {} of {}", round + 1, setting.rounds));
        for turn in 0..servers.len() {
            let which = (turn + round) % servers.len();
            seen[which].add(&paced(&mut lanes[which], load).await?);
        }
    }
    let [relay, table, bare] = seen;
    let most = Limit::AtMost;
    let (the_bare, the_table) = (Kind::Bare.name(), Kind::Table.name());
    Ok(vec![
        Row::ratio(
            "2",
            "send → surfaced at 500/s, p50",
            relay.surfaced(0),
            (the_bare, bare.surfaced(0)),
            most(1.3),
        ),
        Row::ratio(
            "2",
            "send → surfaced at 500/s, p99",
            relay.surfaced(1),
            (the_bare, bare.surfaced(1)),
            most(2.0),
        ),
        Row::ratio(
            "2",
            "send → accepted at 500/s, p50",
            relay.accepted(0),
            (the_table, table.accepted(0)),
            most(1.3),
        ),
        Row::seen(
            "send → accepted at 500/s, p99",
            format!(
                "{} ({} {the_table})",
                relay.accepted(1).told(),
                table.accepted(1).told()
            ),
        ),
    ])
}
