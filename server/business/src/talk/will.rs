//! What a customer lets a business do: opt-ins, blocking. (SPEC B-13, B-14)
//! Knows: one conversation. Never tells the business that it is blocked.

use partywall_business::{Blocking, Category, OptIn};

use super::conversation::Conversation;
use super::events::{self, Side};
use super::what::What;
use crate::desk::Desk;
use crate::refusal::Judged;

/// Lets templates of a category come, or not; the business is told of a change.
pub(crate) fn opt(
    desk: &mut Desk<'_>,
    conversation: &mut Conversation,
    category: Category,
    opt_in: OptIn,
) -> Judged<()> {
    if conversation.opted.has(category) == (opt_in == OptIn::In) {
        return Ok(());
    }
    conversation.paces(desk)?;
    let opted = std::mem::take(&mut conversation.opted);
    conversation.opted = match opt_in {
        OptIn::In => opted.with(category),
        OptIn::Out => opted.without(category),
    };
    events::tell(
        desk,
        conversation,
        Side::Business,
        &What::Opted(category, opt_in),
    )?;
    conversation.save(desk)
}

/// Hears the business no more, or again.
pub(crate) fn block(
    desk: &mut Desk<'_>,
    conversation: &mut Conversation,
    blocking: Blocking,
) -> Judged<()> {
    let blocked = blocking == Blocking::On;
    if conversation.blocked == blocked {
        return Ok(());
    }
    conversation.speech = conversation.speech.customer_changes(desk.now)?;
    conversation.blocked = blocked;
    conversation.save(desk)
}
