//! Counts the bytes a peer spends on one message, and stops at a bound; and those of which no message
//! told yet. Knows: numbers of bytes. Never knows: where a frame begins or ends.
//!
//! The WebSocket library bounds the length of a message, and not the number of fragments it comes
//! in: empty ones could follow for ever. They are not free of headers, so counting bytes bounds them.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What a read says once the bound is exceeded. No operating system says it of a socket.
pub(crate) const TOO_MUCH: io::ErrorKind = io::ErrorKind::FileTooLarge;

pub(crate) struct Metered<S> {
    stream: S,
    left: usize,
    /// Bytes read of which no message told yet.
    ahead: usize,
    exceeded: bool,
}

impl<S> Metered<S> {
    /// Lets `allowance` bytes in.
    pub(crate) fn new(stream: S, allowance: usize) -> Self {
        Self {
            stream,
            left: allowance,
            ahead: 0,
            exceeded: false,
        }
    }

    /// Lets `allowance` bytes in from now on, unless the bound was already exceeded.
    pub(crate) fn allow(&mut self, allowance: usize) {
        self.left = allowance;
    }

    /// A message was told that took at least so many bytes.
    pub(crate) fn told(&mut self, bytes: usize) {
        self.ahead = self.ahead.saturating_sub(bytes);
    }

    /// Whether no byte was read that is not part of a message told.
    pub(crate) fn is_level(&self) -> bool {
        self.ahead == 0
    }

    /// The stream itself, past the meter: to read and throw away.
    pub(crate) fn stream(&mut self) -> &mut S {
        &mut self.stream
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Metered<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        let read = buffer.filled().len() - before;
        self.exceeded |= read > self.left && !partywall_mutant::is("F03");
        if self.exceeded {
            buffer.set_filled(before);
            return Poll::Ready(Err(TOO_MUCH.into()));
        }
        self.left = self.left.saturating_sub(read);
        self.ahead += read;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Metered<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
