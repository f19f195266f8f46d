//! What a stored message costs the writer: a customer's word beside an envelope of the peer wing, in
//! groups of 64, on the same disk, in one run.
//! Knows: both planes through their doors, and a writer that works when it is told to. Never knows:
//! their rooms.

mod business;
mod guest;
mod peer;

use std::time::Duration;

use anyhow::{Result, ensure};
use partywall_store::Hand;
use partywall_world::{Clock, SystemClock};

use self::business::Customers;
use self::peer::Writers;

/// Messages of one group, each of another sender.
const GROUP: usize = 64;

/// How long a message takes the writer, in both wings.
pub(crate) struct Stored {
    peer: Vec<Duration>,
    business: Vec<Duration>,
}

impl Stored {
    /// So many groups in either wing, one after the other.
    pub(crate) async fn measure(groups: usize) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut writers = Writers::meet(folder.path()).await?;
        let mut customers = Customers::meet(folder.path()).await?;
        let (mut peer, mut business) = (Vec::new(), Vec::new());
        // The first groups find nothing prepared.
        for round in 0..groups + 10 {
            let (envelope, word) = (writers.leave().await?, customers.say().await?);
            if round >= 10 {
                peer.extend(envelope);
                business.extend(word);
            }
        }
        ensure!(
            peer.len().min(business.len()) > groups / 2,
            "hardly a group was written whole: try again when the machine is idle"
        );
        Ok(Self { peer, business })
    }
}

impl Stored {
    /// Microseconds an envelope of the peer wing, as the middle of all groups.
    pub(crate) fn peer_micros(&self) -> f64 {
        each(&self.peer)
    }

    /// Microseconds a customer's word, as the middle of all groups.
    pub(crate) fn business_micros(&self) -> f64 {
        each(&self.business)
    }
}

fn each(groups: &[Duration]) -> f64 {
    let mut sorted = groups.to_vec();
    sorted.sort_unstable();
    let middle = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
    middle.as_secs_f64() * 1_000_000.0 / GROUP as f64
}

/// Everything that tasks can do without the writer; they do it in far fewer turns.
async fn settle() {
    for _ in 0..2_000 {
        tokio::task::yield_now().await;
    }
}

/// Has a group written; how long it took. Nothing, if it was no whole group: a chore of the wing's own
/// came between.
async fn write(hand: &mut Hand) -> Result<Option<Duration>> {
    settle().await;
    let clock = SystemClock::new();
    let start = clock.monotonic();
    let written = hand.work()?;
    let took = clock.monotonic().since(start);
    Ok((GROUP..GROUP + 4).contains(&written).then_some(took))
}
