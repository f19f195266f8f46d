//! Erases a conversation: payloads and salts destroyed, sinks asked to forget, a signed receipt, and a
//! tombstone so that nothing old comes back. (SPEC §11.7, B-23, B-24)
//! Knows: everything that is kept of one conversation, table by table. Never knows: a name.

use partywall_business::id::ConversationId;
use partywall_business::ledger::Index;
use partywall_business::rights::{Erasure, LONGEST_ERASURE};
use partywall_business::{RightsKey, Signed, Tombstone};
use partywall_ground::AtMost;
use partywall_store::StoreError;
use partywall_store::sql::{OptionalExtension, params};

use crate::claims::{self, Bar, Barred};
use crate::desk::Desk;
use crate::refusal::Judged;
use crate::{book, talk};

/// What erasing came to.
pub(crate) struct Erased {
    /// Which entries cannot be opened by the operator any more.
    pub(crate) receipt: Signed,
    /// The request is answered when these have landed.
    pub(crate) barred: Barred,
}

/// Erases all that can be erased of a conversation. `rights` is its rights key.
pub(crate) fn erase(
    desk: &mut Desk<'_>,
    conversation: &ConversationId,
    rights: &RightsKey,
) -> Judged<Erased> {
    bury(desk, conversation, rights)?;
    let barred = claims::bar(desk, Bar::Conversation(conversation))?;
    let entries = destroy(desk, conversation)?;
    for table in ["records", "consents", "acceptances", "declared", "counts"] {
        desk.tx
            .prepare_cached(&format!("DELETE FROM {table} WHERE conversation = ?1"))?
            .execute([conversation.as_bytes()])?;
    }
    desk.memory.policies.forget(conversation);
    talk::erase(desk, conversation)?;
    desk.effects.erased = true;
    desk.effects.wake_exporter = true;
    let erasure = Erasure {
        conversation: *conversation,
        at: desk.now.wire(),
        entries: named(entries)?,
    };
    let receipt = erasure.sign(desk.keys.business());
    Ok(Erased { receipt, barred })
}

/// What is left: that there was such a conversation, its highest counter, who may ask. (B-24)
fn bury(desk: &mut Desk<'_>, conversation: &ConversationId, rights: &RightsKey) -> Judged<()> {
    let counter: Option<i64> = desk
        .tx
        .prepare_cached("SELECT counter FROM acceptances WHERE conversation = ?1")?
        .query_row([conversation.as_bytes()], |row| row.get(0))
        .optional()?;
    desk.tx
        .prepare_cached(
            "INSERT OR IGNORE INTO tombstones (tombstone, counter, rights) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![
            Tombstone::of(conversation).as_bytes(),
            counter.unwrap_or(0),
            rights_hash(rights)
        ])?;
    Ok(())
}

/// What is kept of a rights key after an erasure.
pub(crate) fn rights_hash(rights: &RightsKey) -> [u8; 32] {
    // As a conversation's name is: both are hashes of what only the customer draws.
    Tombstone::of(&ConversationId::new(rights.into_bytes())).into_bytes()
}

/// As many as a receipt names, the newest.
fn named(mut entries: Vec<Index>) -> Result<AtMost<Index, LONGEST_ERASURE>, StoreError> {
    let older = entries.len().saturating_sub(LONGEST_ERASURE);
    entries.drain(..older);
    entries.try_into().map_err(|_| StoreError::Corrupt)
}

/// Destroys what opens the entries of a conversation, and asks back what a sink may have. What is in an
/// open batch is closed first; its row goes then.
fn destroy(desk: &mut Desk<'_>, conversation: &ConversationId) -> Judged<Vec<Index>> {
    let entries = entries(desk, conversation)?;
    for entry in &entries {
        book::destroy(desk, *entry)?;
    }
    let id = conversation.as_bytes();
    desk.tx
        .prepare_cached(
            "INSERT OR IGNORE INTO retractions (record, sink, queued)
             SELECT record, sink, ?2 FROM disclosures
             WHERE conversation = ?1 AND sink IS NOT NULL AND outcome IN (1, 3)",
        )?
        .execute(params![id, desk.now.stored()])?;
    desk.tx
        .prepare_cached("DELETE FROM disclosures WHERE conversation = ?1 AND outcome <> 0")?
        .execute([id])?;
    desk.tx
        .prepare_cached("UPDATE disclosures SET erased = 1, barred = 1 WHERE conversation = ?1")?
        .execute([id])?;
    Ok(entries)
}

fn entries(desk: &Desk<'_>, conversation: &ConversationId) -> Judged<Vec<Index>> {
    let mut select = desk.tx.prepare_cached(
        "SELECT entry FROM disclosures WHERE conversation = ?1
         UNION SELECT closed FROM disclosures WHERE conversation = ?1 AND closed IS NOT NULL
         ORDER BY 1",
    )?;
    let rows = select.query_map([conversation.as_bytes()], |row| row.get::<_, i64>(0))?;
    let mut entries = Vec::new();
    for row in rows {
        entries.push(Index::new(row?.unsigned_abs()));
    }
    Ok(entries)
}
