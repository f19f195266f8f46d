//! One business, as the operator thinks of it now. (SPEC §11.2, §11.3)
//! Knows: its row. Never knows: who asks.

use partywall_business::{AccountKey, BusinessId, BusinessStanding, Domain, Reason};
use partywall_store::StoreError;
use partywall_store::sql::{self, Connection, OptionalExtension, Params, Row};

use super::Facts;
use crate::clock::RelayTime;
use crate::desk::Desk;
use crate::refusal::{Judged, Refusal, Rule};

/// A business that has a row. Its number is the database's.
#[derive(Clone)]
pub(crate) struct Business {
    pub(crate) number: i64,
    pub(crate) id: BusinessId,
    pub(crate) account: AccountKey,
    /// What the operator verified, if it ever did.
    pub(crate) facts: Option<Facts>,
    pub(crate) revoked: bool,
    /// Why it was suspended or revoked last.
    pub(crate) reason: Option<Reason>,
    /// The second at which its suspension ends.
    pub(crate) until: u64,
    /// Something waits for the operator: the first enrolment, or a change.
    pub(crate) asked: bool,
}

const COLUMNS: &str = "SELECT b.business, b.id, b.account, b.facts, b.revoked, b.reason, b.until,
    EXISTS (SELECT 1 FROM enrolments e WHERE e.business = b.business) FROM businesses b";

impl Business {
    /// How it stands at a moment.
    pub(crate) fn standing(&self, now: RelayTime) -> BusinessStanding {
        match &self.facts {
            _ if self.revoked => BusinessStanding::Revoked,
            _ if self.until > now.seconds() => BusinessStanding::Suspended,
            Some(_) => BusinessStanding::Verified,
            None => BusinessStanding::Pending,
        }
    }

    /// Whether it may do and be talked to, or by which rule not. (B-9, B-11)
    pub(crate) fn may_act(&self, now: RelayTime) -> Result<(), Refusal> {
        match self.standing(now) {
            BusinessStanding::Verified => Ok(()),
            BusinessStanding::Revoked => Err(Rule::Revoked.into()),
            BusinessStanding::Suspended => Err(Refusal::until(
                Rule::Suspended,
                partywall_ground::Seconds::new(self.until),
            )),
            BusinessStanding::Pending | BusinessStanding::Unknown => Err(Rule::NotVerified.into()),
        }
    }

    /// What was verified; only who may act has it.
    pub(crate) fn verified(&self) -> Result<&Facts, StoreError> {
        self.facts.as_ref().ok_or(StoreError::Corrupt)
    }

    fn read(row: &Row<'_>) -> sql::Result<(Self, Option<Vec<u8>>)> {
        let business = Self {
            number: row.get(0)?,
            id: BusinessId::new(row.get(1)?),
            account: AccountKey::new(row.get(2)?),
            facts: None,
            revoked: row.get(4)?,
            reason: row.get::<_, Option<u8>>(5)?.and_then(Reason::from_code),
            until: row.get::<_, i64>(6)?.unsigned_abs(),
            asked: row.get(7)?,
        };
        Ok((business, row.get(3)?))
    }
}

/// The business with that id.
pub(crate) fn find(rows: &Connection, id: &BusinessId) -> Result<Option<Business>, StoreError> {
    one(rows, "WHERE b.id = ?1", [id.as_bytes()])
}

/// The verified business with that domain.
pub(crate) fn find_by_domain(
    rows: &Connection,
    domain: &Domain,
) -> Result<Option<Business>, StoreError> {
    one(rows, "WHERE b.domain = ?1", [domain.as_str()])
}

/// The business with that number.
pub(crate) fn load(rows: &Connection, number: i64) -> Result<Business, StoreError> {
    try_load(rows, number)?.ok_or(StoreError::Corrupt)
}

/// The same, unless it was let go of before it was ever verified.
pub(crate) fn try_load(rows: &Connection, number: i64) -> Result<Option<Business>, StoreError> {
    one(rows, "WHERE b.business = ?1", [number])
}

/// Every business, the newest last.
pub(crate) fn all(rows: &Connection) -> Result<Vec<Business>, StoreError> {
    let mut select = rows.prepare_cached(&format!("{COLUMNS} ORDER BY b.business"))?;
    let found = select.query_map([], Business::read)?;
    found.map(|one| whole(one?)).collect()
}

/// Whether the business with that number may act, without reading its facts: asked for every message.
pub(crate) fn may_act(desk: &Desk<'_>, number: i64) -> Judged<()> {
    let found = desk
        .tx
        .prepare_cached("SELECT verified, revoked, until FROM businesses WHERE business = ?1")?
        .query_row([number], |row| {
            Ok((
                row.get::<_, bool>(0)?,
                row.get::<_, bool>(1)?,
                row.get::<_, i64>(2)?,
            ))
        })
        .optional()?;
    let (verified, revoked, until) = found.ok_or(Rule::NotVerified)?;
    if revoked {
        return Err(Rule::Revoked.into());
    }
    if until.unsigned_abs() > desk.now.seconds() {
        let until = partywall_ground::Seconds::new(until.unsigned_abs());
        return Err(Refusal::until(Rule::Suspended, until).into());
    }
    if !verified {
        return Err(Rule::NotVerified.into());
    }
    Ok(())
}

/// Whether the business with that number was revoked.
pub(crate) fn is_revoked(desk: &Desk<'_>, number: i64) -> Judged<bool> {
    let revoked = desk
        .tx
        .prepare_cached("SELECT revoked FROM businesses WHERE business = ?1")?
        .query_row([number], |row| row.get(0))?;
    Ok(revoked)
}

/// Whether the operator stands by a business now.
pub(crate) fn is_verified(desk: &Desk<'_>, id: &BusinessId) -> Judged<bool> {
    let found = desk
        .tx
        .prepare_cached(
            "SELECT 1 FROM businesses WHERE id = ?1 AND verified = 1 AND revoked = 0 AND until <= ?2",
        )?
        .exists((id.as_bytes(), desk.now.seconds().cast_signed()))?;
    Ok(found)
}

fn one(rows: &Connection, which: &str, by: impl Params) -> Result<Option<Business>, StoreError> {
    let found = rows
        .prepare_cached(&format!("{COLUMNS} {which}"))?
        .query_row(by, Business::read)
        .optional()?;
    found.map(whole).transpose()
}

fn whole((mut business, facts): (Business, Option<Vec<u8>>)) -> Result<Business, StoreError> {
    business.facts = facts.map(|bytes| Facts::read(&bytes)).transpose()?;
    Ok(business)
}
