//! One side of a connection that ends in the middle of whatever is written to it, when its knob says so.
//! Knows: bytes. Never knows: frames.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::knobs::Knob;

/// A stream that tears.
pub(crate) struct Tearing<S> {
    stream: S,
    knob: Knob,
}

impl<S> Tearing<S> {
    /// What is written to `stream` counts for the knob.
    pub(crate) const fn over(stream: S, knob: Knob) -> Self {
        Self { stream, knob }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Tearing<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Tearing<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let passing = match self.knob.until_torn() {
            None => bytes,
            Some(0) => {
                self.knob.torn();
                return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
            }
            Some(left) => {
                let most = usize::try_from(left).unwrap_or(usize::MAX);
                &bytes[..bytes.len().min(most)]
            }
        };
        let written = Pin::new(&mut self.stream).poll_write(context, passing);
        if let Poll::Ready(Ok(count)) = &written {
            self.knob.written(*count);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
