//! What a store is asked while nothing is written.
//! Knows: questions and answers. Never knows: who asks.

use std::collections::BTreeSet;

use partywall_ground::{DropId, ReaderId};
use partywall_store::StoreError;
use partywall_world::Day;

use super::{Inspected, MailboxKey, Place, ShortId};

/// The reading half of a store. Blocks; shared by many threads.
pub(crate) trait Reading: Send + Sync + 'static {
    /// The mailbox with that drop: one look-up in one index, whatever is asked for. (P-16)
    fn find(&self, drop: &DropId) -> Result<Option<MailboxKey>, StoreError>;

    /// The mailbox with that reader. (P-4)
    fn identify(&self, reader: &ReaderId) -> Result<Option<Identified>, StoreError>;

    /// What has to be in memory of a mailbox while it is in use.
    fn open(&self, mailbox: MailboxKey) -> Result<Option<Opened>, StoreError>;

    /// The first undeleted envelopes that were not shown, as many as there is room for.
    fn page(&self, mailbox: MailboxKey, shown: &Shown, room: Room) -> Result<Page, StoreError>;

    /// Reads at most so many rows of the whole database, from where `inspected` stands, and moves it
    /// on. `false` when there was none left.
    fn inspect(&self, inspected: &mut Inspected, rows: usize) -> Result<bool, StoreError>;

    /// Every pass, the newest day first.
    fn passes(&self) -> Result<Vec<PassLine>, StoreError>;

    /// How many mailboxes there are.
    fn mailboxes(&self) -> Result<u64, StoreError>;
}

/// A mailbox, found by its reader.
#[derive(Clone, Copy)]
pub(crate) struct Identified {
    pub(crate) mailbox: MailboxKey,
    /// One-time bundles on the shelf.
    pub(crate) bundles: u32,
    /// When it was last read.
    pub(crate) seen: Day,
}

/// A mailbox's numbers.
#[derive(Clone, Copy, Default)]
pub(crate) struct Opened {
    /// Envelopes ever acknowledged.
    pub(crate) acks: u64,
    /// What lies there.
    pub(crate) held: Held,
}

/// How much lies in a mailbox.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) envelopes: u64,
    pub(crate) bytes: u64,
}

impl Held {
    pub(crate) fn add(&mut self, size: usize) {
        self.envelopes = self.envelopes.saturating_add(1);
        self.bytes = self.bytes.saturating_add(size as u64);
    }

    pub(crate) fn remove(&mut self, size: usize) {
        self.envelopes = self.envelopes.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(size as u64);
    }
}

/// What a page leaves out.
#[derive(Clone, Default)]
pub(crate) struct Shown {
    /// Whatever lies in the mailbox up to here: a shortcut while it catches up. Before it counts as
    /// level one page is read without, so that a row that was committed late is never skipped.
    pub(crate) through: Option<Place>,
    /// These: in flight, or acknowledged and not known to be deleted.
    pub(crate) places: BTreeSet<Place>,
}

/// How much may be read at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Room {
    pub(crate) envelopes: usize,
    pub(crate) bytes: usize,
}

/// Envelopes from disk, in order.
#[derive(Default)]
pub(crate) struct Page {
    pub(crate) rows: Vec<(Place, Vec<u8>)>,
    /// Further ones lie behind them.
    pub(crate) more: bool,
}

/// A pass as its operator sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PassLine {
    pub(crate) short: ShortId,
    pub(crate) left: u32,
    pub(crate) made: Day,
    pub(crate) revoked: bool,
}
