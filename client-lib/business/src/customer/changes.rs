//! Changing one's mind: switches, objections, values, categories, blocking, leaving, reporting.
//! (SPEC T-13 to T-15, B-13, B-14, B-19) What is signed is stored before it is sent, with a counter
//! that is never used twice, and is said again until the relay has it.
//! Knows: the newest consent. Never knows: what the relay does about it.

use std::collections::BTreeSet;
use std::num::NonZeroU64;
use std::sync::Arc;

use partywall_business::consent::{self, BadDraft, UnverifiedConsent};
use partywall_business::request::{Block, Declare, Opt, Report};
use partywall_business::table::{Row, Table};
use partywall_business::value::Value;
use partywall_business::{Blocking, Bytes, Category, Declared, OptIn, Why};

use super::{Choices, MessageId, Standing, Switched, begin, declared, pump, tell};
use crate::choices::Said;
use crate::core::{Core, Work};
use crate::error::{AskError, ChangeError, ReportError};
use crate::line::Line;
use crate::records::{self, Before, Kept, Relay, Talk};
use crate::store::{self, StoreTrouble};

/// What the newest consent says.
pub(super) struct Standpoint {
    pub(super) talk: Talk,
    pub(super) accepted: Table,
    pub(super) consent: consent::Consent,
}

pub(super) fn standpoint(work: &mut Work<'_>, row: i64) -> Result<Standpoint, StoreTrouble> {
    let talk: Talk = records::must(work, store::Table::Talk, row)?;
    let relay: Relay = records::must(work, store::Table::Relay, talk.relay)?;
    let accepted = work
        .policy(&relay.operator_key()?, &talk.accepted)?
        .ok_or(StoreTrouble::Damaged)?;
    let kept = UnverifiedConsent::decode(&talk.consent.encode());
    let kept = kept.map_err(|_shape| StoreTrouble::Damaged)?;
    let consent = kept
        .verify(&talk.party(), &accepted)
        .map_err(|_bad| StoreTrouble::Damaged)?;
    Ok(Standpoint {
        talk,
        accepted,
        consent,
    })
}

impl Standpoint {
    /// The choices as they stand.
    pub(super) fn choices(&self) -> Choices {
        Choices {
            rows: *self.consent.choices(),
            region: Said::Now(self.consent.region()),
            categories: self.talk.opted_in.iter().collect(),
            refusal: Said::Now(self.consent.refusal()),
        }
    }
}

pub(super) async fn turn(
    core: &Arc<Core>,
    row: i64,
    which: Row,
    to: Switched,
) -> Result<(), ChangeError> {
    let now = core.work(move |work| standpoint(work, row)).await?;
    let mut choices = now.choices();
    let region = now.consent.region();
    let offered = now.accepted.choosable(region).contains(which);
    if !offered {
        let bound = [
            partywall_business::field::Basis::Necessary,
            partywall_business::field::Basis::Legal,
        ];
        let is_on = |basis| now.accepted.grant(which, basis, region).is_some();
        return Err(if bound.into_iter().any(is_on) {
            ChangeError::NoSwitch
        } else {
            ChangeError::Choices(BadDraft::NotOffered)
        });
    }
    match to {
        Switched::On => choices.rows.switch_on(which),
        Switched::Off => choices.rows.switch_off(which),
    }
    change(core, row, choices).await
}

pub(super) async fn change(
    core: &Arc<Core>,
    row: i64,
    choices: Choices,
) -> Result<(), ChangeError> {
    let categories = choices.categories.clone();
    consent_to(core, row, None, choices).await?;
    opt_to(core, row, &categories).await
}

pub(super) async fn withdraw_all(core: &Arc<Core>, row: i64) -> Result<(), ChangeError> {
    let now = core.work(move |work| standpoint(work, row)).await?;
    let mut choices = now.choices();
    choices.rows = consent::Choices::essential_only();
    choices.categories = BTreeSet::new();
    change(core, row, choices).await
}

pub(super) async fn object(core: &Arc<Core>, row: i64) -> Result<(), ChangeError> {
    let now = core.work(move |work| standpoint(work, row)).await?;
    change(core, row, now.choices().objecting()).await
}

/// Signs choices under the accepted table or `accepting`, and says them. What they leave unsaid, of
/// region and refusal, stays as the newest consent says.
pub(super) async fn consent_to(
    core: &Arc<Core>,
    row: i64,
    accepting: Option<Table>,
    choices: Choices,
) -> Result<(), ChangeError> {
    let talk = core
        .work(move |work| sign(work, row, accepting, &choices))
        .await??;
    let line = open_line(core, row, &talk).await?;
    tell::consent(core, row, &line).await?;
    Ok(())
}

fn sign(
    work: &mut Work<'_>,
    row: i64,
    accepting: Option<Table>,
    choices: &Choices,
) -> Result<Result<Talk, ChangeError>, StoreTrouble> {
    let now = standpoint(work, row)?;
    if !now.talk.is_open() {
        return Ok(Err(ChangeError::Ended));
    }
    let choices = &Choices {
        region: Said::Now(choices.region.after(now.consent.region())),
        refusal: Said::Now(choices.refusal.after(now.consent.refusal())),
        ..choices.clone()
    };
    let accepted = accepting.unwrap_or(now.accepted);
    let mut talk = now.talk;
    let highest = talk.counter.max(now.consent.counter().get());
    let counter = NonZeroU64::new(highest.saturating_add(1)).ok_or(StoreTrouble::Damaged)?;
    let pairwise = talk.pairwise_key();
    let seconds = work.seconds();
    let signed = begin::consent(
        talk.business,
        &accepted,
        choices,
        counter,
        seconds,
        &pairwise,
    );
    let signed = match signed {
        Ok(signed) => signed,
        Err(bad) => return Ok(Err(bad.into())),
    };
    let before = std::mem::replace(&mut talk.consent, signed);
    if talk.consented {
        talk.before = Some(Before {
            consent: before,
            accepted: talk.accepted,
        });
    }
    talk.counter = counter.get();
    talk.consented = false;
    talk.accepted = accepted.hash();
    if talk.published == Some(talk.accepted) {
        talk.published = None;
    }
    records::update(work, store::Table::Talk, row, &talk)?;
    let receipt = talk.consent.encode();
    records::insert_of(work, "receipt", row, None, &receipt)?;
    Ok(Ok(talk))
}

pub(super) async fn declare(
    core: &Arc<Core>,
    row: i64,
    values: Vec<Value>,
) -> Result<(), ChangeError> {
    let values = Declared::of(values).map_err(|_bad| ChangeError::Declaration)?;
    let line = line_of(core, row).await?;
    note(core, row, move |talk| talk.declared = values).await?;
    let declared = core.work(move |work| declared::sayable(work, row)).await?;
    line.ask(move |number| Declare { number, declared }.into())
        .await?;
    Ok(())
}

pub(super) async fn opt(
    core: &Arc<Core>,
    row: i64,
    category: Category,
    to: Switched,
) -> Result<(), ChangeError> {
    let line = line_of(core, row).await?;
    let opt_in = match to {
        Switched::On => OptIn::In,
        Switched::Off => OptIn::Out,
    };
    let ask = move |number| {
        Opt {
            number,
            category,
            opt_in,
        }
        .into()
    };
    line.ask(ask).await?;
    note(core, row, move |talk| {
        let now = std::mem::take(&mut talk.opted_in);
        talk.opted_in = match to {
            Switched::On => now.with(category),
            Switched::Off => now.without(category),
        };
    })
    .await
}

pub(super) async fn opt_to(
    core: &Arc<Core>,
    row: i64,
    wanted: &BTreeSet<Category>,
) -> Result<(), ChangeError> {
    let talk: Talk = core
        .work(move |work| records::must(work, store::Table::Talk, row))
        .await?;
    let now: BTreeSet<Category> = talk.opted_in.iter().collect();
    for category in wanted.difference(&now) {
        opt(core, row, *category, Switched::On).await?;
    }
    for category in now.difference(wanted) {
        opt(core, row, *category, Switched::Off).await?;
    }
    Ok(())
}

pub(super) async fn block(core: &Arc<Core>, row: i64, to: Switched) -> Result<(), ChangeError> {
    let line = line_of(core, row).await?;
    let blocking = match to {
        Switched::On => Blocking::On,
        Switched::Off => Blocking::Off,
    };
    line.ask(move |number| Block { number, blocking }.into())
        .await?;
    note(core, row, move |talk| talk.blocked = to == Switched::On).await
}

pub(super) async fn leave(core: &Arc<Core>, row: i64) -> Result<(), ChangeError> {
    let talk: Talk = core
        .work(move |work| {
            let mut talk: Talk = records::must(work, store::Table::Talk, row)?;
            if talk.is_open() {
                talk.standing = Standing::Leaving;
                talk.left = Some(work.seconds());
                records::update(work, store::Table::Talk, row, &talk)?;
                records::delete_of(work, "outbox", row)?;
                records::delete_of(work, "session", row)?;
            }
            Ok(talk)
        })
        .await?;
    if talk.standing != Standing::Leaving {
        return Err(ChangeError::Ended);
    }
    let line = pump::line(core, row, &talk).await?;
    tell::leaving(core, row, &line).await?;
    core.talks.wake(row);
    core.talks.close(row);
    Ok(())
}

pub(super) async fn report(
    core: &Arc<Core>,
    row: i64,
    message: MessageId,
    why: Why,
) -> Result<(), ReportError> {
    let (talk, kept) = core
        .work(move |work| {
            let talk: Talk = records::must(work, store::Table::Talk, row)?;
            let of_talk = records::messages(work, row, message.0.saturating_add(1), 1)?;
            let kept = of_talk.into_iter().find(|(id, _)| *id == message.0);
            Ok((talk, kept.map(|(_, kept)| kept)))
        })
        .await?;
    let Some(Kept {
        event: Some(event),
        opening: Some(opening),
        at,
        ..
    }) = kept
    else {
        return Err(ReportError::NoSuchMessage);
    };
    let content = Bytes::new(&opening.content).map_err(|_long| ReportError::NoSuchMessage)?;
    let line = match talk.standing {
        Standing::Open => pump::line(core, row, &talk).await?,
        _ => return Err(ReportError::NoSuchMessage),
    };
    let ask = move |number| {
        Report {
            number,
            event,
            content,
            key: opening.key.clone(),
            clear: opening.clear,
            mark: opening.mark,
            at,
            why,
        }
        .into()
    };
    line.ask(ask).await?;
    Ok(())
}

async fn line_of(core: &Arc<Core>, row: i64) -> Result<Line, ChangeError> {
    let talk: Talk = core
        .work(move |work| records::must(work, store::Table::Talk, row))
        .await?;
    open_line(core, row, &talk).await
}

async fn open_line(core: &Arc<Core>, row: i64, talk: &Talk) -> Result<Line, ChangeError> {
    if !talk.is_open() {
        return Err(ChangeError::Ended);
    }
    let line = pump::line(core, row, talk).await;
    line.map_err(|stopped| AskError::Stopped(stopped).into())
}

async fn note(
    core: &Arc<Core>,
    row: i64,
    change: impl FnOnce(&mut Talk) + Send + 'static,
) -> Result<(), ChangeError> {
    core.work(move |work| {
        let mut talk: Talk = records::must(work, store::Table::Talk, row)?;
        change(&mut talk);
        records::update(work, store::Table::Talk, row, &talk)
    })
    .await?;
    Ok(())
}
