//! Whether the time until `accepted` tells that somebody reads. (SPEC P-15)
//! Knows: a relay and one load. Never knows: what it does inside.

use std::time::Duration;

use anyhow::Result;
use partywall_load::{Presence, presence};

use super::online::SIZE;
use crate::row::{Amount, Limit, Row, median};
use crate::servers::{Kind, Server, Street};
use crate::setting::Setting;

/// Messages to either mailbox.
const COUNT: u64 = 2_000;

/// A coin is right half of the time; who decides by time may be right so much more often.
const MORE: f64 = 0.05;

pub(crate) async fn run(setting: &Setting) -> Result<Vec<Row>> {
    let server = Server::start(setting, Kind::Relay, Street::Plain)?;
    let load = Presence {
        count: u32::try_from(setting.many(COUNT))?,
        size: SIZE,
        rest: Duration::ZERO,
    };
    let mut told = Vec::new();
    for round in 0..setting.rounds {
        setting.tell(&format!("round {} of {}", round + 1, setting.rounds));
        told.push(presence(&server.target, load).await?);
    }
    let away: Vec<f64> = told.iter().map(|told| told.likelihood - 0.5).collect();
    let middle = |of: fn(&partywall_load::Told) -> Duration| {
        let milliseconds: Vec<f64> = told
            .iter()
            .map(|told| of(told).as_secs_f64() * 1_000.0)
            .collect();
        Amount(median(&milliseconds), "ms").told()
    };
    Ok(vec![
        Row::alone(
            "P-15",
            "how much more often than a coin the time until accepted tells whether a reader is there",
            Amount(median(&away).abs(), ""),
            Limit::AtMost(MORE),
        ),
        Row::seen(
            "send → accepted p50, reader there and not",
            format!(
                "{} and {}",
                middle(|told| told.attached),
                middle(|told| told.detached)
            ),
        ),
    ])
}
