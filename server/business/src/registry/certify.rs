//! Certificates: issued for an hour when somebody asks, each an entry of the ledger first. (SPEC B-7)
//! Knows: the newest one of a business. Never knows: who asked.

use minicbor::Encoder;
use partywall_business::certificate::{Certificate, Certified};
use partywall_business::ledger::{Index, Payload};
use partywall_business::signed::Signed;
use partywall_business::{CertificateHash, RevocationSequence, Serial, labels};
use partywall_ground::Seconds;
use partywall_proof::hash;
use partywall_store::StoreError;
use partywall_store::sql::{Connection, OptionalExtension, params};

use super::{Business, Facts};
use crate::clock::RelayTime;
use crate::desk::Desk;
use crate::limits::{CERTIFICATE_BACKDATED, CERTIFICATE_SECONDS};
use crate::refusal::Judged;
use crate::{book, ledger};

/// A certificate and where it stands in the ledger.
#[derive(Clone)]
pub(crate) struct Issued {
    pub(crate) signed: Signed,
    pub(crate) entry: Index,
}

impl Issued {
    /// Its hash, as `begin` names it.
    pub(crate) fn hash(&self) -> CertificateHash {
        CertificateHash::new(hash(labels::CERTIFICATE, &[&self.signed.bytes]))
    }
}

/// The newest certificate of a business, if it has half of its time left and says what is verified.
pub(crate) fn newest(
    rows: &Connection,
    business: &Business,
    now: RelayTime,
) -> Result<Option<Issued>, StoreError> {
    let found = rows
        .prepare_cached(
            "SELECT signed, entry, not_after FROM certificates WHERE business = ?1
             ORDER BY not_after DESC, serial DESC LIMIT 1",
        )?
        .query_row([business.number], |row| {
            Ok((
                row.get::<_, Vec<u8>>(0)?,
                row.get::<_, i64>(1)?.unsigned_abs(),
                row.get::<_, i64>(2)?.unsigned_abs(),
            ))
        })
        .optional()?;
    let Some((signed, entry, not_after)) = found else {
        return Ok(None);
    };
    let (signed, says) = read(&signed)?;
    let fresh = not_after.saturating_sub(now.seconds()) >= CERTIFICATE_SECONDS / 2;
    if !fresh || !says_what_is_verified(&says, business) {
        return Ok(None);
    }
    let entry = Index::new(entry);
    Ok(Some(Issued { signed, entry }))
}

/// The newest certificate, or another if that is waning. Only for a business that may act.
pub(crate) fn certify(desk: &mut Desk<'_>, business: &Business) -> Judged<Issued> {
    if let Some(issued) = newest(desk.tx, business, desk.now)? {
        return Ok(issued);
    }
    let facts = business.verified()?.clone();
    let certificate = issue(desk, business, facts)?;
    let entry = book::enter_one(desk, payload(3, &certificate.signed().encode())?)?;
    desk.tx
        .prepare_cached(
            "INSERT INTO certificates (serial, business, hash, not_after, signed, entry)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            certificate.says().serial.value().cast_signed(),
            business.number,
            certificate.hash().as_bytes(),
            certificate.says().not_after.value().cast_signed(),
            certificate.signed().encode(),
            entry.value().cast_signed()
        ])?;
    let signed = certificate.signed().clone();
    Ok(Issued { signed, entry })
}

/// Whether a hash is that of an unexpired certificate with the present hosting and endpoint. (B-11)
pub(crate) fn names_a_current_one(
    desk: &Desk<'_>,
    business: &Business,
    hash: &CertificateHash,
) -> Judged<bool> {
    let mut select = desk.tx.prepare_cached(
        "SELECT signed FROM certificates WHERE business = ?1 AND not_after >= ?2 AND hash = ?3",
    )?;
    let signed: Option<Vec<u8>> = select
        .query_row(
            params![
                business.number,
                desk.now.seconds().cast_signed(),
                hash.as_bytes()
            ],
            |row| row.get(0),
        )
        .optional()?;
    let Some(signed) = signed else {
        return Ok(false);
    };
    let (_, says) = read(&signed)?;
    let facts = business.verified()?;
    Ok(says.hosting == facts.hosting && says.endpoint == facts.endpoint)
}

/// The payload of a ledger's entry about something signed: `{0 => kind, 1 => bstr}`. (SPEC §13.2)
pub(super) fn payload(kind: u8, signed: &[u8]) -> Result<Payload, StoreError> {
    let mut encoder = Encoder::new(Vec::with_capacity(signed.len() + 8));
    let written = encoder
        .map(2)
        .and_then(|to| to.u8(0)?.u8(kind))
        .and_then(|to| to.u8(1)?.bytes(signed))
        .is_ok();
    let payload = Payload::new(encoder.into_writer()).ok();
    payload.filter(|_| written).ok_or(StoreError::Corrupt)
}

/// The sequence of the newest revocation; 0 if there was none.
pub(super) fn revocations(rows: &Connection) -> Result<u64, StoreError> {
    let newest: i64 = rows
        .prepare_cached("SELECT COALESCE(MAX(sequence), 0) FROM revocations")?
        .query_row([], |row| row.get(0))?;
    Ok(newest.unsigned_abs())
}

fn issue(desk: &Desk<'_>, business: &Business, facts: Facts) -> Judged<Certificate> {
    // Where it will stand in the ledger: never the same twice, whatever is deleted.
    let serial = ledger::size(desk.tx).map_err(book::fault)?.value() + 1;
    let from = desk.now.seconds().saturating_sub(CERTIFICATE_BACKDATED);
    let says = Certified {
        serial: Serial::new(serial),
        business: business.id,
        account: business.account,
        name: facts.name,
        domain: facts.domain,
        industry: facts.industry,
        hosting: facts.hosting,
        endpoint: facts.endpoint,
        not_before: Seconds::new(from),
        not_after: Seconds::new(from + CERTIFICATE_SECONDS),
        revocations: RevocationSequence::new(revocations(desk.tx)?),
    };
    let issued = Certificate::issue(desk.keys.business(), says);
    Ok(issued.map_err(|_| StoreError::Corrupt)?)
}

fn read(signed: &[u8]) -> Result<(Signed, Certified), StoreError> {
    let signed = Signed::decode(signed).map_err(|_| StoreError::Corrupt)?;
    let says = partywall_ground::cbor::decode(&signed.bytes).map_err(|_| StoreError::Corrupt)?;
    Ok((signed, says))
}

fn says_what_is_verified(says: &Certified, business: &Business) -> bool {
    business.facts.as_ref().is_some_and(|facts| {
        (
            &says.name,
            &says.domain,
            says.industry,
            &says.hosting,
            &says.endpoint,
        ) == (
            &facts.name,
            &facts.domain,
            facts.industry,
            &facts.hosting,
            &facts.endpoint,
        )
    })
}
