//! Everything, in a file that other people's tools read: JSON-LD in the words of the W3C's Data
//! Privacy Vocabulary, consent records and receipts by its DPV-27560 profile. (BUSINESS §3)
//! Knows: consents, disclosures, proofs. Never knows: what was said in the conversation.

mod context;
mod history;
mod parts;
mod write;

use std::collections::BTreeMap;
use std::sync::Arc;

use partywall_business::consent::UnverifiedConsent;
use partywall_business::rights::Erasure;
use partywall_ground::Seconds;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::changes::{self, Standpoint};
use super::{Standing, held, shared};
use crate::core::{Core, Work};
use crate::error::RightsError;
use crate::records::{self, Relay, Talk};
use crate::store::{StoreTrouble, Table};
use history::{History, Receipt};

pub use context::{Term, Values};
pub use parts::{
    ConsentRecord, ConsentStatus, Controller, DisclosureRecord, LedgerProof, Process,
    StorageCondition,
};

/// A receipt for a conversation: its consents, its disclosures and their proofs. Times are as in
/// RFC 3339; bytes are Base64. (`https://w3id.org/dpv/schema/dpv-27560#receipt-eu-gdpr`)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Export {
    /// What the words stand for.
    #[serde(rename = "@context")]
    pub context: BTreeMap<String, Term>,
    /// `dpv:ConsentReceipt`.
    #[serde(rename = "@type")]
    pub kind: String,
    /// The conversation, as a name.
    #[serde(rename = "@id")]
    pub id: String,
    /// The conversation: the customer's pseudonym at this business, in hexadecimal.
    #[serde(rename = "dct:identifier")]
    pub identifier: String,
    /// The profile.
    #[serde(rename = "dct:conformsTo")]
    pub conforms_to: String,
    /// When this was put together.
    #[serde(rename = "dct:created")]
    pub created: String,
    /// Who answers for the relay.
    #[serde(rename = "dpv:hasDataController")]
    pub controller: Controller,
    /// One record for each consent, the oldest first.
    #[serde(rename = "dpv:hasRecordOfActivity")]
    pub consents: Vec<ConsentRecord>,
    /// What was told, with proofs.
    #[serde(rename = "partywall:hasDisclosure")]
    pub disclosures: Vec<DisclosureRecord>,
    /// The verifier key of the ledger, as other people's verifiers take it.
    #[serde(rename = "partywall:ledger")]
    pub ledger: String,
    /// The operator's signed receipt of an erasure (SPEC §11.7), if there was one, Base64.
    #[serde(
        rename = "partywall:erasure",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub erasure: Option<String>,
}

impl Export {
    /// As JSON.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// The shape of an [`Export`], as JSON Schema.
#[must_use]
pub fn export_schema() -> serde_json::Value {
    schemars::schema_for!(Export).to_value()
}

pub(super) async fn export(core: &Arc<Core>, row: i64) -> Result<Export, RightsError> {
    let now = core
        .work(move |work| changes::standpoint(work, row))
        .await?;
    let relay_row = now.talk.relay;
    let relay: Relay = core
        .work(move |work| records::must(work, Table::Relay, relay_row))
        .await?;
    let signed = match now.talk.standing {
        Standing::Erased => Vec::new(),
        _ => held::consents(core, row, &now.talk).await?,
    };
    let told = match now.talk.standing {
        Standing::Erased => Vec::new(),
        _ => shared::disclosures(core, row, &now.talk).await?,
    };
    let has = signed.iter().map(|signed| signed.encode()).collect();
    let history = core.work(move |work| history(work, row, has)).await?;
    Ok(write::export(&now, &relay, &history, told))
}

/// The consents that the relay has, and those that this store kept: the relay may not have some
/// of them yet, and may have erased others.
fn history(work: &mut Work<'_>, row: i64, has: Vec<Vec<u8>>) -> Result<History, StoreTrouble> {
    let Standpoint { talk, .. } = changes::standpoint(work, row)?;
    let relay: Relay = records::must(work, Table::Relay, talk.relay)?;
    let operator = relay.operator_key()?;
    let kept = records::of_talk(work, "receipt", row)?;
    let kept = kept.into_iter().map(|(_, plain)| plain.to_vec());
    let mut found: BTreeMap<u64, (Vec<u8>, UnverifiedConsent)> = BTreeMap::new();
    for signed in has.into_iter().chain(kept).chain([talk.consent.encode()]) {
        if let Ok(consent) = UnverifiedConsent::decode(&signed) {
            found.insert(consent.claimed_counter().get(), (signed, consent));
        }
    }
    let mut receipts = Vec::new();
    for (signed, consent) in found.into_values() {
        let (table, issued) = (consent.claimed_table(), consent.claimed_issued());
        let accepted = work.policy(&operator, &table)?;
        let read = accepted.and_then(|accepted| {
            let consent = consent.verify(&talk.party(), &accepted).ok()?;
            Some((consent, accepted))
        });
        receipts.push(Receipt {
            signed,
            table,
            issued,
            read,
        });
    }
    Ok(History {
        receipts,
        ended: ended(&talk),
        now: work.seconds(),
    })
}

/// When its customer left, or had it erased without leaving first.
fn ended(talk: &Talk) -> Option<Seconds> {
    let erased = talk.erasure.as_ref();
    let erased = erased.and_then(|signed| minicbor::decode::<Erasure>(&signed.bytes).ok());
    talk.left.or(erased.map(|says| says.at))
}
