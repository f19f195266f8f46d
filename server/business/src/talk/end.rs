//! A customer leaves: a hard stop. (SPEC B-14)
//! Knows: one conversation. Never asks why.

use partywall_business::Reason;
use partywall_business::id::ConversationId;

use super::conversation::{self, Conversation, State};
use super::events::{self, Side};
use super::what::What;
use crate::claims::{self, Bar, Barred};
use crate::desk::Desk;
use crate::refusal::Judged;

/// Erases what is kept of a conversation here: the business is told that its customer left, and has
/// withdrawn events where it did not collect what the customer said. (B-24)
pub(crate) fn erase(desk: &mut Desk<'_>, id: &ConversationId) -> Judged<()> {
    let Some(mut conversation) = conversation::find(desk.tx, id)? else {
        return Ok(());
    };
    end(desk, &mut conversation)?;
    forget_mail(desk, &conversation)?;
    let business = conversation.receiver(Side::Business);
    for message in events::uncollected_of(desk.tx, business, conversation.number)? {
        let withdrawn = What::Withdrawn(message.event, Reason::OwnRequest);
        events::replace(desk, message.place, &withdrawn)?;
    }
    for table in ["reports", "conversations"] {
        let delete = format!("DELETE FROM {table} WHERE conversation = ?1");
        desk.tx
            .prepare_cached(&delete)?
            .execute([conversation.number])?;
    }
    desk.effects.erased = true;
    Ok(())
}

/// Ends a conversation: mail for the customer is gone, consents have ended, the business is told.
/// Said again, it changes nothing.
pub(crate) fn leave(desk: &mut Desk<'_>, conversation: &mut Conversation) -> Judged<Barred> {
    end(desk, conversation)?;
    claims::bar(desk, Bar::Conversation(&conversation.id))
}

fn end(desk: &mut Desk<'_>, conversation: &mut Conversation) -> Judged<()> {
    if conversation.state == State::Open {
        conversation.state = State::Ended;
        conversation.mail_customer = 0;
        forget_mail(desk, conversation)?;
        events::tell(desk, conversation, Side::Business, &What::Left)?;
        conversation.save(desk)?;
        desk.tx
            .prepare_cached("UPDATE conversations SET ended = ?2 WHERE conversation = ?1")?
            .execute([conversation.number, desk.now.stored()])?;
        desk.tx
            .prepare_cached(
                "UPDATE businesses SET conversations = conversations - 1 WHERE business = ?1",
            )?
            .execute([conversation.business])?;
        desk.counters.left.add(1);
    }
    Ok(())
}

fn forget_mail(desk: &mut Desk<'_>, conversation: &Conversation) -> Judged<()> {
    desk.tx
        .prepare_cached("DELETE FROM events WHERE receiver = ?1")?
        .execute([conversation.customer().number()])?;
    desk.effects.erased = true;
    Ok(())
}
