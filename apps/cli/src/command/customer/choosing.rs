//! `partywall customer consent`, `declare`, `opt`: changing one's mind.
//! Knows: switches, values, categories. Never knows: who signs, when it is told again.

use std::collections::BTreeMap;

use partywall_client::business::value::Value;
use partywall_client::business::{Chat, Choices, Customer, Field, Row, Switched};
use serde_json::json;

use crate::arguments::customer::{Consent, Declare, Opt, Turned};
use crate::counter::{opening, row, value};
use crate::screen::{Screen, good};
use crate::trouble::Trouble;

/// Changes what may be told; when this returns it holds at the relay.
pub(super) async fn consent(
    customer: &Customer,
    what: Consent,
    screen: &Screen,
) -> Result<(), Trouble> {
    if let Some(both) = what.on.iter().find(|one| what.off.contains(one)) {
        return Err(Trouble::usage(
            format!(
                "{} cannot be switched on and off at once",
                row::typed(*both)
            ),
            "say one of the two",
        ));
    }
    let chat = opening::chat(customer, &what.domain).await?;
    if what.withdraw_all {
        chat.withdraw_all().await?;
    } else if what.accept_new_terms {
        accept_new_terms(&chat, &what).await?;
    } else if what.gpc {
        let choices = standing(&chat, &what, |_row| true).await?;
        chat.change(choices.global_privacy_control()).await?;
    } else if what.object {
        chat.object().await?;
    }
    for one in &what.off {
        chat.turn(*one, Switched::Off).await?;
    }
    for one in &what.on {
        chat.turn(*one, Switched::On).await?;
    }
    let on: Vec<String> = on(&chat).await?.into_iter().map(row::typed).collect();
    let words = match on.as_slice() {
        [] => "Nothing optional is told.".to_owned(),
        on => format!("Switched on: {}.", on.join(", ")),
    };
    screen.either(&json!({"chat": what.domain, "on": on}), &good(&words))
}

/// What is on stays on, as far as the newer terms offer it.
async fn accept_new_terms(chat: &Chat, what: &Consent) -> Result<(), Trouble> {
    let Some(pending) = chat.pending_terms().await? else {
        return Err(partywall_client::business::error::ChangeError::NothingPending.into());
    };
    let offered = |row| pending.terms.switches().any(|one| one.row == row);
    let mut choices = standing(chat, what, offered).await?;
    if what.object {
        choices = choices.objecting();
    }
    if what.gpc {
        choices = choices.global_privacy_control();
    }
    Ok(chat.accept_terms(choices).await?)
}

/// The choices as they stand: switches that are on, categories. Region and objection stay by
/// themselves as they are.
async fn standing(
    chat: &Chat,
    what: &Consent,
    keeps: impl Fn(Row) -> bool,
) -> Result<Choices, Trouble> {
    let mut choices = Choices::essential_only();
    for row in on(chat).await?.into_iter().filter(|row| keeps(*row)) {
        choices = choices.with_row(row);
    }
    for category in chat.opted_in().await? {
        choices = choices.opt_in(category);
    }
    Ok(match what.region {
        Some(region) => choices.region(region),
        None => choices,
    })
}

async fn on(chat: &Chat) -> Result<Vec<Row>, Trouble> {
    let switches = chat.shared().await?.switches.into_iter();
    Ok(switches
        .filter(|switch| switch.on)
        .map(|switch| switch.row.row)
        .collect())
}

/// Declares values in place of earlier ones of the same field; the others stay.
pub(super) async fn declare(
    customer: &Customer,
    what: Declare,
    screen: &Screen,
) -> Result<(), Trouble> {
    each_once(&what.values)?;
    let chat = opening::chat(customer, &what.domain).await?;
    let mut declared: BTreeMap<Field, Value> = BTreeMap::new();
    for value in chat.held().await?.declared.into_iter().chain(what.values) {
        declared.insert(value.field(), value);
    }
    declared.retain(|field, _| !what.forget.contains(field));
    chat.declare(declared.values().copied().collect()).await?;
    let shown: serde_json::Map<String, serde_json::Value> = declared
        .iter()
        .map(|(field, value)| (field.word().to_owned(), json!(value::typed(value))))
        .collect();
    let words: Vec<String> = declared
        .iter()
        .map(|(field, value)| format!("  {field} = {}", value::typed(value)))
        .collect();
    let words = match words.as_slice() {
        [] => "Nothing is declared.".to_owned(),
        lines => format!(
            "Declared; told only where a switch or a need asks for it:\n{}",
            lines.join("\n")
        ),
    };
    screen.either(&json!({"chat": what.domain, "declared": shown}), &words)
}

/// Refuses two values of one field.
///
/// # Errors
/// There are two.
pub(super) fn each_once(values: &[Value]) -> Result<(), Trouble> {
    for (at, value) in values.iter().enumerate() {
        if values[..at].iter().any(|one| one.field() == value.field()) {
            return Err(Trouble::usage(
                format!("{} is declared twice", value.field()),
                "say one value of each field",
            ));
        }
    }
    Ok(())
}

/// Lets templates come, or not.
pub(super) async fn opt(customer: &Customer, what: &Opt, screen: &Screen) -> Result<(), Trouble> {
    let chat = opening::chat(customer, &what.domain).await?;
    let (to, words) = match what.to {
        Turned::On => (Switched::On, "may come"),
        Turned::Off => (Switched::Off, "may not come"),
    };
    chat.opt(what.category, to).await?;
    let on = what.to == Turned::On;
    screen.either(
        &json!({"chat": what.domain, "category": what.category.word(), "on": on}),
        &format!("Templates of the category {} {words}.", what.category),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_values_of_one_field_are_refused() {
        let values = |said: &[&str]| -> Vec<Value> {
            said.iter()
                .map(|one| value::declared(one).unwrap())
                .collect()
        };
        assert!(each_once(&values(&["locale=de", "country=DE"])).is_ok());
        let twice = each_once(&values(&["locale=de", "country=DE", "locale=en"])).unwrap_err();
        assert_eq!(twice.what, "locale is declared twice");
    }
}
