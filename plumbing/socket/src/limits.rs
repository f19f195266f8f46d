//! The bounds of a socket, and the codes it may be closed with.
//! Knows: numbers. Never knows: why a connection is closed.

use std::time::Duration;

use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

/// Bytes read at a time. Held while the socket is awake, and not while it rests.
pub(crate) const READ_BUFFER: usize = 16 * 1024;

/// Bytes of the first read after a rest: on the stack, so that a resting socket holds none.
pub(crate) const WAKING_READ: usize = 2 * 1024;

/// After so many frames without a rest a socket is busy: waking up for each would cost more than the
/// memory is worth.
pub(crate) const BUSY: u32 = 8;

/// After how long without a frame in either direction a busy socket rests.
pub(crate) const REST_AFTER: Duration = Duration::from_secs(5);

/// Bytes that `feed` gathers before they are written without a `flush`. Given back at rest.
const WRITE_BATCH: usize = 16 * 1024;

/// Bytes of pongs that may wait besides.
const PONGS: usize = 4 * 1024;

/// The longest header of a WebSocket frame.
const FRAME_HEADER: usize = 14;

/// Bytes of headers a peer may spend on the fragments of one message (some 170 fragments).
const FRAGMENT_HEADERS: usize = 1024;

/// How long the closing handshake may take.
pub(crate) const CLOSE_BOUND: Duration = Duration::from_secs(2);

/// How long the opening handshake of a client may take, and how many bytes its answer may have.
pub(crate) const OPEN_BOUND: Duration = Duration::from_secs(10);
pub(crate) const OPEN_BYTES: usize = 16 * 1024;

/// Control frames that a peer may send: so many at once, and so many per [`CONTROL_WINDOW`].
pub(crate) const CONTROL_FRAMES: u32 = 20;
/// The window of [`CONTROL_FRAMES`].
pub(crate) const CONTROL_WINDOW: Duration = Duration::from_secs(10);

/// What one side puts up with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest frame, in bytes, in either direction.
    pub max_frame: usize,
    /// How long one `feed`, `flush`, `send` or `ping` may wait for the peer to take bytes.
    pub stall: Duration,
}

/// How the WebSocket library is set up for frames of at most `max_frame` bytes: a read buffer of
/// 16 KiB, a write buffer that is empty at rest and bounded, messages and fragments of at most
/// `max_frame`, masked frames demanded from clients.
pub fn config(max_frame: usize) -> WebSocketConfig {
    let accepted = match partywall_mutant::is("F04") {
        true => 1 << 30,
        false => max_frame,
    };
    WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BATCH)
        .max_write_buffer_size(WRITE_BATCH + max_frame + FRAME_HEADER + PONGS)
        .max_message_size(Some(accepted))
        .max_frame_size(Some(accepted))
        .accept_unmasked_frames(partywall_mutant::is("F08"))
}

/// Bytes a peer may send for one message: the message, its header, what one read may take beyond
/// it, and the headers of its fragments.
pub(crate) fn bytes_for_one_message(max_frame: usize) -> usize {
    max_frame + FRAME_HEADER + READ_BUFFER + FRAGMENT_HEADERS
}

/// The reason for a close, as its number on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CloseCode(u16);

impl CloseCode {
    /// Done, nothing is wrong (1000).
    pub const NORMAL: Self = Self(1000);
    /// The server is stopping (1001).
    pub const GOING_AWAY: Self = Self(1001);

    /// A code of our own protocol: 4000 to 4999. Others are WebSocket's and give `None`.
    pub const fn new(code: u16) -> Option<Self> {
        if matches!(code, 4000..=4999) {
            Some(Self(code))
        } else {
            None
        }
    }

    /// The number on the wire.
    pub const fn number(self) -> u16 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_buffer_has_a_bound() {
        let config = config(65_536);
        assert_eq!(config.read_buffer_size, 16_384);
        assert_eq!(config.max_message_size, Some(65_536));
        assert_eq!(config.max_frame_size, Some(65_536));
        assert!(config.max_write_buffer_size <= 128 * 1024);
        assert!(!config.accept_unmasked_frames);
    }

    #[test]
    fn close_codes_of_our_own_are_4000_to_4999() {
        assert_eq!(CloseCode::new(4_000).map(CloseCode::number), Some(4_000));
        assert_eq!(CloseCode::new(4_999).map(CloseCode::number), Some(4_999));
        for foreign in [0, 999, 1_000, 1_005, 1_006, 3_999, 5_000, u16::MAX] {
            assert_eq!(CloseCode::new(foreign), None);
        }
    }
}
