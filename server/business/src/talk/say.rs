//! Something is said: judged, marked, and laid down for the other side. (SPEC B-12 to B-17)
//! Knows: the clear part, sealed bytes. Never knows: what they say.

use partywall_business::frank::{FrankKey, Speaker};
use partywall_business::request::Say;
use partywall_business::{Class, Clear};

use super::conversation::{self, Conversation, State};
use super::events::{self, Side, Told};
use super::last::Last;
use super::room::admits;
use super::speech::Speech;
use super::what::What;
use crate::desk::Desk;
use crate::refusal::{Judged, Rule};
use crate::sharing::{self, Observed};
use crate::{registry, templates};

/// What is answered.
pub(crate) type Said = Told;

/// A customer says something in its own conversation.
pub(crate) fn say_as_customer(
    desk: &mut Desk<'_>,
    own: i64,
    say: &Say,
    observed: Observed,
) -> Judged<Said> {
    let mut conversation = found(desk, say)?;
    if conversation.number != own {
        return Err(Rule::NoSuchConversation.into());
    }
    if let Some(told) = said_before(&conversation, Side::Business, say) {
        return Ok(told);
    }
    registry::may_act(desk, conversation.business)?;
    if conversation.state == State::Ended {
        return Err(Rule::Left.into());
    }
    if conversation.blocked {
        return Err(Rule::Blocked.into());
    }
    let next = conversation
        .speech
        .customer_says(say.clear.class(), desk.now)?;
    if desk.low_disk {
        return Err(Rule::LowDisk.into());
    }
    admits(desk, &conversation, Side::Business)?;
    let told = lay(desk, &mut conversation, next, say, Speaker::Customer)?;
    sharing::said(desk, &mut conversation, observed)?;
    conversation.save(desk)?;
    Ok(told)
}

/// A business says something in one of its conversations. Whether the customer left or blocks it looks
/// the same to it. (B-14)
pub(crate) fn say_as_business(desk: &mut Desk<'_>, own: i64, say: &Say) -> Judged<Said> {
    let mut conversation = found(desk, say)?;
    if conversation.business == own
        && let Some(told) = said_before(&conversation, Side::Customer, say)
    {
        return Ok(told);
    }
    registry::may_act(desk, own)?;
    if conversation.business != own {
        return Err(Rule::NoSuchConversation.into());
    }
    if conversation.blocked && partywall_mutant::is("P08") {
        return Err(Rule::Blocked.into());
    }
    if conversation.state == State::Ended || conversation.blocked {
        return Err(Rule::Left.into());
    }
    let next = judged(desk, &conversation, own, say)?;
    if desk.low_disk {
        return Err(Rule::LowDisk.into());
    }
    admits(desk, &conversation, Side::Customer)?;
    let spent = desk.memory.speech.judge(own, desk.now)?;
    desk.memory.speech.spend(own, spent);
    let told = lay(desk, &mut conversation, next, say, Speaker::Business)?;
    conversation.save(desk)?;
    Ok(told)
}

/// B-12 for replies and controls, B-13 for templates.
fn judged(
    desk: &Desk<'_>,
    conversation: &Conversation,
    business: i64,
    say: &Say,
) -> Judged<Speech> {
    let Clear::Template(_, template, version) = &say.clear else {
        debug_assert!(say.clear.class() != Class::Template, "the class says which");
        return Ok(conversation.speech.business_says(desk.now)?);
    };
    let category = templates::sendable(desk, business, template, *version)?;
    let (speech, opted) = (&conversation.speech, &conversation.opted);
    Ok(speech.business_sends(category, opted, desk.now)?)
}

/// What was answered when it was said for the first time. (B-25)
fn said_before(conversation: &Conversation, to: Side, say: &Say) -> Option<Said> {
    conversation.speech.said_before(to, say.clear.commitment())
}

fn found(desk: &Desk<'_>, say: &Say) -> Judged<Conversation> {
    let found = conversation::find(desk.tx, &say.conversation)?;
    Ok(found.ok_or(Rule::NoSuchConversation)?)
}

fn lay(
    desk: &mut Desk<'_>,
    conversation: &mut Conversation,
    next: Speech,
    say: &Say,
    speaker: Speaker,
) -> Judged<Said> {
    let frank: &FrankKey = desk.keys.frank();
    let mark = frank.mark(
        say.clear.commitment(),
        &conversation.id,
        speaker,
        desk.now.wire(),
    );
    let message = What::Message {
        clear: say.clear,
        envelope: say.envelope.clone(),
        mark,
    };
    conversation.speech = next;
    let side = match speaker {
        Speaker::Customer => Side::Business,
        Speaker::Business => Side::Customer,
    };
    let told = events::tell(desk, conversation, side, &message)?;
    let commitment = *say.clear.commitment();
    conversation
        .speech
        .remember(side, Last { commitment, told });
    desk.counters.accepted.add(1);
    Ok(told)
}
