//! Lets go of disclosures whose time is over: what opens them is destroyed, and with it what became of
//! them. (SPEC §12.3, terms; §13, kind 6)
//! Knows: one page of old entries. Never knows: what they say.

use partywall_business::ledger::Index;
use partywall_business::precision::KeepDays;
use partywall_store::sql::params;

use super::retention::before;
use crate::book;
use crate::desk::Desk;
use crate::refusal::Judged;

/// Disclosures that one round lets go of.
const ROWS: i64 = 256;

/// Lets go of closed disclosures older than so many days; `true` when there may be more.
pub(crate) fn disclosures(desk: &mut Desk<'_>, kept: KeepDays) -> Judged<bool> {
    let before = before(desk.now, kept);
    let old = {
        let mut select = desk.tx.prepare_cached(
            "SELECT entry, closed FROM disclosures
             WHERE outcome <> 0 AND made < ?1 ORDER BY entry LIMIT ?2",
        )?;
        let rows = select.query_map(params![before, ROWS], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Option<i64>>(1)?))
        })?;
        rows.collect::<Result<Vec<_>, _>>()?
    };
    for (entry, closed) in &old {
        for place in [Some(*entry), *closed].into_iter().flatten() {
            book::destroy(desk, Index::new(place.unsigned_abs()))?;
        }
        desk.tx
            .prepare_cached("DELETE FROM disclosures WHERE entry = ?1")?
            .execute([entry])?;
    }
    Ok(i64::try_from(old.len()).is_ok_and(|old| old == ROWS))
}
