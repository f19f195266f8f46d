//! Everything, in a file that other people's tools read: JSON-LD in the words of the W3C's Data
//! Privacy Vocabulary, consent records and receipts by its DPV-27560 profile. (BUSINESS §3)
//! Knows: consents, disclosures, proofs. Never knows: what was said in the conversation.

mod parts;

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use partywall_business::consent::{Refusal, UnverifiedConsent};
use partywall_business::dpv::PREFIXES;
use partywall_business::field::Region;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::changes::{self, Standpoint};
use super::{Standing, held, shared};
use crate::core::Core;
use crate::error::RightsError;
use crate::records::{self, Relay};
use crate::store::Table;

pub use parts::{
    ConsentRecord, ConsentStatus, Controller, DisclosureRecord, LedgerProof, Process, Receipt,
};

/// A conversation's consents, receipts and disclosures. Times are Unix seconds; bytes are Base64.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Export {
    /// What the prefixes stand for.
    #[serde(rename = "@context")]
    pub context: BTreeMap<String, String>,
    /// Always `dpv:ConsentRecord`'s collection.
    #[serde(rename = "@type")]
    pub kind: String,
    /// The conversation: the customer's pseudonym at this business, in hexadecimal.
    #[serde(rename = "@id")]
    pub id: String,
    /// Who answers for the relay.
    #[serde(rename = "dpv:hasDataController")]
    pub controller: Controller,
    /// One record for each consent, the oldest first.
    #[serde(rename = "dpv:hasConsent")]
    pub consents: Vec<ConsentRecord>,
    /// What was told, with proofs.
    #[serde(rename = "partywall:hasDisclosure")]
    pub disclosures: Vec<DisclosureRecord>,
    /// The verifier key of the ledger, as other people's verifiers take it.
    #[serde(rename = "partywall:ledger")]
    pub ledger: String,
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
    let own = own_receipts(core, row, &now).await?;
    let mut receipts: BTreeMap<u64, Vec<u8>> = BTreeMap::new();
    for signed in signed.iter().map(|signed| signed.encode()).chain(own) {
        if let Ok(receipt) = UnverifiedConsent::decode(&signed) {
            let counter = parts::counter(&receipt);
            receipts.insert(counter, signed);
        }
    }
    let newest = receipts.keys().last().copied();
    let mut consents = Vec::new();
    for (counter, signed) in &receipts {
        let holds = Some(*counter) == newest && now.talk.is_open();
        consents.push(parts::record(&now, signed, holds));
    }
    Ok(assembled(&now, &relay, consents, told))
}

/// The receipts that this store kept: those that the relay has, and those it may not have yet.
async fn own_receipts(
    core: &Arc<Core>,
    row: i64,
    now: &Standpoint,
) -> Result<Vec<Vec<u8>>, RightsError> {
    let mut kept: Vec<Vec<u8>> = core
        .work(move |work| {
            let rows = records::of_talk(work, "receipt", row)?;
            Ok(rows.into_iter().map(|(_, plain)| plain.to_vec()).collect())
        })
        .await?;
    kept.push(now.talk.consent.encode());
    Ok(kept)
}

fn assembled(
    now: &Standpoint,
    relay: &Relay,
    consents: Vec<ConsentRecord>,
    told: Vec<shared::Disclosed>,
) -> Export {
    let mut context: BTreeMap<String, String> = PREFIXES
        .iter()
        .map(|(prefix, stands_for)| ((*prefix).to_owned(), (*stands_for).to_owned()))
        .collect();
    context.insert("dct".into(), "http://purl.org/dc/terms/".into());
    context.insert("partywall".into(), "urn:partywall:business#".into());
    let terms = now.accepted.terms();
    let ledger = crate::trust::operator(relay)
        .map(|operator| operator.verifier_key())
        .unwrap_or_default();
    Export {
        context,
        kind: "dpv:PersonalDataHandling".into(),
        id: format!(
            "urn:partywall:conversation:{}",
            hex::encode(now.talk.thread.conversation.as_bytes())
        ),
        controller: Controller {
            kind: "dpv:DataController".into(),
            name: terms.controller.as_str().to_owned(),
            contact: terms.contact.as_str().to_owned(),
            authority: terms.complaint_authority.as_str().to_owned(),
            business: now.talk.name.clone(),
            domain: now.talk.domain.clone(),
        },
        consents,
        disclosures: told.into_iter().map(parts::disclosure).collect(),
        ledger,
    }
}

fn base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

fn jurisdiction(region: Option<Region>) -> Option<String> {
    region.and_then(Region::dpv).map(str::to_owned)
}

const fn status(refusal: Refusal, choices: usize, holds: bool) -> &'static str {
    match (refusal, choices, holds) {
        (_, 1.., true) => "dpv:ConsentGiven",
        (Refusal::None, _, _) => "dpv:ConsentWithdrawn",
        _ => "dpv:ConsentRefused",
    }
}
