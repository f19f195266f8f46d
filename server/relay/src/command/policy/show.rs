//! Shows a table: each row that lets something be told, as a sentence, grouped by who is told.
//! Knows: one table. Never knows: any customer.

use std::process::ExitCode;

use comfy_table::{Attribute, Cell, Color, ContentArrangement, Table as Drawn, presets};
use partywall_business::field::{Basis, Recipient};
use partywall_business::sentence::{Names, Switch};
use partywall_business::table::{RegionSet, Row, Rule, Table};
use serde_json::json;

use super::ANY_BUSINESS;
use crate::admin::dates::moment;

/// What may be told on one ground, in the regions where it is the same.
struct Share<'a> {
    row: Row,
    basis: Basis,
    regions: RegionSet,
    rule: &'a Rule,
}

pub(super) fn run(table: &Table, bare: bool, json: bool) -> anyhow::Result<ExitCode> {
    let shares = shares(table);
    if json {
        crate::command::print_json(&as_json(table, &shares))?;
    } else {
        crate::command::print(&head(table))?;
        for recipient in Recipient::ALL {
            crate::command::print(&group(table, &shares, recipient, bare))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn shares(table: &Table) -> Vec<Share<'_>> {
    let mut shares: Vec<Share<'_>> = Vec::new();
    for row in Row::all() {
        for basis in Basis::ALL {
            let first = shares.len();
            for region in partywall_business::field::Region::ALL {
                let Some(rule) = table.cell(row.at(region, basis)) else {
                    continue;
                };
                match shares[first..].iter_mut().find(|share| share.rule == rule) {
                    Some(share) => share.regions.add(region),
                    None => shares.push(Share {
                        row,
                        basis,
                        regions: RegionSet::from(region),
                        rule,
                    }),
                }
            }
        }
    }
    shares
}

fn sentence(table: &Table, share: &Share<'_>) -> String {
    let names = Names::of(ANY_BUSINESS, table);
    let somewhere = share.regions.iter().next();
    let said = table.sentence(names, share.row, share.basis, somewhere, Switch::Off);
    said.unwrap_or_default()
}

fn head(table: &Table) -> String {
    let terms = table.terms();
    let effective = moment(table.effective().value()).unwrap_or_default();
    let title = format!("{}, version {}", terms.name, table.version());
    format!(
        "{}\nholds from {effective}; responsible is {}, {}; complaints to {}",
        console::style(title).bold(),
        terms.controller,
        terms.contact,
        terms.complaint_authority
    )
}

fn group(table: &Table, shares: &[Share<'_>], recipient: Recipient, bare: bool) -> String {
    let terms = table.terms();
    let name = match recipient {
        Recipient::Business => "The business itself".to_owned(),
        Recipient::Parent => match &terms.parent {
            Some(name) => format!("{name} (the parent company)"),
            None => "The parent company".to_owned(),
        },
        Recipient::ServiceProvider => match &terms.service_provider {
            Some(name) => format!("{name} (the service provider)"),
            None => "The service provider".to_owned(),
        },
    };
    let title = console::style(&name).bold();
    let mut told = shares
        .iter()
        .filter(|share| share.row.recipient == recipient)
        .peekable();
    if told.peek().is_none() {
        return format!("\n{title} is told nothing.");
    }
    let mut drawn = Drawn::new();
    drawn
        .load_preset(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic);
    if !console::Term::stdout().is_term() {
        drawn.force_no_tty();
    }
    let headings: &[&str] = match bare {
        true => &[
            "field",
            "for",
            "basis",
            "regions",
            "precision",
            "keep_days",
            "law",
        ],
        false => &["what", "ground", "where"],
    };
    let heading = |word: &&str| Cell::new(word).add_attribute(Attribute::Bold);
    drawn.set_header(headings.iter().map(heading));
    for share in told {
        drawn.add_row(match bare {
            true => names(share),
            false => words(table, share),
        });
    }
    format!("\n{title}\n{drawn}")
}

fn words(table: &Table, share: &Share<'_>) -> Vec<Cell> {
    let (ground, colour) = match share.basis {
        Basis::Consent => ("only if switched on", Color::Green),
        Basis::Necessary => ("always, in a chat", Color::Yellow),
        Basis::Legal => ("a law", Color::Magenta),
    };
    vec![
        Cell::new(sentence(table, share)),
        Cell::new(ground).fg(colour),
        Cell::new(places(share.regions)),
    ]
}

fn names(share: &Share<'_>) -> Vec<Cell> {
    let Share {
        row, basis, rule, ..
    } = share;
    let law = rule.law.as_ref().map_or("", |law| law.as_str());
    vec![
        Cell::new(row.field.word()),
        Cell::new(row.purpose.word()),
        Cell::new(basis.word()),
        Cell::new(places(share.regions)),
        Cell::new(rule.precision.word()),
        Cell::new(rule.grant().keep.days()),
        Cell::new(law),
    ]
}

fn places(regions: RegionSet) -> String {
    if regions == RegionSet::ALL {
        return "all".to_owned();
    }
    let words: Vec<&str> = regions.iter().map(|region| region.word()).collect();
    words.join(", ")
}

fn as_json(table: &Table, shares: &[Share<'_>]) -> serde_json::Value {
    let terms = table.terms();
    let share = |share: &Share<'_>| {
        let regions: Vec<_> = share.regions.iter().map(|region| region.word()).collect();
        json!({
            "field": share.row.field.word(),
            "with": share.row.recipient.word(),
            "for": share.row.purpose.word(),
            "basis": share.basis.word(),
            "regions": regions,
            "precision": share.rule.precision.word(),
            "keep_days": share.rule.grant().keep.days(),
            "law": share.rule.law.as_ref().map(|law| law.as_str()),
            "sentence": sentence(table, share),
        })
    };
    json!({
        "version": table.version().get(),
        "name": terms.name.as_str(),
        "hash": hex::encode(table.hash().as_bytes()),
        "effective": moment(table.effective().value()),
        "sunset": table.sunset().and_then(|sunset| moment(sunset.value())),
        "controller": terms.controller.as_str(),
        "contact": terms.contact.as_str(),
        "complaint_authority": terms.complaint_authority.as_str(),
        "parent": terms.parent.as_ref().map(|name| name.as_str()),
        "service_provider": terms.service_provider.as_ref().map(|name| name.as_str()),
        "notice_days": terms.notice_days.days(),
        "shares": shares.iter().map(share).collect::<Vec<_>>(),
    })
}
