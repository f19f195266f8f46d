//! From a line to somebody to a line to the relay of the link. (SPEC R-2)
//! Knows: Hello, and the certificate of this very connection. Never knows: mailboxes; and never
//! sends: what has no proven relay at its end has no way to send anything.

use partywall_ground::{Close, RelayKey, Seconds, Spki, Wing};
use partywall_proof::{BadVouch, Greeting, Hello, Stranger};
use partywall_socket::{CloseCode, FrameSocket, Incoming};
use partywall_world::Wall;

use crate::dial::Stream;
use crate::door::Door;
use crate::trouble::{Mismatch, Trouble, WrongRelay};

/// A WebSocket to somebody who has not said who it is.
pub struct Dialled<W: Wing> {
    socket: FrameSocket<Stream>,
    door: Door<W>,
    host: String,
    spki: Spki,
}

/// It said who it is. Nothing of that is proven.
pub struct Introduced {
    socket: FrameSocket<Stream>,
    host: String,
    spki: Spki,
    hello: Hello,
}

/// The relay of the link, proven. From here on frames may be sent.
pub struct Greeted {
    /// What it said and proved.
    pub greeting: Greeting,
    /// The connection that it said it on.
    pub socket: FrameSocket<Stream>,
}

impl<W: Wing> Dialled<W> {
    pub(crate) fn new(
        socket: FrameSocket<Stream>,
        door: Door<W>,
        host: String,
        spki: Spki,
    ) -> Self {
        Self {
            socket,
            door,
            host,
            spki,
        }
    }

    /// Waits for Hello. The caller bounds the time.
    ///
    /// # Errors
    /// [`Trouble`]: nobody speaks, or it is no relay of this version and wing.
    pub async fn introduced(mut self) -> Result<Introduced, Trouble> {
        let frame = match self.socket.recv().await? {
            Incoming::Frame(frame) => frame,
            Incoming::Closed(code) => return Err(closed(code)),
        };
        let Self {
            socket,
            door,
            host,
            spki,
        } = self;
        match door.first_words(&frame) {
            Ok(hello) => Ok(Introduced {
                socket,
                host,
                spki,
                hello,
            }),
            Err(Close::Version) => Err(Trouble::Closed(Close::Version)),
            Err(_) => Err(Trouble::NotARelay { host }),
        }
    }

    /// Waits for Hello and has it proven. What fails is dropped without another byte.
    ///
    /// # Errors
    /// [`Trouble::WrongRelay`] above all.
    pub async fn greet(self, expected: &RelayKey, now: Wall) -> Result<Greeted, Trouble> {
        Ok(self.introduced().await?.prove(expected, now)?)
    }
}

impl Introduced {
    /// What it says about itself.
    #[must_use]
    pub const fn hello(&self) -> &Hello {
        &self.hello
    }

    /// The key of the certificate that was shown on this connection.
    #[must_use]
    pub const fn shown(&self) -> &Spki {
        &self.spki
    }

    /// Holds what it says against the link and the certificate. (SPEC R-2)
    ///
    /// # Errors
    /// Why it is not the relay of the link; nothing was sent to it then.
    pub fn prove(self, expected: &RelayKey, now: Wall) -> Result<Greeted, WrongRelay> {
        let Self {
            socket,
            host,
            spki,
            hello,
        } = self;
        let now = Seconds::new(now.seconds());
        match hello.prove(expected, &spki, now) {
            Ok(greeting) => Ok(Greeted { greeting, socket }),
            Err(stranger) => Err(WrongRelay {
                host,
                because: stranger.into(),
            }),
        }
    }
}

impl From<Stranger> for Mismatch {
    fn from(stranger: Stranger) -> Self {
        match stranger {
            Stranger::OtherRelay => Self::AnotherKey,
            Stranger::NotVouched | Stranger::Vouch(BadVouch::NotSigned) => Self::NotVouched,
            Stranger::Vouch(BadVouch::Expired) => Self::VouchExpired,
        }
    }
}

/// What a WebSocket close means. (SPEC §5.7)
#[must_use]
pub fn closed(code: Option<u16>) -> Trouble {
    match code {
        Some(code) if code == CloseCode::GOING_AWAY.number() => Trouble::Closed(Close::ComeBack),
        Some(code) => Close::from_code(code).map_or(Trouble::Lost, Trouble::Closed),
        None => Trouble::Lost,
    }
}

/// Tells a relay that it broke the protocol, and hangs up. (SPEC §5.7)
pub async fn say_malformed(socket: &mut FrameSocket<Stream>) {
    let code = CloseCode::new(Close::Malformed.code()).unwrap_or(CloseCode::NORMAL);
    let _whether_heard = socket.close(code).await;
}

#[cfg(test)]
mod tests;
