//! The frame socket itself: receive, send, close.
//! Knows: one WebSocket and its limits. Never knows: what a frame says, or who is at the other end.

mod goodbye;

use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use partywall_world::{Clock, Monotonic};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{error::Elapsed, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_tungstenite::tungstenite::{self, Bytes, Message};

use crate::limits::{self, BUSY, CONTROL_FRAMES, CONTROL_WINDOW, REST_AFTER};
use crate::meter::Metered;
use crate::pace::Pace;
use crate::wire::Wire;
use crate::{Limits, SocketError, config};

/// What the peer sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incoming {
    /// One whole frame, at most [`Limits::max_frame`] bytes.
    Frame(Bytes),
    /// The end: with the peer's close code if it gave one, without if it just went away.
    Closed(Option<u16>),
}

/// Whole binary frames over one WebSocket, from either side.
///
/// Pings are answered while [`recv`](Self::recv) is being polled. Time-outs are tokio's; the pace of
/// control frames is measured on the [`Clock`] handed in.
///
/// The server's end *rests* rather than wait for the next frame: it then holds no buffer until something
/// comes or is to be sent. One through which 8 frames went without a pause stays awake for another 5 s;
/// it looks whether they are over when `recv` is polled, so somebody has to poll it now and then.
///
/// **What may be cancelled:** [`recv`](Self::recv) loses nothing when its future is dropped, so it
/// may stand in `tokio::select!`. [`feed`](Self::feed), [`flush`](Self::flush),
/// [`send`](Self::send) and [`ping`](Self::ping) leave the stream well formed when dropped, but the
/// frame may or may not have been taken. [`close`](Self::close) must run to its end (2 s at most).
pub struct FrameSocket<S>(Box<Body<S>>);

/// In a box, so that whoever hands a socket on hands on a pointer.
struct Body<S> {
    wire: Wire<S>,
    limits: Limits,
    clock: Arc<dyn Clock>,
    control_frames: Pace,
    heard: Monotonic,
    /// Frames that came and went since it last rested.
    frames: u32,
    /// When one last did.
    stirred: Monotonic,
    /// One went since that was noted.
    spoke: bool,
    state: State,
}

/// What polling the WebSocket for a message gives.
type Said = Option<Result<Message, tungstenite::Error>>;

#[derive(Clone, Copy)]
enum State {
    Open,
    /// The peer said goodbye and was not answered yet.
    Leaving(Option<u16>),
    Closed(Option<u16>),
    Broken(SocketError),
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> FrameSocket<S> {
    /// The server's end of a stream on which the upgrade has been answered.
    pub async fn server(stream: S, limits: Limits, clock: Arc<dyn Clock>) -> Self {
        let metered = Metered::new(stream, limits::bytes_for_one_message(limits.max_frame));
        Self::on(Wire::server(metered, limits.max_frame), limits, clock)
    }

    /// The client's end of a stream on which the upgrade has been answered; see
    /// [`connect`](crate::connect) for one on which it has not.
    pub async fn client(stream: S, limits: Limits, clock: Arc<dyn Clock>) -> Self {
        let metered = Metered::new(stream, 0);
        let config = Some(config(limits.max_frame));
        let socket = WebSocketStream::from_raw_socket(metered, Role::Client, config).await;
        Self::opened(socket, limits, clock)
    }

    pub(crate) fn opened(
        mut socket: WebSocketStream<Metered<S>>,
        limits: Limits,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let allowance = limits::bytes_for_one_message(limits.max_frame);
        socket.get_mut().allow(allowance);
        Self::on(Wire::client(socket, limits.max_frame), limits, clock)
    }

    fn on(wire: Wire<S>, limits: Limits, clock: Arc<dyn Clock>) -> Self {
        Self(Box::new(Body {
            wire,
            limits,
            control_frames: Pace::new(CONTROL_FRAMES, CONTROL_WINDOW),
            heard: clock.monotonic(),
            frames: 0,
            stirred: clock.monotonic(),
            spoke: false,
            clock,
            state: State::Open,
        }))
    }

    /// Waits for the next frame or the end. Cancel safe.
    ///
    /// # Errors
    /// [`SocketError::NotBinary`], [`TooLarge`](SocketError::TooLarge),
    /// [`TooManyFragments`](SocketError::TooManyFragments),
    /// [`TooManyControlFrames`](SocketError::TooManyControlFrames),
    /// [`Protocol`](SocketError::Protocol) or [`Io`](SocketError::Io). After the peer's own faults,
    /// [`close`](Self::close) can still tell it a code.
    pub async fn recv(&mut self) -> Result<Incoming, SocketError> {
        loop {
            match self.0.state {
                State::Open => {}
                State::Leaving(code) => return Ok(Box::pin(self.farewell(code)).await),
                State::Closed(code) => return Ok(Incoming::Closed(code)),
                State::Broken(error) => return Err(error),
            }
            let message = poll_fn(|cx| self.poll_message(cx)).await;
            if let Some(frame) = self.sorted(message) {
                return Ok(Incoming::Frame(frame));
            }
        }
    }

    /// The next frame, if a whole one is already there: never waits, and loses nothing. `None` when
    /// there is none, and when the peer said goodbye, which takes a wait to answer: [`recv`](Self::recv)
    /// tells which. Nobody is woken for what comes later, unless `recv` is polled again.
    ///
    /// # Errors
    /// As [`recv`](Self::recv).
    pub fn recv_ready(&mut self) -> Option<Result<Incoming, SocketError>> {
        loop {
            match self.0.state {
                State::Open => {}
                State::Leaving(_) => return None,
                State::Closed(code) => return Some(Ok(Incoming::Closed(code))),
                State::Broken(error) => return Some(Err(error)),
            }
            let mut nobody = Context::from_waker(Waker::noop());
            let Poll::Ready(message) = self.0.wire.poll_next(&mut nobody) else {
                return None;
            };
            if let Some(frame) = self.sorted(message) {
                return Some(Ok(Incoming::Frame(frame)));
            }
        }
    }

    /// The next message; rests rather than wait awake.
    fn poll_message(&mut self, cx: &mut Context<'_>) -> Poll<Said> {
        loop {
            // What was only spoken to has nothing to read yet, most likely.
            if self.0.spoke && self.is_quiet() && self.0.wire.rest(cx) {
                self.0.frames = 0;
            }
            match self.0.wire.poll_next(cx) {
                // Once at rest it is polled again: another waits for the stream now.
                Poll::Pending if self.is_quiet() && self.0.wire.rest(cx) => self.0.frames = 0,
                polled => return polled,
            }
        }
    }

    /// Whether few frames came and went since it woke, or none for a while.
    fn is_quiet(&mut self) -> bool {
        let spoke = std::mem::take(&mut self.0.spoke);
        if self.0.frames < BUSY {
            return true;
        }
        let now = self.0.clock.monotonic();
        if spoke {
            self.0.stirred = now;
        }
        now.since(self.0.stirred) >= REST_AFTER
    }

    /// A frame is for the caller; whatever else came moves the state.
    fn sorted(&mut self, message: Said) -> Option<Bytes> {
        self.hear();
        match message {
            Some(Ok(Message::Binary(frame))) => {
                self.0.frames = self.0.frames.saturating_add(1);
                self.0.stirred = self.0.heard;
                return Some(frame);
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => self.admit_control_frame(),
            Some(Ok(Message::Close(close))) => {
                self.0.state = State::Leaving(close.map(|frame| frame.code.into()));
            }
            Some(Ok(Message::Text(_))) => self.fail(SocketError::NotBinary),
            Some(Ok(Message::Frame(_))) => self.fail(SocketError::Protocol),
            Some(Err(error)) => self.fail(error.into()),
            None => self.fail(SocketError::Closed),
        }
        None
    }

    /// Sends one frame now. The same as [`feed`](Self::feed) and [`flush`](Self::flush).
    ///
    /// # Errors
    /// [`SocketError::Stalled`] when the peer takes too long; otherwise as `feed`.
    pub async fn send(&mut self, frame: impl Into<Bytes>) -> Result<(), SocketError> {
        self.feed(frame).await?;
        self.flush().await
    }

    /// Takes one frame to be sent at the next [`flush`](Self::flush), together with others in one
    /// write. Writes by itself whenever more than 16 KiB have gathered.
    ///
    /// # Errors
    /// [`SocketError::TooLarge`] for a frame over the limit, of which nothing is sent and after which
    /// the socket still works; [`Stalled`](SocketError::Stalled), [`Closed`](SocketError::Closed) or
    /// [`Io`](SocketError::Io), after which it does not.
    pub async fn feed(&mut self, frame: impl Into<Bytes>) -> Result<(), SocketError> {
        let frame = frame.into();
        if frame.len() > self.0.limits.max_frame {
            return Err(SocketError::TooLarge);
        }
        self.put(Message::Binary(frame)).await
    }

    /// Writes out everything that was fed. Most writes end at once; only one that does not is worth a
    /// timer.
    ///
    /// # Errors
    /// [`SocketError::Stalled`], [`Closed`](SocketError::Closed) or [`Io`](SocketError::Io).
    pub async fn flush(&mut self) -> Result<(), SocketError> {
        self.writable()?;
        let body = &mut *self.0;
        let written = match poll_fn(|cx| Poll::Ready(body.wire.poll_flush(cx))).await {
            Poll::Ready(written) => Ok(written),
            Poll::Pending => {
                let rest = poll_fn(|cx| body.wire.poll_flush(cx));
                Box::pin(timeout(body.limits.stall, rest)).await
            }
        };
        self.after_write(written)
    }

    /// Asks the peer for a sign of life, seen in [`heard`](Self::heard) once it came.
    ///
    /// # Errors
    /// As [`flush`](Self::flush).
    pub async fn ping(&mut self) -> Result<(), SocketError> {
        self.put(Message::Ping(Bytes::new())).await?;
        self.flush().await
    }

    /// When [`recv`](Self::recv) last heard anything from the peer, control frames included; the
    /// socket's beginning, if never.
    pub fn heard(&self) -> Monotonic {
        self.0.heard
    }

    async fn put(&mut self, message: Message) -> Result<(), SocketError> {
        self.writable()?;
        self.0.spoke = true;
        self.0.frames = self.0.frames.saturating_add(1);
        let body = &mut *self.0;
        let mut message = Some(message);
        let taken = match poll_fn(|cx| Poll::Ready(body.wire.poll_put(cx, &mut message))).await {
            Poll::Ready(taken) => Ok(taken),
            Poll::Pending => {
                let later = poll_fn(|cx| body.wire.poll_put(cx, &mut message));
                Box::pin(timeout(body.limits.stall, later)).await
            }
        };
        self.after_write(taken)
    }

    fn writable(&self) -> Result<(), SocketError> {
        match self.0.state {
            State::Open => Ok(()),
            State::Leaving(_) | State::Closed(_) => Err(SocketError::Closed),
            State::Broken(error) => Err(error),
        }
    }

    fn after_write(
        &mut self,
        written: Result<Result<(), tungstenite::Error>, Elapsed>,
    ) -> Result<(), SocketError> {
        match written {
            Ok(Ok(())) => {}
            Ok(Err(error)) => self.fail(error.into()),
            Err(_elapsed) => self.fail(SocketError::Stalled),
        }
        self.writable()
    }

    /// A message came: note when, and let the next one in.
    fn hear(&mut self) {
        self.0.heard = self.0.clock.monotonic();
        let allowance = limits::bytes_for_one_message(self.0.limits.max_frame);
        if let Some(stream) = self.0.wire.stream() {
            stream.allow(allowance);
        }
    }

    fn admit_control_frame(&mut self) {
        let admitted = self.0.control_frames.admits(self.0.heard);
        if !admitted && !partywall_mutant::is("F05") {
            self.fail(SocketError::TooManyControlFrames);
        }
    }

    /// From here on the socket says so and nothing else. That the peer went away is an end and no
    /// fault.
    fn fail(&mut self, error: SocketError) {
        self.0.state = match error {
            SocketError::Closed => State::Closed(None),
            fault => State::Broken(fault),
        };
    }
}

#[cfg(test)]
impl<S: AsyncRead + AsyncWrite + Unpin> FrameSocket<S> {
    /// Whether it holds no buffer.
    pub(crate) fn is_resting(&self) -> bool {
        self.0.wire.is_resting()
    }
}

impl<S> fmt::Debug for FrameSocket<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FrameSocket")
    }
}
