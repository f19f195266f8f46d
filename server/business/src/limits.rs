//! How much of everything the business wing holds or does at once. What the wire says stands in
//! `partywall_ground::limits` and in `partywall_business`; here is what only this relay decides.
//! Knows: numbers.

use std::time::Duration;

pub(crate) use partywall_ground::limits::{
    SHELF, SHELF_BURST, SHELF_PACE_SECONDS, UNACKNOWLEDGED, UNACKNOWLEDGED_BYTES, UNANSWERED,
    UNANSWERED_BYTES,
};

/// Connections that read the database.
pub(crate) const READERS: usize = 4;

/// Connections of one customer or business that events are delivered on; a further one ends the oldest.
pub(crate) const LINES: usize = 8;

/// Shelves whose pace is remembered; beyond it only last-resort bundles are handed out.
pub(crate) const PACED: usize = 65_536;

/// Conversations that one round of telling everybody goes through.
pub(crate) const ROUND: i64 = 256;

/// How often a connection looks whether its peer has fallen silent. (P-3)
pub(crate) const LOOK_FOR_SILENCE: Duration = Duration::from_secs(10);

/// How long after the writer was too busy for it an acknowledgement is handed in again.
pub(crate) const ACK_AGAIN: Duration = Duration::from_millis(250);

/// How often the wing looks for something to do, and writes down how late it is.
pub(crate) const BEAT: Duration = Duration::from_secs(10);

/// For how long a certificate is issued, and what must be left of it when it is handed out. (B-7)
pub(crate) const CERTIFICATE_SECONDS: u64 = 3_600;
/// How long before it is issued a certificate already holds, in seconds: for customers whose clocks
/// are behind. (SPEC B-7)
pub(crate) const CERTIFICATE_BACKDATED: u64 = 300;

/// Bytes that may lie uncollected of one business, in both directions: beyond it `mail-full`. (B-15)
pub(crate) const UNCOLLECTED_BYTES: i64 = 256 << 20;

/// Templates of one business. (SPEC §11.4)
pub(crate) const TEMPLATES: u32 = 500;
