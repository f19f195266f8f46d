//! What customers agreed to, and what may be told because of it: tables, receipts, declared and
//! observed values, records that wait. (SPEC §12)
//! Knows: pseudonyms, receipts, permits. Never knows: contents, sinks, network addresses that no table
//! lets anybody be told of.

mod policies;
mod publish;

mod agreement;
mod change;
mod observed;
mod receipt;
mod records;

mod operator;
mod schema;

pub(crate) use agreement::{Agreement, find};
pub(crate) use change::{declare, declared, sweep, take};
pub(crate) use observed::{Observed, said};
pub use operator::PublishError;
pub(crate) use policies::{Policies, tells_of};
pub(crate) use publish::publish_first;
pub use publish::{PolicyLine, Published};
#[cfg(test)]
pub(crate) use publish::{lines, publish};
#[cfg(test)]
pub(crate) use receipt::weigh;
pub(crate) use receipt::{Presented, is_erased, weigh_presented};
pub(crate) use records::{Whose, read_value};
pub(crate) use schema::TABLES;
