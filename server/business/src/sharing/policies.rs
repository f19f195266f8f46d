//! Every table that was published, in the writer's memory, and pairs of them laid over one another.
//! (SPEC §12.3, §12.5)
//! Knows: what the database says, read once and kept level with it. Never knows: customers, but for
//! the receipts that were verified a moment ago.

use std::collections::BTreeMap;
use std::sync::Arc;

use partywall_business::consent::{Consent, Party, UnverifiedConsent};
use partywall_business::field::{Field, Region};
use partywall_business::id::{ConversationId, TableHash};
use partywall_business::permit::Joined;
use partywall_business::table::{Cell, Lineage, Table, UnverifiedTable};
use partywall_ground::Seconds;
use partywall_proof::PublicKey;
use partywall_store::StoreError;
use partywall_store::sql::Connection;

use crate::scribe::broken_row;

/// Pairs of tables, times regions, that are remembered.
const PAIRS: usize = 512;
/// Receipts that are remembered as verified.
const RECEIPTS: usize = 8_192;

type Pair = (TableHash, TableHash, Option<Region>);

/// The tables, and what was worked out of them.
#[derive(Default)]
pub(crate) struct Policies {
    lineage: Option<Lineage>,
    joined: BTreeMap<Pair, Arc<Joined>>,
    receipts: BTreeMap<ConversationId, Arc<Consent>>,
    told: BTreeMap<ConversationId, Told>,
}

/// Until when nothing that the relay sees of a customer is news to anybody, and under which table.
#[derive(Clone, Copy)]
struct Told {
    under: TableHash,
    until: Seconds,
}

impl Policies {
    /// Reads the tables, each of which the operator signed.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when one is not whole.
    pub(crate) fn read(connection: &Connection, operator: &PublicKey) -> Result<Self, StoreError> {
        let mut select = connection.prepare("SELECT signed FROM policies ORDER BY version")?;
        let mut rows = select.query([])?;
        let mut policies = Self::default();
        while let Some(row) = rows.next()? {
            let signed = UnverifiedTable::decode(row.get_ref(0)?.as_blob().unwrap_or_default());
            let table = signed.ok().and_then(|table| table.verify(operator).ok());
            policies.add(table.ok_or(StoreError::Corrupt)?)?;
        }
        Ok(policies)
    }

    /// Reads them anew, and forgets everything else: work that was undone may have left something.
    ///
    /// # Errors
    /// As [`Policies::read`].
    pub(crate) fn read_again(
        &mut self,
        connection: &Connection,
        operator: &PublicKey,
    ) -> Result<(), StoreError> {
        *self = Self::read(connection, operator)?;
        Ok(())
    }

    /// Adds the next table.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it is not the next.
    pub(crate) fn add(&mut self, table: Table) -> Result<(), StoreError> {
        match &mut self.lineage {
            Some(lineage) => lineage.add(table).map_err(|_| StoreError::Corrupt)?,
            none => *none = Some(Lineage::from(table)),
        }
        Ok(())
    }

    /// All tables; none before the first start is over.
    pub(crate) fn lineage(&self) -> Option<&Lineage> {
        self.lineage.as_ref()
    }

    /// The table that holds now.
    pub(crate) fn current(&self, now: Seconds) -> Option<&Table> {
        self.lineage.as_ref()?.current(now)
    }

    /// What a table that somebody accepted and the one that holds now both allow.
    pub(crate) fn joined(&mut self, consent: &Consent, now: Seconds) -> Option<Arc<Joined>> {
        let lineage = self.lineage.as_ref()?;
        let (accepted, current) = (lineage.find(&consent.table())?, lineage.current(now)?);
        let pair = (accepted.hash(), current.hash(), consent.region());
        if let Some(known) = self.joined.get(&pair) {
            return Some(Arc::clone(known));
        }
        let joined = Arc::new(Joined::of(accepted, current, consent.region()));
        if self.joined.len() >= PAIRS {
            self.joined.clear();
        }
        self.joined.insert(pair, Arc::clone(&joined));
        Some(joined)
    }

    /// A stored receipt, verified; the same is not verified twice.
    ///
    /// # Errors
    /// [`broken_row`] when what was stored is no receipt of this customer.
    pub(crate) fn receipt(
        &mut self,
        party: &Party,
        counter: u64,
        signed: impl FnOnce() -> Result<Vec<u8>, StoreError>,
    ) -> Result<Arc<Consent>, StoreError> {
        let conversation = party.conversation();
        if let Some(known) = self.receipts.get(&conversation)
            && known.counter().get() == counter
        {
            return Ok(Arc::clone(known));
        }
        let unverified = UnverifiedConsent::decode(&signed()?).map_err(|_| broken_row())?;
        let lineage = self.lineage.as_ref().ok_or(StoreError::Corrupt)?;
        let accepted = lineage
            .find(&unverified.claimed_table())
            .ok_or_else(broken_row)?;
        let consent = unverified
            .verify(party, accepted)
            .map_err(|_| broken_row())?;
        Ok(self.remember(conversation, consent))
    }

    /// Remembers a receipt that was just verified.
    pub(crate) fn remember(
        &mut self,
        conversation: ConversationId,
        consent: Consent,
    ) -> Arc<Consent> {
        if self.receipts.len() >= RECEIPTS {
            self.receipts.clear();
        }
        let consent = Arc::new(consent);
        self.told.remove(&conversation);
        self.receipts.insert(conversation, Arc::clone(&consent));
        consent
    }

    /// Forgets a receipt.
    pub(crate) fn forget(&mut self, conversation: &ConversationId) {
        self.receipts.remove(conversation);
        self.told.remove(conversation);
    }

    /// Whether everybody who may know that a customer is here was told so already.
    pub(crate) fn is_told(&self, conversation: &ConversationId, now: Seconds) -> bool {
        let told = self.told.get(conversation);
        told.is_some_and(|told| {
            let current = self.current(now).map(Table::hash);
            now < told.until && current == Some(told.under)
        })
    }

    /// Whoever may know that a customer is here knows it until then.
    pub(crate) fn tell(&mut self, conversation: ConversationId, now: Seconds, until: Seconds) {
        let Some(under) = self.current(now).map(Table::hash) else {
            return;
        };
        if self.told.len() >= RECEIPTS {
            self.told.clear();
        }
        self.told.insert(conversation, Told { under, until });
    }

    /// What was told may have been taken back: it is looked at again.
    pub(crate) fn look_again(&mut self) {
        self.told.clear();
    }
}

/// Whether a table lets anybody be told a field at all. (B-12: what nobody may be told is not looked
/// at)
pub(crate) fn tells_of(table: &Table, field: Field) -> bool {
    Cell::all().any(|cell| cell.row.field == field && table.cell(cell).is_some())
}
