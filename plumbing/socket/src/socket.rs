//! The frame socket itself: receive, send, close.
//! Knows: one WebSocket and its limits. Never knows: what a frame says, or who is at the other end.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use futures_util::{SinkExt, StreamExt};
use partywall_world::{Clock, Monotonic};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{error::Elapsed, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role};
use tokio_tungstenite::tungstenite::{self, Bytes, Message, Utf8Bytes};

use crate::limits::{self, CLOSE_BOUND, CONTROL_FRAMES, CONTROL_WINDOW};
use crate::meter::Metered;
use crate::pace::Pace;
use crate::{CloseCode, Limits, SocketError, config};

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
/// **What may be cancelled:** [`recv`](Self::recv) loses nothing when its future is dropped, so it
/// may stand in `tokio::select!`. [`feed`](Self::feed), [`flush`](Self::flush),
/// [`send`](Self::send) and [`ping`](Self::ping) leave the stream well formed when dropped, but the
/// frame may or may not have been taken. [`close`](Self::close) must run to its end (2 s at most).
pub struct FrameSocket<S> {
    socket: WebSocketStream<Metered<S>>,
    limits: Limits,
    clock: Arc<dyn Clock>,
    control_frames: Pace,
    heard: Monotonic,
    state: State,
}

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
        Self::after_handshake(stream, Role::Server, limits, clock).await
    }

    /// The client's end of a stream on which the upgrade has been answered; see
    /// [`connect`](crate::connect) for one on which it has not.
    pub async fn client(stream: S, limits: Limits, clock: Arc<dyn Clock>) -> Self {
        Self::after_handshake(stream, Role::Client, limits, clock).await
    }

    async fn after_handshake(stream: S, role: Role, limits: Limits, clock: Arc<dyn Clock>) -> Self {
        let metered = Metered::new(stream, limits::bytes_for_one_message(limits.max_frame));
        let config = Some(config(limits.max_frame));
        let socket = WebSocketStream::from_raw_socket(metered, role, config).await;
        Self::opened(socket, limits, clock)
    }

    pub(crate) fn opened(
        mut socket: WebSocketStream<Metered<S>>,
        limits: Limits,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let allowance = limits::bytes_for_one_message(limits.max_frame);
        socket.get_mut().allow(allowance);
        Self {
            socket,
            limits,
            control_frames: Pace::new(CONTROL_FRAMES, CONTROL_WINDOW),
            heard: clock.monotonic(),
            clock,
            state: State::Open,
        }
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
            match self.state {
                State::Open => {}
                State::Leaving(code) => return Ok(self.farewell(code).await),
                State::Closed(code) => return Ok(Incoming::Closed(code)),
                State::Broken(error) => return Err(error),
            }
            let message = self.socket.next().await;
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
            match self.state {
                State::Open => {}
                State::Leaving(_) => return None,
                State::Closed(code) => return Some(Ok(Incoming::Closed(code))),
                State::Broken(error) => return Some(Err(error)),
            }
            let mut nobody = Context::from_waker(Waker::noop());
            let Poll::Ready(message) = self.socket.poll_next_unpin(&mut nobody) else {
                return None;
            };
            if let Some(frame) = self.sorted(message) {
                return Some(Ok(Incoming::Frame(frame)));
            }
        }
    }

    /// A frame is for the caller; whatever else came moves the state.
    fn sorted(&mut self, message: Option<Result<Message, tungstenite::Error>>) -> Option<Bytes> {
        self.hear();
        match message {
            Some(Ok(Message::Binary(frame))) => return Some(frame),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => self.admit_control_frame(),
            Some(Ok(Message::Close(close))) => {
                self.state = State::Leaving(close.map(|frame| frame.code.into()));
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
        if frame.len() > self.limits.max_frame {
            return Err(SocketError::TooLarge);
        }
        self.put(Message::Binary(frame)).await
    }

    /// Writes out everything that was fed.
    ///
    /// # Errors
    /// [`SocketError::Stalled`], [`Closed`](SocketError::Closed) or [`Io`](SocketError::Io).
    pub async fn flush(&mut self) -> Result<(), SocketError> {
        self.writable()?;
        let written = timeout(self.limits.stall, self.socket.flush()).await;
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
        self.heard
    }

    /// Says `code`, waits for the peer to agree, and shuts the stream down; all of it within 2 s.
    /// What the peer sends meanwhile is thrown away. Also tells a peer whose fault made
    /// [`recv`](Self::recv) fail. Does nothing on a socket that is already closed.
    ///
    /// # Errors
    /// [`SocketError::Stalled`] when the peer did not answer in time. The socket is closed either way.
    pub async fn close(&mut self, code: CloseCode) -> Result<(), SocketError> {
        let reads_on = match self.state {
            State::Open => true,
            State::Leaving(said) => {
                self.farewell(said).await;
                return Ok(());
            }
            State::Broken(SocketError::NotBinary | SocketError::TooManyControlFrames) => true,
            State::Broken(SocketError::Stalled | SocketError::Io(_)) | State::Closed(_) => {
                self.state = State::Closed(None);
                return Ok(());
            }
            State::Broken(_) => false,
        };
        self.state = State::Closed(None);
        let finished = timeout(CLOSE_BOUND, self.say_goodbye(code, reads_on)).await;
        finished.map_err(|_elapsed| SocketError::Stalled)
    }

    /// Ends when both sides have, or when the stream fails: then there is nobody left to tell.
    async fn say_goodbye(&mut self, code: CloseCode, reads_on: bool) {
        let frame = CloseFrame {
            code: code.number().into(),
            reason: Utf8Bytes::default(),
        };
        if self.socket.close(Some(frame)).await.is_err() {
            return;
        }
        let agreed = reads_on && self.hear_goodbye().await;
        let stream = self.socket.get_mut().stream();
        if stream.shutdown().await.is_err() || agreed {
            return;
        }
        // Unread bytes would make the operating system reset the connection, and the close frame
        // would be lost with it.
        let mut thrown_away = [0; 1024];
        while let Ok(1..) = stream.read(&mut thrown_away).await {}
    }

    /// Throws away what still comes. True when the peer ended properly.
    async fn hear_goodbye(&mut self) -> bool {
        loop {
            match self.socket.next().await {
                Some(Ok(_thrown_away)) => self.hear(),
                Some(Err(_fault)) => return false,
                None => return true,
            }
        }
    }

    /// The peer closes: answer and shut down. Dropped half-way, the next `recv` does so again.
    async fn farewell(&mut self, code: Option<u16>) -> Incoming {
        let _bounded = timeout(CLOSE_BOUND, async {
            let _answered = self.socket.flush().await;
            self.socket.get_mut().stream().shutdown().await
        })
        .await;
        self.state = State::Closed(code);
        Incoming::Closed(code)
    }

    async fn put(&mut self, message: Message) -> Result<(), SocketError> {
        self.writable()?;
        let taken = timeout(self.limits.stall, enqueue(&mut self.socket, message)).await;
        self.after_write(taken)
    }

    fn writable(&self) -> Result<(), SocketError> {
        match self.state {
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
        self.heard = self.clock.monotonic();
        let allowance = limits::bytes_for_one_message(self.limits.max_frame);
        self.socket.get_mut().allow(allowance);
    }

    fn admit_control_frame(&mut self) {
        if !self.control_frames.admits(self.heard) {
            self.fail(SocketError::TooManyControlFrames);
        }
    }

    /// From here on the socket says so and nothing else. That the peer went away is an end and no
    /// fault.
    fn fail(&mut self, error: SocketError) {
        self.state = match error {
            SocketError::Closed => State::Closed(None),
            fault => State::Broken(fault),
        };
    }
}

impl<S> fmt::Debug for FrameSocket<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FrameSocket")
    }
}

/// Pongs that wait behind a slow peer may have filled the buffer; then it is written out first.
async fn enqueue<S: AsyncRead + AsyncWrite + Unpin>(
    socket: &mut WebSocketStream<Metered<S>>,
    message: Message,
) -> Result<(), tungstenite::Error> {
    match socket.feed(message).await {
        Err(tungstenite::Error::WriteBufferFull(message)) => {
            socket.flush().await?;
            socket.feed(*message).await
        }
        taken => taken,
    }
}
