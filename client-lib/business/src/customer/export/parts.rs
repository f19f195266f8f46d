//! The parts of an export: one consent, its receipt, one disclosure. (DPV-27560)
//! Knows: terms of the vocabulary. Never knows: the store, sockets.

use partywall_business::consent::{Consent, UnverifiedConsent};
use partywall_ground::cbor;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::changes::Standpoint;
use super::super::shared::{Disclosed, Outcome};
use super::{base64, jurisdiction, status};

/// Who is responsible.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Controller {
    /// `dpv:DataController`.
    #[serde(rename = "@type")]
    pub kind: String,
    /// Its name.
    #[serde(rename = "dpv:hasName")]
    pub name: String,
    /// Where to write to it.
    #[serde(rename = "dpv:hasContact")]
    pub contact: String,
    /// Where to complain about it.
    #[serde(rename = "dpv:hasAuthority")]
    pub authority: String,
    /// The business that the conversation is with.
    #[serde(rename = "partywall:business")]
    pub business: String,
    /// Its domain.
    #[serde(rename = "partywall:domain")]
    pub domain: String,
}

/// One consent. (`https://w3id.org/dpv/schema/dpv-27560#record-eu-gdpr`)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentRecord {
    /// `dpv:ConsentRecord`.
    #[serde(rename = "@type")]
    pub kind: String,
    /// The consent's hash, in hexadecimal; of one that names a table no longer kept, its bytes'.
    #[serde(rename = "dct:identifier")]
    pub identifier: String,
    /// The profile.
    #[serde(rename = "dct:conformsTo")]
    pub conforms_to: String,
    /// The customer's pseudonym.
    #[serde(rename = "dpv:hasDataSubject")]
    pub data_subject: String,
    /// Where the customer says to live.
    #[serde(
        rename = "dpv:hasJurisdiction",
        skip_serializing_if = "Option::is_none"
    )]
    #[serde(default)]
    pub jurisdiction: Option<String>,
    /// What was switched on.
    #[serde(rename = "dpv:hasProcess")]
    pub processes: Vec<Process>,
    /// The table, by its hash.
    #[serde(rename = "dpv:hasNotice")]
    pub notice: String,
    /// How it is controlled.
    #[serde(rename = "dpv:hasConsentControl")]
    pub control: Vec<String>,
    /// The rights that go with it.
    #[serde(rename = "dpv:hasRight")]
    pub rights: Vec<String>,
    /// How it stands.
    #[serde(rename = "dpv:hasConsentStatus")]
    pub status: Vec<ConsentStatus>,
    /// The signed receipt.
    #[serde(rename = "partywall:receipt")]
    pub receipt: Receipt,
}

/// The receipt: what was signed. (`https://w3id.org/dpv/schema/dpv-27560#receipt-eu-gdpr`)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The profile.
    #[serde(rename = "dct:conformsTo")]
    pub conforms_to: String,
    /// The signed consent (SPEC §12.4), Base64.
    #[serde(rename = "partywall:signed")]
    pub signed: String,
}

/// What may be told to whom, and what for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Process {
    /// What for.
    #[serde(rename = "dpv:hasPurpose")]
    pub purpose: String,
    /// What.
    #[serde(rename = "dpv:hasPersonalData")]
    pub personal_data: String,
    /// To whom.
    #[serde(rename = "dpv:hasRecipient")]
    pub recipient: String,
    /// On what ground.
    #[serde(rename = "dpv:hasLegalBasis")]
    pub legal_basis: String,
    /// For how long it is kept, where that is known.
    #[serde(
        rename = "dpv:hasStorageCondition",
        skip_serializing_if = "Option::is_none"
    )]
    #[serde(default)]
    pub storage: Option<String>,
}

/// How a consent stood from a time on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentStatus {
    /// `dpv:ConsentGiven`, `dpv:ConsentWithdrawn` or `dpv:ConsentRefused`.
    #[serde(rename = "@type")]
    pub kind: String,
    /// By whom.
    #[serde(rename = "dpv:isIndicatedBy")]
    pub indicated_by: String,
    /// How.
    #[serde(rename = "dpv:hasIndicationMethod")]
    pub method: String,
    /// When, Unix seconds.
    #[serde(rename = "dpv:isIndicatedAtTime")]
    pub at: u64,
}

/// One value that was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DisclosureRecord {
    /// `dpv:Disclose`.
    #[serde(rename = "@type")]
    pub kind: String,
    /// What, to whom, what for.
    #[serde(rename = "dpv:hasProcess")]
    pub process: Process,
    /// The field's name.
    #[serde(rename = "partywall:field")]
    pub field: String,
    /// The value, as SPEC §12.2 encodes it, Base64.
    #[serde(rename = "partywall:value")]
    pub value: String,
    /// When, Unix seconds, rounded down to the hour.
    #[serde(rename = "dct:date")]
    pub at: u64,
    /// The table under which it was told, by its hash.
    #[serde(rename = "dpv:hasNotice")]
    pub notice: String,
    /// What became of it: sent, void, uncertain, or open.
    #[serde(rename = "partywall:outcome")]
    pub outcome: String,
    /// Where the ledger says so.
    #[serde(rename = "partywall:proof")]
    pub proof: LedgerProof,
}

/// All that is needed to verify a disclosure again. (SPEC §13.4)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LedgerProof {
    /// The entry's number, from 0.
    pub index: u64,
    /// Its salt, hexadecimal.
    pub salt: String,
    /// Its payload, Base64.
    pub payload: String,
    /// How many entries the checkpoint is for.
    pub size: u64,
    /// The hashes of the way to the root, hexadecimal.
    pub path: Vec<String>,
    /// The signed note.
    pub checkpoint: String,
}

pub(super) fn record(now: &Standpoint, signed: &[u8], holds: bool) -> ConsentRecord {
    let unverified = UnverifiedConsent::decode(signed).ok();
    let table = unverified.as_ref().map(UnverifiedConsent::claimed_table);
    let consent =
        unverified.and_then(|consent| consent.verify(&now.talk.party(), &now.accepted).ok());
    let at = consent
        .as_ref()
        .map_or(0, |consent| consent.issued().value());
    let kind = match &consent {
        Some(consent) => status(consent.refusal(), consent.choices().count(), holds),
        None => "dpv:ConsentWithdrawn",
    };
    ConsentRecord {
        kind: "dpv:ConsentRecord".into(),
        identifier: consent.as_ref().map_or_else(
            || hex::encode(partywall_proof::sha256(signed)),
            |consent| hex::encode(consent.hash().as_bytes()),
        ),
        conforms_to: "https://w3id.org/dpv/schema/dpv-27560#record-eu-gdpr".into(),
        data_subject: hex::encode(now.talk.thread.conversation.as_bytes()),
        jurisdiction: consent
            .as_ref()
            .and_then(|consent| jurisdiction(consent.region())),
        processes: consent
            .as_ref()
            .map(|consent| processes(now, consent))
            .unwrap_or_default(),
        notice: table.map_or_else(String::new, |table| hex::encode(table.as_bytes())),
        control: vec!["dpv:WithdrawConsent".into(), "dpv:ReaffirmConsent".into()],
        rights: vec![
            "eu-gdpr:A7-3".into(),
            "eu-gdpr:A15".into(),
            "eu-gdpr:A17".into(),
            "eu-gdpr:A20".into(),
            "eu-gdpr:A21".into(),
        ],
        status: vec![ConsentStatus {
            kind: kind.into(),
            indicated_by: hex::encode(now.talk.party().pairwise.as_bytes()),
            method: "partywall:SignedReceipt".into(),
            at,
        }],
        receipt: Receipt {
            conforms_to: "https://w3id.org/dpv/schema/dpv-27560#receipt-eu-gdpr".into(),
            signed: base64(signed),
        },
    }
}

fn processes(now: &Standpoint, consent: &Consent) -> Vec<Process> {
    let basis = partywall_business::field::Basis::Consent;
    let process = |row: partywall_business::table::Row| {
        let grant = now.accepted.grant(row, basis, consent.region());
        Process {
            purpose: row.purpose.dpv().into(),
            personal_data: row.field.dpv().into(),
            recipient: row.recipient.dpv().into(),
            legal_basis: basis.dpv().into(),
            storage: grant.map(|grant| days(grant.keep.days())),
        }
    };
    consent.choices().iter().map(process).collect()
}

fn days(days: u16) -> String {
    format!("P{days}D")
}

/// The counter that a receipt says; its signature is another's matter.
pub(super) fn counter(receipt: &UnverifiedConsent) -> u64 {
    let encoded = receipt.encode();
    let Ok(signed) = partywall_business::Signed::decode(&encoded) else {
        return 0;
    };
    let mut decoder = minicbor::Decoder::new(&signed.bytes);
    let mut read = || -> Option<u64> {
        let entries = decoder.map().ok()??;
        for _ in 0..entries {
            if decoder.u8().ok()? == 5 {
                return decoder.u64().ok();
            }
            decoder.skip().ok()?;
        }
        None
    };
    read().unwrap_or(0)
}

pub(super) fn disclosure(told: Disclosed) -> DisclosureRecord {
    let outcome = match told.outcome {
        Some(Outcome::Sent) => "sent",
        Some(Outcome::Void) => "void",
        Some(Outcome::Uncertain) => "uncertain",
        None => "open",
    };
    DisclosureRecord {
        kind: "dpv:Disclose".into(),
        process: Process {
            purpose: told.purpose.dpv().into(),
            personal_data: told.field.dpv().into(),
            recipient: told.recipient.dpv().into(),
            legal_basis: told.basis.dpv().into(),
            storage: Some(days(told.keep_days)),
        },
        field: told.field.word().into(),
        value: base64(&cbor::encode(&told.value)),
        at: told.time.value(),
        notice: hex::encode(told.table.as_bytes()),
        outcome: outcome.into(),
        proof: LedgerProof {
            index: told.proof.index,
            salt: hex::encode(told.proof.salt),
            payload: base64(&told.proof.payload),
            size: told.proof.size,
            path: told.proof.path.iter().map(hex::encode).collect(),
            checkpoint: told.proof.checkpoint,
        },
    }
}
