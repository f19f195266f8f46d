//! Messages over a WebSocket: many out of one read, many in one write, one flush.
//! Knows: tokio-tungstenite. Never knows: what messages say.

use std::future::poll_fn;
use std::task::Poll;

use anyhow::{Result, bail};
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

use crate::street::Stream;

/// Bytes that gather before they are written without a flush.
const WRITE: usize = 128 << 10;

/// Messages taken at once.
const BATCH: usize = 64;

pub(crate) struct Socket<S> {
    stream: WebSocketStream<S>,
}

impl<S: Stream> Socket<S> {
    pub(crate) async fn accept(stream: S) -> Result<Self> {
        let config = WebSocketConfig::default()
            .write_buffer_size(WRITE)
            .max_write_buffer_size(2 * WRITE);
        let handshake = tokio_tungstenite::accept_async_with_config(stream, Some(config));
        Ok(Self {
            stream: Box::pin(handshake).await?,
        })
    }

    /// Waits for a message, and takes with it those that are there as well. Loses nothing when dropped.
    pub(crate) async fn take(&mut self, into: &mut Vec<Bytes>) -> Result<()> {
        while into.is_empty() {
            let message = self.stream.next().await;
            keep(message, into)?;
        }
        while into.len() < BATCH {
            let more = poll_fn(|cx| Poll::Ready(self.stream.poll_next_unpin(cx))).await;
            match more {
                Poll::Ready(message) => keep(message, into)?,
                Poll::Pending => break,
            }
        }
        Ok(())
    }

    pub(crate) async fn feed(&mut self, message: Bytes) -> Result<()> {
        Ok(self.stream.feed(Message::Binary(message)).await?)
    }

    pub(crate) async fn flush(&mut self) -> Result<()> {
        Ok(self.stream.flush().await?)
    }
}

type Came = Option<Result<Message, tokio_tungstenite::tungstenite::Error>>;

fn keep(message: Came, into: &mut Vec<Bytes>) -> Result<()> {
    match message {
        Some(Ok(Message::Binary(bytes))) => into.push(bytes),
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
        Some(Ok(_)) | None => bail!("the end"),
        Some(Err(error)) => return Err(error.into()),
    }
    Ok(())
}
