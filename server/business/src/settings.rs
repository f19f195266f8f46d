//! What an operator decides about the business wing.
//! Knows: numbers, a name for the ledger, a list of industries. Never knows: keys, addresses, paths.

use std::collections::BTreeSet;

use partywall_business::certificate::Industry;
use partywall_business::ledger::Origin;

use crate::policy::Compiled;

/// The settings of a [`crate::Plane`].
#[derive(Clone, Debug)]
pub struct WingSettings {
    /// The name of the ledger, first line of every checkpoint. (SPEC §13)
    pub origin: Origin,
    /// How long mail waits for its receiver, in whole days, said in `hello`. (SPEC §5.2)
    pub retention_days: u32,
    /// Whether lint-clean UTILITY templates are approved without the operator. (SPEC B-22)
    pub auto_approve_utility: bool,
    /// Businesses of these industries are not verified, besides those that the SPEC names. (B-10)
    pub prohibited: BTreeSet<Industry>,
    /// Version 1, published on the first start; `strict` if there is none. (SPEC T-10)
    pub first_policy: Option<Compiled>,
    /// Whether a machine's date that is more than an hour behind what was written down last is begun
    /// from; otherwise the wing does not open. (SPEC B-12)
    pub accept_clock: bool,
    /// Enrolments that may wait for the operator; further ones are told `busy`.
    pub enrolments: u32,
    /// Open conversations of one business; a further `begin` is told `busy`.
    pub conversations: u32,
    /// Bytes of requests and events that may be in memory at once, over all connections.
    pub memory_bytes: usize,
}

impl WingSettings {
    /// The defaults of a ledger with this name: 30 days, lint-clean UTILITY templates approved,
    /// 1,000 enrolments, 1,000,000 conversations a business, 64 MiB of memory.
    #[must_use]
    pub const fn new(origin: Origin) -> Self {
        Self {
            origin,
            retention_days: 30,
            auto_approve_utility: true,
            prohibited: BTreeSet::new(),
            first_policy: None,
            accept_clock: false,
            enrolments: 1_000,
            conversations: 1_000_000,
            memory_bytes: 64 << 20,
        }
    }

    /// Whether the operator takes businesses of this industry. (B-10)
    pub(crate) fn prohibits(&self, industry: Industry) -> bool {
        industry.is_prohibited() || self.prohibited.contains(&industry)
    }

    /// The bound of memory, such that the largest request and a page of events always fit.
    pub(crate) fn memory(&self) -> usize {
        self.memory_bytes.clamp(1 << 20, 1 << 30)
    }
}
