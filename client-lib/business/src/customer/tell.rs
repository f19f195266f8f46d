//! What the relay is told until it has it: the newest consent, that the customer leaves.
//! Knows: two requests and what their refusals mean. Never knows: when they are said.

use std::sync::Arc;

use partywall_business::request::{Consent, Leave};

use super::{Standing, declared};
use crate::core::Core;
use crate::error::{AskError, Refusal, Rule};
use crate::line::Line;
use crate::records::{self, Talk};
use crate::store::Table;

/// Says the newest consent until the relay has it: a withdrawal is not lost on the way.
pub(super) async fn consent(core: &Arc<Core>, row: i64, line: &Line) -> Result<(), AskError> {
    let (said, declared) = core
        .work(move |work| {
            let talk: Talk = records::must(work, Table::Talk, row)?;
            Ok((talk.consent, declared::sayable(work, row)?))
        })
        .await?;
    let consent = said.clone();
    let ask = move |number| {
        Consent {
            number,
            consent,
            declared,
        }
        .into()
    };
    match line.ask(ask).await {
        // It has this one, or a newer one that was said on another connection.
        Ok(_)
        | Err(AskError::Refused(Refusal {
            rule: Rule::CounterTooLow,
            ..
        })) => {}
        Err(AskError::Refused(refusal)) if is_final(refusal.rule) => {
            core.work(move |work| {
                let mut talk: Talk = records::must(work, Table::Talk, row)?;
                if talk.consent == said {
                    talk.takes_back_consent();
                    records::update(work, Table::Talk, row, &talk)?;
                }
                Ok(())
            })
            .await?;
            return Err(AskError::Refused(refusal));
        }
        Err(other) => return Err(other),
    }
    core.work(move |work| {
        let mut talk: Talk = records::must(work, Table::Talk, row)?;
        if talk.consent == said {
            talk.consented = true;
            talk.before = None;
            records::update(work, Table::Talk, row, &talk)?;
        }
        Ok(())
    })
    .await?;
    Ok(())
}

/// Says that the customer leaves, until the relay has it.
pub(super) async fn leaving(core: &Arc<Core>, row: i64, line: &Line) -> Result<(), AskError> {
    match line.ask(|number| Leave { number }.into()).await {
        Ok(_)
        | Err(AskError::Refused(Refusal {
            rule: Rule::Left | Rule::NoSuchConversation | Rule::Erased,
            ..
        })) => {}
        Err(other) => return Err(other),
    }
    core.work(move |work| {
        let mut talk: Talk = records::must(work, Table::Talk, row)?;
        if talk.standing == Standing::Leaving {
            talk.standing = Standing::Left;
            records::update(work, Table::Talk, row, &talk)?;
        }
        Ok(())
    })
    .await?;
    Ok(())
}

/// Whether saying the same again cannot help.
const fn is_final(rule: Rule) -> bool {
    !matches!(rule, Rule::Busy | Rule::LowDisk | Rule::Pace)
}
