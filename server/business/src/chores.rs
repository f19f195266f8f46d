//! What has to be done again and again: letting go of what is too old, and saying in the ledger what
//! can no longer be opened. (SPEC §12.3, §13)
//! Knows: the days that the current policy states. Never knows: who is concerned.

mod old;
mod redact;
mod retention;

use crate::desk::Desk;
use crate::refusal::Judged;

#[cfg(test)]
pub(crate) use retention::RULES;

/// When it was looked last.
#[derive(Default)]
pub(crate) struct Due {
    /// The minute of relay time, unless there was more to do.
    last: Option<u64>,
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
    let current = desk.memory.policies.current(now);
    let Some(kept) = current.map(|table| table.terms().retention) else {
        return Ok(false);
    };
    let mut more = retention::round(desk, &kept)?;
    more |= old::disclosures(desk, kept.disclosures)?;
    more |= old::events(desk, kept.mail)?;
    more |= old::conversations(desk, kept.after_leaving)?;
    more |= old::certificates(desk, kept.certificates)?;
    more |= redact::redact(desk)?;
    Ok(more)
}
