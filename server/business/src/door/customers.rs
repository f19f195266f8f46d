//! What customers ask. (SPEC §11.4)
//! Knows: which job a request is, and that some are answered only when claims in flight have landed.
//! Never knows: who the customer is.

use std::sync::Arc;

use partywall_business::Rule;
use partywall_business::answer::Begun;
use partywall_business::consent::Party;
use partywall_business::id::PairwiseKey;
use partywall_business::request::{Begin, Block, Consent, Declare, Leave, Opt, Report, Say};
use partywall_ground::Close;

use super::ask::Visitor;
use super::businesses::accepted;
use super::entitled::{gone, is_nobodys};
use super::pending::{Asked, Reply};
use super::who::Who;
use crate::desk::Desk;
use crate::refusal::Judged;
use crate::sharing::{self, Observed, Presented};
use crate::talk::{self, Conversation, State};
use crate::{claims, registry};
use partywall_door::End;

/// About how much a conversation with its receipt adds.
const CONVERSATION: usize = 4_096;
/// What an event adds besides its envelope, or a change of one row.
const EVENT: usize = 512;

/// The pairwise key and, once there is one, the conversation's number.
fn of(visitor: &Visitor) -> Result<(PairwiseKey, Option<i64>), End> {
    match visitor.who {
        Who::Customer { key, conversation } => Ok((key, conversation)),
        _ => Err(Some(Close::OutOfTurn)),
    }
}

/// The caller's own conversation, whatever became of its business.
fn own(desk: &Desk<'_>, conversation: Option<i64>) -> Judged<Conversation> {
    let number = conversation.ok_or(Rule::NoSuchConversation)?;
    Ok(talk::try_load(desk.tx, number)?.ok_or(Rule::NoSuchConversation)?)
}

/// The same, if its business was not revoked. (B-9)
fn standing(desk: &Desk<'_>, conversation: Option<i64>) -> Judged<Conversation> {
    let own = own(desk, conversation)?;
    if registry::is_revoked(desk, own.business)? {
        return Err(Rule::Revoked.into());
    }
    Ok(own)
}

/// The same, if the customer did not leave.
fn open(desk: &Desk<'_>, conversation: Option<i64>) -> Judged<Conversation> {
    let own = standing(desk, conversation)?;
    match own.state {
        State::Open => Ok(own),
        State::Ended => Err(Rule::Left.into()),
    }
}

pub(super) async fn begin(visitor: Visitor, begin: Begin) -> Result<Reply, End> {
    let (key, _) = of(&visitor)?;
    let number = begin.number;
    let wing = &visitor.wing;
    let presented = Presented::of(&begin.consent, |hash| wing.tables.find(hash));
    let begun = wing.judge(CONVERSATION, move |desk| {
        let (id, barred) = talk::begin(desk, &key, &begin, &presented)?;
        let found = talk::find(desk.tx, &id)?;
        Ok((id, found.map(|found| found.number), barred))
    });
    let begun = begun.await;
    if let Ok(Ok((_, _, barred))) = &begun {
        claims::landed(wing, &barred.flights).await;
    }
    Reply::of(number, begun, |(id, conversation, _)| {
        let reply = Reply::answer(Begun {
            number,
            conversation: id,
        })?;
        let becomes = Some(Who::Customer { key, conversation });
        Ok(Reply { becomes, ..reply })
    })
}

/// Answered when nothing of what it withdraws is on its way any more. (B-23)
pub(super) fn consent(visitor: &Visitor, consent: Consent) -> Asked {
    let customer = of(visitor);
    let number = consent.number;
    let wing = Arc::clone(&visitor.wing);
    let presented = Presented::of(&consent.consent, |hash| wing.tables.find(hash));
    let taken = customer.map(|(pairwise, conversation)| {
        wing.judge(CONVERSATION, move |desk| {
            let mut open = open(desk, conversation)?;
            let business = registry::load(desk.tx, open.business)?.id;
            let party = Party { business, pairwise };
            let declared = consent.declared.values().to_vec();
            let weighed = sharing::weigh_presented(desk, &party, &presented, declared)?;
            let barred = sharing::take(desk, &mut open, weighed)?;
            open.save(desk)?;
            Ok((barred, open.business))
        })
    });
    let who = visitor.who;
    Box::pin(async move {
        let taken = taken?.await;
        if is_nobodys(&taken) {
            return gone(&wing, who, number).await;
        }
        if let Ok(Ok((barred, business))) = &taken {
            claims::over(&wing, barred, *business).await;
        }
        Reply::of(number, taken, |_| Reply::done(number))
    })
}

/// A job that changes the caller's open conversation, and is done when it is on disk.
fn change(
    visitor: &Visitor,
    number: partywall_business::Number,
    work: impl Fn(&mut Desk<'_>, &mut Conversation) -> Judged<()> + Send + 'static,
) -> Asked {
    let customer = of(visitor);
    let wing = &visitor.wing;
    let changed = customer.map(|(_, conversation)| {
        wing.judge(EVENT, move |desk| {
            let mut open = open(desk, conversation)?;
            work(desk, &mut open)
        })
    });
    Box::pin(async move { Reply::of(number, changed?.await, |()| Reply::done(number)) })
}

pub(super) fn declare(visitor: &Visitor, declare: Declare) -> Asked {
    change(visitor, declare.number, move |desk, open| {
        sharing::declare(desk, open, declare.declared.values())?;
        open.save(desk)
    })
}

pub(super) fn opt(visitor: &Visitor, opt: Opt) -> Asked {
    change(visitor, opt.number, move |desk, open| {
        talk::opt(desk, open, opt.category, opt.opt_in)
    })
}

pub(super) fn block(visitor: &Visitor, block: Block) -> Asked {
    change(visitor, block.number, move |desk, open| {
        talk::block(desk, open, block.blocking)
    })
}

/// A hard stop: also on a full disk, and from a business that was suspended or revoked. (B-9, B-14)
pub(super) fn leave(visitor: &Visitor, leave: Leave) -> Asked {
    let customer = of(visitor);
    let number = leave.number;
    let wing = Arc::clone(&visitor.wing);
    let left = customer.map(|(_, conversation)| {
        wing.judge(0, move |desk| {
            let mut own = own(desk, conversation)?;
            Ok((talk::leave(desk, &mut own)?, own.business))
        })
    });
    Box::pin(async move {
        let left = left?.await;
        if let Ok(Ok((barred, business))) = &left {
            claims::over(&wing, barred, *business).await;
        }
        Reply::of(number, left, |_| Reply::done(number))
    })
}

/// Proven before anything is asked of the writer. (B-19)
pub(super) async fn report(visitor: Visitor, report: Report) -> Result<Reply, End> {
    let (_, conversation) = of(&visitor)?;
    let number = report.number;
    let growth = EVENT + report.content.as_bytes().len();
    let wing = &visitor.wing;
    let read = wing.read(move |rows| match conversation {
        Some(conversation) => talk::try_load(rows, conversation),
        None => Ok(None),
    });
    let Some(found) = read.await.ok_or(Some(Close::Fault))? else {
        return Reply::refused(number, Rule::NoSuchConversation.into());
    };
    let proven = match report.prove(wing.keys.frank(), &found.id) {
        Ok(proven) => proven,
        Err(refusal) => return Reply::refused(number, refusal),
    };
    let kept = wing.judge(growth, move |desk| {
        let mut own = standing(desk, conversation)?;
        talk::report(desk, &mut own, &proven)
    });
    Reply::of(number, kept.await, |()| Reply::done(number))
}

pub(super) fn say(visitor: &Visitor, say: Say) -> Asked {
    let customer = of(visitor);
    let number = say.number;
    let growth = EVENT + say.envelope.as_bytes().len();
    let wing = &visitor.wing;
    let is_told = wing.tables.tells_addresses() || partywall_mutant::is("P03");
    let address = visitor.from.filter(|_| is_told);
    let said = customer.map(|(_, conversation)| {
        wing.judge(growth, move |desk| {
            let own = conversation.ok_or(Rule::NoSuchConversation)?;
            talk::say_as_customer(desk, own, &say, Observed { address })
        })
    });
    Box::pin(async move { Reply::of(number, said?.await, |said| accepted(number, said)) })
}
