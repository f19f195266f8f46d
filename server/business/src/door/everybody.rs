//! What anybody may ask: businesses, tables, templates, bundles, the ledger. (SPEC §11.4)
//! Knows: what is public. Never knows: who asks, and never asks.

use std::sync::Arc;

use partywall_business::answer::{Consistent, Found, TableIs, Taken, TemplateIs};
use partywall_business::id::PairwiseKey;
use partywall_business::ledger::UnverifiedProof;
use partywall_business::request::{Consistency, Find, Named, Table, Take, Template};
use partywall_business::signed::Signed;
use partywall_business::{Number, Refusal, Rule};
use partywall_ground::Close;
use partywall_ground::limits::SEALED_BUNDLE;
use partywall_store::StoreError;
use partywall_store::sql::{Connection, OptionalExtension};

use super::ask::Visitor;
use super::pending::{Asked, Reply};
use crate::clock::RelayTime;
use crate::registry::{self, Business, Issued};
use crate::{book, ledger, proof, talk, templates};
use partywall_door::End;

/// About how much a certificate with its entry adds.
const CERTIFICATE: usize = 2_048;

/// Looks a business up; a certificate is issued if there is no fresh one. (B-7)
pub(super) async fn find(visitor: Visitor, find: Find) -> Result<Reply, End> {
    let wing = visitor.wing;
    let number = find.number;
    let now = wing.clock.now();
    let current = wing.tables.current(now.wire()).ok_or(Some(Close::Fault))?;
    let table = (current.signed(), current.hash());
    let looked = wing
        .read(move |rows| {
            let business = match &find.named {
                Named::Domain(domain) => registry::find_by_domain(rows, domain)?,
                Named::Business(id) => registry::find(rows, id)?,
            };
            if let (None, Named::Business(id)) = (&business, &find.named)
                && partywall_mutant::is("P09")
                && talk::find_by_pairwise(rows, &PairwiseKey::new(*id.as_bytes()))?.is_some()
            {
                return Ok(Err(Rule::Busy.into()));
            }
            look(rows, business, now)
        })
        .await
        .ok_or(Some(Close::Fault))?;
    let (business, issued) = match looked {
        Ok(found) => found,
        Err(refusal) => return Reply::refused(number, refusal),
    };
    let issued = match issued {
        Some(issued) => issued,
        None => {
            let id = business.id;
            let outcome = wing
                .judge(CERTIFICATE, move |desk| {
                    let business = registry::find(desk.tx, &id)?.ok_or(Rule::NoSuchBusiness)?;
                    business.may_act(desk.now)?;
                    registry::certify(desk, &business)
                })
                .await;
            match outcome {
                Ok(Ok(issued)) => issued,
                other => return Reply::of(number, other, |_| Reply::done(number)),
            }
        }
    };
    let shown = wing.read(move |rows| {
        let certificate = proof::proven(rows, issued.entry)?;
        let (signed, entry) = table_of(rows, table.1.as_bytes())?.ok_or(StoreError::Corrupt)?;
        Ok((issued.signed, certificate, signed, entry))
    });
    let (certificate, certificate_entry, table, table_entry) =
        shown.await.ok_or(Some(Close::Fault))?;
    let Some(certificate_entry) = certificate_entry else {
        return Err(Some(Close::Fault));
    };
    Reply::answer(Found {
        number,
        certificate,
        certificate_entry: Box::new(certificate_entry),
        table,
        table_entry: Box::new(table_entry),
    })
}

type Looked = Result<(Business, Option<Issued>), Refusal>;

fn look(
    rows: &Connection,
    business: Option<Business>,
    now: RelayTime,
) -> Result<Looked, StoreError> {
    let Some(business) = business else {
        return Ok(Err(Rule::NoSuchBusiness.into()));
    };
    if let Err(refusal) = business.may_act(now) {
        return Ok(Err(refusal));
    }
    let issued = registry::newest(rows, &business, now)?;
    Ok(Ok((business, issued)))
}

/// A table and its entry, by its hash.
fn table_of(
    rows: &Connection,
    hash: &[u8; 32],
) -> Result<Option<(Signed, UnverifiedProof)>, StoreError> {
    let found: Option<(Vec<u8>, i64)> = rows
        .prepare_cached("SELECT signed, entry FROM policies WHERE hash = ?1")?
        .query_row([hash], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((signed, entry)) = found else {
        return Ok(None);
    };
    let signed = Signed::decode(&signed).map_err(|_| StoreError::Corrupt)?;
    let entry = partywall_business::ledger::Index::new(entry.unsigned_abs());
    let entry = proof::proven(rows, entry)?.ok_or(StoreError::Corrupt)?;
    Ok(Some((signed, entry)))
}

/// Shows a table, current or not.
pub(super) async fn table(visitor: Visitor, asked: Table) -> Result<Reply, End> {
    let number = asked.number;
    let found = visitor
        .wing
        .read(move |rows| table_of(rows, asked.table.as_bytes()))
        .await
        .ok_or(Some(Close::Fault))?;
    match found {
        Some((table, table_entry)) => Reply::answer(TableIs {
            number,
            table,
            table_entry: Box::new(table_entry),
        }),
        None => Reply::refused(number, Rule::TableUnknown.into()),
    }
}

/// Shows a template that was approved, unless its business was revoked. (B-9)
pub(super) async fn template(visitor: Visitor, asked: Template) -> Result<Reply, End> {
    let number = asked.number;
    let keys = Arc::clone(&visitor.wing.keys);
    let found = visitor
        .wing
        .read(move |rows| {
            let Some((business, approved)) = templates::approved(rows, &keys, &asked.template)?
            else {
                return Ok(Err(Rule::TemplateUnknown));
            };
            if registry::load(rows, business)?.revoked {
                return Ok(Err(Rule::Revoked));
            }
            Ok(Ok(approved))
        })
        .await
        .ok_or(Some(Close::Fault))?;
    match found {
        Ok(template) => Reply::answer(TemplateIs { number, template }),
        Err(rule) => Reply::refused(number, rule.into()),
    }
}

/// Takes a bundle from a shelf. The writer is asked only where the pace allows one, and there is one.
pub(super) fn take(visitor: &Visitor, take: Take) -> Asked {
    let number = take.number;
    let wing = Arc::clone(&visitor.wing);
    Box::pin(async move {
        let now = wing.clock.now();
        let shown = wing.read(move |rows| {
            let Some(business) = registry::find(rows, &take.business)? else {
                return Ok(Err(Rule::NoSuchBusiness.into()));
            };
            if let Err(refusal) = business.may_act(now) {
                return Ok(Err(refusal));
            }
            let (has_one, last_resort) = registry::show(rows, business.number)?;
            Ok(Ok((business.number, has_one, last_resort)))
        });
        let (business, has_one, last_resort) = match shown.await.ok_or(Some(Close::Fault))? {
            Ok(shown) => shown,
            Err(refusal) => return Reply::refused(number, refusal),
        };
        if !has_one || !wing.paces_shelf(business) {
            let bundle = last_resort;
            return Reply::answer(Taken { number, bundle });
        }
        let taken = wing.judge_moving(2 * SEALED_BUNDLE, move |desk| {
            let business = registry::find(desk.tx, &take.business)?.ok_or(Rule::NoSuchBusiness)?;
            business.may_act(desk.now)?;
            registry::take(desk, business.number)
        });
        Reply::of(number, taken.await, |bundle| {
            Reply::answer(Taken { number, bundle })
        })
    })
}

/// Proves that the ledger only grew. (SPEC §13.4)
pub(super) async fn consistency(visitor: Visitor, asked: Consistency) -> Result<Reply, End> {
    let number: Number = asked.number;
    let proven = visitor
        .wing
        .read(move |rows| {
            let (checkpoint, size) = proof::newest(rows)?;
            if asked.from > asked.to || asked.to > size {
                return Ok(None);
            }
            let proof = ledger::consistency(rows, asked.from, size).map_err(book::fault)?;
            Ok(Some((checkpoint, proof.path)))
        })
        .await
        .ok_or(Some(Close::Fault))?;
    match proven {
        Some((checkpoint, path)) => Reply::answer(Consistent {
            number,
            checkpoint,
            path,
        }),
        None => Reply::refused(number, Rule::NoSuchThing.into()),
    }
}
