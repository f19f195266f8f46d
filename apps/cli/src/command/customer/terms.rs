//! `partywall customer terms`: who answers, what is kept, what may be told, on one screen.
//! Knows: a verified table in words. Never knows: what was really told.

use partywall_client::business::{
    BusinessLink, Customer, Recipient, Shared, Standing, Terms, TermsRow,
};
use partywall_client::business::{Row, Seconds};
use serde_json::{Value, json};

use crate::arguments::customer::Terms as Arguments;
use crate::counter::{moments, opening, row};
use crate::screen::{Screen, faint, good, strong};
use crate::trouble::Trouble;
use crate::words::one_line;

/// How a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stands {
    On,
    Off,
    Always,
}

/// Shows the terms; with the switches as they stand where there is a conversation.
pub(super) async fn run(
    customer: &Customer,
    what: &Arguments,
    link: Option<&BusinessLink>,
    screen: &Screen,
) -> Result<(), Trouble> {
    let shared = switches(customer, &what.domain).await?;
    match (link, shared) {
        (Some(link), shared) => {
            let found = customer.find(link, &what.domain).await?;
            let terms = found.terms_in(what.region);
            if screen.json {
                screen.object(&head(&terms, found.name(), found.domain()))?;
            } else {
                screen.line(&first_lines(
                    &terms,
                    found.name(),
                    found.domain(),
                    what.details,
                ))?;
            }
            let rows: Vec<(TermsRow, Stands)> = terms
                .rows
                .into_iter()
                .map(|of_terms| {
                    let stands = stands(&of_terms, shared.as_ref());
                    (of_terms, stands)
                })
                .collect();
            tell(&rows, what.details, screen)
        }
        (None, Some(shared)) => {
            tell(&of_chat(shared), what.details, screen)?;
            screen.remark("Who answers for it, and what is kept for how long: say the relay's link with --link.");
            Ok(())
        }
        (None, None) => {
            opening::chat(customer, &what.domain)
                .await
                .map_err(|none| Trouble {
                    hint: Some(
                        "give the relay's link with --link to read the terms before you begin"
                            .into(),
                    ),
                    ..none
                })?;
            Ok(())
        }
    }
}

/// The switches of a conversation, if there is an open one.
async fn switches(customer: &Customer, domain: &str) -> Result<Option<Shared>, Trouble> {
    let Ok(chat) = customer.chat(domain).await else {
        return Ok(None);
    };
    if chat.card().await?.standing != Standing::Open {
        return Ok(None);
    }
    Ok(Some(chat.shared().await?))
}

/// All rows of a conversation.
pub(super) fn of_chat(shared: Shared) -> Vec<(TermsRow, Stands)> {
    let always = shared.always.into_iter().map(|one| (one, Stands::Always));
    let switches = shared.switches.into_iter().map(|one| {
        let stands = if one.on { Stands::On } else { Stands::Off };
        (one.row, stands)
    });
    always.chain(switches).collect()
}

fn stands(of_terms: &TermsRow, shared: Option<&Shared>) -> Stands {
    if !of_terms.can_be_switched {
        return Stands::Always;
    }
    let is_on = |row: Row| {
        shared.is_some_and(|shared| {
            let mut switches = shared.switches.iter();
            switches.any(|switch| switch.on && switch.row.row == row)
        })
    };
    if is_on(of_terms.row) {
        Stands::On
    } else {
        Stands::Off
    }
}

/// Tells rows: objects for scripts, sentences grouped by recipient for people.
pub(super) fn tell(
    rows: &[(TermsRow, Stands)],
    details: bool,
    screen: &Screen,
) -> Result<(), Trouble> {
    if screen.json {
        for (of_terms, stands) in rows {
            screen.object(&object(of_terms, *stands))?;
        }
        return Ok(());
    }
    for recipient in Recipient::ALL {
        let own: Vec<_> = rows
            .iter()
            .filter(|(of_terms, _)| of_terms.row.recipient == recipient)
            .collect();
        screen.line(&format!("\n{}", strong(group(recipient))))?;
        if own.is_empty() {
            screen.line("  Nothing is told.")?;
        }
        for (of_terms, stands) in own {
            screen.line(&line(of_terms, *stands, details))?;
        }
    }
    Ok(())
}

const fn group(recipient: Recipient) -> &'static str {
    match recipient {
        Recipient::Business => "To the business",
        Recipient::Parent => "To the relay's parent company",
        Recipient::ServiceProvider => "To the operator's service provider",
    }
}

/// The object of a row.
fn object(of_terms: &TermsRow, stands: Stands) -> Value {
    json!({
        "type": "row", "switch": row::typed(of_terms.row), "on": stands != Stands::Off,
        "always": stands == Stands::Always, "sentence": of_terms.sentence,
        "basis": of_terms.basis.word(), "precision": of_terms.precision.word(),
        "keep_days": of_terms.keep_days, "law": of_terms.law,
        "table": hex::encode(of_terms.table.as_bytes()), "policy_version": of_terms.version,
    })
}

fn line(of_terms: &TermsRow, stands: Stands, details: bool) -> String {
    let mark = match stands {
        Stands::On => good("[on]    "),
        Stands::Off => faint("[off]   "),
        Stands::Always => strong("[always]"),
    };
    let mut whole = format!("  {mark} {}", one_line(bare(&of_terms.sentence)));
    if details {
        whole.push_str(&faint(&format!(
            "\n           {}  basis {}, precision {}, {} days",
            row::typed(of_terms.row),
            of_terms.basis,
            of_terms.precision,
            of_terms.keep_days,
        )));
    }
    whole
}

/// The sentence without the words for its switch, which stands in front.
fn bare(sentence: &str) -> &str {
    [" Off.", " On.", " Always, while the chat exists."]
        .into_iter()
        .find_map(|end| sentence.strip_suffix(end))
        .unwrap_or(sentence)
}

fn retention(terms: &Terms) -> [(&'static str, u16); 7] {
    let kept = &terms.retention;
    [
        ("mail", kept.mail.days()),
        ("receipts", kept.receipts.days()),
        ("disclosures", kept.disclosures.days()),
        ("reports", kept.reports.days()),
        ("after_leaving", kept.after_leaving.days()),
        ("certificates", kept.certificates.days()),
        ("declared", kept.declared.days()),
    ]
}

fn head(terms: &Terms, name: &str, domain: &str) -> Value {
    let transfers: Vec<Value> = terms
        .transfers
        .iter()
        .map(|(to, safeguard)| json!({"to": to, "safeguard": safeguard}))
        .collect();
    let days = retention(terms).into_iter();
    let days: serde_json::Map<String, Value> = days
        .map(|(what, days)| (what.to_owned(), json!(days)))
        .collect();
    json!({
        "type": "terms", "domain": domain, "name": name, "policy": terms.policy,
        "policy_version": terms.version, "table": hex::encode(terms.table.as_bytes()),
        "effective": moments::rfc3339(Seconds::new(terms.effective)),
        "controller": terms.controller, "contact": terms.contact,
        "complaint_authority": terms.complaint_authority, "transfers": transfers,
        "parent": terms.parent, "service_provider": terms.service_provider,
        "retention_days": days,
    })
}

fn first_lines(terms: &Terms, name: &str, domain: &str, details: bool) -> String {
    let mut lines = vec![
        strong(&format!(
            "What may be told of you at {} ({})",
            one_line(name),
            one_line(domain)
        )),
        format!("  answers for it  {}", one_line(&terms.controller)),
        format!("  write to        {}", one_line(&terms.contact)),
        format!("  complain to     {}", one_line(&terms.complaint_authority)),
        format!("  goes abroad     {}", abroad(terms)),
    ];
    let days: Vec<String> = retention(terms)
        .into_iter()
        .map(|(what, days)| format!("{} {days}", what.replace('_', " ")))
        .collect();
    lines.push(format!("  days kept       {}", days.join(", ")));
    if details {
        lines.push(faint(&format!(
            "  policy \"{}\", version {}, in force since {}, table {}",
            one_line(&terms.policy),
            terms.version,
            moments::rfc3339(Seconds::new(terms.effective)),
            hex::encode(terms.table.as_bytes()),
        )));
    }
    lines.join("\n")
}

fn abroad(terms: &Terms) -> String {
    if terms.transfers.is_empty() {
        return "no".into();
    }
    let all: Vec<String> = terms
        .transfers
        .iter()
        .map(|(to, safeguard)| format!("{} ({})", one_line(to), one_line(safeguard)))
        .collect();
    all.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_is_told_once_in_front_of_its_sentence() {
        assert_eq!(
            bare("Bakery may see x, kept 1 day. Off."),
            "Bakery may see x, kept 1 day."
        );
        assert_eq!(bare("X. Always, while the chat exists."), "X.");
        assert_eq!(bare("X. By law: L."), "X. By law: L.");
    }
}
