//! The parts of an export: who is responsible, one consent, one disclosure. (DPV-27560)
//! Knows: terms of the vocabulary. Never knows: the store, sockets.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who is responsible.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Controller {
    /// `dpv:DataController`.
    #[serde(rename = "@type")]
    pub kind: String,
    /// The operator's key, as a name.
    #[serde(rename = "@id")]
    pub id: String,
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
    /// The consent's hash, in hexadecimal; of one that could not be verified, its bytes'.
    #[serde(rename = "dct:identifier")]
    pub identifier: String,
    /// The profile.
    #[serde(rename = "dct:conformsTo")]
    pub conforms_to: String,
    /// The customer's pseudonym, as a name.
    #[serde(rename = "dpv:hasDataSubject")]
    pub data_subject: String,
    /// Who answers for the relay: the name of the document's controller.
    #[serde(rename = "dpv:hasDataController")]
    pub controller: String,
    /// Where the customer says to live; `dpv:NotAvailable` where they do not say.
    #[serde(rename = "dpv:hasJurisdiction")]
    pub jurisdiction: String,
    /// What was given, withdrawn or refused.
    #[serde(rename = "dpv:hasProcess")]
    pub processes: Vec<Process>,
    /// The table, by its hash, as a name.
    #[serde(rename = "dpv:hasNotice")]
    pub notice: String,
    /// How it is controlled.
    #[serde(rename = "dpv:hasConsentControl")]
    pub control: Vec<String>,
    /// The rights that go with it.
    #[serde(rename = "dpv:hasRight")]
    pub rights: Vec<String>,
    /// How it stood, the first first.
    #[serde(rename = "dpv:hasConsentStatus")]
    pub status: Vec<ConsentStatus>,
    /// What was signed (SPEC §12.4), Base64.
    #[serde(rename = "partywall:signed")]
    pub signed: String,
}

/// What may be told to whom, and what for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Process {
    /// `dpv:Process`.
    #[serde(rename = "@type")]
    pub kind: String,
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
    /// For how long it is kept.
    #[serde(rename = "dpv:hasStorageCondition")]
    pub storage: StorageCondition,
}

/// For how long something is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StorageCondition {
    /// `dpv:StorageDuration`.
    #[serde(rename = "@type")]
    pub kind: String,
    /// Days, as ISO 8601 writes them: `P90D`.
    #[serde(rename = "dpv:hasDuration")]
    pub duration: String,
}

/// How a consent stood from a time on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentStatus {
    /// `dpv:ConsentGiven`, `dpv:ConsentWithdrawn`, `dpv:ConsentRefused` or `dpv:ConsentExpired`.
    #[serde(rename = "@type")]
    pub kind: String,
    /// By whom: the customer's pseudonym, as a name.
    #[serde(rename = "dpv:isIndicatedBy")]
    pub indicated_by: String,
    /// How.
    #[serde(rename = "dpv:hasIndicationMethod")]
    pub method: String,
    /// When.
    #[serde(rename = "dpv:isIndicatedAtTime")]
    pub at: String,
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
    /// When, rounded down to the hour.
    #[serde(rename = "dct:date")]
    pub at: String,
    /// The table under which it was told, by its hash, as a name.
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
    #[serde(rename = "partywall:index")]
    pub index: u64,
    /// Its salt, hexadecimal.
    #[serde(rename = "partywall:salt")]
    pub salt: String,
    /// Its payload, Base64.
    #[serde(rename = "partywall:payload")]
    pub payload: String,
    /// How many entries the checkpoint is for.
    #[serde(rename = "partywall:size")]
    pub size: u64,
    /// The hashes of the way to the root, hexadecimal.
    #[serde(rename = "partywall:path")]
    pub path: Vec<String>,
    /// The signed note.
    #[serde(rename = "partywall:checkpoint")]
    pub checkpoint: String,
}
