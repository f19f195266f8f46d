//! What clients say, in the second implementation's words. (SPEC §11.2, §11.4, §11.7)
//! Knows: names of fields.

use crate::told::{categories, clear, declared, hexed, hosting, joined, sealed, signed, with};
use partywall_business::request::{FromClient, Named, Request};
use partywall_business::{Blocking, Login, OptIn, ShelfBefore};
use serde_json::{Value, json};

pub(crate) fn fields(said: &FromClient) -> Value {
    match said {
        FromClient::Login(login) => of_login(login),
        FromClient::Ack(ack) => json!({ "tag": ack.tag.value() }),
        FromClient::Request(request) => {
            let number = json!({ "n": request.number().value() });
            joined(number, of_request(request))
        }
    }
}

fn of_login(login: &Login) -> Value {
    json!({
        "role": login.role.code(),
        "key": hexed(login.key),
        "nonce": hexed(login.nonce.as_bytes()),
        "spki": hexed(login.spki.as_bytes()),
        "signature": hexed(login.signature.as_bytes()),
    })
}

fn of_request(request: &Request) -> Value {
    match request {
        Request::Find(find) => match &find.named {
            Named::Domain(domain) => json!({ "domain": domain.as_str() }),
            Named::Business(business) => json!({ "business_id": hexed(business) }),
        },
        Request::Table(asked) => json!({ "hash": hexed(asked.table) }),
        Request::Template(asked) => json!({ "template_id": hexed(asked.template) }),
        Request::Take(asked) => json!({ "business_id": hexed(asked.business) }),
        Request::Consistency(asked) => {
            json!({ "old": asked.from.value(), "new": asked.to.value() })
        }
        Request::Enrol(enrol) => json!({
            "name": enrol.name.as_str(),
            "domain": enrol.domain.as_str(),
            "industry": enrol.industry.code(),
            "hosting": hosting(&enrol.hosting),
            "endpoint": hexed(enrol.endpoint),
        }),
        Request::Shelve(shelve) => with(
            json!({
                "clear_shelf": shelve.before == ShelfBefore::Cleared,
                "one_time": shelve.one_time.iter().map(sealed).collect::<Vec<_>>(),
            }),
            "last_resort",
            shelve.last_resort.as_ref().map(sealed),
        ),
        Request::Submit(submit) => json!({ "template": hexed(submit.template.as_bytes()) }),
        Request::Templates(_)
        | Request::StandingOf(_)
        | Request::Leave(_)
        | Request::Held(_)
        | Request::Erase(_) => json!({}),
        Request::Begin(begin) => json!({
            "business_id": hexed(begin.business),
            "certificate_hash": hexed(begin.certificate),
            "consent": signed(&begin.consent),
            "rights_key": hexed(begin.rights),
            "categories": categories(&begin.opted_in),
            "declared": declared(&begin.declared),
        }),
        Request::Consent(consent) => json!({
            "consent": signed(&consent.consent),
            "declared": declared(&consent.declared),
        }),
        Request::Declare(declare) => json!({ "declared": declared(&declare.declared) }),
        Request::Opt(opt) => {
            json!({ "category": opt.category.code(), "in": opt.opt_in == OptIn::In })
        }
        Request::Block(block) => json!({ "blocked": block.blocking == Blocking::On }),
        Request::Report(report) => json!({
            "event_id": hexed(report.event),
            "content": hexed(report.content.as_bytes()),
            "kf": hexed(report.key.as_bytes()),
            "clear": clear(&report.clear),
            "mark": hexed(report.mark),
            "seconds": report.at.value(),
            "why": report.why.code(),
        }),
        Request::Say(say) => json!({
            "conversation": hexed(say.conversation),
            "clear": clear(&say.clear),
            "envelope": hexed(say.envelope.as_bytes()),
        }),
        Request::Consents(asked) => json!({ "after": asked.after.value() }),
        Request::Disclosures(asked) => json!({ "after": asked.after.value() }),
    }
}
