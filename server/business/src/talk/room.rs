//! How much may lie uncollected: in a conversation for either side, and of a business in all. (SPEC B-15)
//! Knows: counts and bytes. Never knows: what they say.

use partywall_business::window::admits_uncollected;
use partywall_store::StoreError;
use partywall_store::sql::{Connection, params};

use super::conversation::Conversation;
use super::events::Side;
use super::what::MESSAGE;
use crate::desk::Desk;
use crate::limits::UNCOLLECTED_BYTES;
use crate::refusal::{Judged, Rule};

/// Whether one more may lie there for a side, of any kind.
pub(crate) fn admits(desk: &Desk<'_>, conversation: &Conversation, side: Side) -> Judged<()> {
    let events = match side {
        Side::Customer => conversation.mail_customer,
        Side::Business => conversation.mail_business,
    };
    admits_uncollected(events.into())?;
    let bytes: i64 = desk
        .tx
        .prepare_cached("SELECT uncollected FROM businesses WHERE business = ?1")?
        .query_row([conversation.business], |row| row.get(0))?;
    if bytes >= UNCOLLECTED_BYTES {
        return Err(Rule::MailFull.into());
    }
    Ok(())
}

/// Messages that lie there for the customer.
pub(crate) fn waiting(rows: &Connection, conversation: &Conversation) -> Result<u64, StoreError> {
    let messages: u32 = rows
        .prepare_cached("SELECT COUNT(*) FROM events WHERE receiver = ?1 AND kind = ?2")?
        .query_row(params![conversation.customer().number(), MESSAGE], |row| {
            row.get(0)
        })?;
    Ok(messages.into())
}
