//! Contents and clear parts of the second implementation. (SPEC §11.6, B-18)
//! Knows: their bytes, the fields that they are said to have, and who may say what.

use crate::file::{Judge, about, bytes, read, valid};
use crate::told::{self, hexed, joined, money, with};
use partywall_business::Clear;
use partywall_business::content::{Content, Item, Section, What};
use partywall_business::frank::Speaker;
use partywall_business::template::Parameter;
use serde_json::{Value, json};

fn fields(content: &Content) -> Value {
    let head = json!({
        "what": name(&content.what),
        "what_number": content.what.number(),
        "sequence": content.sequence.value(),
        "milliseconds": content.written.value(),
        "seen": content.seen.value(),
        "kf": hexed(content.key.as_bytes()),
    });
    joined(head, of_what(&content.what))
}

const fn name(what: &What) -> &'static str {
    match what {
        What::Text(..) => "text",
        What::Buttons(..) => "buttons",
        What::List(..) => "list",
        What::Product(..) => "product",
        What::Products(..) => "products",
        What::Order(..) => "order",
        What::Chosen(..) => "chosen",
        What::AskLocation(..) => "ask-location",
        What::Location(..) => "location",
        What::HandOff(..) => "hand-off",
        What::Agent => "agent",
        What::Template(..) => "template",
        What::Read(..) => "read",
        What::Typing => "typing",
    }
}

fn of_what(what: &What) -> Value {
    match what {
        What::Text(text) | What::AskLocation(text) => json!({ "text": text.as_str() }),
        What::Buttons(text, buttons) => {
            let choice = |one: &partywall_business::content::Button| json!({ "id": one.id.as_str(), "title": one.title.as_str() });
            json!({ "text": text.as_str(), "choices": buttons.iter().map(choice).collect::<Vec<_>>() })
        }
        What::List(text, sections) => json!({
            "text": text.as_str(),
            "sections": sections.iter().map(of_section).collect::<Vec<_>>(),
        }),
        What::Product(item) => json!({ "items": [of_item(item)] }),
        What::Products(text, items) => json!({
            "text": text.as_str(),
            "items": items.iter().map(of_item).collect::<Vec<_>>(),
        }),
        What::Order(items, total) => json!({
            "items": items.iter().map(of_item).collect::<Vec<_>>(),
            "total": money(total),
        }),
        What::Chosen(id, of) => json!({ "id": id.as_str(), "message": of.value() }),
        What::Location(place) => json!({ "place": [place.latitude(), place.longitude()] }),
        What::HandOff(turn, text) => with(
            json!({ "turn": turn.code() }),
            "text",
            text.as_ref().map(|text| json!(text.as_str())),
        ),
        What::Agent | What::Typing => json!({}),
        What::Template(id, version, parameters) => json!({
            "template_id": hexed(id),
            "version": version.value(),
            "parameters": parameters.iter().map(of_parameter).collect::<Vec<_>>(),
        }),
        What::Read(up_to) => json!({ "up_to": up_to.value() }),
    }
}

fn of_section(section: &Section) -> Value {
    let row = |row: &partywall_business::content::Row| {
        let fields = json!({ "id": row.id.as_str(), "title": row.title.as_str() });
        let below = row.description.as_ref().map(|text| json!(text.as_str()));
        with(fields, "description", below)
    };
    json!({
        "title": section.title.as_str(),
        "rows": section.rows.iter().map(row).collect::<Vec<_>>(),
    })
}

fn of_item(item: &Item) -> Value {
    json!({
        "id": item.id.as_str(),
        "name": item.name.as_str(),
        "price": money(&item.price),
        "quantity": item.quantity,
    })
}

fn of_parameter(parameter: &Parameter) -> Value {
    let value = match parameter {
        Parameter::Integer(number) => json!(number),
        Parameter::Money(amount) => money(amount),
        Parameter::Date(day) => json!(day),
        Parameter::Option(place) => json!(place),
        Parameter::Code(code) => json!(code.as_str()),
    };
    json!([parameter.kind().code(), value])
}

/// The content in a frame of its own: what it is said with is its own clear part.
fn alone(bytes: &[u8]) -> Option<Content> {
    read(bytes)
}

#[test]
fn contents_are_read_and_written_as_the_second_implementation_does() {
    let mut judge = Judge::default();
    for vector in about("business-content", "content") {
        let theirs = valid(&vector).then(|| vector["fields"].clone());
        let ours = alone(&bytes(&vector["hex"])).map(|content| fields(&content));
        judge.same(&vector, ours, theirs);
    }
    judge.agrees(500);
}

#[test]
fn clear_parts_are_read_and_written_as_the_second_implementation_does() {
    let mut judge = Judge::default();
    for vector in about("business-content", "clear") {
        let theirs = valid(&vector).then(|| vector["fields"].clone());
        let ours = read::<Clear>(&bytes(&vector["hex"])).map(|clear| {
            assert_eq!(clear.to_bytes(), bytes(&vector["hex"]));
            told::clear(&clear)
        });
        judge.same(&vector, ours, theirs);
    }
    judge.agrees(20);
}

#[test]
fn a_content_is_shown_only_under_the_clear_part_that_promises_it_and_from_who_may_say_it() {
    let mut judge = Judge::default();
    for vector in about("business-content", "said") {
        let speaker = match vector["from"].as_str().unwrap() {
            "customer" => Speaker::Customer,
            _ => Speaker::Business,
        };
        let opened = read::<Clear>(&bytes(&vector["clear"]))
            .and_then(|clear| Content::open(&bytes(&vector["hex"]), &clear, speaker).ok());
        let theirs = valid(&vector).then(|| vector["fields"].clone());
        judge.same(&vector, opened.map(|content| fields(&content)), theirs);
    }
    judge.agrees(80);
}
