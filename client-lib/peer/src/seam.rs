//! What the conversations ask of the street, as plain values over two bounded channels a line.
//! Knows: mailboxes, envelopes, tags, reasons. Never knows: sockets, contacts, sessions, texts.
//!
//! The street offers two kinds of *line*. Each is a task of its own that connects, pings, waits
//! with jittered backoff and connects again by itself until its commands' sender is dropped; then it
//! closes its connection and ends. A line never touches the store and never asks what time it is
//! except through the clock it was given.
//!
//! `street::Sockets::new(Arc<dyn Clock>, Dice)` is the [`Street`] of production.
//!
//! * A [`CollectLine`] is the proven connection to one relay for all mailboxes read there.
//! * A [`DepositLine`] is the anonymous connection to one drop. It shares no socket, TLS session or
//!   timer with any other line.

use tokio::sync::mpsc;
use zeroize::Zeroizing;

pub use partywall_street::{DownReason, RelayPlace};

/// Commands and events that may wait in a line's channels, each way.
pub const LINE_ROOM: usize = 64;

/// Makes lines. In production the sockets do; in tests a relay in memory.
pub trait Street: Send + Sync + 'static {
    /// Begins to connect to the relay's collect door, for as long as the line's sender lives.
    /// Called inside a tokio runtime; returns at once.
    fn collect(&self, relay: RelayPlace) -> CollectLine;

    /// Begins to connect to one drop, for as long as the line's sender lives. Called inside a tokio
    /// runtime; returns at once.
    fn deposit(&self, to: DropPlace) -> DepositLine;
}

/// Where an anonymous writer leaves envelopes.
#[derive(Clone)]
pub struct DropPlace {
    /// The relay the drop is at.
    pub relay: RelayPlace,
    /// What opens the drop. Said on the deposit door only. (SPEC R-5)
    pub capability: Zeroizing<[u8; 32]>,
}

/// Numbers the connections of one collect line: 1, 2, 3, …
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Connection(pub u64);

/// The client's name for a mailbox on a connection. (SPEC §5.3)
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot(pub u32);

/// A tag of one delivery, void after its connection. (SPEC §5.5)
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tag(pub u64);

/// A row of the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OutboxId(pub u64);

/// The two ends of a line to a relay's collect door.
pub struct CollectLine {
    /// Commands in. Dropping it ends the line.
    pub commands: mpsc::Sender<CollectCommand>,
    /// Events out, in the order in which they happened.
    pub events: mpsc::Receiver<CollectEvent>,
}

/// Something to be said on one connection of a collect line. A line throws away, in silence,
/// commands for a connection that is not the present one: everything is asked anew after
/// [`CollectEvent::Up`].
pub struct CollectCommand {
    /// The connection it is meant for.
    pub connection: Connection,
    /// What is to be said.
    pub what: Collect,
}

/// What may be said on the collect door. (SPEC §5.3 to §5.5)
pub enum Collect {
    /// Make a mailbox, or attach it if it is there already. (P-5) Answered by `Attached` or `Refused`.
    Create {
        /// Its name from now on.
        slot: Slot,
        /// Seed of the mailbox's Ed25519 reader key.
        reader: Zeroizing<[u8; 32]>,
        /// The drop id, 32 bytes.
        drop: [u8; 32],
        /// A pass that counts down, if the relay asks for one.
        pass: Option<Zeroizing<[u8; 32]>>,
        /// A credit, good once. At most one of pass and credit is given.
        credit: Option<Zeroizing<[u8; 32]>>,
    },
    /// Read a mailbox. Answered by `Attached` or `Refused`.
    Attach {
        /// Its name from now on.
        slot: Slot,
        /// Seed of the mailbox's Ed25519 reader key.
        reader: Zeroizing<[u8; 32]>,
    },
    /// Put bundles on the shelf. Answered by `Shelved` or `Refused`.
    Shelve {
        /// Whose shelf.
        slot: Slot,
        /// Throw away what lies there first.
        clear: bool,
        /// At most 32 sealed one-time bundles of 1,409 bytes.
        one_time: Vec<Vec<u8>>,
        /// A sealed last-resort bundle of 1,409 bytes.
        last_resort: Option<Vec<u8>>,
    },
    /// Erase a mailbox. Answered by `Closed`.
    Close {
        /// Which.
        slot: Slot,
    },
    /// Everything of the slot up to this tag is stored here. Not answered.
    Ack {
        /// Which mailbox.
        slot: Slot,
        /// The last tag taken in.
        tag: Tag,
    },
}

/// What happened on a collect line.
#[derive(Debug)]
pub enum CollectEvent {
    /// Connected, and the relay has proven who it is. Nothing is attached yet.
    Up {
        /// The number of this connection.
        connection: Connection,
        /// How long the relay keeps what nobody collects, in days.
        retention_days: u32,
    },
    /// A mailbox is read here now.
    Attached {
        /// Which.
        slot: Slot,
        /// How many of its envelopes were ever acknowledged. (C-7)
        acks: u64,
        /// One-time bundles on its shelf.
        shelf: u32,
    },
    /// A command was refused.
    Refused {
        /// For which mailbox.
        slot: Slot,
        /// Why.
        reason: Refusal,
    },
    /// The mailbox is read elsewhere now, or has ended.
    Detached {
        /// Which.
        slot: Slot,
    },
    /// Bundles lie on the shelf, durably.
    Shelved {
        /// Whose.
        slot: Slot,
        /// One-time bundles there now.
        shelf: u32,
    },
    /// An envelope.
    Delivered {
        /// Of which mailbox.
        slot: Slot,
        /// For the acknowledgement.
        tag: Tag,
        /// 4,096, 16,384 or 65,536 bytes.
        envelope: Vec<u8>,
    },
    /// The mailbox is gone.
    Closed {
        /// Which.
        slot: Slot,
        /// Good for one new mailbox.
        credit: Option<[u8; 32]>,
    },
    /// Not connected (any more). Said once for each connection, and once for each attempt that
    /// failed with another reason than the one before.
    Down {
        /// Why.
        reason: DownReason,
    },
}

/// Why a relay refused. (SPEC §5.7)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// 1: unknown, or the proof did not hold.
    NoSuchMailbox,
    /// 2: another mailbox has one of the two ids.
    Taken,
    /// 3: this relay asks for a pass with something left.
    Admission,
    /// 4: no new mailboxes on a full disk.
    LowDisk,
    /// 5: too many on one connection.
    TooMany,
    /// 6: 100 bundles lie there already.
    ShelfFull,
    /// 7: later.
    Busy,
}

/// The two ends of a line to one drop.
pub struct DepositLine {
    /// Commands in. Dropping it ends the line.
    pub commands: mpsc::Sender<Deposit>,
    /// Events out, in the order in which they happened.
    pub events: mpsc::Receiver<DepositEvent>,
}

/// What may be asked on a deposit line. The line remembers what was not answered, and after a
/// reconnect says it again in the same order: the same bytes. (P-19) It keeps at most 64 envelopes
/// and 256 KiB unanswered and reads its commands no further than that. (P-18)
pub enum Deposit {
    /// Leave an envelope. Answered by `Accepted`.
    Submit {
        /// What the answer names.
        id: OutboxId,
        /// The bytes.
        envelope: Vec<u8>,
    },
    /// Take a bundle from the shelf. Answered by `Taken`. Not asked again after a reconnect:
    /// unanswered, it is answered by `Down`.
    Take,
}

/// What happened on a deposit line.
#[derive(Debug)]
pub enum DepositEvent {
    /// Connected, and the drop is there.
    Up,
    /// This envelope and all submitted before it are on the relay's disk.
    Accepted {
        /// Which.
        id: OutboxId,
    },
    /// A sealed bundle of 1,409 bytes; `None` when the shelf is bare.
    Taken {
        /// The bundle.
        sealed: Option<Vec<u8>>,
    },
    /// The mailbox is full. The line waits and goes on by itself.
    Full,
    /// Nobody reads there any more. The line has ended.
    NoSuchDrop,
    /// Not connected (any more). Said as on a collect line.
    Down {
        /// Why.
        reason: DownReason,
    },
}
