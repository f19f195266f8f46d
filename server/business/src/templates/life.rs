//! Where a template is in its life, and what the operator may do with it there. (SPEC B-22)
//! Knows: states. Never knows: texts, but to sign for them.

use partywall_business::id::BusinessId;
use partywall_business::template::{
    Approved, Draft, Lint, Template, TemplateBytes, UnverifiedApproval,
};
use partywall_business::{Category, Reason, TemplateId, TemplateState, Version};
use partywall_ground::Seconds;
use partywall_store::StoreError;
use partywall_store::sql::{self, Connection, OptionalExtension, Params, Row, params};

use crate::clock::RelayTime;
use crate::desk::Desk;
use crate::refusal::{Judged, Refusal, Rule};

/// A template as its row has it.
pub(crate) struct Line {
    pub(crate) id: TemplateId,
    /// The number of its business.
    pub(crate) business: i64,
    pub(crate) category: Category,
    state: TemplateState,
    pub(crate) reason: Option<Reason>,
    until: u64,
    pub(crate) lint: Vec<Lint>,
    pub(crate) bytes: Vec<u8>,
}

/// What the operator decides. (B-22)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    Approve,
    Reject(Reason),
    /// Until that second; then it is approved by itself.
    Pause(Reason, u64),
    Disable(Reason),
}

impl Line {
    /// Where it is at a moment: a pause ends by itself.
    pub(crate) fn state_at(&self, now: RelayTime) -> TemplateState {
        match self.state {
            TemplateState::Paused if self.until <= now.seconds() => TemplateState::Approved,
            state => state,
        }
    }

    /// When its pause ends, if it is paused.
    pub(crate) fn paused_until(&self, now: RelayTime) -> Option<Seconds> {
        let paused = self.state_at(now) == TemplateState::Paused;
        paused.then(|| Seconds::new(self.until))
    }
}

const COLUMNS: &str =
    "SELECT template, business, category, state, reason, until, lint, bytes FROM templates";

/// The template with that id.
pub(super) fn find(rows: &Connection, id: &TemplateId) -> Result<Option<Line>, StoreError> {
    let found = rows
        .prepare_cached(&format!("{COLUMNS} WHERE template = ?1"))?
        .query_row([id.as_bytes()], read)
        .optional()?;
    found.transpose()
}

/// The templates of a business, in the order in which they were handed in.
pub(crate) fn of_business(rows: &Connection, business: i64) -> Result<Vec<Line>, StoreError> {
    many(
        rows,
        "WHERE business = ?1 ORDER BY asked, template",
        [business],
    )
}

/// Every template, or those that wait for the operator; the oldest first.
pub(crate) fn lines(rows: &Connection, only_pending: bool) -> Result<Vec<Line>, StoreError> {
    let which = if only_pending {
        "WHERE state = 1 ORDER BY asked, template LIMIT 1000"
    } else {
        "ORDER BY asked, template LIMIT 10000"
    };
    many(rows, which, [])
}

/// The category of a template that the business may send now. (B-13)
pub(crate) fn sendable(
    desk: &Desk<'_>,
    business: i64,
    id: &TemplateId,
    version: Version,
) -> Judged<Category> {
    let row = desk
        .tx
        .prepare_cached(
            "SELECT state, until, category FROM templates
             WHERE template = ?1 AND business = ?2 AND version = ?3",
        )?
        .query_row(
            params![id.as_bytes(), business, version.value().cast_signed()],
            |row| {
                Ok((
                    row.get(0)?,
                    row.get::<_, i64>(1)?.unsigned_abs(),
                    row.get(2)?,
                ))
            },
        )
        .optional()?;
    let (state, until, category) = row.ok_or(Rule::TemplateUnknown)?;
    match TemplateState::from_code(state) {
        Some(TemplateState::Approved) => {}
        Some(TemplateState::Paused) if until <= desk.now.seconds() => {}
        Some(TemplateState::Paused) => {
            return Err(Refusal::until(Rule::TemplatePaused, Seconds::new(until)).into());
        }
        _ => return Err(Rule::TemplateNotApproved.into()),
    }
    Ok(Category::from_code(category).ok_or(StoreError::Corrupt)?)
}

/// The operator decides. `false` when there is no such template, or its state does not allow it.
pub(crate) fn decide(desk: &mut Desk<'_>, id: &TemplateId, decision: Decision) -> Judged<bool> {
    use TemplateState::{Approved, Disabled, Paused, Pending, Rejected};
    let Some(line) = find(desk.tx, id)? else {
        return Ok(false);
    };
    let (state, reason, until) = match (line.state_at(desk.now), decision) {
        (Pending | Paused, Decision::Approve) => (Approved, None, 0),
        (Pending, Decision::Reject(reason)) => (Rejected, Some(reason), 0),
        (Approved | Paused, Decision::Pause(reason, until)) => (Paused, Some(reason), until),
        (_, Decision::Disable(reason)) => (Disabled, Some(reason), 0),
        _ => return Ok(false),
    };
    desk.tx
        .prepare_cached(
            "UPDATE templates SET state = ?2, reason = ?3, until = ?4 WHERE template = ?1",
        )?
        .execute(params![
            id.as_bytes(),
            state.code(),
            reason.map(Reason::code),
            until.min(i64::MAX as u64).cast_signed()
        ])?;
    Ok(true)
}

/// The operator's signature on a template, if it was approved once: a customer may have been sent it
/// before it was paused. (SPEC §11.4)
pub(crate) fn approved(
    rows: &Connection,
    keys: &crate::OperatorKeys,
    id: &TemplateId,
) -> Result<Option<(i64, UnverifiedApproval)>, StoreError> {
    let Some(line) = find(rows, id)? else {
        return Ok(None);
    };
    if !matches!(line.state, TemplateState::Approved | TemplateState::Paused) {
        return Ok(None);
    }
    let business: [u8; 32] = rows
        .prepare_cached("SELECT id FROM businesses WHERE business = ?1")?
        .query_row([line.business], |row| row.get(0))?;
    // Rules may have grown stricter since it was handed in: what they refuse is not signed for.
    let Some(template) = checked(&line.bytes) else {
        return Ok(None);
    };
    let approved = Approved::sign(keys.business(), BusinessId::new(business), template);
    Ok(Some((line.business, approved.to_unverified())))
}

fn checked(bytes: &[u8]) -> Option<Template> {
    let draft = Draft::decode(&TemplateBytes::new(bytes).ok()?).ok()?;
    draft.checked().ok()
}

fn many(rows: &Connection, which: &str, by: impl Params) -> Result<Vec<Line>, StoreError> {
    let mut select = rows.prepare_cached(&format!("{COLUMNS} {which}"))?;
    let found = select.query_map(by, read)?;
    found.map(|line| line?).collect()
}

fn read(row: &Row<'_>) -> sql::Result<Result<Line, StoreError>> {
    let codes = (row.get(2)?, row.get(3)?);
    let (Some(category), Some(state)) = (
        Category::from_code(codes.0),
        TemplateState::from_code(codes.1),
    ) else {
        return Ok(Err(StoreError::Corrupt));
    };
    let lint: Vec<u8> = row.get(6)?;
    Ok(Ok(Line {
        id: TemplateId::new(row.get(0)?),
        business: row.get(1)?,
        category,
        state,
        reason: row.get::<_, Option<u8>>(4)?.and_then(Reason::from_code),
        until: row.get::<_, i64>(5)?.unsigned_abs(),
        lint: lint.into_iter().filter_map(Lint::from_code).collect(),
        bytes: row.get(7)?,
    }))
}
