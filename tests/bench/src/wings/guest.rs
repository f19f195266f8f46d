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
const PIPE: usize = 256 * 1_024;

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

    pub(super) async fn say(&mut self, frame: Vec<u8>) -> Result<()> {
        Ok(self.0.send(frame).await?)
    }

    /// The next frame; the writer works until it comes.
    pub(super) async fn hear(&mut self, hand: &mut Hand) -> Result<Vec<u8>> {
        match moved(hand, self.0.recv()).await?? {
            Incoming::Frame(frame) => Ok(frame.to_vec()),
            Incoming::Closed(code) => bail!("the relay closed with {code:?}"),
        }
    }
}

/// Waits for something that the writer has to work for.
pub(super) async fn moved<T>(hand: &mut Hand, wanted: impl Future<Output = T>) -> Result<T> {
    tokio::pin!(wanted);
    loop {
        tokio::select! {
            biased;
            came = &mut wanted => return Ok(came),
            () = tokio::task::yield_now() => {
                hand.work()?;
            }
        }
    }
}
