//! A connection over a pipe in memory, whose wing's writer is moved while it waits.
//! Knows: frames. Never knows: what they say.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail};
use partywall_socket::{FrameSocket, Incoming, Limits};
use partywall_store::Hand;
use partywall_world::{Clock, ManualClock};
use tokio::io::DuplexStream;

const LIMITS: Limits = Limits {
    max_frame: 65_792,
    stall: Duration::from_secs(10),
};
const PIPE: usize = 512 * 1_024;
/// Turns in which tasks do all they can without the writer.
const TURNS: usize = 64;
/// While somebody waits to hear and the writer has nothing to do, a thread may be reading for them. Whoever waits rests:
/// looking again and again would be counted. Where time stands still it goes on only when that thread is through.
const PAUSE: Duration = Duration::from_millis(2);

/// The end at which a client sits.
pub(super) struct Guest(FrameSocket<DuplexStream>);

impl Guest {
    /// Both ends: a client's, and the one that a door serves.
    pub(super) async fn pair(clock: &ManualClock) -> (Self, FrameSocket<DuplexStream>) {
        let (near, far) = tokio::io::duplex(PIPE);
        let clock: Arc<dyn Clock> = Arc::new(clock.clone());
        let served = FrameSocket::server(far, LIMITS, Arc::clone(&clock)).await;
        (Self(FrameSocket::client(near, LIMITS, clock).await), served)
    }

    /// Says these frames together.
    pub(super) async fn say(&mut self, frames: &[Vec<u8>]) -> Result<()> {
        for frame in frames {
            self.0.feed(frame.clone()).await?;
        }
        Ok(self.0.flush().await?)
    }

    /// The next frame; the writer works until it comes.
    pub(super) async fn hear(&mut self, hand: &mut Hand) -> Result<Vec<u8>> {
        if let Some(ready) = self.0.recv_ready() {
            return frame(ready?);
        }
        hand.work()?;
        let heard = self.0.recv();
        tokio::pin!(heard);
        loop {
            tokio::select! {
                biased;
                came = &mut heard => return frame(came?),
                () = tokio::time::sleep(PAUSE) => {
                    hand.work()?;
                }
            }
        }
    }
}

fn frame(heard: Incoming) -> Result<Vec<u8>> {
    match heard {
        Incoming::Frame(frame) => Ok(frame.to_vec()),
        Incoming::Closed(code) => bail!("the relay closed with {code:?}"),
    }
}

/// Everything that tasks can do without the writer.
pub(super) async fn settle() {
    for _ in 0..TURNS {
        tokio::task::yield_now().await;
    }
}
