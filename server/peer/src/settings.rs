//! What an operator decides about the peer wing.
//! Knows: numbers and a public key. Never knows: addresses, certificates, paths.

use partywall_ground::RelayKey;

/// Who may make mailboxes. (SPEC P-6)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Everybody.
    Open,
    /// Holders of a pass or a credit.
    Pass,
}

/// The settings of a [`crate::Plane`].
#[derive(Clone, Debug)]
pub struct PlaneSettings {
    /// The relay's permanent public key, said in `hello`. (SPEC §5.2)
    pub relay: RelayKey,
    /// Who may make mailboxes.
    pub admission: Admission,
    /// How long envelopes wait for their reader, in whole days. (SPEC P-14)
    pub retention_days: u32,
    /// After how many whole days without a reader a mailbox ends.
    pub mailbox_idle_days: u32,
    /// How many uncollected envelopes one mailbox may hold.
    pub quota_envelopes: u32,
    /// How many uncollected bytes one mailbox may hold.
    pub quota_bytes: u64,
    /// How many bytes of envelopes may be in memory at once, over all connections. When they are
    /// used up, depositors are not read and pages wait.
    pub memory_bytes: usize,
}

impl PlaneSettings {
    /// The defaults of a relay with this key: a pass is needed, 30 days, 180 idle days, 25,000
    /// envelopes and 128 MiB a mailbox, 64 MiB of memory.
    #[must_use]
    pub fn new(relay: RelayKey) -> Self {
        Self {
            relay,
            admission: Admission::Pass,
            retention_days: 30,
            mailbox_idle_days: 180,
            quota_envelopes: 25_000,
            quota_bytes: 128 << 20,
            memory_bytes: 64 << 20,
        }
    }
}
