//! Keeps envelopes inside one transaction.
//! Knows: two statements, and which mailboxes were seen to be there. Never knows: what is inside an
//! envelope, who waits for the outcome.

use std::collections::BTreeSet;

use partywall_store::sql::{self, CachedStatement, Transaction, params};
use partywall_world::Day;

use super::{Cargo, MailboxKey, Outcome, Place};

/// Two plain statements, and not one that does both: SQLite keeps a journal of its own for each run of
/// a statement that could keep more than one row, with a copy of every page that it changes.
pub(super) struct Keeping<'t> {
    find: CachedStatement<'t>,
    insert: CachedStatement<'t>,
    there: BTreeSet<MailboxKey>,
}

impl<'t> Keeping<'t> {
    pub(super) fn inside(transaction: &'t Transaction<'_>) -> sql::Result<Self> {
        Ok(Self {
            find: transaction.prepare_cached("SELECT 1 FROM mailboxes WHERE mailbox = ?1")?,
            insert: transaction.prepare_cached(
                "INSERT INTO envelopes (place, mailbox, day, size, bytes)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?,
            there: BTreeSet::new(),
        })
    }

    /// Keeps an envelope at `next`, if its mailbox is there, and moves `next` on.
    pub(super) fn keep(
        &mut self,
        mailbox: MailboxKey,
        cargo: &Cargo,
        next: &mut Place,
        today: Day,
    ) -> sql::Result<Outcome> {
        if !self.is_there(mailbox)? {
            return Ok(Outcome::NoMailbox);
        }
        let place = *next;
        self.insert.execute(params![
            place.number(),
            mailbox.number(),
            today.number(),
            i64::try_from(cargo.size()).unwrap_or(i64::MAX),
            cargo.bytes(),
        ])?;
        *next = place.next();
        Ok(Outcome::Kept(place))
    }

    /// The mailbox is about to end.
    pub(super) fn forget(&mut self, mailbox: MailboxKey) {
        self.there.remove(&mailbox);
    }

    fn is_there(&mut self, mailbox: MailboxKey) -> sql::Result<bool> {
        if self.there.contains(&mailbox) {
            return Ok(true);
        }
        let found = self.find.exists([mailbox.number()])?;
        if found {
            self.there.insert(mailbox);
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use partywall_ground::{DropId, ReaderId};
    use partywall_peer::Envelope;
    use partywall_store::Place as File;

    use super::*;
    use crate::store::{Admit, Disk, SETTINGS, Sqlite, Store, Write};

    #[test]
    fn what_comes_behind_a_mailboxs_end_is_not_kept_even_in_the_same_batch() {
        let place = File::memory();
        let database = partywall_store::open(&place, &SETTINGS).unwrap();
        let mut store = Sqlite::over(database.into_writer(), Disk::under(&place)).unwrap();
        let mailbox = MailboxKey::drawn(7);
        let create = Write::Create {
            mailbox,
            reader: ReaderId::new([1; 32]),
            drop: DropId::new([2; 32]),
            admit: Admit {
                open: true,
                low_disk: false,
                credit: None,
                pass: None,
            },
        };
        let envelope = Envelope::try_from(vec![0; 4_096]).unwrap();
        let cargo = Cargo::new(envelope, None);
        let keep = || Write::Keep {
            mailbox,
            cargo: std::sync::Arc::clone(&cargo),
        };
        let close = Write::Close {
            mailbox,
            credit: None,
        };
        let mut batch = [keep(), create, keep(), keep(), close, keep()].into_iter();
        let outcomes = store.commit(&mut batch, Day::from_number(1)).unwrap();
        let kept = |outcome: &Outcome| match outcome {
            Outcome::Kept(_) => "kept",
            Outcome::NoMailbox => "nowhere",
            _ => "",
        };
        let seen: Vec<_> = outcomes.iter().map(kept).collect();
        assert_eq!(seen, ["nowhere", "", "kept", "kept", "", "nowhere"]);
    }
}
