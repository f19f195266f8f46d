//! What a store is asked to write, and what became of it.
//! Knows: keys that mean nothing outside the store. Never knows: secrets, only their hashes.

use std::sync::Arc;

use partywall_ground::{DropId, ReaderId};
use partywall_peer::Envelope;
use tokio::sync::OwnedSemaphorePermit;

/// A mailbox inside this relay: 63 random bits that are never used twice. Never on the wire.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct MailboxKey(i64);

impl MailboxKey {
    /// From a random draw.
    pub(crate) fn drawn(bits: u64) -> Self {
        // As it was drawn, so that a joint draw of both wings would show.
        if partywall_mutant::is("P01") {
            return Self((bits & (u64::MAX >> 1)).cast_signed());
        }
        Self((bits >> 1).cast_signed())
    }

    pub(crate) const fn stored(number: i64) -> Self {
        Self(number)
    }

    pub(crate) const fn number(self) -> i64 {
        self.0
    }
}

/// Where an envelope lies. Grows with acceptance and is not used twice while this process lives;
/// never on the wire, where a tag of the connection stands for it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place(i64);

impl Place {
    pub(crate) const fn stored(number: i64) -> Self {
        Self(number)
    }

    pub(crate) const fn number(self) -> i64 {
        self.0
    }

    pub(crate) const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// The hash of a pass or a credit: all that the relay keeps of it.
pub(crate) type Digest = [u8; 32];

/// The first four bytes of a pass's hash: what operators call it by.
pub(crate) type ShortId = [u8; 4];

/// An envelope in memory, with the share of the relay's memory that it takes up.
pub(crate) struct Cargo {
    envelope: Envelope,
    /// Given back when the last holder lets go.
    _share: Option<OwnedSemaphorePermit>,
}

impl Cargo {
    pub(crate) fn new(envelope: Envelope, share: Option<OwnedSemaphorePermit>) -> Arc<Self> {
        Arc::new(Self {
            envelope,
            _share: share,
        })
    }

    pub(crate) fn envelope(&self) -> &Envelope {
        &self.envelope
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.envelope.as_bytes()
    }

    pub(crate) fn size(&self) -> usize {
        self.envelope.size().bytes()
    }
}

/// Envelopes of one mailbox from disk, in order.
pub(crate) type Rows = Vec<(Place, Arc<Cargo>)>;

/// What lets a new mailbox be made. (SPEC P-6)
#[derive(Clone, Copy)]
pub(crate) struct Admit {
    /// Nothing is asked for.
    pub(crate) open: bool,
    /// The disk is too full for new mailboxes, whoever asks.
    pub(crate) low_disk: bool,
    /// Tried first.
    pub(crate) credit: Option<Digest>,
    /// Tried then.
    pub(crate) pass: Option<Digest>,
}

/// So many envelopes of a mailbox were acknowledged.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Acks {
    pub(crate) mailbox: MailboxKey,
    pub(crate) count: u64,
}

/// One thing to be written.
#[derive(Clone)]
pub(crate) enum Write {
    /// Makes a mailbox, or finds that it is there. (P-5, P-6)
    Create {
        mailbox: MailboxKey,
        reader: ReaderId,
        drop: DropId,
        admit: Admit,
    },
    /// Ends a mailbox; its rows are erased by [`super::Store::expire`]. (P-6)
    Close {
        mailbox: MailboxKey,
        credit: Option<Digest>,
    },
    /// These were read today.
    Seen { mailboxes: Vec<MailboxKey> },
    /// Keeps an envelope behind all others of its mailbox.
    Keep {
        mailbox: MailboxKey,
        cargo: Arc<Cargo>,
    },
    /// Moves the counts and deletes the places, which are in ascending order and hold so many bytes.
    /// (P-13)
    Acknowledge {
        counts: Vec<Acks>,
        places: Vec<Place>,
        bytes: usize,
    },
    /// Puts bundles on a shelf. (P-9)
    Shelve {
        mailbox: MailboxKey,
        clear: bool,
        one_time: Vec<Vec<u8>>,
        last_resort: Option<Vec<u8>>,
    },
    /// Takes a bundle off a shelf, a one-time one only if `one_time`. (P-10)
    Take { mailbox: MailboxKey, one_time: bool },
    /// Makes a pass.
    MakePass { digest: Digest, mailboxes: u32 },
    /// Makes a pass worthless.
    RevokePass { short: ShortId },
}

/// What became of a write. Said only once it is durable.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Written.
    Done,
    /// There is no such mailbox (any more); nothing was written.
    NoMailbox,
    /// The envelope lies here.
    Kept(Place),
    /// The mailbox is new.
    Created,
    /// Exactly this mailbox is there already.
    Existing(MailboxKey),
    /// Another mailbox has one of the two ids.
    Taken,
    /// Neither credit nor pass was worth anything.
    NotAdmitted,
    /// No new mailboxes now.
    LowDisk,
    /// The disk is full; nothing was written. (P-17)
    NoRoom,
    /// So many one-time bundles lie there now.
    Shelved(u32),
    /// More than a shelf holds; nothing was written.
    ShelfFull,
    /// What was taken off the shelf.
    Bundle {
        sealed: Option<Vec<u8>>,
        one_time: bool,
    },
    /// So many passes have this short id; it was revoked if it is one.
    Passes(u32),
}

/// How long things are kept, in whole days.
#[derive(Clone, Copy)]
pub(crate) struct Lifetimes {
    /// Envelopes that nobody collects. (P-14)
    pub(crate) envelopes: u32,
    /// Mailboxes that nobody reads.
    pub(crate) mailboxes: u32,
}

/// An envelope whose time was over.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gone {
    pub(crate) mailbox: MailboxKey,
    pub(crate) place: Place,
    pub(crate) size: usize,
}

/// What one round of expiry deleted.
#[derive(Default)]
pub(crate) struct Expired {
    /// Envelopes of mailboxes that go on.
    pub(crate) envelopes: Vec<Gone>,
    /// Mailboxes that ended.
    pub(crate) mailboxes: Vec<MailboxKey>,
    /// There may be more to do.
    pub(crate) more: bool,
}
