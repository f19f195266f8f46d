//! The operator's acts about businesses: verify, suspend, revoke. (SPEC B-9, B-10)
//! Knows: evidence, reasons, dates. Never knows: how the evidence was seen; the relay's binary looks.

use partywall_business::ledger::Payload;
use partywall_business::revocation::{Revocation, Revoked};
use partywall_business::{BusinessId, BusinessStanding, Domain, Reason, RevocationSequence};
use partywall_ground::cbor;
use partywall_store::StoreError;
use partywall_store::sql::params;

use super::certify::{payload, revocations};
use super::{Business, Facts, business};
use crate::book;
use crate::claims::{self, Bar, Barred};
use crate::clock::RelayTime;
use crate::desk::Desk;
use crate::refusal::Judged;
use crate::talk::{What, notices};

/// What the operator saw before it verified a business. (B-10)
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The body of `https://DOMAIN/.well-known/partywall-business`, as it was fetched.
    WellKnown(String),
    /// Something else, in the operator's own words.
    Word(String),
}

impl Evidence {
    /// Whether it is what it has to be: a page says the business's id in hexadecimal. (B-10)
    fn holds(&self, id: &BusinessId) -> bool {
        match self {
            Self::WellKnown(body) => body.trim() == well_known(id),
            Self::Word(word) => !word.trim().is_empty(),
        }
    }

    const fn stored(&self) -> (u8, &String) {
        match self {
            Self::WellKnown(body) => (1, body),
            Self::Word(word) => (2, word),
        }
    }
}

/// What a business's well-known page says. (B-10)
pub(crate) fn well_known(id: &BusinessId) -> String {
    format!("partywall-business={}", hex::encode(id.as_bytes()))
}

/// Why an act is not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cannot {
    NothingAsked,
    AskedOtherwise,
    Unproven,
    Prohibited,
    DomainTaken,
    Revoked,
}

/// A business as the operator sees it.
pub(crate) struct Line {
    pub(crate) business: Business,
    pub(crate) standing: BusinessStanding,
    /// What waits to be verified.
    pub(crate) asked: Option<Facts>,
}

impl Line {
    /// Of a business, at a moment.
    pub(crate) fn of(
        rows: &partywall_store::sql::Connection,
        business: Business,
        now: RelayTime,
    ) -> Result<Self, StoreError> {
        let asked = asked(rows, business.number)?;
        Ok(Self {
            standing: business.standing(now),
            asked,
            business,
        })
    }
}

/// Verifies what a business asked to be, and tells its customers if they have to know. (B-10)
pub(crate) fn verify(
    desk: &mut Desk<'_>,
    number: i64,
    evidence: &Evidence,
) -> Judged<Result<(), Cannot>> {
    let business = business::load(desk.tx, number)?;
    if business.revoked {
        return Ok(Err(Cannot::Revoked));
    }
    let Some(facts) = asked(desk.tx, number)? else {
        return Ok(Err(Cannot::NothingAsked));
    };
    if desk.settings.prohibits(facts.industry) {
        return Ok(Err(Cannot::Prohibited));
    }
    if !evidence.holds(&business.id) {
        return Ok(Err(Cannot::Unproven));
    }
    if holds_another(desk, number, &facts.domain)? {
        return Ok(Err(Cannot::DomainTaken));
    }
    let (kind, what) = evidence.stored();
    desk.tx
        .prepare_cached("INSERT INTO evidence (business, at, kind, what) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![number, desk.now.stored(), kind, what])?;
    desk.tx
        .prepare_cached(
            "UPDATE businesses SET verified = 1, domain = ?2, facts = ?3 WHERE business = ?1",
        )?
        .execute(params![number, facts.domain.as_str(), cbor::encode(&facts)])?;
    desk.tx
        .prepare_cached("DELETE FROM enrolments WHERE business = ?1")?
        .execute([number])?;
    let changed = business
        .facts
        .is_some_and(|before| facts.differ_for_customers(&before));
    if changed {
        // The certificate that says so is there before anybody is told of it.
        let business = business::load(desk.tx, number)?;
        let issued = super::certify(desk, &business)?;
        notices::begin(desk, Some(number), &What::Certificate(issued.hash()))?;
    }
    Ok(Ok(()))
}

/// Suspends a business until a second.
pub(crate) fn suspend(
    desk: &mut Desk<'_>,
    number: i64,
    reason: Reason,
    until: u64,
) -> Judged<Result<Barred, Cannot>> {
    let business = business::load(desk.tx, number)?;
    if business.revoked {
        return Ok(Err(Cannot::Revoked));
    }
    desk.tx
        .prepare_cached("UPDATE businesses SET until = ?2, reason = ?3 WHERE business = ?1")?
        .execute(params![
            number,
            until.min(i64::MAX as u64).cast_signed(),
            reason.code()
        ])?;
    notices::begin(desk, Some(number), &What::Suspended(reason))?;
    Ok(Ok(claims::bar(desk, Bar::Business(&business.id))?))
}

/// Ends a suspension.
pub(crate) fn unsuspend(desk: &mut Desk<'_>, number: i64) -> Judged<Result<(), Cannot>> {
    if business::load(desk.tx, number)?.revoked {
        return Ok(Err(Cannot::Revoked));
    }
    desk.tx
        .prepare_cached("UPDATE businesses SET until = 0, reason = NULL WHERE business = ?1")?
        .execute([number])?;
    Ok(Ok(()))
}

/// Revokes a business, for good: a revocation with the next sequence, an entry of the ledger, mail
/// withdrawn, everybody told. Said again, it changes nothing. (B-9)
pub(crate) fn revoke(desk: &mut Desk<'_>, number: i64, reason: Reason) -> Judged<Barred> {
    let business = business::load(desk.tx, number)?;
    if business.revoked {
        return claims::bar(desk, Bar::Business(&business.id));
    }
    let says = Revoked {
        sequence: RevocationSequence::new(revocations(desk.tx)? + 1),
        business: business.id,
        reason,
        at: desk.now.wire(),
    };
    let revocation =
        Revocation::issue(desk.keys.business(), says).map_err(|_| StoreError::Corrupt)?;
    let signed = revocation.signed().encode();
    let entered: Payload = payload(4, &signed)?;
    let entry = book::enter_one(desk, entered)?;
    desk.tx
        .prepare_cached(
            "INSERT INTO revocations (sequence, business, signed, entry) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![
            says.sequence.value().cast_signed(),
            number,
            signed,
            entry.value().cast_signed()
        ])?;
    desk.tx
        .prepare_cached(
            "UPDATE businesses SET revoked = 1, reason = ?2, domain = NULL WHERE business = ?1",
        )?
        .execute(params![number, reason.code()])?;
    for table in ["enrolments", "bundles", "last_resorts"] {
        let delete = format!("DELETE FROM {table} WHERE business = ?1");
        desk.tx.prepare_cached(&delete)?.execute([number])?;
    }
    desk.effects.erased = true;
    notices::begin(desk, Some(number), &What::Revoked(reason))?;
    claims::bar(desk, Bar::Business(&business.id))
}

/// What waits to be verified.
pub(crate) fn asked(
    rows: &partywall_store::sql::Connection,
    number: i64,
) -> Result<Option<Facts>, StoreError> {
    use partywall_store::sql::OptionalExtension;
    let found: Option<Vec<u8>> = rows
        .prepare_cached("SELECT facts FROM enrolments WHERE business = ?1")?
        .query_row([number], |row| row.get(0))
        .optional()?;
    found.map(|bytes| Facts::read(&bytes)).transpose()
}

/// The business that asks for a domain, if it is the only one that does.
pub(crate) fn asking_for(desk: &Desk<'_>, domain: &Domain) -> Judged<Option<i64>> {
    let mut select = desk
        .tx
        .prepare_cached("SELECT business, facts FROM enrolments")?;
    let mut rows = select.query([])?;
    let mut only = None;
    while let Some(row) = rows.next()? {
        let facts: Vec<u8> = row.get(1)?;
        if Facts::read(&facts)?.domain != *domain {
            continue;
        }
        if only.is_some() {
            return Ok(None);
        }
        only = Some(row.get(0)?);
    }
    Ok(only)
}

fn holds_another(desk: &Desk<'_>, number: i64, domain: &Domain) -> Judged<bool> {
    let holder = business::find_by_domain(desk.tx, domain)?;
    Ok(holder.is_some_and(|holder| holder.number != number))
}
