//! Which of a customer's values the relay is told at all, and how exactly: what no switch, need or
//! law asks for stays here. (SPEC T-12, T-13)
//! Knows: values, tables, the newest consent. Never knows: who is told then.

use partywall_business::Declared;
use partywall_business::field::{Basis, Purpose, Recipient};
use partywall_business::precision::Precision;
use partywall_business::table::{Row, Table as Policy};
use partywall_business::value::Value;

use super::changes::{self, Standpoint};
use crate::core::Work;
use crate::records::{self, Relay};
use crate::store::{StoreTrouble, Table};

/// The values that may be told under the newest consent, each only as exactly as its finest permit
/// lets it be told.
pub(super) fn sayable(work: &mut Work<'_>, row: i64) -> Result<Declared, StoreTrouble> {
    let now = changes::standpoint(work, row)?;
    let relay: Relay = records::must(work, Table::Relay, now.talk.relay)?;
    let current = match &relay.table {
        Some(hash) => work.policy(&relay.operator_key()?, hash)?,
        None => None,
    };
    let current = current.as_ref().unwrap_or(&now.accepted);
    let values = now.talk.declared.values().iter();
    let told = values.filter_map(|value| as_permitted(*value, &now, current));
    Ok(Declared::of(told.collect()).unwrap_or_default())
}

fn as_permitted(value: Value, now: &Standpoint, current: &Policy) -> Option<Value> {
    let finest = Recipient::ALL
        .into_iter()
        .flat_map(|recipient| Purpose::ALL.map(|purpose| (recipient, purpose)))
        .map(|(recipient, purpose)| Row::new(value.field(), recipient, purpose))
        .filter_map(|row| permitted(row, now, current))
        .min_by_key(|precision| precision.code())?;
    value.rounded(finest)
}

/// How exactly a row may be told: by a law, by need, or because it was switched on. (SPEC T-16)
fn permitted(row: Row, now: &Standpoint, current: &Policy) -> Option<Precision> {
    let region = now.consent.region();
    [Basis::Legal, Basis::Necessary, Basis::Consent]
        .into_iter()
        .filter(|basis| *basis != Basis::Consent || now.consent.choices().contains(row))
        .find_map(|basis| {
            let accepted = now.accepted.grant(row, basis, region)?;
            Some(accepted.and(current.grant(row, basis, region)?).precision)
        })
}
