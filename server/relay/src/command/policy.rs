//! `policy`: checks, shows, compares and publishes what may be shared.
//! Knows: policy files and tables. Never knows: customers.

mod show;
mod tables;

use std::path::Path;
use std::process::ExitCode;

use partywall_business::sentence::Names;
use partywall_business_plane::policy::{PolicyError, Shipped, Warning};
use serde_json::json;

use super::arguments::Place;
use super::arguments::business::{Policy, PolicyCommand};
use super::asking::{ask_business, other_version, print_answer};
use crate::admin::words::{Answer, BusinessAsk, PolicyLine};

/// How a business is called in a sentence that is about no particular one.
const ANY_BUSINESS: &str = "A business";

pub(super) fn run(policy: Policy) -> anyhow::Result<ExitCode> {
    let place = &policy.place;
    match policy.command {
        PolicyCommand::Check { file } => check(place, &file),
        PolicyCommand::Example { name } => example(place, &name),
        PolicyCommand::Show {
            file: Some(file),
            table,
            ..
        } => match tables::of_file(&file)? {
            Ok(found) => show::run(&found, table, place.json),
            Err(wrong) => refused(place, &wrong.file, &wrong.errors),
        },
        PolicyCommand::Show { version, table, .. } => {
            let found = tables::published(place, version)?;
            show::run(&found, table, place.json)
        }
        PolicyCommand::Diff { old, new } => diff(place, &old, &new),
        PolicyCommand::Publish { file } => publish(place, &file),
        PolicyCommand::Status => status(place),
    }
}

fn example(place: &Place, name: &str) -> anyhow::Result<ExitCode> {
    let shipped = Shipped::ALL.into_iter().find(|file| file.name == name);
    let text = shipped.map_or("", |file| file.text);
    if place.json {
        super::print_json(&json!({ "name": name, "toml": text }))?;
    } else {
        super::print(text.trim_end())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn check(place: &Place, file: &Path) -> anyhow::Result<ExitCode> {
    let found = match tables::compiled(file)? {
        Ok(found) => found,
        Err(errors) => return refused(place, file, &errors),
    };
    let warnings = found.warnings();
    if place.json {
        let warnings: Vec<_> = warnings.iter().map(warning).collect();
        super::print_json(
            &json!({ "ok": true, "version": found.version(), "errors": [], "warnings": warnings }),
        )?;
        return Ok(ExitCode::SUCCESS);
    }
    for warning in warnings {
        let (line, column) = (warning.place.line, warning.place.column);
        let file = file.display();
        super::print(&format!(
            "{file}:{line}:{column}: warning: {}",
            warning.sentence
        ))?;
    }
    super::print(&format!(
        "{} is in order: version {}. `partywall-relay policy diff` says what it changes.",
        file.display(),
        found.version()
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// Says what is wrong with a file, each thing on a line of its own with its place.
fn refused(place: &Place, file: &Path, errors: &[PolicyError]) -> anyhow::Result<ExitCode> {
    if place.json {
        let errors: Vec<_> = errors
            .iter()
            .map(|error| json!({ "line": error.place.line, "column": error.place.column, "sentence": error.sentence }))
            .collect();
        super::print_json(&json!({ "ok": false, "errors": errors, "warnings": [] }))?;
    } else {
        for error in errors {
            let (line, column) = (error.place.line, error.place.column);
            eprintln!("{}:{line}:{column}: {}", file.display(), error.sentence);
        }
    }
    Ok(ExitCode::FAILURE)
}

fn warning(warning: &Warning) -> serde_json::Value {
    json!({ "line": warning.place.line, "column": warning.place.column, "sentence": warning.sentence })
}

fn diff(place: &Place, old: &str, new: &str) -> anyhow::Result<ExitCode> {
    let (old, new) = match (tables::either(place, old)?, tables::either(place, new)?) {
        (Ok(old), Ok(new)) => (old, new),
        (Err(wrong), _) | (_, Err(wrong)) => return refused(place, &wrong.file, &wrong.errors),
    };
    let (difference, names) = (old.difference(&new), Names::of(ANY_BUSINESS, &new));
    let before = Names::of(ANY_BUSINESS, &old);
    let said = |changes: &[partywall_business::table::Change], names| -> Vec<String> {
        changes
            .iter()
            .map(|change| change.sentence(names))
            .collect()
    };
    let newly_shared = said(&difference.newly_shared, names);
    let changed = said(&difference.changed, names);
    let stopped = said(&difference.stopped, before);
    if place.json {
        super::print_json(&json!({
            "same": difference.is_empty(), "newly_shared": newly_shared, "changed": changed, "stopped": stopped,
        }))?;
    } else if difference.is_empty() {
        super::print("Nothing changes in what may be shared.")?;
    } else {
        let newly = newly_shared
            .iter()
            .map(|line| console::style(line).yellow());
        let other = changed.iter().map(|line| console::style(line).cyan());
        let ended = stopped.iter().map(|line| console::style(line).green());
        for line in newly.chain(other).chain(ended) {
            super::print(&line.to_string())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn publish(place: &Place, file: &Path) -> anyhow::Result<ExitCode> {
    let text = tables::text(file)?;
    if let Err(errors) = partywall_business_plane::policy::compile(&text) {
        return refused(place, file, &errors);
    }
    let answer = ask_business(place, BusinessAsk::Publish { policy: text })?;
    if place.json {
        print_answer(&answer)?;
        return Ok(ExitCode::SUCCESS);
    }
    let Answer::Published {
        version,
        hash,
        new,
        changes,
    } = answer
    else {
        return Err(other_version());
    };
    if new {
        super::print(&format!(
            "Version {version} is published and signed; its table is {hash}."
        ))?;
        for change in changes {
            super::print(&format!("  {change}"))?;
        }
        super::print("`partywall-relay policy status` says from when on it holds.")?;
    } else {
        super::print(&format!(
            "Version {version} is published already, word for word; nothing was done."
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn status(place: &Place) -> anyhow::Result<ExitCode> {
    let answer = ask_business(place, BusinessAsk::Policies)?;
    if place.json {
        print_answer(&answer)?;
        return Ok(ExitCode::SUCCESS);
    }
    let Answer::Policies { policies } = answer else {
        return Err(other_version());
    };
    for policy in policies {
        super::print(&line(&policy))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn line(policy: &PolicyLine) -> String {
    let customers = match policy.accepted {
        1 => "1 customer".to_owned(),
        many => format!("{many} customers"),
    };
    let sunset = policy.sunset.as_deref();
    let sunset = sunset.map_or_else(String::new, |day| {
        format!("; the version before cannot be accepted from {day}")
    });
    format!(
        "version {} ({}), {} from {}, accepted by {customers}{sunset}\n  {}",
        policy.version, policy.name, policy.state, policy.effective, policy.hash
    )
}
