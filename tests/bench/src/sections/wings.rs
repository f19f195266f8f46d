//! What a stored message costs the writers of both wings. (target 8)
//! Knows: both planes, worked by hand. Never knows: sockets.

use anyhow::Result;

use crate::row::{Amount, Limit, Row};
use crate::setting::Setting;
use crate::wings::Stored;

/// Groups of 64 in either wing.
const GROUPS: u64 = 400;

pub(crate) async fn run(setting: &Setting) -> Result<Vec<Row>> {
    let groups = usize::try_from(setting.many(GROUPS).max(100))?;
    let stored = Stored::measure(groups).await?;
    Ok(vec![Row::ratio(
        "8",
        "a stored business message, in groups of 64, fsync shared",
        Amount(stored.business_micros(), "µs"),
        ("a stored peer message", Amount(stored.peer_micros(), "µs")),
        Limit::AtMost(1.5),
    )])
}
