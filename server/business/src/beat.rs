//! What the wing does again and again: writes down how late it is, tells everybody what is still to be
//! told, lets go of what is too old.
//! Knows: how often. Never knows: what is told, or let go of.

use std::future::ready;
use std::sync::Arc;

use tokio::time::{MissedTickBehavior, interval};

use crate::limits::BEAT;
use crate::scribe::{apart, stored};
use crate::wing::Wing;
use crate::{chores, claims, talk};

/// Runs until it is aborted.
pub(crate) async fn run(wing: Arc<Wing>) {
    tokio::join!(beat(&wing), claims::watch(&wing));
}

async fn beat(wing: &Wing) {
    let mut beat = interval(BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut more = true;
    loop {
        tokio::select! {
            biased;
            _ = beat.tick() => {}
            () = wing.lines.chores.notified() => {}
            () = ready(()), if more => {}
        }
        // Each round waits for its commit: requests go in between.
        more = wing.ask(0, round).await.unwrap_or(false);
    }
}

fn round(desk: &mut crate::desk::Desk<'_>) -> Result<bool, partywall_store::StoreError> {
    let to_tell = stored(apart(desk, talk::notices::round))?.unwrap_or(false);
    let to_let_go = stored(chores::round(desk))?;
    Ok(to_tell || to_let_go)
}
