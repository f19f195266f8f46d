//! What the pairwise key may ask about itself, and the rights key when the rest is gone. (SPEC §11.7)
//! Knows: one conversation. Never knows: which of the two keys asks, beyond finding it.

use std::sync::Arc;

use partywall_business::request::{Consents, Disclosures, Erase, Held};
use partywall_business::rights::{ConsentsAre, DisclosuresAre, Erased, HeldIs, Record};
use partywall_business::{Count, Declared, More, Number, Rule};
use partywall_ground::{AtMost, Close};
use partywall_store::StoreError;
use partywall_store::sql::Connection;

use super::ask::Visitor;
use super::pending::Reply;
use super::who::Who;
use crate::refusal::Refusal;
use crate::rights::{self, Shown};
use crate::talk::{self, Conversation};
use crate::wing::{NotDone, Wing};
use crate::{claims, registry};
use partywall_door::End;

fn of(visitor: &Visitor) -> Option<i64> {
    match visitor.who {
        Who::Customer { conversation, .. } | Who::Rights { conversation, .. } => conversation,
        Who::Guest | Who::Business { .. } => None,
    }
}

/// Reads about the caller's conversation, if there is one.
async fn about<T: Send + 'static>(
    visitor: &Visitor,
    question: impl FnOnce(&Connection, Conversation) -> Result<T, StoreError> + Send + 'static,
) -> Result<Option<T>, End> {
    let Some(number) = of(visitor) else {
        return Ok(None);
    };
    let read = visitor.wing.read(move |rows| {
        let found = talk::try_load(rows, number)?;
        found.map(|found| question(rows, found)).transpose()
    });
    read.await.ok_or(Some(Close::Fault))
}

/// There is no such conversation.
fn nothing(number: Number) -> Result<Reply, End> {
    Reply::refused(number, Rule::NoSuchConversation.into())
}

pub(super) async fn held(visitor: Visitor, asked: Held) -> Result<Reply, End> {
    let number = asked.number;
    let read = about(&visitor, |rows, conversation| {
        let held = rights::held(rows, &conversation.id)?;
        let business = registry::load(rows, conversation.business)?.id;
        let reports = talk::reports(rows, &conversation)?;
        let waiting = talk::waiting(rows, &conversation)?;
        Ok((conversation, business, held, reports, waiting))
    });
    let Some((conversation, business, held, reports, waiting)) = read.await? else {
        return nothing(number);
    };
    Reply::answer(HeldIs {
        number,
        conversation: conversation.id,
        business,
        standing: conversation.standing(),
        declared: Declared::of(held.declared).unwrap_or_default(),
        waiting: Count::new(waiting),
        consents: Count::new(held.consents),
        disclosures: Count::new(held.disclosures),
        reports: Count::new(reports),
        window_expires_at: conversation.speech.window_expires_at(),
        opted_in: conversation.opted,
    })
}

pub(super) async fn consents(visitor: Visitor, asked: Consents) -> Result<Reply, End> {
    let number = asked.number;
    let read = about(&visitor, move |rows, conversation| {
        rights::consents(rows, &conversation.id, asked.after.value())
    });
    let Some(page) = read.await? else {
        return nothing(number);
    };
    Reply::answer(ConsentsAre {
        number,
        consents: AtMost::try_from(page.items).unwrap_or_default(),
        more: more(page.more),
    })
}

pub(super) async fn disclosures(visitor: Visitor, asked: Disclosures) -> Result<Reply, End> {
    let number = asked.number;
    let read = about(&visitor, move |rows, conversation| {
        rights::disclosures(rows, &conversation.id, asked.after.value())
    });
    let Some(page) = read.await? else {
        return nothing(number);
    };
    // The first table is in the ledger before anybody comes.
    let (page, checkpoint) = page.ok_or(Some(Close::Fault))?;
    let records: Vec<Record> = page.items.into_iter().map(record).collect();
    Reply::answer(DisclosuresAre {
        number,
        records: AtMost::try_from(records).unwrap_or_default(),
        more: more(page.more),
        checkpoint,
    })
}

/// There is no such conversation any more, or there never was one. (B-24)
pub(super) async fn gone(wing: &Wing, who: Who, number: Number) -> Result<Reply, End> {
    let was_erased = wing.read(move |rows| match who {
        Who::Customer { key, .. } => rights::was_erased(rows, &key),
        Who::Rights { key, .. } => rights::was_erased_by_rights(rows, &key),
        Who::Guest | Who::Business { .. } => Ok(false),
    });
    if was_erased.await.ok_or(Some(Close::Fault))? {
        return Reply::refused(number, Rule::Erased.into());
    }
    nothing(number)
}

/// Whether there was nobody's conversation to do it with.
pub(super) const fn is_nobodys<T>(outcome: &Result<Result<T, Refusal>, NotDone>) -> bool {
    matches!(outcome, Ok(Err(refusal)) if matches!(refusal.rule, Rule::NoSuchConversation))
}

/// Answered when nothing of it is on its way any more; also done on a full disk. (B-23)
pub(super) async fn erase(visitor: Visitor, asked: Erase) -> Result<Reply, End> {
    let number = asked.number;
    let own = of(&visitor);
    let wing = Arc::clone(&visitor.wing);
    let erased = wing.judge(0, move |desk| {
        let own = own.ok_or(Rule::NoSuchConversation)?;
        let own = talk::try_load(desk.tx, own)?.ok_or(Rule::NoSuchConversation)?;
        Ok((rights::erase(desk, &own.id, &own.rights)?, own.business))
    });
    let erased = erased.await;
    if is_nobodys(&erased) {
        return gone(&wing, visitor.who, number).await;
    }
    if let Ok(Ok((erased, business))) = &erased {
        claims::over(&wing, &erased.barred, *business).await;
    }
    Reply::of(number, erased, |(erased, _)| {
        let reply = Reply::answer(Erased {
            number,
            receipt: erased.receipt,
        })?;
        let becomes = match visitor.who {
            Who::Customer { key, .. } => Some(Who::Customer {
                key,
                conversation: None,
            }),
            Who::Rights { key, .. } => Some(Who::Rights {
                key,
                conversation: None,
            }),
            Who::Guest | Who::Business { .. } => None,
        };
        Ok(Reply { becomes, ..reply })
    })
}

fn record(shown: Shown) -> Record {
    let (disclosure, disclosure_inclusion) = shown.told;
    let (outcome, outcome_inclusion) = shown.outcome.unzip();
    Record {
        disclosure,
        disclosure_inclusion,
        outcome,
        outcome_inclusion,
    }
}

const fn more(more: bool) -> More {
    if more { More::Yes } else { More::No }
}
