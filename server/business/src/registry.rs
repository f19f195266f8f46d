//! Businesses: who asked to be one, whom the operator verified, whom it suspended or revoked; their
//! certificates and shelves. (SPEC §11.3, §11.4)
//! Knows: facts that the operator vouches for. Never knows: customers, contents.

mod business;
mod facts;

mod certify;
mod enrol;
mod operator;
mod shelf;

mod schema;

pub(crate) use business::{
    Business, all, find, find_by_domain, is_revoked, is_verified, load, may_act, try_load,
};
pub(crate) use certify::{Issued, certify, names_a_current_one, newest};
pub(crate) use enrol::{enrol, last_number, let_go_of_unverified};
pub(crate) use facts::Facts;
pub(crate) use operator::{
    Cannot, Line, asked, asking_for, revoke, suspend, unsuspend, verify, well_known,
};
pub(crate) use schema::TABLES;
pub(crate) use shelf::{paces, put, show, take};

pub use operator::Evidence;
