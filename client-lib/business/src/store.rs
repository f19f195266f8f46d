//! The business wing's rows in the sealed store that a customer or a shop keeps.
//! Knows: which tables there are, and their columns. Never knows: what a record means, sockets.
//!
//! What a thief of the file sees: how many rows of which kind there are, how long they are, which
//! rows belong to the same conversation's number. No name, text, key, id, host or time.

mod schema;

use partywall_vault::Plan;

pub(crate) use partywall_vault::{Cost, Hands, Plain, StoreTrouble, Vault};

pub(crate) const PLAN: Plan = Plan {
    // "PWbc": Partywall, business client.
    application_id: 0x5057_6263,
    migrations: &[schema::FIRST],
};

/// For tests that open stores by the hundred.
#[cfg(test)]
pub(crate) const LITTLE: Cost = Cost {
    memory_kib: 32,
    passes: 1,
    lanes: 1,
};

/// The tables whose rows are an id and a record.
#[derive(Clone, Copy)]
pub(crate) enum Table {
    Setting,
    Relay,
    Talk,
    Session,
    Message,
    Outbox,
    Event,
    Bundle,
}

impl partywall_vault::Table for Table {
    fn name(self) -> &'static str {
        match self {
            Self::Setting => "setting",
            Self::Relay => "relay",
            Self::Talk => "talk",
            Self::Session => "session",
            Self::Message => "message",
            Self::Outbox => "outbox",
            Self::Event => "event",
            Self::Bundle => "bundle",
        }
    }
}
