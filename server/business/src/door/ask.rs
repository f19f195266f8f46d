//! Which room a request goes to, and whether it has to be alone. (SPEC §11.4, §11.7)
//! Knows: types of requests. Never knows: their rules.
//!
//! What only writes is handed to the writer at once, so that many go into one transaction. What reads,
//! or makes something else of the connection, waits for what was asked before, and nothing is read
//! meanwhile.

use std::net::IpAddr;
use std::sync::Arc;

use partywall_business::request::Request;

use super::pending::Asked;
use super::who::Who;
use super::{businesses, customers, entitled, everybody};
use crate::wing::Wing;

/// Who asks, and what for is at hand.
pub(super) struct Visitor {
    pub(super) wing: Arc<Wing>,
    pub(super) who: Who,
    /// Used by what the current table allows, and forgotten with the request.
    pub(super) from: Option<IpAddr>,
}

/// Whether it has to be alone.
pub(super) const fn is_alone(request: &Request) -> bool {
    !matches!(
        request,
        Request::Say(_)
            | Request::Opt(_)
            | Request::Block(_)
            | Request::Declare(_)
            | Request::Consent(_)
            | Request::Leave(_)
            | Request::Report(_)
            | Request::Shelve(_)
            | Request::Take(_)
    )
}

/// Begins a request. The role was looked at before. (B-4)
pub(super) fn ask(visitor: Visitor, request: Request) -> Asked {
    match request {
        Request::Find(find) => Box::pin(everybody::find(visitor, find)),
        Request::Table(table) => Box::pin(everybody::table(visitor, table)),
        Request::Template(template) => Box::pin(everybody::template(visitor, template)),
        Request::Take(take) => everybody::take(&visitor, take),
        Request::Consistency(sizes) => Box::pin(everybody::consistency(visitor, sizes)),

        Request::Enrol(enrol) => Box::pin(businesses::enrol(visitor, enrol)),
        Request::Shelve(shelve) => businesses::shelve(&visitor, shelve),
        Request::Submit(submit) => Box::pin(businesses::submit(visitor, submit)),
        Request::Templates(asked) => Box::pin(businesses::templates(visitor, asked)),
        Request::StandingOf(asked) => Box::pin(businesses::standing_of(visitor, asked)),

        Request::Begin(begin) => Box::pin(customers::begin(visitor, begin)),
        Request::Consent(consent) => customers::consent(&visitor, consent),
        Request::Declare(declare) => customers::declare(&visitor, declare),
        Request::Opt(opt) => customers::opt(&visitor, opt),
        Request::Block(block) => customers::block(&visitor, block),
        Request::Leave(leave) => customers::leave(&visitor, leave),
        Request::Report(report) => Box::pin(customers::report(visitor, report)),

        Request::Say(say) => match visitor.who {
            Who::Business { .. } => businesses::say(&visitor, say),
            _ => customers::say(&visitor, say),
        },

        Request::Held(held) => Box::pin(entitled::held(visitor, held)),
        Request::Consents(asked) => Box::pin(entitled::consents(visitor, asked)),
        Request::Disclosures(asked) => Box::pin(entitled::disclosures(visitor, asked)),
        Request::Erase(erase) => Box::pin(entitled::erase(visitor, erase)),
    }
}
