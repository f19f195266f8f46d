//! The writing half over SQLite: one transaction a batch.
//! Knows: statements. Never knows: who waits for the outcome.

use partywall_ground::{DropId, ReaderId};
use partywall_store::sql::{self, Connection, OptionalExtension, Transaction, params};
use partywall_store::{Checkpoint, StoreError, checkpoint_passive, checkpoint_truncate};
use partywall_world::Day;

use super::keeping::Keeping;
use super::schema::{BY_DROP, BY_READER};
use super::{
    Acks, Admit, Digest, Disk, Expired, Lifetimes, MailboxKey, Outcome, Place, Store, Write,
    expire, shelves,
};

/// A peer wing's database, held by its one writer.
pub(crate) struct Sqlite {
    connection: Connection,
    disk: Disk,
    /// Above every place that was given out since this process started.
    next: Place,
    /// Something was deleted since the log was last emptied.
    residue: bool,
}

impl Sqlite {
    /// Takes the writing connection.
    ///
    /// # Errors
    /// Any [`StoreError`] of reading.
    pub(crate) fn over(connection: Connection, disk: Disk) -> Result<Self, StoreError> {
        connection.set_prepared_statement_cache_capacity(64);
        let last: i64 =
            connection.query_row("SELECT COALESCE(MAX(place), 0) FROM envelopes", [], |row| {
                row.get(0)
            })?;
        let next = Place::stored(last).next();
        let mut begun = Self {
            connection,
            disk,
            next,
            residue: true,
        };
        // On a full disk, what a crash left in the log may be the room that is wanting.
        begun.empty_log()?;
        // And it may hold deleted bytes.
        begun.residue = true;
        Ok(begun)
    }

    /// Says how many pages the database may have: one more, and its disk is full.
    #[cfg(test)]
    pub(crate) fn limit_pages(&self, most: u32) {
        let set = self
            .connection
            .pragma_update_and_check(None, "max_page_count", most, |_| Ok(()));
        set.unwrap();
    }
}

impl Sqlite {
    /// The first commit into an empty log syncs the log's header apart. This is that commit, of nothing
    /// new, and nobody waits for it: or the next `accepted`, two fsyncs late, would tell that a reader
    /// had collected the message before. (SPEC P-15)
    fn begin_log(&self) -> Result<(), StoreError> {
        const VERSION: &str = "user_version";
        let version: i64 = self
            .connection
            .pragma_query_value(None, VERSION, |row| row.get(0))?;
        self.connection.pragma_update(None, VERSION, version)?;
        Ok(())
    }
}

impl Store for Sqlite {
    fn commit(
        &mut self,
        batch: &mut dyn Iterator<Item = Write>,
        today: Day,
    ) -> Result<Vec<Outcome>, StoreError> {
        let mut next = self.next;
        let mut erased = false;
        let transaction = self.connection.transaction()?;
        let mut keeping = Keeping::inside(&transaction)?;
        let outcomes = batch
            .map(|write| {
                erased |= write.erases();
                one(&transaction, &mut keeping, &write, &mut next, today)
            })
            .collect::<Result<Vec<_>, _>>()?;
        drop(keeping);
        // Set before the commit: whatever a failed one left, it is looked at again.
        self.residue |= erased;
        self.next = next;
        transaction.commit()?;
        Ok(outcomes)
    }

    fn expire(&mut self, today: Day, lives: Lifetimes, rows: usize) -> Result<Expired, StoreError> {
        let transaction = self.connection.transaction()?;
        let expired = expire::round(&transaction, today, lives, rows)?;
        self.residue |= expired.more || !expired.envelopes.is_empty();
        transaction.commit()?;
        Ok(expired)
    }

    fn wipe(&mut self) -> Result<bool, StoreError> {
        if self.residue {
            self.residue = checkpoint_truncate(&self.connection)? == Checkpoint::Waiting;
            if !self.residue {
                self.begin_log()?;
            }
        }
        Ok(!self.residue)
    }

    fn has_room(&mut self, bytes: usize) -> Result<bool, StoreError> {
        if self.disk.has_room(&self.connection, bytes)? {
            return Ok(true);
        }
        self.empty_log()?;
        self.disk.has_room(&self.connection, bytes)
    }

    fn may_delete(&mut self, bytes: usize) -> Result<bool, StoreError> {
        if self.disk.may_delete(&self.connection, bytes)? {
            return Ok(true);
        }
        self.empty_log()?;
        self.disk.may_delete(&self.connection, bytes)
    }

    fn empty_log(&mut self) -> Result<(), StoreError> {
        match checkpoint_truncate(&self.connection) {
            Ok(Checkpoint::Done) => self.residue = false,
            Ok(Checkpoint::Waiting) | Err(StoreError::DiskFull) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn settle(&mut self) -> Result<(), StoreError> {
        checkpoint_passive(&self.connection)
    }
}

impl Write {
    /// Whether bytes are deleted that must not stay in the log.
    fn erases(&self) -> bool {
        match self {
            Self::Acknowledge { places, .. } => !places.is_empty(),
            Self::Close { .. } | Self::Shelve { .. } | Self::Take { .. } => true,
            Self::Create { .. }
            | Self::Seen { .. }
            | Self::Keep { .. }
            | Self::MakePass { .. }
            | Self::RevokePass { .. } => false,
        }
    }
}

fn one(
    transaction: &Transaction<'_>,
    keeping: &mut Keeping<'_>,
    write: &Write,
    next: &mut Place,
    today: Day,
) -> Result<Outcome, StoreError> {
    let outcome = match write {
        Write::Create {
            mailbox,
            reader,
            drop,
            admit,
        } => create(transaction, *mailbox, reader, drop, admit, today)?,
        Write::Keep { mailbox, cargo } => keeping.keep(*mailbox, cargo, next, today)?,
        Write::Close { mailbox, credit } => {
            keeping.forget(*mailbox);
            close(transaction, *mailbox, credit.as_ref())?
        }
        Write::Seen { mailboxes } => seen(transaction, mailboxes, today)?,
        Write::Acknowledge { counts, places, .. } => acknowledge(transaction, counts, places)?,
        Write::Shelve {
            mailbox,
            clear,
            one_time,
            last_resort,
        } => {
            if !exists(transaction, *mailbox)? {
                return Ok(Outcome::NoMailbox);
            }
            shelves::put(
                transaction,
                *mailbox,
                *clear,
                one_time,
                last_resort.as_deref(),
            )?
        }
        Write::Take { mailbox, one_time } => {
            if !exists(transaction, *mailbox)? {
                return Ok(Outcome::NoMailbox);
            }
            shelves::take(transaction, *mailbox, *one_time)?
        }
        Write::MakePass { digest, mailboxes } => make_pass(transaction, digest, *mailboxes, today)?,
        Write::RevokePass { short } => revoke_pass(transaction, short)?,
    };
    Ok(outcome)
}

/// P-5 first, then the disk, then P-6: an answer about an existing mailbox costs nothing. That no two
/// mailboxes have one id is seen to here, and nowhere else.
fn create(
    transaction: &Transaction<'_>,
    mailbox: MailboxKey,
    reader: &ReaderId,
    drop: &DropId,
    admit: &Admit,
    today: Day,
) -> sql::Result<Outcome> {
    let by_reader = key_of(transaction, BY_READER, reader.as_bytes())?;
    let by_drop = key_of(transaction, BY_DROP, drop.as_bytes())?;
    match (by_reader, by_drop) {
        (Some(one), Some(other)) if one == other => return Ok(Outcome::Existing(one)),
        (None, None) => {}
        _ => return Ok(Outcome::Taken),
    }
    if admit.low_disk {
        return Ok(Outcome::LowDisk);
    }
    if !admit.open && !spend(transaction, admit)? {
        return Ok(Outcome::NotAdmitted);
    }
    transaction
        .prepare_cached(
            r#"INSERT INTO mailboxes (mailbox, reader, "drop", seen_day) VALUES (?1, ?2, ?3, ?4)"#,
        )?
        .execute(params![
            mailbox.number(),
            reader.as_bytes(),
            drop.as_bytes(),
            today.number()
        ])?;
    Ok(Outcome::Created)
}

/// Uses up the credit, or one mailbox of the pass.
fn spend(transaction: &Transaction<'_>, admit: &Admit) -> sql::Result<bool> {
    if let Some(credit) = &admit.credit
        && transaction
            .prepare_cached("DELETE FROM credits WHERE digest = ?1")?
            .execute([credit])?
            == 1
    {
        return Ok(true);
    }
    let Some(pass) = &admit.pass else {
        return Ok(false);
    };
    let counted = transaction
        .prepare_cached(
            "UPDATE passes SET mailboxes_left = mailboxes_left - 1
             WHERE digest = ?1 AND mailboxes_left > 0 AND revoked = 0",
        )?
        .execute([pass])?;
    Ok(counted == 1)
}

fn close(
    transaction: &Transaction<'_>,
    mailbox: MailboxKey,
    credit: Option<&Digest>,
) -> sql::Result<Outcome> {
    if !end(transaction, mailbox)? {
        return Ok(Outcome::NoMailbox);
    }
    if let Some(credit) = credit {
        transaction
            .prepare_cached("INSERT INTO credits (digest) VALUES (?1)")?
            .execute([credit])?;
    }
    Ok(Outcome::Done)
}

/// From here on nobody finds the mailbox; its rows are erased in small batches.
pub(super) fn end(transaction: &Transaction<'_>, mailbox: MailboxKey) -> sql::Result<bool> {
    let ended = transaction
        .prepare_cached("DELETE FROM mailboxes WHERE mailbox = ?1")?
        .execute([mailbox.number()])?;
    if ended == 0 {
        return Ok(false);
    }
    transaction
        .prepare_cached("INSERT INTO ended (mailbox) VALUES (?1)")?
        .execute([mailbox.number()])?;
    Ok(true)
}

fn seen(
    transaction: &Transaction<'_>,
    mailboxes: &[MailboxKey],
    today: Day,
) -> sql::Result<Outcome> {
    let mut statement = transaction.prepare_cached(
        "UPDATE mailboxes SET seen_day = ?2 WHERE mailbox = ?1 AND seen_day <> ?2",
    )?;
    for mailbox in mailboxes {
        statement.execute(params![mailbox.number(), today.number()])?;
    }
    Ok(Outcome::Done)
}

fn acknowledge(
    transaction: &Transaction<'_>,
    counts: &[Acks],
    places: &[Place],
) -> sql::Result<Outcome> {
    let mut count =
        transaction.prepare_cached("UPDATE mailboxes SET acks = acks + ?2 WHERE mailbox = ?1")?;
    for acks in counts {
        count.execute(params![
            acks.mailbox.number(),
            i64::try_from(acks.count).unwrap_or(i64::MAX)
        ])?;
    }
    let mut delete = transaction.prepare_cached("DELETE FROM envelopes WHERE place = ?1")?;
    for place in places {
        delete.execute([place.number()])?;
    }
    Ok(Outcome::Done)
}

fn make_pass(
    transaction: &Transaction<'_>,
    digest: &Digest,
    mailboxes: u32,
    today: Day,
) -> sql::Result<Outcome> {
    transaction
        .prepare_cached(
            "INSERT INTO passes (digest, mailboxes_left, made_day) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![digest, mailboxes, today.number()])?;
    Ok(Outcome::Done)
}

/// Revokes only what is meant beyond doubt.
fn revoke_pass(transaction: &Transaction<'_>, short: &[u8; 4]) -> sql::Result<Outcome> {
    let found: u32 = transaction
        .prepare_cached("SELECT COUNT(*) FROM passes WHERE substr(digest, 1, 4) = ?1")?
        .query_row([short], |row| row.get(0))?;
    if found == 1 {
        transaction
            .prepare_cached("UPDATE passes SET revoked = 1 WHERE substr(digest, 1, 4) = ?1")?
            .execute([short])?;
    }
    Ok(Outcome::Passes(found))
}

fn exists(transaction: &Transaction<'_>, mailbox: MailboxKey) -> sql::Result<bool> {
    transaction
        .prepare_cached("SELECT 1 FROM mailboxes WHERE mailbox = ?1")?
        .exists([mailbox.number()])
}

fn key_of(
    transaction: &Transaction<'_>,
    statement: &str,
    id: &[u8; 32],
) -> sql::Result<Option<MailboxKey>> {
    transaction
        .prepare_cached(statement)?
        .query_row([id], |row| row.get(0).map(MailboxKey::stored))
        .optional()
}
