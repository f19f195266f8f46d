//! Lets go of what takes more than a deletion: disclosures and certificates, of which what opens their
//! entries is destroyed; mail, of which senders are told; conversations that were left. (SPEC §12.3,
//! terms; §13, kind 6)
//! Knows: one page of what is old. Never knows: what it says.

use partywall_business::id::ConversationId;
use partywall_business::ledger::Index;
use partywall_business::precision::KeepDays;
use partywall_business::{EventId, Reason, RightsKey};
use partywall_store::sql::params;

use super::retention::before;
use crate::desk::Desk;
use crate::refusal::Judged;
use crate::talk::{self, Side, What};
use crate::{book, claims, rights};

/// Disclosures that one round lets go of.
const ROWS: i64 = 256;

/// Lets go of closed disclosures older than so many days; `true` when there may be more.
pub(crate) fn disclosures(desk: &mut Desk<'_>, kept: KeepDays) -> Judged<bool> {
    let before = before(desk.now, kept);
    let old = {
        let mut select = desk.tx.prepare_cached(
            "SELECT entry, closed FROM disclosures
             WHERE outcome <> 0 AND made < ?1 ORDER BY entry LIMIT ?2",
        )?;
        let rows = select.query_map(params![before, ROWS], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Option<i64>>(1)?))
        })?;
        rows.collect::<Result<Vec<_>, _>>()?
    };
    for (entry, closed) in &old {
        for place in [Some(*entry), *closed].into_iter().flatten() {
            book::destroy(desk, Index::new(place.unsigned_abs()))?;
        }
        desk.tx
            .prepare_cached("DELETE FROM disclosures WHERE entry = ?1")?
            .execute([entry])?;
    }
    Ok(i64::try_from(old.len()).is_ok_and(|old| old == ROWS))
}

/// Lets go of events that nobody collected in so many days: the sender of a message is told, and what
/// was to be disclosed to the business is closed; `true` when there may be more.
pub(crate) fn events(desk: &mut Desk<'_>, kept: KeepDays) -> Judged<bool> {
    let before = before(desk.now, kept) / 1_000;
    let old = {
        // Places are given out in the order of time.
        let mut select = desk.tx.prepare_cached(
            "SELECT place, receiver, conversation, event, kind FROM
               (SELECT * FROM events ORDER BY place LIMIT ?2) WHERE at < ?1",
        )?;
        let rows = select.query_map(params![before, ROWS], |row| {
            Ok(Old {
                place: row.get(0)?,
                receiver: row.get(1)?,
                conversation: row.get(2)?,
                event: EventId::new(row.get(3)?),
                kind: row.get(4)?,
            })
        })?;
        rows.collect::<Result<Vec<_>, _>>()?
    };
    for event in &old {
        let_go_of(desk, event)?;
        if event.kind == DISCLOSED {
            claims::expired(desk, &event.event)?;
        }
        desk.tx
            .prepare_cached("DELETE FROM events WHERE place = ?1")?
            .execute([event.place])?;
        desk.effects.erased = true;
    }
    Ok(i64::try_from(old.len()).is_ok_and(|old| old == ROWS))
}

/// Kinds of events that are more than a notice. (SPEC §11.5)
const MESSAGE: u8 = 1;
const DISCLOSED: u8 = 5;

struct Old {
    place: i64,
    receiver: i64,
    conversation: i64,
    event: EventId,
    kind: u8,
}

/// It lies there no more; of a message its sender is told.
fn let_go_of(desk: &mut Desk<'_>, old: &Old) -> Judged<()> {
    let Some(mut conversation) = talk::try_load(desk.tx, old.conversation)? else {
        return Ok(());
    };
    let to_customer = conversation.customer().number() == old.receiver;
    let (mail, sender) = if to_customer {
        (&mut conversation.mail_customer, Side::Business)
    } else {
        (&mut conversation.mail_business, Side::Customer)
    };
    *mail = mail.saturating_sub(1);
    if old.kind == MESSAGE {
        let withdrawn = What::Withdrawn(old.event, Reason::Other);
        talk::tell(desk, &mut conversation, sender, &withdrawn)?;
    }
    conversation.save(desk)
}

/// Lets go of conversations that were left so many days ago, as an erasure does; `true` when there may
/// be more.
pub(crate) fn conversations(desk: &mut Desk<'_>, kept: KeepDays) -> Judged<bool> {
    let before = before(desk.now, kept);
    let left = {
        let mut select = desk.tx.prepare_cached(
            "SELECT id, rights FROM conversations WHERE ended > 0 AND ended < ?1 LIMIT ?2",
        )?;
        let rows = select.query_map(params![before, CONVERSATIONS], |row| {
            Ok((
                ConversationId::new(row.get(0)?),
                RightsKey::new(row.get(1)?),
            ))
        })?;
        rows.collect::<Result<Vec<_>, _>>()?
    };
    for (conversation, rights) in &left {
        rights::erase(desk, conversation, rights)?;
    }
    Ok(i64::try_from(left.len()).is_ok_and(|left| left == CONVERSATIONS))
}

/// Conversations that one round lets go of.
const CONVERSATIONS: i64 = 16;

/// Lets go of certificates that ran out so many days ago; `true` when there may be more.
pub(crate) fn certificates(desk: &mut Desk<'_>, kept: KeepDays) -> Judged<bool> {
    let before = before(desk.now, kept) / 1_000;
    let old = {
        // Serials are given out in the order of time.
        let mut select = desk.tx.prepare_cached(
            "SELECT serial, entry FROM (SELECT * FROM certificates ORDER BY serial LIMIT ?2)
             WHERE not_after < ?1",
        )?;
        let rows = select.query_map(params![before, ROWS], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
        })?;
        rows.collect::<Result<Vec<_>, _>>()?
    };
    for (serial, entry) in &old {
        book::destroy(desk, Index::new(entry.unsigned_abs()))?;
        desk.tx
            .prepare_cached("DELETE FROM certificates WHERE serial = ?1")?
            .execute([serial])?;
    }
    Ok(i64::try_from(old.len()).is_ok_and(|old| old == ROWS))
}
