//! What every open conversation is told: of one business, or of all. Some of them in one transaction,
//! then the next. (SPEC B-9, §11.5)
//! Knows: how far each notice has come. Never knows: who is connected.

use partywall_business::Reason;
use partywall_business::id::TableHash;
use partywall_store::StoreError;
use partywall_store::sql::{OptionalExtension, params};

use super::conversation::{self, Conversation};
use super::events::{self, Side};
use super::what::What;
use crate::desk::Desk;
use crate::effects::Receiver;
use crate::limits::ROUND;
use crate::refusal::Judged;

/// Begins to tell every conversation that is open now, of a business or of all, and tells the first of
/// them at once.
pub(crate) fn begin(desk: &mut Desk<'_>, business: Option<i64>, what: &What) -> Judged<()> {
    desk.tx
        .prepare_cached(
            "INSERT INTO notices (business, kind, body, next, mail, last)
             VALUES (?1, ?2, ?3, 0, 0, (SELECT COALESCE(MAX(conversation), 0) FROM conversations))",
        )?
        .execute(params![business, what.kind(), what.stored()])?;
    desk.effects.wake_chores |= round(desk)?;
    Ok(())
}

/// Tells every customer that there is a new table. (SPEC §11.5)
pub(crate) fn tell_of_table(desk: &mut Desk<'_>, hash: &TableHash) -> Judged<()> {
    begin(desk, None, &What::Table(*hash))
}

/// A notice that is being told.
struct Notice {
    number: i64,
    business: Option<i64>,
    what: What,
    /// The last conversation that was told.
    next: i64,
    /// The last place of a withdrawn message to the business.
    mail: i64,
    /// The last conversation that is to be told.
    last: i64,
}

/// Tells some more. Whether there is more to tell.
pub(crate) fn round(desk: &mut Desk<'_>) -> Judged<bool> {
    let Some(notice) = first(desk)? else {
        return Ok(false);
    };
    let mut budget = ROUND;
    if let (What::Revoked(reason), Some(business)) = (&notice.what, notice.business) {
        let withdrawn = withdraw_to_business(desk, &notice, business, *reason, budget)?;
        budget -= withdrawn;
    }
    if budget > 0 && tell_conversations(desk, &notice, budget)? {
        desk.tx
            .prepare_cached("DELETE FROM notices WHERE notice = ?1")?
            .execute([notice.number])?;
        return Ok(first(desk)?.is_some());
    }
    Ok(true)
}

/// Withdraws what customers said and the business did not collect. How many.
fn withdraw_to_business(
    desk: &mut Desk<'_>,
    notice: &Notice,
    business: i64,
    reason: Reason,
    most: i64,
) -> Judged<i64> {
    let receiver = Receiver::business(business);
    let messages = events::uncollected(desk.tx, receiver, notice.mail, most)?;
    let Some(last) = messages.last().map(|message| message.place) else {
        return Ok(0);
    };
    let count = i64::try_from(messages.len()).unwrap_or(i64::MAX);
    for message in messages {
        let mut conversation = conversation::load(desk.tx, message.conversation)?;
        events::withdraw(desk, &mut conversation, Side::Business, message, reason)?;
        conversation.save(desk)?;
    }
    desk.tx
        .prepare_cached("UPDATE notices SET mail = ?2 WHERE notice = ?1")?
        .execute([notice.number, last])?;
    Ok(count)
}

/// Tells conversations, as many as the budget allows. Whether all were told.
fn tell_conversations(desk: &mut Desk<'_>, notice: &Notice, mut budget: i64) -> Judged<bool> {
    let mut told = notice.next;
    while budget > 0 {
        let Some(number) = following(desk, notice, told)? else {
            return Ok(true);
        };
        told = number;
        let mut conversation = conversation::load(desk.tx, number)?;
        if let What::Revoked(reason) = &notice.what {
            budget -= withdraw_to_customer(desk, &mut conversation, *reason)?;
        }
        events::tell(desk, &mut conversation, Side::Customer, &notice.what)?;
        if matches!(notice.what, What::Suspended(_) | What::Revoked(_)) {
            events::tell(desk, &mut conversation, Side::Business, &notice.what)?;
        }
        conversation.save(desk)?;
        budget -= 1;
    }
    desk.tx
        .prepare_cached("UPDATE notices SET next = ?2 WHERE notice = ?1")?
        .execute([notice.number, told])?;
    Ok(false)
}

/// Withdraws what the business said and the customer did not collect. How many.
fn withdraw_to_customer(
    desk: &mut Desk<'_>,
    conversation: &mut Conversation,
    reason: Reason,
) -> Judged<i64> {
    let messages = events::uncollected(desk.tx, conversation.customer(), 0, i64::MAX)?;
    let count = i64::try_from(messages.len()).unwrap_or(i64::MAX);
    for message in messages {
        events::withdraw(desk, conversation, Side::Customer, message, reason)?;
    }
    Ok(count)
}

fn following(desk: &Desk<'_>, notice: &Notice, after: i64) -> Judged<Option<i64>> {
    let number = match notice.business {
        Some(business) => desk
            .tx
            .prepare_cached(
                "SELECT conversation FROM conversations
                 WHERE business = ?1 AND conversation > ?2 AND conversation <= ?3 AND state = 1
                 ORDER BY conversation LIMIT 1",
            )?
            .query_row([business, after, notice.last], |row| row.get(0))
            .optional()?,
        None => desk
            .tx
            .prepare_cached(
                "SELECT conversation FROM conversations
                 WHERE conversation > ?1 AND conversation <= ?2 AND state = 1
                 ORDER BY conversation LIMIT 1",
            )?
            .query_row([after, notice.last], |row| row.get(0))
            .optional()?,
    };
    Ok(number)
}

fn first(desk: &Desk<'_>) -> Judged<Option<Notice>> {
    let row = desk
        .tx
        .prepare_cached(
            "SELECT notice, business, kind, body, next, mail, last FROM notices
             ORDER BY notice LIMIT 1",
        )?
        .query_row([], |row| {
            let what = (row.get::<_, u8>(2)?, row.get::<_, Vec<u8>>(3)?);
            let numbers = (
                row.get(0)?,
                row.get(1)?,
                row.get(4)?,
                row.get(5)?,
                row.get(6)?,
            );
            Ok((what, numbers))
        })
        .optional()?;
    let Some(((kind, body), (number, business, next, mail, last))) = row else {
        return Ok(None);
    };
    let what: Result<What, StoreError> = What::read(kind, &body);
    Ok(Some(Notice {
        number,
        business,
        what: what?,
        next,
        mail,
        last,
    }))
}
