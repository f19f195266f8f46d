//! The rows that there are many of: messages, outbox, digests, what is kept aside.
//! Knows: SQL, which columns a table has. Never knows: what a record means.

use partywall_vault::sql::{Error, Row};
use partywall_vault::{Plain, Table as _};

use super::{Hands, Table};
use crate::error::StoreTrouble;

/// A message of the history.
pub(crate) struct MessageRow {
    pub(crate) id: i64,
    pub(crate) plain: Plain,
    /// How far one of ours has come.
    pub(crate) progress: Option<u8>,
}

/// An envelope that is to leave.
pub(crate) struct OutboxRow {
    pub(crate) id: i64,
    pub(crate) envelope: Vec<u8>,
}

type SealedMessage = (i64, Vec<u8>, Option<Vec<u8>>);

impl Hands<'_> {
    /// A new message. `sequence` and `progress` are given for our own.
    pub(crate) fn insert_message(
        &mut self,
        contact: i64,
        name: &[u8; 16],
        ours: Option<(u64, u8)>,
        plain: &[u8],
    ) -> Result<i64, StoreTrouble> {
        let id = self.next_id("message")?;
        let sealed = self.seal("message", id, plain);
        let name = self.name_of(contact, name);
        let sequence = ours.map(|(sequence, _)| self.sequence_of(contact, sequence));
        let progress = ours.map(|(_, progress)| self.seal("progress", id, &[progress]));
        let text = "INSERT INTO message (id, contact, name, sequence, sealed, progress)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        self.run(text, (id, contact, name, sequence, sealed, progress))?;
        Ok(id)
    }

    /// One message.
    pub(crate) fn message(&mut self, id: i64) -> Result<Option<MessageRow>, StoreTrouble> {
        let text = "SELECT id, sealed, progress FROM message WHERE id = ?1";
        let found = self.row(text, (id,), read_message)?;
        found.map(|sealed| self.open_message(sealed)).transpose()
    }

    /// A contact's message by its name.
    pub(crate) fn message_named(
        &mut self,
        contact: i64,
        name: &[u8; 16],
    ) -> Result<Option<MessageRow>, StoreTrouble> {
        let name = self.name_of(contact, name);
        // The plus keeps SQLite from walking all messages of the contact instead of the name's index.
        let text = "SELECT id, sealed, progress FROM message WHERE name = ?1 AND +contact = ?2";
        let found = self.row(text, (name, contact), read_message)?;
        found.map(|sealed| self.open_message(sealed)).transpose()
    }

    /// Our message of a sequence.
    pub(crate) fn message_sent(
        &mut self,
        contact: i64,
        sequence: u64,
    ) -> Result<Option<i64>, StoreTrouble> {
        let sequence = self.sequence_of(contact, sequence);
        let text = "SELECT id FROM message WHERE sequence = ?1 AND +contact = ?2";
        self.row(text, (sequence, contact), |row| row.get(0))
    }

    /// At most `count` messages before one, the latest first.
    pub(crate) fn messages_before(
        &mut self,
        contact: i64,
        before: i64,
        count: u32,
    ) -> Result<Vec<MessageRow>, StoreTrouble> {
        let text = "SELECT id, sealed, progress FROM message
            WHERE contact = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3";
        let rows = self.rows(text, (contact, before, count), read_message)?;
        rows.into_iter().map(|row| self.open_message(row)).collect()
    }

    /// How far a message of ours has come.
    pub(crate) fn progress(&mut self, id: i64) -> Result<Option<u8>, StoreTrouble> {
        let text = "SELECT progress FROM message WHERE id = ?1";
        let sealed: Option<Option<Vec<u8>>> = self.row(text, (id,), |row| row.get(0))?;
        sealed
            .flatten()
            .map(|sealed| self.open_progress(id, &sealed))
            .transpose()
    }

    /// A message of ours has come further.
    pub(crate) fn set_progress(&mut self, id: i64, progress: u8) -> Result<(), StoreTrouble> {
        let sealed = self.seal("progress", id, &[progress]);
        self.run(
            "UPDATE message SET progress = ?2 WHERE id = ?1",
            (id, sealed),
        )
    }

    /// A message waits for a sign until a day.
    pub(crate) fn await_sign(
        &mut self,
        message: i64,
        contact: i64,
        until: u32,
    ) -> Result<(), StoreTrouble> {
        let text = "INSERT OR REPLACE INTO awaiting (message, contact, day) VALUES (?1, ?2, ?3)";
        self.run(text, (message, contact, until))
    }

    /// The sign came, or will not.
    pub(crate) fn stop_waiting(&mut self, message: i64) -> Result<(), StoreTrouble> {
        self.run("DELETE FROM awaiting WHERE message = ?1", (message,))
    }

    /// Messages whose day has passed, with whose they are.
    pub(crate) fn waited_in_vain(&mut self, today: u32) -> Result<Vec<(i64, i64)>, StoreTrouble> {
        let text = "SELECT message, contact FROM awaiting WHERE day < ?1 LIMIT 1000";
        self.rows(text, (today,), |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// The message that was taken under a key before.
    pub(crate) fn said(&mut self, contact: i64, key: &[u8]) -> Result<Option<i64>, StoreTrouble> {
        let key = self.said_key(contact, key);
        self.row("SELECT message FROM said WHERE key = ?1", (key,), |row| {
            row.get(0)
        })
    }

    /// A message was taken under a key.
    pub(crate) fn remember_said(
        &mut self,
        contact: i64,
        key: &[u8],
        message: i64,
    ) -> Result<(), StoreTrouble> {
        let key = self.said_key(contact, key);
        let text = "INSERT INTO said (key, message) VALUES (?1, ?2)";
        self.run(text, (key, message))
    }

    /// An envelope is to leave for a target.
    pub(crate) fn insert_outbox(
        &mut self,
        target: i64,
        contact: i64,
        message: Option<i64>,
        envelope: &[u8],
    ) -> Result<i64, StoreTrouble> {
        let id = self.next_id("outbox")?;
        let sealed = self.seal("outbox", id, envelope);
        let text = "INSERT INTO outbox (id, target, contact, message, sealed)
            VALUES (?1, ?2, ?3, ?4, ?5)";
        self.run(text, (id, target, contact, message, sealed))?;
        Ok(id)
    }

    /// The next envelopes for a target.
    pub(crate) fn outbox(
        &mut self,
        target: i64,
        after: i64,
        count: u32,
    ) -> Result<Vec<OutboxRow>, StoreTrouble> {
        let text = "SELECT id, sealed FROM outbox
            WHERE target = ?1 AND id > ?2 ORDER BY id LIMIT ?3";
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let rows: Vec<(i64, Vec<u8>)> = self.rows(text, (target, after, count), read)?;
        rows.into_iter()
            .map(|(id, sealed)| {
                let envelope = self.unseal("outbox", id, &sealed)?.to_vec();
                Ok(OutboxRow { id, envelope })
            })
            .collect()
    }

    /// Takes one envelope out of the outbox: whose it was, which message.
    pub(crate) fn take_outbox_row(
        &mut self,
        id: i64,
    ) -> Result<Option<(i64, Option<i64>)>, StoreTrouble> {
        let text = "DELETE FROM outbox WHERE id = ?1 RETURNING contact, message";
        self.row(text, (id,), |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// Takes all envelopes for a target out of the outbox: whose they were, which messages.
    pub(crate) fn take_outbox(
        &mut self,
        target: i64,
    ) -> Result<Vec<(i64, Option<i64>)>, StoreTrouble> {
        let text = "SELECT contact, message FROM outbox WHERE target = ?1 ORDER BY id";
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let taken = self.rows(text, (target,), read)?;
        self.run("DELETE FROM outbox WHERE target = ?1", (target,))?;
        Ok(taken)
    }

    /// What was for one target is for another.
    pub(crate) fn redirect_outbox(&mut self, from: i64, to: i64) -> Result<(), StoreTrouble> {
        self.run(
            "UPDATE outbox SET target = ?2 WHERE target = ?1",
            (from, to),
        )
    }

    /// How many envelopes wait for a contact.
    pub(crate) fn queued(&mut self, contact: i64) -> Result<u32, StoreTrouble> {
        let text = "SELECT count(*) FROM outbox WHERE contact = ?1";
        Ok(self.row(text, (contact,), |row| row.get(0))?.unwrap_or(0))
    }

    /// The targets for which something waits.
    pub(crate) fn waiting_targets(&mut self) -> Result<Vec<i64>, StoreTrouble> {
        self.rows("SELECT DISTINCT target FROM outbox", (), |row| row.get(0))
    }

    /// Whether an envelope was taken in before.
    pub(crate) fn knows_digest(&mut self, digest: &[u8; 32]) -> Result<bool, StoreTrouble> {
        let key = self.lookup("digest", digest);
        let text = "SELECT 1 FROM digest WHERE key = ?1";
        Ok(self
            .row(text, (key,), |row| row.get::<_, i64>(0))?
            .is_some())
    }

    /// Remembers an envelope until a day.
    pub(crate) fn remember_digest(
        &mut self,
        digest: &[u8; 32],
        until: u32,
    ) -> Result<(), StoreTrouble> {
        let key = self.lookup("digest", digest);
        let text = "INSERT OR REPLACE INTO digest (key, day) VALUES (?1, ?2)";
        self.run(text, (key, until))
    }

    /// What a contact said before its turn.
    pub(crate) fn held(&mut self, contact: i64) -> Result<Vec<(i64, Plain)>, StoreTrouble> {
        let text = "SELECT id, sealed FROM held WHERE contact = ?1 ORDER BY id";
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let rows = self.rows(text, (contact,), read)?;
        self.unseal_all(Table::Held.name(), rows)
    }

    /// Keeps a content of a session in which the peer has not proven itself yet.
    pub(crate) fn keep_unproven(&mut self, channel: i64, plain: &[u8]) -> Result<(), StoreTrouble> {
        let id = self.next_id("unproven")?;
        let sealed = self.seal("unproven", id, plain);
        let text = "INSERT INTO unproven (id, channel, sealed) VALUES (?1, ?2, ?3)";
        self.run(text, (id, channel, sealed))
    }

    /// The first that was kept after a row.
    pub(crate) fn next_unproven(
        &mut self,
        channel: i64,
        after: i64,
    ) -> Result<Option<(i64, Plain)>, StoreTrouble> {
        let text = "SELECT id, sealed FROM unproven
            WHERE channel = ?1 AND id > ?2 ORDER BY id LIMIT 1";
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let found: Option<(i64, Vec<u8>)> = self.row(text, (channel, after), read)?;
        found
            .map(|(id, sealed)| Ok((id, self.unseal("unproven", id, &sealed)?)))
            .transpose()
    }

    /// Nothing is kept for a session any more.
    pub(crate) fn drop_unproven(&mut self, channel: i64) -> Result<(), StoreTrouble> {
        self.run("DELETE FROM unproven WHERE channel = ?1", (channel,))
    }

    /// Keeps an envelope aside, drops the oldest beyond `most`, and tells how many lie there.
    pub(crate) fn quarantine(
        &mut self,
        envelope: &[u8],
        until: u32,
        most: u32,
    ) -> Result<u32, StoreTrouble> {
        let id = self.next_id("quarantine")?;
        let sealed = self.seal("quarantine", id, envelope);
        let text = "INSERT INTO quarantine (id, day, sealed) VALUES (?1, ?2, ?3)";
        self.run(text, (id, until, sealed))?;
        let text = "DELETE FROM quarantine WHERE id NOT IN
            (SELECT id FROM quarantine ORDER BY id DESC LIMIT ?1)";
        self.run(text, (most,))?;
        let kept = self.row("SELECT count(*) FROM quarantine", (), |row| row.get(0))?;
        Ok(kept.unwrap_or(0))
    }

    fn name_of(&self, contact: i64, name: &[u8; 16]) -> [u8; 16] {
        let value = [&contact.to_be_bytes()[..], name].concat();
        self.lookup("message", &value)
    }

    fn sequence_of(&self, contact: i64, sequence: u64) -> [u8; 16] {
        let value = [contact.to_be_bytes(), sequence.to_be_bytes()].concat();
        self.lookup("sequence", &value)
    }

    fn said_key(&self, contact: i64, key: &[u8]) -> [u8; 16] {
        let value = [&contact.to_be_bytes()[..], key].concat();
        self.lookup("said", &value)
    }

    fn open_message(&self, sealed: SealedMessage) -> Result<MessageRow, StoreTrouble> {
        let (id, plain, progress) = sealed;
        Ok(MessageRow {
            id,
            plain: self.unseal("message", id, &plain)?,
            progress: progress
                .map(|sealed| self.open_progress(id, &sealed))
                .transpose()?,
        })
    }

    fn open_progress(&self, id: i64, sealed: &[u8]) -> Result<u8, StoreTrouble> {
        let plain = self.unseal("progress", id, sealed)?;
        plain.first().copied().ok_or(StoreTrouble::Damaged)
    }
}

fn read_message(row: &Row<'_>) -> Result<SealedMessage, Error> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}
