//! A business hands a template in. (SPEC B-22, §11.9)
//! Knows: lint. Never knows: the operator's mind.

use std::collections::BTreeSet;

use partywall_business::template::{Draft, Lint, TemplateBytes};
use partywall_business::{Category, TemplateId, TemplateState};
use partywall_store::sql::params;

use super::life;
use crate::desk::Desk;
use crate::limits::TEMPLATES;
use crate::refusal::{Judged, Rule};
use crate::registry::Business;

/// What became of it.
pub(crate) struct Taken {
    pub(crate) template: TemplateId,
    pub(crate) state: TemplateState,
    pub(crate) lint: BTreeSet<Lint>,
}

/// Takes a template in; the same bytes again are answered with what they are now.
pub(crate) fn submit(
    desk: &mut Desk<'_>,
    business: &Business,
    bytes: &TemplateBytes,
) -> Judged<Taken> {
    business.may_act(desk.now)?;
    let draft = Draft::decode(bytes).map_err(|_| Rule::TemplateRefused)?;
    let lint = draft.lint();
    let template = draft.checked().map_err(|_| Rule::TemplateRefused)?;
    let id = TemplateId::of(&business.id, bytes.as_bytes());
    if let Some(known) = life::find(desk.tx, &id)? {
        return Ok(Taken {
            template: id,
            state: known.state_at(desk.now),
            lint,
        });
    }
    if desk.low_disk {
        return Err(Rule::LowDisk.into());
    }
    let count: u32 = desk
        .tx
        .prepare_cached("SELECT COUNT(*) FROM templates WHERE business = ?1")?
        .query_row([business.number], |row| row.get(0))?;
    if count >= TEMPLATES {
        return Err(Rule::Busy.into());
    }
    let says = template.says();
    let passes = desk.settings.auto_approve_utility
        && says.category == Category::Utility
        && template.is_clean();
    let state = if passes {
        TemplateState::Approved
    } else {
        TemplateState::Pending
    };
    let numbers: Vec<u8> = lint.iter().map(|lint| lint.code()).collect();
    desk.tx
        .prepare_cached(
            "INSERT INTO templates (template, business, version, category, state, lint, asked, bytes)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            id.as_bytes(),
            business.number,
            says.version.value().cast_signed(),
            says.category.code(),
            state.code(),
            numbers,
            desk.now.stored(),
            bytes.as_bytes()
        ])?;
    Ok(Taken {
        template: id,
        state,
        lint,
    })
}
