//! What has to be done again and again: letting go of what is too old, and saying in the ledger what
//! can no longer be opened. (SPEC §12.3, §13)
//! Knows: the days that the current policy states. Never knows: who is concerned.

mod old;
mod redact;
mod retention;

use crate::desk::Desk;
use crate::refusal::Judged;

#[cfg(test)]
pub(crate) use retention::{Kept, RULES};

/// One round; `true` when there may be more to do.
pub(crate) fn round(desk: &mut Desk<'_>) -> Judged<bool> {
    let now = desk.now.wire();
    let current = desk.memory.policies.current(now);
    let Some(kept) = current.map(|table| table.terms().retention) else {
        return Ok(false);
    };
    let mut more = retention::round(desk, &kept)?;
    more |= old::disclosures(desk, kept.disclosures)?;
    more |= redact::redact(desk)?;
    Ok(more)
}
