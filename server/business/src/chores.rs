//! What has to be done again and again: letting go of what is too old, and saying in the ledger what
//! can no longer be opened. (SPEC §12.3, §13)
//! Knows: the days that the current policy states. Never knows: who is concerned.

mod old;
mod redact;
mod retention;

use partywall_business::id::{ConversationId, TableHash};

use crate::desk::Desk;
use crate::refusal::Judged;
use crate::scribe::apart;
use crate::{registry, sharing};

#[cfg(test)]
pub(crate) use retention::RULES;

/// For how many days who asked to be a business waits for the operator. (SPEC B-10)
const UNVERIFIED_DAYS: u64 = 30;

/// When it was looked last.
#[derive(Default)]
pub(crate) struct Due {
    /// The minute of relay time, unless there was more to do.
    last: Option<u64>,
    /// Under which table, and on which day, all that is declared was looked at.
    swept: Option<(TableHash, u64)>,
    /// How far that is.
    at: Option<ConversationId>,
}

/// One round, if this minute had none that found nothing more to do; `true` when there may be more.
pub(crate) fn round(desk: &mut Desk<'_>) -> Judged<bool> {
    let minute = desk.now.seconds() / 60;
    if desk.memory.chores.last == Some(minute) {
        return Ok(false);
    }
    let more = let_go(desk)?;
    desk.memory.chores.last = (!more).then_some(minute);
    Ok(more)
}

fn let_go(desk: &mut Desk<'_>) -> Judged<bool> {
    let now = desk.now.wire();
    let Some(current) = desk.memory.policies.current(now) else {
        return Ok(false);
    };
    let (kept, hash) = (current.terms().retention, current.hash());
    let mut more = false;
    more |= skips(desk, |desk| retention::round(desk, &kept))?;
    more |= skips(desk, |desk| old::disclosures(desk, kept.disclosures))?;
    more |= skips(desk, |desk| old::events(desk, kept.mail))?;
    more |= skips(desk, |desk| old::conversations(desk, kept.after_leaving))?;
    more |= skips(desk, |desk| old::certificates(desk, kept.certificates))?;
    let before = retention::before_days(desk.now, UNVERIFIED_DAYS);
    more |= skips(desk, |desk| registry::let_go_of_unverified(desk, before))?;
    more |= skips(desk, redact::redact)?;
    more |= skips(desk, |desk| sweep(desk, hash))?;
    Ok(more)
}

/// A chore whose rows are not what they should be is left for the next minute; the others are done.
fn skips(desk: &mut Desk<'_>, chore: impl FnOnce(&mut Desk<'_>) -> Judged<bool>) -> Judged<bool> {
    Ok(apart(desk, chore)?.unwrap_or(false))
}

/// Looks once a day, and under every new table, whether what is declared may still be told.
fn sweep(desk: &mut Desk<'_>, current: TableHash) -> Judged<bool> {
    let today = (current, desk.now.seconds() / 86_400);
    if desk.memory.chores.swept == Some(today) {
        return Ok(false);
    }
    let at = sharing::sweep(desk, desk.memory.chores.at)?;
    desk.memory.chores.at = at;
    if at.is_none() {
        desk.memory.chores.swept = Some(today);
    }
    Ok(at.is_some())
}
