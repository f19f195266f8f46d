//! Publishes a policy: signs its table, enters it in the ledger, and has everybody told. (SPEC §12.3,
//! T-9, T-10)
//! Knows: the table before, the day. Never knows: who accepted it.

use partywall_business::id::TableHash;
use partywall_business::ledger::Payload;
use partywall_business::table::{Draft, Table};
use partywall_ground::Seconds;
use partywall_store::StoreError;
use partywall_store::sql::{Connection, params};

use crate::desk::Desk;
use crate::policy::{self, Compiled, Publication, STRICT, Unpublishable};
use crate::refusal::Judged;
use crate::{book, talk};

/// A policy as its operator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyLine {
    /// 1, 2, 3, …
    pub version: u32,
    /// What the policy calls itself.
    pub name: String,
    /// The table's hash.
    pub hash: TableHash,
    /// From when on it is current.
    pub effective: Seconds,
    /// From when on its predecessor cannot be accepted any more.
    pub sunset: Option<Seconds>,
    /// Customers whose newest receipt accepts it.
    pub accepted: u64,
}

/// What publishing did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The version that is published now.
    pub version: u32,
    /// Its hash.
    pub hash: TableHash,
    /// Whether it is new, and what changes.
    pub publication: Publication,
}

/// Publishes a compiled policy after what is published; unchanged, it is not published again.
pub(crate) fn publish(
    desk: &mut Desk<'_>,
    compiled: &Compiled,
) -> Judged<Result<Published, Unpublishable>> {
    let now = desk.now.wire();
    let newest = newest(desk);
    let draft = compiled.after(newest.as_ref());
    let publication = match Publication::check(newest.as_ref(), &draft, now) {
        Ok(publication) => publication,
        Err(refused) => return Ok(Err(refused)),
    };
    let (version, hash) = match (&publication, newest) {
        (Publication::Unchanged, Some(newest)) => (newest.version().get(), newest.hash()),
        _ => enter(desk, &draft)?,
    };
    Ok(Ok(Published {
        version,
        hash,
        publication,
    }))
}

/// On the first start, the operator's own first policy, or the strictest that comes with the relay:
/// nothing leaves. Nobody was promised notice yet, so it holds at once.
pub(crate) fn publish_first(desk: &mut Desk<'_>) -> Judged<()> {
    if newest(desk).is_some() {
        return Ok(());
    }
    let first = match &desk.settings.first_policy {
        Some(own) => own.clone(),
        None => policy::compile(STRICT.text).map_err(|_| StoreError::Corrupt)?,
    };
    let mut draft = first.after(None);
    draft.effective = draft.effective.min(desk.now.wire());
    enter(desk, &draft)?;
    Ok(())
}

/// Every policy that was published, the newest first.
pub(crate) fn lines(
    connection: &Connection,
    operator: &partywall_proof::PublicKey,
) -> Result<Vec<PolicyLine>, StoreError> {
    let policies = super::Policies::read(connection, operator)?;
    let mut lines = Vec::new();
    for table in policies
        .lineage()
        .into_iter()
        .flat_map(|all| all.tables().rev())
    {
        let accepted: i64 = connection
            .prepare_cached("SELECT COUNT(*) FROM acceptances WHERE version = ?1 AND ended = 0")?
            .query_row([table.version().get()], |row| row.get(0))?;
        lines.push(PolicyLine {
            version: table.version().get(),
            name: table.terms().name.to_string(),
            hash: table.hash(),
            effective: table.effective(),
            sunset: table.sunset(),
            accepted: accepted.unsigned_abs(),
        });
    }
    Ok(lines)
}

fn newest(desk: &Desk<'_>) -> Option<Table> {
    desk.memory
        .policies
        .lineage()
        .map(|lineage| lineage.newest().clone())
}

fn enter(desk: &mut Desk<'_>, draft: &Draft) -> Judged<(u32, TableHash)> {
    let key = desk.keys.business();
    let signed = draft.sign(key).map_err(|_| StoreError::Corrupt)?;
    let table = signed
        .verify(&key.public())
        .map_err(|_| StoreError::Corrupt)?;
    let (version, hash) = (table.version().get(), table.hash());
    let entry = book::enter_one(desk, said(&hash)?)?;
    desk.tx
        .prepare_cached(
            "INSERT INTO policies (version, hash, signed, published, entry)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            version,
            hash.as_bytes(),
            table.signed(),
            desk.now.stored(),
            entry.value().cast_signed()
        ])?;
    desk.memory.policies.add(table)?;
    talk::tell_of_table(desk, &hash)?;
    Ok((version, hash))
}

/// The payload of a table's entry: `{0 => 5, 1 => table hash}`. (SPEC §13, kind 5)
fn said(hash: &TableHash) -> Result<Payload, StoreError> {
    let mut bytes = vec![0xa2, 0, 5, 1, 0x58, 32];
    bytes.extend_from_slice(hash.as_bytes());
    Payload::new(bytes).map_err(|_| StoreError::Corrupt)
}
