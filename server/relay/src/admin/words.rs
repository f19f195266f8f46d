//! The questions and answers of the admin socket: one JSON object per line, each way.
//! Knows: their shapes. Never knows: who asks; whoever may open the socket is the operator.

use serde::{Deserialize, Serialize};

pub use super::business_words::{
    BusinessAsk, BusinessLine, Counts, Evidence, FactsLine, Finding, PolicyLine, ReportLine,
    TemplateLine,
};
use crate::wing::Wing;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case", deny_unknown_fields)]
pub enum Ask {
    /// A link with a fresh pass.
    MakePass {
        /// How many mailboxes it is good for.
        mailboxes: u32,
    },
    /// The passes that still have something left.
    ListPasses,
    /// A pass is worthless from now on.
    RevokePass {
        /// As `ListPasses` shows it.
        id: String,
    },
    /// Vouch for a proxy's key.
    Vouch {
        /// SHA-256 of its SubjectPublicKeyInfo, hex.
        spki: String,
        /// For so many days.
        days: u32,
        /// Of the proxy before which listener.
        #[serde(default)]
        wing: Wing,
    },
    /// The proxies' keys that are vouched for.
    ListVouches {
        /// Before which listener.
        #[serde(default)]
        wing: Wing,
    },
    /// No longer vouch for a key.
    RevokeVouch {
        /// As `ListVouches` shows it.
        id: String,
        /// Before which listener.
        #[serde(default)]
        wing: Wing,
    },
    /// Something about the business wing.
    Business {
        /// What.
        question: BusinessAsk,
    },
    /// A sink's file follows this line, up to the end of what is sent: is it what the ledger says?
    Audit,
    /// How the relay is.
    Status,
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// A pass was made. Its link is shown this once; the relay keeps a hash.
    Pass {
        /// The relay link that carries it.
        link: String,
        /// What commands call it.
        id: String,
        /// How many mailboxes it is good for.
        mailboxes: u32,
    },
    /// The passes.
    Passes {
        /// Each that has something left.
        passes: Vec<PassLine>,
    },
    /// A key is vouched for.
    Vouched {
        /// The key.
        vouch: VouchLine,
    },
    /// The vouches.
    Vouches {
        /// Each that holds.
        vouches: Vec<VouchLine>,
    },
    /// A pass or a vouch is gone.
    Revoked {
        /// Which.
        id: String,
    },
    /// The businesses.
    Businesses {
        /// Each, in the order of enrolment.
        businesses: Vec<BusinessLine>,
    },
    /// Templates.
    Templates {
        /// Each, the oldest first.
        templates: Vec<TemplateLine>,
    },
    /// Reports.
    Reports {
        /// Each, the newest first.
        reports: Vec<ReportLine>,
    },
    /// The policies that were published.
    Policies {
        /// Each, the newest first.
        policies: Vec<PolicyLine>,
    },
    /// A policy is published.
    Published {
        /// Its version.
        version: u32,
        /// Its table's hash, hex.
        hash: String,
        /// Whether it was not published before.
        new: bool,
        /// What changes for customers, a sentence each.
        changes: Vec<String>,
    },
    /// A published table.
    Table {
        /// The signed table, hex. (SPEC §12.3)
        signed: String,
        /// The operator's business key, hex.
        key: String,
    },
    /// A sink's file was compared with the ledger.
    Audited {
        /// How many records are what the ledger says.
        proven: u64,
        /// Lines that should not be there.
        extra: Vec<Finding>,
        /// Places in the ledger of records that should be in the file and are not.
        missing: Vec<u64>,
        /// Lines that prove nothing.
        unproven: Vec<u64>,
        /// How many findings of each kind there are; of each the first 1,000 are listed.
        counts: Counts,
    },
    /// It was done.
    Done {
        /// `verified`, `suspended`, `unsuspended`, `revoked`, `approved`, `rejected` or `paused`.
        done: String,
        /// To which business or template, as it was named.
        to: String,
    },
    /// How the relay is.
    Status(StatusLine),
    /// It could not be done.
    Refused {
        /// One sentence that says what to do.
        sentence: String,
    },
}

/// A pass, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassLine {
    /// The first eight digits of its hash.
    pub id: String,
    /// How many mailboxes are left.
    pub left: u32,
    /// The day it was made, as `YYYY-MM-DD`.
    pub made: String,
}

/// A vouch, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VouchLine {
    /// The first eight digits of the key's hash.
    pub id: String,
    /// The last day on which it holds, as `YYYY-MM-DD`.
    pub until: String,
}

/// How a relay is, for people. What only one wing has is absent where that wing does not run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusLine {
    /// Whether a relay is running on the folder.
    pub running: bool,
    /// This program's version.
    pub version: String,
    /// What relay links say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// `open` or `pass`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admission: Option<String>,
    /// Whether the disk is low.
    pub low_disk: bool,
    /// Free bytes.
    pub disk_free: u64,
    /// Connections of people at the moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connections: Option<u64>,
    /// For how many seconds it has been running.
    pub uptime_seconds: u64,
    /// The business wing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business: Option<BusinessStatus>,
}

/// How the business wing is, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BusinessStatus {
    /// What business links say.
    pub host: String,
    /// The business link.
    pub link: String,
    /// Connections of businesses and customers at the moment.
    pub connections: u64,
    /// `connected`, `starting` or `none`.
    pub exporter: String,
}
