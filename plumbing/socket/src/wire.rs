//! A WebSocket that is awake, or the bare stream of one that rests. At rest it holds no buffer.
//! Knows: when nothing of a message is in memory any more. Never knows: time, or what a frame says.
//!
//! An awake WebSocket holds a read buffer, a write buffer and wakers: more than everything else that
//! an idle connection costs. The library cannot give them back, so an idle one is taken apart, down to
//! its stream, and put together again around the first bytes that come. That is sound when nothing
//! lies in its buffers, and the meter below knows it: every frame from a client is masked, so a message
//! of `n` bytes took at least the header of one masked frame of `n` bytes, and if what was read is no
//! more than that for every message that came out, no byte is left inside.

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::{FutureExt, Sink, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::config;
use crate::limits::WAKING_READ;
use crate::meter::Metered;

/// The header of a masked frame, by the length that it tells.
const MASKED_HEADER: [usize; 3] = [6, 8, 14];

pub(crate) struct Wire<S> {
    max_frame: usize,
    held: Held<S>,
}

enum Held<S> {
    /// The client's end, which never rests: it has one connection and not ten thousand.
    Client(Box<WebSocketStream<Metered<S>>>),
    Awake(Box<WebSocketStream<Metered<S>>>),
    Resting(Metered<S>),
    /// Between the two, never seen from outside.
    Nothing,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    /// The server's end. Rests until something comes or is to be said.
    pub(crate) fn server(stream: Metered<S>, max_frame: usize) -> Self {
        Self {
            max_frame,
            held: Held::Resting(stream),
        }
    }

    /// The client's end.
    pub(crate) fn client(socket: WebSocketStream<Metered<S>>, max_frame: usize) -> Self {
        Self {
            max_frame,
            held: Held::Client(Box::new(socket)),
        }
    }

    /// The next message; `None` when the stream has ended. Wakes up when something comes.
    pub(crate) fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Message, Error>>> {
        if let Held::Resting(stream) = &mut self.held {
            let mut space = [MaybeUninit::uninit(); WAKING_READ];
            let mut first = ReadBuf::uninit(&mut space);
            if let Err(error) = ready!(Pin::new(stream).poll_read(cx, &mut first)) {
                return Poll::Ready(Some(Err(error.into())));
            }
            if first.filled().is_empty() {
                return Poll::Ready(None);
            }
            self.wake(first.filled().to_vec());
        }
        let Some(socket) = self.awake() else {
            return Poll::Ready(None);
        };
        let message = ready!(socket.poll_next_unpin(cx));
        if let Some(Ok(message)) = &message {
            socket.get_mut().told(bytes_of(message.len()));
        }
        Poll::Ready(message)
    }

    /// Takes a message to be written, and what is left of it in `message` when it could not yet.
    pub(crate) fn poll_put(
        &mut self,
        cx: &mut Context<'_>,
        message: &mut Option<Message>,
    ) -> Poll<Result<(), Error>> {
        let mut socket = Pin::new(self.socket()?);
        ready!(socket.as_mut().poll_ready(cx))?;
        while let Some(taken) = message.take() {
            match socket.as_mut().start_send(taken) {
                // Pongs that wait behind a slow peer filled the buffer: it is written out first.
                Err(Error::WriteBufferFull(refused)) => {
                    *message = Some(*refused);
                    ready!(socket.as_mut().poll_flush(cx))?;
                }
                taken => return Poll::Ready(taken),
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Writes out everything that was put.
    pub(crate) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        match self.awake() {
            Some(socket) => Pin::new(socket).poll_flush(cx),
            None => Poll::Ready(Ok(())),
        }
    }

    /// The WebSocket, awake.
    pub(crate) fn socket(&mut self) -> io::Result<&mut WebSocketStream<Metered<S>>> {
        self.wake(Vec::new());
        self.awake()
            .ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    /// The stream below it.
    pub(crate) fn stream(&mut self) -> Option<&mut Metered<S>> {
        match &mut self.held {
            Held::Client(socket) | Held::Awake(socket) => Some(socket.get_mut()),
            Held::Resting(stream) => Some(stream),
            Held::Nothing => None,
        }
    }

    /// Gives every buffer back, if nothing lies in one and nothing waits to be written. True when it
    /// did: whoever waits for a message polls again then.
    pub(crate) fn rest(&mut self, cx: &mut Context<'_>) -> bool {
        let Held::Awake(socket) = &mut self.held else {
            return false;
        };
        // The first flush makes room for a pong that found none, the second writes it.
        let is_quiet = !partywall_mutant::is("F15")
            && socket.get_mut().is_level()
            && (0..2)
                .all(|_| matches!(Pin::new(&mut **socket).poll_flush(cx), Poll::Ready(Ok(()))));
        if is_quiet && let Held::Awake(socket) = std::mem::replace(&mut self.held, Held::Nothing) {
            self.held = Held::Resting(socket.into_inner());
        }
        is_quiet
    }

    /// Whether it holds no buffer.
    #[cfg(test)]
    pub(crate) fn is_resting(&self) -> bool {
        matches!(self.held, Held::Resting(_))
    }

    fn awake(&mut self) -> Option<&mut WebSocketStream<Metered<S>>> {
        match &mut self.held {
            Held::Client(socket) | Held::Awake(socket) => Some(socket),
            Held::Resting(_) | Held::Nothing => None,
        }
    }

    /// Puts the WebSocket together again around what came.
    fn wake(&mut self, first: Vec<u8>) {
        if !matches!(self.held, Held::Resting(_)) {
            return;
        }
        if let Held::Resting(stream) = std::mem::replace(&mut self.held, Held::Nothing) {
            let config = Some(config(self.max_frame));
            let put_together =
                WebSocketStream::from_partially_read(stream, first, Role::Server, config);
            let socket = put_together
                .now_or_never()
                .expect("without a handshake there is nothing to wait for");
            self.held = Held::Awake(Box::new(socket));
        }
    }
}

/// The fewest bytes in which a client can say a message of `length` bytes: more fragments only add
/// headers to it.
fn bytes_of(length: usize) -> usize {
    let [short, middle, long] = MASKED_HEADER;
    length
        + match length {
            0..=125 => short,
            126..=65_535 => middle,
            _ => long,
        }
}
