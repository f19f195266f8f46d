//! The questions about the business wing, and what is shown of businesses, templates, reports and policies.
//! Knows: their shapes. Never knows: customers; a report's line names nobody.

use serde::{Deserialize, Serialize};

/// What is asked about the business wing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case", deny_unknown_fields)]
pub enum BusinessAsk {
    /// Every business.
    List,
    /// Verify what a business asked to be.
    Verify {
        /// Its domain or id.
        business: String,
        /// The print of what the operator was shown, hex.
        shown: String,
        /// On what evidence.
        evidence: Evidence,
    },
    /// Suspend it.
    Suspend {
        /// Its domain or id.
        business: String,
        /// The reason's word.
        reason: String,
        /// Until when, Unix seconds; until it is unsuspended, if nothing is said.
        until: Option<u64>,
    },
    /// End its suspension.
    Unsuspend {
        /// Its domain or id.
        business: String,
    },
    /// Revoke it, for good.
    Revoke {
        /// Its domain or id.
        business: String,
        /// The reason's word.
        reason: String,
    },
    /// The templates.
    Templates {
        /// Only those that wait for the operator.
        pending: bool,
    },
    /// Approve a template.
    Approve {
        /// Its id.
        template: String,
    },
    /// Reject one.
    Reject {
        /// Its id.
        template: String,
        /// The reason's word.
        because: String,
    },
    /// Pause one.
    Pause {
        /// Its id.
        template: String,
        /// The reason's word.
        because: String,
        /// Until when, Unix seconds; until it is approved again, if nothing is said.
        until: Option<u64>,
    },
    /// What customers reported.
    Reports,
    /// The policies that were published.
    Policies,
    /// A published table.
    Table {
        /// Which; the current one if nothing is said.
        version: Option<u32>,
    },
    /// Publish a policy.
    Publish {
        /// The file's text.
        policy: String,
    },
}

/// What the operator saw before it verified a business. (SPEC B-10)
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// The body of its well-known page.
    WellKnown(String),
    /// Something else, in the operator's words.
    Text(String),
}

/// What a business says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactsLine {
    /// Its name.
    pub name: String,
    /// Its domain.
    pub domain: String,
    /// The industry's word.
    pub industry: String,
    /// `self`, `operator`, or the provider's name behind `provider `.
    pub hosting: String,
    /// A fingerprint of all of it and of the endpoint, hex.
    pub print: String,
}

/// A business.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BusinessLine {
    /// Its id, hex.
    pub id: String,
    /// `pending`, `verified`, `suspended` or `revoked`.
    pub standing: String,
    /// Why it is suspended or revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Until when it is suspended, if that has an end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// What was verified.
    pub verified: Option<FactsLine>,
    /// What waits to be verified.
    pub asked: Option<FactsLine>,
    /// What its well-known page has to say.
    pub well_known: String,
}

/// A template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateLine {
    /// Its id, hex.
    pub id: String,
    /// Whose it is: the business's id, hex.
    pub business: String,
    /// Its name at the business.
    pub name: String,
    /// Which edition.
    pub version: u64,
    /// In which language.
    pub language: String,
    /// `marketing`, `utility` or `authentication`.
    pub category: String,
    /// `pending`, `approved`, `rejected`, `paused` or `disabled`.
    pub state: String,
    /// Until when it is paused, if that has an end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// What lint found, a few words each.
    pub lint: Vec<String>,
    /// What stands above.
    pub header: Option<String>,
    /// The text.
    pub body: String,
    /// What stands below.
    pub footer: Option<String>,
    /// What the customer can press.
    pub buttons: Vec<String>,
}

/// A report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportLine {
    /// Of which business, hex.
    pub business: String,
    /// Its verified domain, if it has one.
    pub domain: Option<String>,
    /// When it came.
    pub at: String,
    /// Why, in the customer's choice of words.
    pub reason: String,
    /// What the customer opened, proven to be what was sent: a text, or what kind of thing it is.
    pub message: String,
}

/// A published policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyLine {
    /// Which version.
    pub version: u32,
    /// The policy's name.
    pub name: String,
    /// Its table's hash, hex.
    pub hash: String,
    /// From when on it holds.
    pub effective: String,
    /// From when on nobody can accept the version before.
    pub sunset: Option<String>,
    /// How many customers accepted it.
    pub accepted: u64,
    /// `announced`, `current` or `past`.
    pub state: String,
}

/// How many findings an audit made, listed or not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Lines that should not be there.
    pub extra: u64,
    /// Records that should be there.
    pub missing: u64,
    /// Lines that prove nothing.
    pub unproven: u64,
}

/// A line of a sink's file that should not be there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Which line, from 1.
    pub line: u64,
    /// What is the matter.
    pub why: String,
}
