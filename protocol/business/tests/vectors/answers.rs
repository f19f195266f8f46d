//! What the relay says, in the second implementation's words. (SPEC §11.2, §11.4, §11.5, §11.7)
//! Knows: names of fields.

use crate::told::{
    categories, clear, declared, hashes, hexed, inclusion, joined, opening, proven, sealed, signed,
    with,
};
use partywall_business::answer::{Answer, FromRelay, TemplateLine};
use partywall_business::event::{Event, News};
use partywall_business::rights::Record;
use partywall_business::{More, OptIn, Welcome};
use partywall_proof::Hello;
use serde_json::{Value, json};

pub(crate) fn fields(said: &FromRelay) -> Value {
    match said {
        FromRelay::Hello(hello) => of_hello(hello),
        FromRelay::Welcome(welcome) => json!({
            "role": welcome.role().code(),
            "standing": match welcome {
                Welcome::Customer(standing) | Welcome::Rights(standing) => *standing as u8,
                Welcome::Business(standing) => *standing as u8,
            },
        }),
        FromRelay::Answer(answer) => {
            let number = json!({ "n": answer.number().value() });
            joined(number, of_answer(answer))
        }
        FromRelay::Event(event) => of_event(event),
    }
}

fn of_hello(hello: &Hello) -> Value {
    let vouches: Vec<_> = hello
        .vouches
        .iter()
        .map(|vouch| {
            json!({
                "spki": hexed(vouch.spki.as_bytes()),
                "not_after": vouch.not_after.value(),
                "signature": hexed(vouch.signature.as_bytes()),
            })
        })
        .collect();
    json!({
        "key": hexed(hello.relay.as_bytes()),
        "nonce": hexed(hello.nonce.as_bytes()),
        "vouches": vouches,
        "seconds": hello.clock.value(),
        "days": hello.retention.value(),
    })
}

fn of_answer(answer: &Answer) -> Value {
    match answer {
        Answer::Done(_) => json!({}),
        Answer::Refused(refused) => with(
            json!({ "rule": refused.rule.code() }),
            "seconds",
            refused.until.map(|until| json!(until.value())),
        ),
        Answer::Found(found) => json!({
            "certificate": signed(&found.certificate),
            "certificate_entry": proven(&found.certificate_entry),
            "table": signed(&found.table),
            "table_entry": proven(&found.table_entry),
        }),
        Answer::TableIs(is) => json!({
            "table": signed(&is.table),
            "entry": proven(&is.table_entry),
        }),
        Answer::TemplateIs(is) => json!({ "approved": {
            "bytes": hexed(is.template.template.as_bytes()),
            "business_id": hexed(is.template.business),
            "signature": hexed(is.template.signature.as_bytes()),
        } }),
        Answer::Taken(taken) => with(json!({}), "sealed", taken.bundle.as_ref().map(sealed)),
        Answer::Consistent(is) => json!({
            "note": hexed(is.checkpoint.as_bytes()),
            "hashes": hashes(&is.path),
        }),
        Answer::Shelved(shelved) => json!({ "one_time": shelved.one_time_left.value() }),
        Answer::Submitted(submitted) => json!({
            "template_id": hexed(submitted.template),
            "state": submitted.state.code(),
            "lint": submitted.lint.iter().map(|lint| lint.code()).collect::<Vec<_>>(),
        }),
        Answer::TemplatesAre(are) => {
            json!({ "templates": are.templates.iter().map(of_line).collect::<Vec<_>>() })
        }
        Answer::StandingIs(is) => with(
            with(
                json!({ "standing": is.standing as u8 }),
                "reason",
                is.reason.map(|reason| json!(reason.code())),
            ),
            "certificate",
            is.certificate.as_ref().map(signed),
        ),
        Answer::Begun(begun) => json!({ "conversation": hexed(begun.conversation) }),
        Answer::Accepted(accepted) => json!({
            "event_id": hexed(accepted.event),
            "sequence": accepted.sequence.value(),
            "seconds": accepted.at.value(),
            "window_expires_at": accepted.window_expires_at.value(),
        }),
        Answer::HeldIs(held) => json!({
            "conversation": hexed(held.conversation),
            "business_id": hexed(held.business),
            "standing": held.standing as u8,
            "categories": categories(&held.opted_in),
            "declared": declared(&held.declared),
            "waiting": held.waiting.value(),
            "consents": held.consents.value(),
            "disclosures": held.disclosures.value(),
            "reports": held.reports.value(),
            "window_expires_at": held.window_expires_at.value(),
        }),
        Answer::ConsentsAre(are) => json!({
            "consents": are.consents.iter().map(signed).collect::<Vec<_>>(),
            "more": are.more == More::Yes,
        }),
        Answer::DisclosuresAre(are) => json!({
            "records": are.records.iter().map(of_record).collect::<Vec<_>>(),
            "more": are.more == More::Yes,
            "note": hexed(are.checkpoint.as_bytes()),
        }),
        Answer::Erased(erased) => json!({ "receipt": signed(&erased.receipt) }),
    }
}

fn of_line(line: &TemplateLine) -> Value {
    let fields = json!({ "template_id": hexed(line.template), "state": line.state.code() });
    let reason = line.reason.map(|reason| json!(reason.code()));
    let until = line.until.map(|until| json!(until.value()));
    with(with(fields, "reason", reason), "seconds", until)
}

fn of_record(record: &Record) -> Value {
    let fields = json!({
        "disclosure": opening(&record.disclosure),
        "inclusion": inclusion(&record.disclosure_inclusion),
    });
    let outcome = record.outcome.as_ref().map(opening);
    let stands = record.outcome_inclusion.as_ref().map(inclusion);
    with(
        with(fields, "outcome", outcome),
        "outcome_inclusion",
        stands,
    )
}

fn of_event(event: &Event) -> Value {
    let fields = json!({
        "kind": event.news.name(),
        "kind_number": event.news.number(),
        "tag": event.tag.value(),
        "event_id": hexed(event.id),
        "conversation": hexed(event.conversation),
        "sequence": event.sequence.value(),
        "seconds": event.at.value(),
        "window_expires_at": event.window_expires_at.value(),
    });
    joined(fields, of_news(&event.news))
}

fn of_news(news: &News) -> Value {
    match news {
        News::Message {
            clear: told,
            envelope,
            mark,
        } => json!({
            "clear": clear(told),
            "envelope": hexed(envelope.as_bytes()),
            "mark": hexed(mark),
        }),
        News::Began { opted_in, region } => with(
            json!({ "categories": categories(opted_in) }),
            "region",
            region.map(|region| json!(region.code())),
        ),
        News::Left => json!({}),
        News::Opted { category, opt_in } => {
            json!({ "category": category.code(), "in": *opt_in == OptIn::In })
        }
        News::Disclosed { disclosure, entry } => json!({
            "disclosure": hexed(disclosure.as_bytes()),
            "proven": proven(entry),
        }),
        News::Withdrawn { message, reason } => {
            json!({ "message": hexed(message), "reason": reason.code() })
        }
        News::Suspended(reason) | News::Revoked(reason) => json!({ "reason": reason.code() }),
        News::Table(hash) => json!({ "hash": hexed(hash) }),
        News::Certificate(hash) => json!({ "hash": hexed(hash) }),
    }
}
