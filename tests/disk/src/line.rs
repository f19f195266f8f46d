//! A connection to one of the relay's doors, in the clear, as behind a proxy: one thread, frames and pings.
//! Knows: WebSocket. Never knows: what a frame says.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;

use tokio_tungstenite::tungstenite::client::client_with_config;
use tokio_tungstenite::tungstenite::{Error, Message, WebSocket};

use crate::disk::PATIENCE;

/// An open connection.
pub struct Line {
    socket: WebSocket<Steady<TcpStream>>,
    port: u16,
}

/// A stream that goes on where the operating system was interrupted. A read with a timeout is, now and then, when
/// a child of this process is stopped or ends while another one is started; the WebSocket would take it for an end.
struct Steady<S>(S);

/// What came.
#[derive(Debug)]
pub enum Heard {
    /// A frame.
    Frame(Vec<u8>),
    /// The answer to a ping.
    Pong,
    /// The end, with its code if one was said.
    End(Option<u16>),
}

impl Line {
    /// Opens one.
    ///
    /// # Errors
    /// Why not.
    pub fn open(address: &str, path: &str) -> Result<Self, String> {
        let stream = TcpStream::connect(address).map_err(|error| error.to_string())?;
        let prepared = stream
            .set_read_timeout(Some(PATIENCE))
            .and_then(|()| stream.set_nodelay(true));
        prepared.map_err(|error| error.to_string())?;
        let port = stream
            .local_addr()
            .map_err(|error| error.to_string())?
            .port();
        let asked = client_with_config(format!("ws://{address}{path}"), Steady(stream), None);
        let (socket, _) = asked.map_err(|error| error.to_string())?;
        Ok(Self { socket, port })
    }

    /// Where this end is: what the relay sends to.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Says a frame. What the other side does not take any more is lost.
    pub fn say(&mut self, frame: Vec<u8>) {
        let _lost = self.socket.send(Message::binary(frame));
    }

    /// The next thing that comes.
    ///
    /// # Errors
    /// When nothing comes at all.
    pub fn hear(&mut self) -> Result<Heard, String> {
        loop {
            return Ok(match self.socket.read() {
                Ok(Message::Binary(frame)) => Heard::Frame(frame.to_vec()),
                Ok(Message::Pong(_)) => Heard::Pong,
                Ok(Message::Close(close)) => {
                    let _answered = self.socket.flush();
                    Heard::End(close.map(|close| close.code.into()))
                }
                Ok(_) => continue,
                Err(Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => {
                    return Err("the relay says nothing".to_owned());
                }
                Err(_) => Heard::End(None),
            });
        }
    }

    /// The next frame.
    ///
    /// # Errors
    /// The code of the end, if it comes instead, or `None`.
    pub fn frame(&mut self) -> Result<Vec<u8>, Option<u16>> {
        loop {
            match self.hear() {
                Ok(Heard::Frame(frame)) => return Ok(frame),
                Ok(Heard::Pong) => {}
                Ok(Heard::End(code)) => return Err(code),
                Err(_) => return Err(None),
            }
        }
    }

    /// The frames that come before the relay has gone round its loop on this connection twice, and so
    /// has said all that it had to say when this was called: a pong may overtake what its turn finds,
    /// the pong of the turn after it does not.
    ///
    /// # Errors
    /// When the connection ends meanwhile.
    pub fn twice_round(&mut self) -> Result<Vec<Vec<u8>>, String> {
        let mut frames = Vec::new();
        for _ in 0..2 {
            let sent = self.socket.send(Message::Ping(Vec::new().into()));
            sent.map_err(|error| error.to_string())?;
            loop {
                match self.hear()? {
                    Heard::Frame(frame) => frames.push(frame),
                    Heard::Pong => break,
                    Heard::End(code) => return Err(format!("closed with {code:?}")),
                }
            }
        }
        Ok(frames)
    }

    /// The code with which the connection ends, whatever comes before, which is handed on.
    ///
    /// # Errors
    /// When it does not end.
    pub fn end(&mut self, mut before: impl FnMut(Vec<u8>)) -> Result<Option<u16>, String> {
        loop {
            match self.hear()? {
                Heard::Frame(frame) => before(frame),
                Heard::Pong => {}
                Heard::End(code) => return Ok(code),
            }
        }
    }
}

impl<S: Read> Read for Steady<S> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        loop {
            match self.0.read(into) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => return read,
            }
        }
    }
}

impl<S: Write> Write for Steady<S> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stream whose first reads are interrupted.
    struct Disturbed(usize);

    impl Read for Disturbed {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            if let Some(fewer) = self.0.checked_sub(1) {
                self.0 = fewer;
                return Err(ErrorKind::Interrupted.into());
            }
            into.fill(7);
            Ok(into.len())
        }
    }

    #[test]
    fn whoever_is_interrupted_while_it_waits_goes_on_waiting() {
        let mut bytes = [0; 4];
        let read = Steady(Disturbed(3)).read(&mut bytes);
        assert_eq!((read.map_err(|error| error.kind()), bytes), (Ok(4), [7; 4]));
    }
}
