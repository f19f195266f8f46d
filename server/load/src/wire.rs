//! A WebSocket as cheap as a client can make it: many frames in one write, many out of one read.
//! Knows: RFC 6455 as far as binary messages in one piece go. Never knows: what they say.
//!
//! Masks are zero. Against a server that is measured they have nothing to hide, and it unmasks all the
//! same.

mod frame;
mod stream;

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

pub(crate) use self::frame::Payload;
use self::frame::{Frame, Opcode};
pub(crate) use self::stream::Stream;
use crate::LoadError;

/// What is read at once, if so much is there.
const BATCH: usize = 256 << 10;

/// Room that a read finds at least.
const ROOM: usize = 64 << 10;

/// The longest answer to an upgrade.
const ANSWER: usize = 16 << 10;

/// One connection.
pub(crate) struct Wire {
    stream: Stream,
    input: BytesMut,
    output: BytesMut,
}

impl Wire {
    /// Asks for a WebSocket at `path`.
    pub(crate) async fn upgrade(stream: Stream, host: &str, path: &str) -> Result<Self, LoadError> {
        let mut wire = Self {
            stream,
            input: BytesMut::new(),
            output: BytesMut::new(),
        };
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        wire.output.extend_from_slice(request.as_bytes());
        wire.flush().await?;
        loop {
            let end = wire.input.windows(4).position(|four| four == b"\r\n\r\n");
            if let Some(end) = end {
                let answer = wire.input.split_to(end + 4);
                if answer.starts_with(b"HTTP/1.1 101 ") {
                    return Ok(wire);
                }
                let answer = String::from_utf8_lossy(&answer);
                let first = answer.lines().next().unwrap_or_default();
                return Err(LoadError::Refused(first.to_owned()));
            }
            if wire.input.len() > ANSWER {
                return Err(LoadError::Nonsense);
            }
            wire.fill().await?;
        }
    }

    /// Takes one message to be sent at the next flush, in parts.
    pub(crate) fn put(&mut self, parts: &[&[u8]]) {
        frame::write(&mut self.output, Opcode::Binary, parts);
    }

    /// Writes everything that was put.
    pub(crate) async fn flush(&mut self) -> Result<(), LoadError> {
        if self.output.is_empty() {
            return Ok(());
        }
        self.stream.write_all(&self.output).await?;
        self.stream.flush().await?;
        self.output.clear();
        Ok(())
    }

    /// Waits until something is there, and takes all that is. Loses nothing when dropped.
    pub(crate) async fn fill(&mut self) -> Result<(), LoadError> {
        self.input.reserve(ROOM);
        if self.stream.read_buf(&mut self.input).await? == 0 {
            return Err(LoadError::Io(std::io::ErrorKind::UnexpectedEof.into()));
        }
        while self.input.len() < BATCH && self.take_ready().await? {}
        Ok(())
    }

    /// Takes what is there without waiting; whether there was anything.
    async fn take_ready(&mut self) -> Result<bool, LoadError> {
        self.input.reserve(ROOM);
        let mut read = pin!(self.stream.read_buf(&mut self.input));
        let taken = poll_fn(|cx| Poll::Ready(read.as_mut().poll(cx))).await;
        match taken {
            Poll::Ready(read) => Ok(read? > 0),
            Poll::Pending => Ok(false),
        }
    }

    /// The next whole message among what was taken. Pings are answered at the next flush.
    pub(crate) fn next(&mut self) -> Result<Option<Payload>, LoadError> {
        while let Some(Frame { opcode, payload }) = frame::read(&mut self.input)? {
            match opcode {
                Opcode::Binary => return Ok(Some(payload)),
                Opcode::Ping => frame::write(&mut self.output, Opcode::Pong, &[&payload]),
                Opcode::Pong => {}
                Opcode::Close => return Err(closed(&payload)),
            }
        }
        Ok(None)
    }

    /// Waits for the next message.
    pub(crate) async fn hear(&mut self) -> Result<Payload, LoadError> {
        loop {
            if let Some(payload) = self.next()? {
                return Ok(payload);
            }
            self.flush().await?;
            self.fill().await?;
        }
    }

    /// Asks for a sign of life.
    pub(crate) fn ping(&mut self) {
        frame::write(&mut self.output, Opcode::Ping, &[]);
    }

    /// Gives its buffers back until there is something again.
    pub(crate) fn rest(&mut self) {
        for buffer in [&mut self.input, &mut self.output] {
            if buffer.is_empty() {
                *buffer = BytesMut::new();
            }
        }
    }
}

fn closed(payload: &Bytes) -> LoadError {
    match payload.as_ref() {
        [high, low, ..] => LoadError::Closed(u16::from_be_bytes([*high, *low])),
        _ => LoadError::Closed(1005),
    }
}
