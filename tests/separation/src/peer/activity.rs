//! What happened in the peer wing, counted: nothing in the house may depend on it, and every planted
//! leak does.
//! Knows: numbers, and the last of each name that was used. Never knows: the business wing.

use std::net::IpAddr;

/// Sums since the world began, and what was last.
#[derive(Clone, Default)]
pub struct Activity {
    /// Steps that were done.
    pub steps: u64,
    /// Connections that came, let in or not.
    pub connections: u64,
    /// Of them turned away at the gate.
    pub turned_away: u64,
    /// Mailboxes that were asked for.
    pub mailboxes: u64,
    /// Mailboxes that were closed.
    pub closed: u64,
    /// Envelopes that were left.
    pub envelopes: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// Shelves that were stocked, and bundles taken.
    pub bundles: u64,
    /// What was no frame.
    pub malformed: u64,
    /// Mailboxes that were found full.
    pub full: u64,
    /// Connections that were left half open.
    pub half_open: u64,
    /// Starts after the first.
    pub restarts: u64,
    /// Passes that were made.
    pub passes: u64,
    /// The network address that came last.
    pub last_address: Option<IpAddr>,
    /// The reader id that was used last.
    pub last_reader: Option<[u8; 32]>,
    /// The drop id that was used last.
    pub last_drop: Option<[u8; 32]>,
    /// The hash of the pass that was made last.
    pub last_pass: Option<[u8; 32]>,
}

impl Activity {
    /// How much there was to do, all in all.
    #[must_use]
    pub const fn load(&self) -> u64 {
        self.connections + self.envelopes + self.mailboxes
    }
}
