//! What is said in the business wing, and the rules that anyone can check: pure, as all of `protocol`.
//! Knows: SPEC §11 to §15. Never knows: clocks, dice, sockets, sessions, and the peer wing.

pub mod ledger;

pub mod labels;

pub mod field;
pub mod id;

pub mod precision;

pub mod value;

pub mod signed;

pub mod table;

pub mod consent;

pub mod permit;

pub mod disclosure;

