//! Asks to be a business here, or to be known by other facts. (SPEC §11.4, B-10)
//! Knows: what waits for the operator. Never verifies anything.

use partywall_business::request::Enrol;
use partywall_business::{AccountKey, BusinessId};
use partywall_ground::cbor;
use partywall_store::StoreError;
use partywall_store::sql::{Connection, params};

use super::{Business, Facts, business};
use crate::desk::Desk;
use crate::refusal::{Judged, Rule};

/// Takes an enrolment in: the newest replaces one that waits. What was verified stays until the
/// operator verified the new.
pub(crate) fn enrol(desk: &mut Desk<'_>, account: &AccountKey, enrol: &Enrol) -> Judged<()> {
    let id = BusinessId::of(account);
    let known = business::find(desk.tx, &id)?;
    if known.as_ref().is_some_and(|business| business.revoked) {
        return Err(Rule::Revoked.into());
    }
    if desk.settings.prohibits(enrol.industry) {
        return Err(Rule::ProhibitedIndustry.into());
    }
    let facts = Facts::from(enrol);
    let holder = business::find_by_domain(desk.tx, &facts.domain)?;
    if holder.is_some_and(|holder| holder.id != id) {
        return Err(Rule::DomainTaken.into());
    }
    let is_new = known.is_none();
    if is_new && desk.low_disk {
        return Err(Rule::LowDisk.into());
    }
    let is_free = |business: &Business| business.asked || business.facts.is_some();
    if !known.as_ref().is_some_and(is_free) && waiting(desk)? {
        return Err(Rule::Busy.into());
    }
    let number = match known {
        Some(business) if business.facts.as_ref() == Some(&facts) => {
            return withdraw(desk, business.number);
        }
        Some(business) => business.number,
        None => insert(desk, &id, account)?,
    };
    desk.tx
        .prepare_cached(
            "INSERT OR REPLACE INTO enrolments (business, asked, facts) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![number, desk.now.stored(), cbor::encode(&facts)])?;
    Ok(())
}

/// Asks for what it already is: nothing waits any more.
fn withdraw(desk: &mut Desk<'_>, number: i64) -> Judged<()> {
    desk.tx
        .prepare_cached("DELETE FROM enrolments WHERE business = ?1")?
        .execute([number])?;
    Ok(())
}

/// Whether as many wait for the operator as may; a change of one that was verified is none of them.
fn waiting(desk: &Desk<'_>) -> Judged<bool> {
    let count: u32 = desk
        .tx
        .prepare_cached(
            "SELECT COUNT(*) FROM enrolments e JOIN businesses b ON b.business = e.business
             WHERE b.facts IS NULL",
        )?
        .query_row([], |row| row.get(0))?;
    Ok(count >= desk.settings.enrolments)
}

fn insert(desk: &mut Desk<'_>, id: &BusinessId, account: &AccountKey) -> Judged<i64> {
    let number = desk.memory.next_business;
    desk.tx
        .prepare_cached("INSERT INTO businesses (id, account, business) VALUES (?1, ?2, ?3)")?
        .execute(params![id.as_bytes(), account.as_bytes(), number])?;
    desk.memory.next_business = number + 1;
    Ok(number)
}

/// Enrolments that one round lets go of.
const ROUND: i64 = 64;

/// Lets go of who asked before that moment, in milliseconds of relay time, and was never verified:
/// enrolment, shelf and row. `true` when there may be more. (SPEC B-10)
pub(crate) fn let_go_of_unverified(desk: &mut Desk<'_>, before: i64) -> Judged<bool> {
    let old = {
        let mut select = desk.tx.prepare_cached(
            "SELECT e.business FROM enrolments e JOIN businesses b ON b.business = e.business
             WHERE e.asked < ?1 AND b.facts IS NULL AND b.revoked = 0 AND b.until = 0 LIMIT ?2",
        )?;
        let rows = select.query_map([before, ROUND], |row| row.get::<_, i64>(0))?;
        rows.collect::<Result<Vec<_>, _>>()?
    };
    for business in &old {
        for table in ["enrolments", "bundles", "last_resorts", "businesses"] {
            let delete = format!("DELETE FROM {table} WHERE business = ?1");
            desk.tx.prepare_cached(&delete)?.execute([business])?;
        }
        desk.effects.erased = true;
    }
    Ok(i64::try_from(old.len()).is_ok_and(|old| old == ROUND))
}

/// The highest number of a business; 0 if there is none.
pub(crate) fn last_number(rows: &Connection) -> Result<i64, StoreError> {
    let last = "SELECT COALESCE(MAX(business), 0) FROM businesses";
    Ok(rows.query_row(last, [], |row| row.get(0))?)
}
