//! What the person sees of a message: its id, its state, its place in the history.
//! Knows: plain values. Never knows: envelopes, sessions, the store.

use std::fmt;
use std::str::FromStr;

use partywall_world::Wall;

/// Names a message, the same on both sides: the first 16 bytes of its envelope's SHA-256.
/// Written as 32 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MessageId(pub(crate) [u8; 16]);

impl MessageId {
    /// The 16 bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A text is not a message id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a message id has 32 hexadecimal digits; copy it again")]
pub struct NotAMessageId;

impl FromStr for MessageId {
    type Err = NotAMessageId;

    fn from_str(text: &str) -> Result<Self, NotAMessageId> {
        if text.len() != 32 || !text.is_ascii() {
            return Err(NotAMessageId);
        }
        let mut bytes = [0; 16];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).map_err(|_| NotAMessageId)?;
        }
        Ok(Self(bytes))
    }
}

/// A text that was taken: sealed, and on this machine's disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    pub(crate) id: MessageId,
    pub(crate) repeated: bool,
}

impl Sent {
    /// The message's id.
    pub fn id(&self) -> MessageId {
        self.id
    }

    /// Whether a message of the same key had been taken before, so that nothing new was sent.
    pub fn repeated(&self) -> bool {
        self.repeated
    }
}

/// How far a message that you sent has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// On this machine's disk, in the outbox.
    Queued,
    /// On the relay's disk.
    Accepted,
    /// Taken in by the other side, which told so.
    Delivered,
    /// It will not arrive: the mailbox it was for has ended.
    Failed,
    /// The relay's retention has passed since it was accepted, and no sign of it came back.
    Expired,
}

/// Whose words a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Yours.
    Sent(State),
    /// Your contact's.
    Received {
        /// It came after a gap had been shown in its place.
        late: bool,
        /// Its writer did not have your newest text before it yet.
        crossed: bool,
    },
}

/// A message of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Whose it is, and how far it has come.
    pub direction: Direction,
    /// When it was written, by the writer's clock.
    pub sent: Wall,
    /// The text, at most 60,000 bytes.
    pub text: String,
    /// Its place in the history, for [`Page::before`].
    pub place: Place,
}

/// A place in a conversation's history. Later messages have greater places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(pub(crate) i64);

/// Which part of the history is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    pub(crate) before: Option<Place>,
    pub(crate) count: usize,
}

impl Page {
    /// The `count` latest messages (at most 500 a page).
    pub fn latest(count: usize) -> Self {
        Self {
            before: None,
            count: count.min(500),
        }
    }

    /// The `count` messages before a place (at most 500 a page): give the first message's place of the page
    /// after.
    pub fn before(place: Place, count: usize) -> Self {
        Self {
            before: Some(place),
            count: count.min(500),
        }
    }
}
