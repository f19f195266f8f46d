//! Rows in and out, inside one transaction: sealed on the way in, opened on the way out.
//! Knows: SQL, which columns a table has. Never knows: what a record means.

mod mail;

use std::ops::{Deref, DerefMut};

use partywall_vault::sql::Row;
use partywall_vault::{Plain, Table as _};

use crate::error::StoreTrouble;

pub(crate) use mail::MessageRow;

/// The tables whose rows are an id and a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Table {
    /// One row: what holds for the whole store.
    Setting,
    /// A relay and its credits.
    Relay,
    /// A mailbox of ours.
    Mailbox,
    /// A drop somebody reads.
    Target,
    /// A contact.
    Contact,
    /// A session's state, large and changing with every message.
    Session,
    /// What is known of a session besides.
    Channel,
    /// The secrets of a bundle.
    Bundle,
    /// What arrived before its turn.
    Held,
    /// What the app has not done with.
    Event,
}

impl partywall_vault::Table for Table {
    fn name(self) -> &'static str {
        match self {
            Table::Setting => "setting",
            Table::Relay => "relay",
            Table::Mailbox => "mailbox",
            Table::Target => "target",
            Table::Contact => "contact",
            Table::Session => "session",
            Table::Channel => "channel",
            Table::Bundle => "bundle",
            Table::Held => "held",
            Table::Event => "event",
        }
    }
}

/// Works on the rows of an open transaction: as every wing's hands do, and on the peer wing's own
/// columns besides.
pub(crate) struct Hands<'open>(partywall_vault::Hands<'open>);

impl<'open> From<partywall_vault::Hands<'open>> for Hands<'open> {
    fn from(hands: partywall_vault::Hands<'open>) -> Self {
        Hands(hands)
    }
}

impl<'open> Deref for Hands<'open> {
    type Target = partywall_vault::Hands<'open>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Hands<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl Hands<'_> {
    /// A new row of a table whose rows belong to a contact.
    pub(crate) fn insert_of(
        &mut self,
        table: Table,
        contact: i64,
        plain: &[u8],
    ) -> Result<i64, StoreTrouble> {
        let id = self.next_id(table.name())?;
        let sealed = self.seal(table.name(), id, plain);
        let text = format!(
            "INSERT INTO {} (id, contact, sealed) VALUES (?1, ?2, ?3)",
            table.name()
        );
        self.run(&text, (id, contact, sealed))?;
        Ok(id)
    }

    /// At most `count` events after one, with whose they are.
    pub(crate) fn events(
        &mut self,
        after: i64,
        count: u32,
    ) -> Result<Vec<(i64, i64, Plain)>, StoreTrouble> {
        let text = "SELECT id, contact, sealed FROM event WHERE id > ?1 ORDER BY id LIMIT ?2";
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        let rows: Vec<(i64, i64, Vec<u8>)> = self.rows(text, (after, count), read)?;
        rows.into_iter()
            .map(|(id, contact, sealed)| Ok((id, contact, self.unseal("event", id, &sealed)?)))
            .collect()
    }

    /// The greatest id an event ever had.
    pub(crate) fn newest_event(&mut self) -> Result<i64, StoreTrouble> {
        Ok(self.next_id("event")? - 1)
    }

    /// New secrets of a bundle.
    pub(crate) fn insert_bundle(&mut self, bid: &[u8], plain: &[u8]) -> Result<i64, StoreTrouble> {
        let id = self.next_id("bundle")?;
        let sealed = self.seal("bundle", id, plain);
        let bid = self.lookup("bundle", bid);
        let text = "INSERT INTO bundle (id, bid, sealed) VALUES (?1, ?2, ?3)";
        self.run(text, (id, bid, sealed))?;
        Ok(id)
    }

    /// The bundle that an envelope names.
    pub(crate) fn bundle(&mut self, bid: &[u8]) -> Result<Option<(i64, Plain)>, StoreTrouble> {
        let bid = self.lookup("bundle", bid);
        let text = "SELECT id, sealed FROM bundle WHERE bid = ?1";
        let found: Option<(i64, Vec<u8>)> =
            self.row(text, (bid,), |row| Ok((row.get(0)?, row.get(1)?)))?;
        found
            .map(|(id, sealed)| Ok((id, self.unseal("bundle", id, &sealed)?)))
            .transpose()
    }

    /// Remembers a preamble, with what to do about it, until the day.
    pub(crate) fn put_handshake(
        &mut self,
        preamble: &[u8; 32],
        until: u32,
        plain: &[u8],
    ) -> Result<(), StoreTrouble> {
        let key = self.lookup("handshake", preamble);
        self.put_handshake_at(&key, until, plain)
    }

    /// As it lies in the file.
    pub(crate) fn put_handshake_at(
        &mut self,
        key: &[u8; 16],
        until: u32,
        plain: &[u8],
    ) -> Result<(), StoreTrouble> {
        let sealed = self.seal_at("handshake", key, plain);
        let text = "INSERT OR REPLACE INTO handshake (key, day, sealed) VALUES (?1, ?2, ?3)";
        self.run(text, (key, until, sealed))
    }

    /// What is remembered of a preamble.
    pub(crate) fn handshake(&mut self, preamble: &[u8; 32]) -> Result<Option<Plain>, StoreTrouble> {
        let key = self.lookup("handshake", preamble);
        let text = "SELECT sealed FROM handshake WHERE key = ?1";
        let sealed: Option<Vec<u8>> = self.row(text, (key,), |row| row.get(0))?;
        sealed
            .map(|sealed| self.unseal_at("handshake", &key, &sealed))
            .transpose()
    }

    /// Every remembered preamble, as it lies in the file.
    pub(crate) fn handshakes(&mut self) -> Result<Vec<([u8; 16], Plain)>, StoreTrouble> {
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let rows: Vec<([u8; 16], Vec<u8>)> =
            self.rows("SELECT key, sealed FROM handshake", (), read)?;
        rows.into_iter()
            .map(|(key, sealed)| {
                let plain = self.unseal_at("handshake", &key, &sealed)?;
                Ok((key, plain))
            })
            .collect()
    }

    /// Forgets what may be forgotten before this day: preambles, digests.
    pub(crate) fn expire(&mut self, today: u32) -> Result<(), StoreTrouble> {
        self.run("DELETE FROM handshake WHERE day < ?1", (today,))?;
        self.run("DELETE FROM quarantine WHERE day < ?1", (today,))?;
        self.run("DELETE FROM digest WHERE day < ?1", (today,))
    }

    /// Deletes everything that has a contact's number in it.
    pub(crate) fn delete_contact(&mut self, contact: i64) -> Result<(), StoreTrouble> {
        for text in [
            "DELETE FROM said WHERE message IN (SELECT id FROM message WHERE contact = ?1)",
            "DELETE FROM awaiting WHERE contact = ?1",
            "DELETE FROM message WHERE contact = ?1",
            "DELETE FROM outbox WHERE contact = ?1",
            "DELETE FROM held WHERE contact = ?1",
            "DELETE FROM event WHERE contact = ?1",
            "DELETE FROM contact WHERE id = ?1",
        ] {
            self.run(text, (contact,))?;
        }
        Ok(())
    }
}
