//! A text of 256 bytes, as chat servers carry it: ours inside its 4 KiB and durable, beside what others cost.
//! (target 3)
//! Knows: our own servers, and figures of others that were measured once. Never knows: those servers.

use std::time::Duration;

use anyhow::Result;
use partywall_load::{Lanes, Online, online};

use super::online::{IN_FLIGHT, PAIRS, SIZE, Seen};
use crate::row::{Amount, Limit, Row};
use crate::servers::{Kind, Server, Street};
use crate::setting::Setting;

const COUNT: u64 = 120_000;

/// Bytes of a text, where nothing pads it.
const TEXT: usize = 256;

/// Measured once, on another quiet machine with two cores, with the same load: µs a message, and how many
/// times less ours promised to be.
const OTHERS: [(&str, f64, f64); 4] = [
    ("ejabberd 23.01, not durable; quoted", 114.0, 3.0),
    ("prosody 0.12, not durable; quoted", 150.0, 5.0),
    ("nostr-rs-relay 0.9, not fsynced; quoted", 736.0, 20.0),
    ("NATS JetStream 2.9, not fsynced; quoted", 35.0, 1.0),
];

/// The same machine's yardsticks, to compare machines by.
const THERE: &str = "1.6 µs, 10 µs (quoted, the other machine)";

pub(crate) async fn run(setting: &Setting) -> Result<Vec<Row>> {
    let servers = Server::all(setting, Street::Plain)?;
    let mut lanes = Vec::new();
    for server in &servers {
        lanes.push(Lanes::open(&server.target, PAIRS).await?);
    }
    let load = |kind: Kind| Online {
        in_flight: IN_FLIGHT,
        size: if kind == Kind::Relay { SIZE } else { TEXT },
        count: setting.many(COUNT) * if kind == Kind::Bare { 4 } else { 1 },
        time: Duration::from_secs(60),
    };
    let mut seen: [Seen; 3] = Default::default();
    for round in 0..=setting.rounds {
        setting.tell(&format!("round {round} of {}", setting.rounds));
        for turn in 0..servers.len() {
            let which = (turn + round) % servers.len();
            let figures = online(&mut lanes[which], load(servers[which].kind)).await?;
            // The first round finds nothing prepared.
            if round > 0 {
                seen[which].add(&figures)?;
            }
        }
    }
    let [relay, table, bare] = seen;
    let times_less = |(name, micros, times): (&str, f64, f64)| {
        Row::times_less(
            "3",
            "CPU a 256-byte text, ours durable inside 4 KiB, plain",
            relay.cpu(),
            (name, Amount(micros, "µs")),
            Limit::AtLeast(times),
        )
    };
    let mut rows: Vec<Row> = OTHERS.into_iter().map(times_less).collect();
    rows.push(Row::seen(
        "256 bytes through the yardsticks here: bare, with the table",
        format!("{}, {}; {THERE}", bare.cpu().told(), table.cpu().told()),
    ));
    rows.push(Row::seen(
        "texts a second, the same load",
        relay.rate().told(),
    ));
    Ok(rows)
}
