//! What a relay's word has to hold against before it is believed. (SPEC B-8, T-6, T-9, L-8 to L-11)
//! Knows: signatures, proofs, what was seen before. Never knows: sockets, the store.

use minicbor::Encoder;
use partywall_business::answer::{Consistent, Found};
use partywall_business::certificate::{Certificate, UnverifiedCertificate};
use partywall_business::ledger::{
    Checkpoint, Consistency, Operator, Origin, Proven, Size, UnverifiedCheckpoint, UnverifiedProof,
    Witness,
};
use partywall_business::table::{Table, UnverifiedTable};
use partywall_business::{BusinessId, Domain, Signed};
use partywall_ground::Seconds;

use crate::error::Distrust;
use crate::records::Relay;
use crate::store::StoreTrouble;

/// Kinds of ledger payloads. (SPEC §13.2)
const CERTIFICATE: u8 = 3;
const TABLE: u8 = 5;

/// Whom a find was for.
#[derive(Clone)]
pub(crate) enum Wanted {
    Domain(Domain),
    Business(BusinessId),
}

/// What a find showed, as far as it is proven without a memory: the ledger says it.
pub(crate) struct Shown {
    pub(crate) certificate: Certificate,
    pub(crate) table: Table,
    /// What the proofs were to.
    pub(crate) checkpoints: Vec<Checkpoint>,
}

/// Who keeps the ledger of a relay.
pub(crate) fn operator(relay: &Relay) -> Result<Operator, StoreTrouble> {
    let origin = Origin::of_authority(&relay.origin).map_err(|_bad| StoreTrouble::Damaged)?;
    Ok(Operator::new(origin, relay.operator_key()?))
}

/// Proves a find's answer. (SPEC B-8)
pub(crate) fn shown(
    found: Found,
    operator: &Operator,
    wanted: &Wanted,
    now: Seconds,
) -> Result<Shown, Distrust> {
    let entry = found.certificate_entry.verify(operator)?;
    says(&entry, CERTIFICATE, &found.certificate.encode())?;
    let certificate = UnverifiedCertificate::new(found.certificate).verify(operator.key(), now)?;
    let asked_for = match wanted {
        Wanted::Domain(domain) => certificate.says().domain == *domain,
        Wanted::Business(business) => certificate.says().business == *business,
    };
    if !asked_for {
        return Err(Distrust::OtherBusiness);
    }
    let (table, listed) = table(&found.table, *found.table_entry, operator)?;
    Ok(Shown {
        certificate,
        table,
        checkpoints: vec![entry.checkpoint().clone(), listed],
    })
}

/// Proves a table and its place in the ledger. (SPEC T-6)
pub(crate) fn table(
    signed: &Signed,
    entry: UnverifiedProof,
    operator: &Operator,
) -> Result<(Table, Checkpoint), Distrust> {
    let entry = entry.verify(operator)?;
    let table = UnverifiedTable::decode(&signed.encode()).map_err(|_shape| Distrust::Table)?;
    let table = table
        .verify(operator.key())
        .map_err(|_bad| Distrust::Table)?;
    says(&entry, TABLE, table.hash().as_bytes())?;
    Ok((table, entry.checkpoint().clone()))
}

/// Whether an entry is about exactly these bytes: `{0 => kind, 1 => bstr}`.
fn says(entry: &Proven, kind: u8, bytes: &[u8]) -> Result<(), Distrust> {
    let mut encoder = Encoder::new(Vec::with_capacity(bytes.len() + 8));
    encoder
        .map(2)
        .and_then(|to| to.u8(0)?.u8(kind))
        .and_then(|to| to.u8(1)?.bytes(bytes))
        .expect("writing to memory does not fail");
    if entry.payload().as_bytes() == encoder.into_writer() {
        Ok(())
    } else {
        Err(Distrust::OtherEntry)
    }
}

/// The sizes for which consistency is to be asked, up to the last of them. (SPEC L-10, L-11)
pub(crate) fn sizes(remembered: Option<&Witness>, shown: &[Checkpoint]) -> Vec<Size> {
    let mut sizes: Vec<Size> = shown.iter().map(Checkpoint::size).collect();
    sizes.extend(remembered.map(|witness| witness.checkpoint().size()));
    sizes.sort_unstable();
    sizes.dedup();
    sizes
}

/// Whether the answers are all to one checkpoint, so that they can be judged together.
pub(crate) fn are_of_one(answers: &[(Size, Consistent)]) -> bool {
    answers
        .windows(2)
        .all(|pair| pair[0].1.checkpoint == pair[1].1.checkpoint)
}

/// Joins what was shown to what is remembered: one history, or a fork. The answers are to one
/// checkpoint. (SPEC L-10, L-11)
pub(crate) fn joined(
    remembered: Option<&Witness>,
    shown: &[Checkpoint],
    answers: Vec<(Size, Consistent)>,
    operator: &Operator,
) -> Result<Option<Witness>, Distrust> {
    let Some((_, first)) = answers.first() else {
        return Ok(remembered.cloned());
    };
    let newest = first.checkpoint.clone().verify(operator)?;
    let proof_from = |size: Size| {
        let path = answers.iter().find(|(from, _)| *from == size);
        Consistency {
            old: size,
            new: newest.size(),
            path: path
                .map(|(_, answer)| answer.path.clone())
                .unwrap_or_default(),
        }
    };
    let witness = match remembered {
        Some(witness) => {
            witness.advance(newest.clone(), &proof_from(witness.checkpoint().size()))?
        }
        None => Witness::begin(newest.clone()),
    };
    for checkpoint in shown {
        witness.recognise(checkpoint, &proof_from(checkpoint.size()))?;
    }
    Ok(Some(witness))
}

/// What a relay's record remembers of its ledger.
pub(crate) fn witness(relay: &Relay, operator: &Operator) -> Result<Option<Witness>, StoreTrouble> {
    let Some(note) = &relay.note else {
        return Ok(None);
    };
    let kept = UnverifiedCheckpoint::from_bytes(note).ok_or(StoreTrouble::Damaged)?;
    let kept = kept
        .verify(operator)
        .map_err(|_bad| StoreTrouble::Damaged)?;
    Ok(Some(Witness::begin(kept)))
}

/// Whether a table may be believed to be the newest after those seen before. `between` are the
/// tables from the one after the remembered up to the one before it, in order. (SPEC T-9)
pub(crate) fn succeeds(
    remembered: Option<&Table>,
    between: &[Table],
    shown: &Table,
) -> Result<(), Distrust> {
    let Some(remembered) = remembered else {
        return Ok(());
    };
    if remembered.hash() == shown.hash() || partywall_mutant::is("P16") {
        return Ok(());
    }
    if shown.version() <= remembered.version() {
        return Err(Distrust::RolledBack);
    }
    let mut before = remembered;
    for next in between.iter().chain(std::iter::once(shown)) {
        next.follows(before).map_err(|_bad| Distrust::Lineage)?;
        before = next;
    }
    Ok(())
}
