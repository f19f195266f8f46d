//! Saturation on a disk whose fsync takes some milliseconds: readers acknowledge before their batch is written, so
//! that hardly a row is. What is left is what the relay costs without its table. (target 2)
//! Knows: a relay, a bare forwarder, one load. Never knows: what they do inside.

use std::time::Duration;

use anyhow::{Result, bail};
use partywall_load::{Lanes, Online};

use super::online::{IN_FLIGHT, PAIRS, SIZE, in_turn};
use crate::row::{Amount, Limit, Row};
use crate::servers::{Kind, Server, Street};
use crate::setting::Setting;

/// About what a solid-state disk takes that cannot lose what it says it has.
const FSYNC: Duration = Duration::from_millis(2);
/// Messages of one measurement.
const COUNT: u64 = 150_000;

pub(crate) async fn run(setting: &Setting) -> Result<Vec<Row>> {
    let relay = Server::relay_on_a_slow_disk(setting, FSYNC)?;
    let bare = Server::start(setting, Kind::Bare, Street::Tls)?;
    let servers = [relay, bare];
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
    let (seen, left_out, accepted) = in_turn(setting, &servers, &mut lanes, load).await?;
    let [relay, bare] = &seen[..] else {
        bail!("two servers were measured");
    };
    let share = 100.0 * left_out as f64 / accepted.max(1) as f64;
    let wait = FSYNC.as_millis();
    let what = format!(
        "CPU a delivered message, saturated, 4 KiB, TLS, where an fsync takes {wait} ms and so {share:.1} % of the rows are left out of their batch"
    );
    let beside = (Kind::Bare.name(), bare.cpu());
    Ok(vec![
        Row::ratio("2", what, relay.cpu(), beside, Limit::AtMost(2.0)),
        Row::seen(
            format!("messages a second, the same load, an fsync of {wait} ms"),
            format!(
                "{} ({} {})",
                relay.rate().told(),
                bare.rate().told(),
                Kind::Bare.name()
            ),
        ),
        Row::seen(
            "of these left out of their batch, because their reader was faster",
            Amount(share, "%").told(),
        ),
    ])
}
