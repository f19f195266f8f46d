//! Asks to be a business here, or to be known by other facts. (SPEC §11.4, B-10)
//! Knows: what waits for the operator. Never verifies anything.

use partywall_business::request::Enrol;
use partywall_business::{AccountKey, BusinessId};
use partywall_ground::cbor;
use partywall_store::sql::params;

use super::{Facts, business};
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
    if known.as_ref().is_none_or(|business| !business.asked) && waiting(desk)? {
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

/// Whether as many wait for the operator as may.
fn waiting(desk: &Desk<'_>) -> Judged<bool> {
    let count: u32 = desk
        .tx
        .prepare_cached("SELECT COUNT(*) FROM enrolments")?
        .query_row([], |row| row.get(0))?;
    Ok(count >= desk.settings.enrolments)
}

fn insert(desk: &mut Desk<'_>, id: &BusinessId, account: &AccountKey) -> Judged<i64> {
    desk.tx
        .prepare_cached("INSERT INTO businesses (id, account) VALUES (?1, ?2)")?
        .execute([id.as_bytes(), account.as_bytes()])?;
    Ok(desk.tx.last_insert_rowid())
}
