//! The sealed store of a client: one SQLite file in which every record is sealed on its own.
//! Knows: the file, its lock, the passphrase's key, rows as bytes. Never knows: which tables a wing
//! has, what a record means, sockets.
//!
//! A file belongs to one wing: its [`Plan`] says which mark the file bears and which tables it has,
//! and a file with another mark is refused. In the order of a start: [`Vault::open`] takes the lock
//! and unwraps the keys, [`Vault::transaction`] hands out [`Hands`] for the length of one
//! transaction, and those seal what goes in and open what comes out.
//!
//! What a thief of the file sees: how many rows of which table there are, how long they are, and
//! whatever else the wing's own columns show. No record.

mod error;

mod keys;

mod vault;

mod hands;

pub use error::{StoreTrouble, VaultError};
pub use hands::{Hands, Plain, Table};
pub use keys::Cost;
pub use partywall_store::{StoreError, sql};
pub use vault::{Plan, Vault};

#[cfg(test)]
mod tests;
