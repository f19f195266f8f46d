//! What was said, told: in words for people, in keys for scripts.
//! Knows: the kinds of content. Never knows: who said it, how it was sealed.

use partywall_business::value::Money;
use partywall_client::business::what::{Amount, Button, Item, Section, Shown, Turn, What};
use serde_json::{Map, Value, json};

use super::money;
use crate::screen::{faint, strong};
use crate::words::{indented, one_line};

/// The kind in one word.
pub(crate) fn kind(what: &What) -> &'static str {
    match what {
        What::Text(_) => "text",
        What::Buttons { .. } => "buttons",
        What::List { .. } => "list",
        What::Product(_) => "product",
        What::Products { .. } => "products",
        What::Order { .. } => "order",
        What::Chosen { .. } => "chosen",
        What::AskLocation(_) => "ask_location",
        What::Location { .. } => "location",
        What::HandOff { .. } => "hand_off",
        What::AskForAPerson => "agent",
        What::Template(_) => "template",
        What::Read(_) => "read",
        What::Typing => "typing",
        _ => "unknown",
    }
}

/// Puts the keys of what was said into an object: `kind`, and what belongs to it.
pub(crate) fn into(object: &mut Map<String, Value>, what: &What) {
    object.insert("kind".into(), json!(kind(what)));
    let mut put = |key: &str, value: Value| object.insert(key.to_owned(), value);
    match what {
        What::Text(text) | What::AskLocation(text) => {
            put("text", json!(text));
        }
        What::Buttons { text, buttons } => {
            put("text", json!(text));
            put("buttons", buttons.iter().map(button).collect());
        }
        What::List { text, sections } => {
            put("text", json!(text));
            put("sections", sections.iter().map(section).collect());
        }
        What::Product(product) => {
            put("items", json!([item(product)]));
        }
        What::Products { text, items } => {
            put("text", json!(text));
            put("items", items.iter().map(item).collect());
        }
        What::Order { items, total } => {
            put("items", items.iter().map(item).collect());
            put("total", json!(typed(*total)));
        }
        What::Chosen { id, of } => {
            put("choice", json!(id));
            put("of", json!(of));
        }
        What::Location {
            latitude,
            longitude,
        } => {
            put("latitude", json!(degrees(*latitude)));
            put("longitude", json!(degrees(*longitude)));
        }
        What::HandOff { turn, note } => {
            put("turn", json!(turned(*turn)));
            if let Some(note) = note {
                put("text", json!(note));
            }
        }
        What::Template(shown) => {
            put("text", json!(shown.body));
            put("template", template(shown));
        }
        What::Read(up_to) => {
            put("up_to", json!(up_to));
        }
        _ => {}
    }
}

fn button(button: &Button) -> Value {
    json!({"id": button.id, "title": button.title})
}

fn section(section: &Section) -> Value {
    let rows: Vec<Value> = section
        .rows
        .iter()
        .map(|row| json!({"id": row.id, "title": row.title, "description": row.description}))
        .collect();
    json!({"title": section.title, "rows": rows})
}

fn item(item: &Item) -> Value {
    json!({"id": item.id, "name": item.name, "price": typed(item.price), "quantity": item.quantity})
}

fn template(shown: &Shown) -> Value {
    json!({
        "id": hex::encode(shown.template.as_bytes()), "version": shown.version,
        "category": shown.category.word(), "header": shown.header, "body": shown.body,
        "footer": shown.footer, "buttons": shown.buttons,
    })
}

fn turned(turn: Turn) -> &'static str {
    match turn {
        Turn::ToAPerson => "to_a_person",
        Turn::Released => "released",
        Turn::Taken => "taken",
    }
}

fn degrees(millionths: i32) -> f64 {
    f64::from(millionths) / 1e6
}

fn typed(amount: Amount) -> String {
    money::typed(Money {
        minor: amount.minor_units,
        currency: amount.currency,
    })
}

/// In words, further lines moved in by four; nothing in it steers a terminal.
pub(crate) fn people(what: &What) -> String {
    match what {
        What::Text(text) => indented(text, 4),
        What::Buttons { text, buttons } => {
            let buttons = buttons.iter().map(|one| (&*one.id, &*one.title, None));
            with_choices(text, buttons)
        }
        What::List { text, sections } => {
            let rows = sections.iter().flat_map(|section| &section.rows);
            let rows = rows.map(|one| (&*one.id, &*one.title, one.description.as_deref()));
            with_choices(text, rows)
        }
        What::Product(product) => in_words(product),
        What::Products { text, items } => listed(&indented(text, 4), items),
        What::Order { items, total } => {
            listed(&format!("an order of {} in all", typed(*total)), items)
        }
        What::Chosen { id, of } => format!("chose {} (of message {of})", one_line(id)),
        What::AskLocation(text) => format!("{} (asks where you are)", indented(text, 4)),
        What::Location {
            latitude,
            longitude,
        } => format!("is at {}, {}", degrees(*latitude), degrees(*longitude)),
        What::HandOff { turn, note } => {
            let turn = match turn {
                Turn::ToAPerson => "hands over to a person",
                Turn::Released => "hands back",
                Turn::Taken => "a person takes over",
            };
            let note = note.as_deref().map(|note| format!(": {}", one_line(note)));
            format!("{turn}{}", note.unwrap_or_default())
        }
        What::AskForAPerson => "asks for a person".into(),
        What::Template(shown) => whole_template(shown),
        What::Read(up_to) => format!("has read all up to message {up_to}"),
        What::Typing => "is writing".into(),
        _ => "said something that this program does not know; update it".into(),
    }
}

fn with_choices<'a>(
    text: &str,
    choices: impl Iterator<Item = (&'a str, &'a str, Option<&'a str>)>,
) -> String {
    let mut whole = indented(text, 4);
    for (id, title, description) in choices {
        let more = description.map_or_else(String::new, |more| format!(": {}", one_line(more)));
        let title = strong(&one_line(title));
        let id = faint(&format!("({})", one_line(id)));
        whole.push_str(&format!("\n    [{title}{more}] {id}"));
    }
    whole
}

fn listed(first: &str, items: &[Item]) -> String {
    let mut whole = first.to_owned();
    for item in items {
        whole.push_str(&format!("\n    {}", in_words(item)));
    }
    whole
}

fn in_words(item: &Item) -> String {
    format!(
        "{} × {} at {} {}",
        item.quantity,
        one_line(&item.name),
        typed(item.price),
        faint(&format!("({})", one_line(&item.id)))
    )
}

fn whole_template(shown: &Shown) -> String {
    let texts = [&shown.header, &Some(shown.body.clone()), &shown.footer];
    let mut lines: Vec<String> = texts
        .into_iter()
        .flatten()
        .map(|text| indented(text, 4))
        .collect();
    if !shown.buttons.is_empty() {
        let buttons: Vec<String> = shown
            .buttons
            .iter()
            .map(|title| format!("[{}]", one_line(title)))
            .collect();
        lines.push(buttons.join(" "));
    }
    let mark = faint(&format!("({} template)", shown.category));
    format!("{} {mark}", lines.join("\n    "))
}

#[cfg(test)]
mod tests {
    use partywall_business::value::Currency;
    use partywall_business::{Category, TemplateId};

    use super::*;

    fn keys(what: &What) -> Vec<String> {
        let mut object = Map::new();
        into(&mut object, what);
        object.keys().cloned().collect()
    }

    fn bread() -> Item {
        let price = Amount {
            minor_units: 420,
            currency: Currency::Eur,
        };
        Item {
            id: "r1".into(),
            name: "Rye\u{1b}[2J".into(),
            price,
            quantity: 2,
        }
    }

    #[test]
    fn each_kind_has_its_own_keys() {
        let text = || "hi".to_owned();
        let total = bread().price;
        for (what, expected) in [
            (What::Text(text()), &["kind", "text"][..]),
            (
                What::Buttons {
                    text: text(),
                    buttons: vec![],
                },
                &["buttons", "kind", "text"],
            ),
            (What::Product(bread()), &["items", "kind"]),
            (
                What::Order {
                    items: vec![bread()],
                    total,
                },
                &["items", "kind", "total"],
            ),
            (
                What::Chosen { id: text(), of: 3 },
                &["choice", "kind", "of"],
            ),
            (What::AskForAPerson, &["kind"]),
            (What::Read(4), &["kind", "up_to"]),
            (
                What::Location {
                    latitude: 1,
                    longitude: 2,
                },
                &["kind", "latitude", "longitude"],
            ),
        ] {
            let mut found = keys(&what);
            found.sort();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_template_is_told_whole_and_marked_as_one() {
        let shown = What::Template(Shown {
            template: TemplateId::new([7; 16]),
            version: 2,
            category: Category::Utility,
            header: Some("Your order".into()),
            body: "is ready".into(),
            footer: None,
            buttons: vec!["On my way".into()],
        });
        let told = console::strip_ansi_codes(&people(&shown)).into_owned();
        assert_eq!(
            told,
            "Your order\n    is ready\n    [On my way] (utility template)"
        );
        let mut object = Map::new();
        into(&mut object, &shown);
        assert_eq!(object["template"]["id"], "07".repeat(16));
        assert_eq!(object["template"]["category"], "utility");
    }

    #[test]
    fn nothing_that_a_business_writes_steers_the_terminal() {
        let nasty = || "a\u{1b}[2J\u{202e}b\nc".to_owned();
        let button = Button {
            id: nasty(),
            title: nasty(),
        };
        for what in [
            What::Text(nasty()),
            What::Buttons {
                text: nasty(),
                buttons: vec![button],
            },
            What::Product(bread()),
            What::HandOff {
                turn: Turn::Taken,
                note: Some(nasty()),
            },
        ] {
            let told = console::strip_ansi_codes(&people(&what)).into_owned();
            assert!(
                !told.replace('\n', "").chars().any(crate::words::steers),
                "{told:?}"
            );
        }
    }
}
