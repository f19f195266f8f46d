//! What the relay holds of a conversation, and its end. (SPEC §11.7, B-24)
//! Knows: two requests and a receipt. Never knows: what was said.

use std::collections::BTreeSet;
use std::sync::Arc;

use partywall_business::answer::Answer;
use partywall_business::request::{Consents, Erase, Held as AskHeld};
use partywall_business::rights::Erasure;
use partywall_business::value::Value;
use partywall_business::{Category, ConversationStanding, Count, More, Signed};
use partywall_ground::Seconds;

use super::Standing;
use super::shared::entitled_line;
use crate::core::Core;
use crate::error::{AskError, Distrust, LookError, RightsError};
use crate::records::{self, Relay, Talk};
use crate::store::Table;

/// What the relay holds, as it says itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// Whether the conversation goes on there.
    pub standing: ConversationStanding,
    /// Which categories of templates it lets in.
    pub opted_in: BTreeSet<Category>,
    /// The values that were declared.
    pub declared: Vec<Value>,
    /// Messages that wait to be collected.
    pub waiting: u64,
    /// Consents.
    pub consents: u64,
    /// Disclosures.
    pub disclosures: u64,
    /// Reports.
    pub reports: u64,
    /// Until when the business may write freely.
    pub window_expires_at: Option<Seconds>,
}

/// The operator's receipt of an erasure; its signature was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasureReceipt {
    /// When it was done.
    pub at: Seconds,
    /// The ledger's entries whose payload and salt were destroyed.
    pub entries: Vec<u64>,
    /// The receipt itself: what to keep, and what to show to others.
    pub signed: Signed,
}

pub(super) async fn held(core: &Arc<Core>, row: i64) -> Result<Held, RightsError> {
    let talk: Talk = core
        .work(move |work| records::must(work, Table::Talk, row))
        .await?;
    let line = entitled_line(core, row, &talk).await?;
    let ask = |number| AskHeld { number }.into();
    let Answer::HeldIs(held) = line.ask(ask).await? else {
        return Err(AskError::Nonsense.into());
    };
    if held.conversation != talk.thread.conversation || held.business != talk.business {
        return Err(Distrust::NotYours.into());
    }
    let window = held.window_expires_at;
    Ok(Held {
        standing: held.standing,
        opted_in: held.opted_in.iter().collect(),
        declared: held.declared.values().to_vec(),
        waiting: held.waiting.value(),
        consents: held.consents.value(),
        disclosures: held.disclosures.value(),
        reports: held.reports.value(),
        window_expires_at: (window.value() > 0).then_some(window),
    })
}

/// The consents that the relay has, as they were signed; all of them are this customer's.
pub(super) async fn consents(
    core: &Arc<Core>,
    row: i64,
    talk: &Talk,
) -> Result<Vec<Signed>, RightsError> {
    let line = entitled_line(core, row, talk).await?;
    let mut all: Vec<Signed> = Vec::new();
    let mut after = 0;
    loop {
        let page = move |number| {
            let after = Count::new(after);
            Consents { number, after }.into()
        };
        let Answer::ConsentsAre(answer) = line.ask(page).await? else {
            return Err(AskError::Nonsense.into());
        };
        for signed in answer.consents {
            let counter = counter_of(&signed, talk)?;
            if counter <= after {
                return Err(AskError::Nonsense.into());
            }
            after = counter;
            all.push(signed);
        }
        if answer.more == More::No {
            return Ok(all);
        }
    }
}

/// The counter of a consent that this customer signed; key 5 of its bytes.
fn counter_of(signed: &Signed, talk: &Talk) -> Result<u64, Distrust> {
    let key = talk.pairwise_key().public();
    signed
        .verify(&key, partywall_business::labels::CONSENT)
        .map_err(|_bad| Distrust::NotYours)?;
    let read = || -> Option<u64> {
        let mut decoder = minicbor::Decoder::new(&signed.bytes);
        let entries = decoder.map().ok()??;
        for _ in 0..entries {
            if decoder.u8().ok()? == 5 {
                return decoder.u64().ok();
            }
            decoder.skip().ok()?;
        }
        None
    };
    read().ok_or(Distrust::NotYours)
}

pub(super) async fn erase(core: &Arc<Core>, row: i64) -> Result<ErasureReceipt, RightsError> {
    let talk: Talk = core
        .work(move |work| records::must(work, Table::Talk, row))
        .await?;
    let relay_row = talk.relay;
    let relay: Relay = core
        .work(move |work| records::must(work, Table::Relay, relay_row))
        .await?;
    let operator = relay.operator_key().map_err(|_bad| Distrust::NotYours)?;
    let line = entitled_line(core, row, &talk).await?;
    let ask = |number| Erase { number }.into();
    let Answer::Erased(erased) = line.ask(ask).await? else {
        return Err(AskError::Nonsense.into());
    };
    let says = Erasure::verify(&erased.receipt, &operator).map_err(|_bad| Distrust::NotYours)?;
    if says.conversation != talk.thread.conversation {
        return Err(Distrust::NotYours.into());
    }
    let receipt = erased.receipt.clone();
    core.work(move |work| {
        let mut talk: Talk = records::must(work, Table::Talk, row)?;
        talk.standing = Standing::Erased;
        talk.erasure = Some(receipt);
        records::update(work, Table::Talk, row, &talk)?;
        records::delete_of(work, "outbox", row)?;
        records::delete_of(work, "session", row)
    })
    .await?;
    core.talks.close(row);
    Ok(receipt_of(&says, erased.receipt))
}

pub(super) async fn kept(core: &Arc<Core>, row: i64) -> Result<Option<ErasureReceipt>, LookError> {
    let found = core
        .work(move |work| records::one::<Talk>(work, Table::Talk, row))
        .await?;
    let talk = found.ok_or(LookError::NoSuchChat)?;
    Ok(talk.erasure.and_then(|signed| {
        let says: Erasure = minicbor::decode(&signed.bytes).ok()?;
        Some(receipt_of(&says, signed))
    }))
}

fn receipt_of(says: &Erasure, signed: Signed) -> ErasureReceipt {
    ErasureReceipt {
        at: says.at,
        entries: says.entries.iter().map(|index| index.value()).collect(),
        signed,
    }
}
