//! How much of everything the peer wing holds or does at once. What the wire says stands in
//! `partywall_ground::limits`; here is what only this relay decides.
//! Knows: numbers.

use std::time::Duration;

pub(crate) use partywall_ground::limits::{
    LARGE_ENVELOPE, SHELF, SHELF_BURST, SHELF_PACE_SECONDS, SLOTS, UNACKNOWLEDGED,
    UNACKNOWLEDGED_BYTES, UNANSWERED, UNANSWERED_BYTES,
};

/// Shards of the router, each behind a mutex of its own.
pub(crate) const SHARDS: usize = 64;

/// Requests about slots that one collect connection may have open; then it is not read.
pub(crate) const OPEN_REQUESTS: usize = 32;

/// Shelves whose pace is remembered; beyond it only last-resort bundles are handed out.
pub(crate) const PACED_SHELVES: usize = 65_536;

/// Places deleted in one write.
pub(crate) const DELETES: usize = 1_024;

/// Bytes of envelopes deleted in one write, or one envelope: `secure_delete` writes as much into the
/// log as was kept.
pub(crate) const DELETED_BYTES: usize = 512 << 10;

/// Mailboxes noted as read in one write.
pub(crate) const SEEN: usize = 64;

/// About what the note about one mailbox writes into the log: its page, and two of an index.
pub(crate) const SEEN_BYTES: usize = 12 << 10;

/// About what a new mailbox writes into the log: its page, and one of each of three indexes.
pub(crate) const CREATED_BYTES: usize = 16 << 10;

/// Bytes in the log after which it is moved when nothing waits: about 1 ms of the writer's time, for which
/// whoever comes then waits.
pub(crate) const UNSETTLED: usize = 256 << 10;

/// Bytes in the log after which it is moved although more waits: a full group of mail.
pub(crate) const UNSETTLED_AT_MOST: usize = 1 << 20;

/// Rows deleted in one round of expiry.
pub(crate) const EXPIRE_ROWS: usize = 256;

/// Rows deleted in one round of expiry when so many find no room in the log.
pub(crate) const EXPIRE_ROWS_IN_NEED: usize = 8;

/// How often acknowledgements are gathered into a write. (DESIGN §6: at most 1 s)
pub(crate) const GATHER: Duration = Duration::from_millis(250);

/// Acknowledged envelopes of one mailbox that are deleted at once: a write of small ones is full.
pub(crate) const BRIM: usize = 128;

/// Writes with deletes that stand in the writer's queue at once: mail goes in between.
pub(crate) const DELETES_WAITING: usize = 2;

/// Rows that are looked at together while a database is read through in use.
pub(crate) const INSPECTED_AT_ONCE: usize = 32;

/// How long the reader of a whole database rests between two looks: others come first.
pub(crate) const INSPECTION_RESTS: Duration = Duration::from_millis(4);

/// How often expiry looks whether a day has passed.
pub(crate) const EXPIRE_EVERY: Duration = Duration::from_secs(60);

/// How often a connection looks whether its peer has fallen silent. (P-3)
pub(crate) const LOOK_FOR_SILENCE: Duration = Duration::from_secs(10);
