//! Keeps what a customer showed and proved, for the operator. (SPEC B-19)
//! Knows: one message of one conversation, because its receiver opened it. Never learns of any other.

use partywall_business::report::ProvenReport;
use partywall_ground::cbor;
use partywall_store::StoreError;
use partywall_store::sql::{Connection, params};

use super::conversation::Conversation;
use super::events::{self, Side};
use super::naming;
use super::what::What;
use crate::desk::Desk;
use crate::refusal::{Judged, Rule};

/// Reports of one conversation that are kept at once.
const KEPT: u32 = 100;

/// Keeps a report; the same message reported again replaces the first, whichever of the conversation's
/// events it is said to have come with.
pub(crate) fn report(
    desk: &mut Desk<'_>,
    conversation: &mut Conversation,
    proven: &ProvenReport,
) -> Judged<()> {
    let report = proven.report();
    let frank = desk.keys.frank();
    if !naming::is_of(frank, &conversation.id, Side::Customer, &report.event) {
        return Err(Rule::NotProven.into());
    }
    let message = report.clear.commitment();
    let others: u32 = desk
        .tx
        .prepare_cached(
            "SELECT COUNT(*) FROM reports WHERE conversation = ?1 AND commitment <> ?2",
        )?
        .query_row(params![conversation.number, message.as_bytes()], |row| {
            row.get(0)
        })?;
    if others >= KEPT {
        return Err(Rule::Busy.into());
    }
    conversation.speech = conversation.speech.customer_changes(desk.now)?;
    if partywall_mutant::is("E05") {
        events::tell(desk, conversation, Side::Business, &What::Left)?;
    }
    conversation.save(desk)?;
    desk.tx
        .prepare_cached(
            "INSERT OR REPLACE INTO reports (conversation, business, commitment, at, why, shown)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            conversation.number,
            conversation.business,
            message.as_bytes(),
            desk.now.stored(),
            report.why.code(),
            cbor::encode(report)
        ])?;
    desk.counters.reports.add(1);
    Ok(())
}

/// How many reports of a conversation are kept.
pub(crate) fn reports(rows: &Connection, conversation: &Conversation) -> Result<u64, StoreError> {
    let count: i64 = rows
        .prepare_cached("SELECT COUNT(*) FROM reports WHERE conversation = ?1")?
        .query_row([conversation.number], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}
