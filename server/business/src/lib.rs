//! The relay's business wing: who may speak, what may be shared, and the book that is kept of it.
//! Knows: businesses, pseudonymous conversations, permits. Never knows: contents, the peer wing, the sinks' credentials.
//!
//! From the street inwards: [`Plane`] is what the binary holds; `door` owns sockets; `registry`,
//! `templates`, `talk`, `sharing`, `claims` and `rights` decide, inside the writer's transaction, at a
//! `desk`; `scribe` puts their jobs into groups; `store` is what is on disk; [`ledger`] is what can
//! never be changed.

mod gauges;
mod keys;
mod settings;

mod operator;
mod plane;
mod shown;

mod door;
mod lines;
mod tables;
mod wing;

mod beat;

mod clock;
mod desk;
mod effects;
mod pace;
mod refusal;

mod registry;
mod talk;
mod templates;

mod claims;
mod rights;
mod sharing;

mod audit;
mod chores;

mod book;
pub mod policy;
mod proof;

pub mod ledger;

mod failpoint;
mod limits;
mod scribe;
mod store;

#[cfg(test)]
mod tests;

pub use audit::{AuditError, AuditReport, Counts, Extra, Finding};
pub use claims::{EndExporter, OnlyClose};
pub use failpoint::{Failpoints, Gap, NoFailpoints};
pub use gauges::Gauges;
pub use keys::OperatorKeys;
pub use operator::{BusinessFacts, BusinessLine, Named, TemplateFilter, TemplateSummary};
pub use partywall_store::{Hand, Place, StoreError};
pub use plane::{Plane, PlaneError};
pub use registry::Evidence;
pub use settings::WingSettings;
pub use sharing::{PolicyLine, PublishError, Published};
pub use shown::ReportSummary;
