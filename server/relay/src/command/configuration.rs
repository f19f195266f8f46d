//! `config`: writes the commented file, checks and shows what is in force.
//! Knows: the knobs and their origins. Never knows: a running relay.

use std::process::ExitCode;

use anyhow::bail;
use serde_json::json;

use super::arguments::{ConfigCommand, Place, Serve};
use crate::config::kind::Value;
use crate::config::settings::{Admission, Tls};
use crate::config::{Configuration, FILE_NAME, InForce, template};
use crate::identity::{certificate, tls};
use crate::private;

pub(super) fn run(command: &ConfigCommand) -> anyhow::Result<ExitCode> {
    match command {
        ConfigCommand::Init { place } => init(place),
        ConfigCommand::Check(serve) => check(serve),
        ConfigCommand::Show(serve) => show(serve),
    }
}

fn init(place: &Place) -> anyhow::Result<ExitCode> {
    let folder = match (&place.config, &place.data) {
        (Some(_), _) => None,
        (None, Some(data)) => Some(data.into()),
        (None, None) => Some(super::gather_at(place)?.settings.data),
    };
    let file = match (&place.config, &folder) {
        (Some(file), _) => file.clone(),
        (None, folder) => folder.clone().unwrap_or_default().join(FILE_NAME),
    };
    if file.exists() {
        bail!(
            "{} is there already; move it away first, or name another with `--config FILE`",
            file.display()
        );
    }
    if let Some(folder) = &folder {
        private::make_folder(folder)?;
    }
    private::write(&file, template::text().as_bytes())?;
    if place.json {
        super::print_json(&json!({ "file": file }))?;
    } else {
        super::print(&format!(
            "Wrote {}. Everything in it is commented out and explained; nothing has changed yet.",
            file.display()
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn check(serve: &Serve) -> anyhow::Result<ExitCode> {
    let found = super::gather_for(serve)?;
    for served in [&found.settings.tls, &found.settings.business.tls] {
        if let Tls::Files { certificate, key } = served {
            certificate::from_files(certificate, key, &tls::provider())?;
        }
    }
    if serve.json {
        let knobs: Vec<_> = found
            .in_force
            .iter()
            .map(|one| json!({ "name": one.knob.name, "value": value(one), "origin": one.origin.to_string() }))
            .collect();
        super::print_json(
            &json!({ "file": found.file, "knobs": knobs, "unknown_variables": found.strangers }),
        )?;
    } else {
        super::print(&table(&found))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn table(found: &Configuration) -> String {
    let mut lines = vec![match &found.file {
        Some(file) => format!("# read from {}", file.display()),
        None => "# no file was read; `partywall-relay config init` writes one".into(),
    }];
    for one in &found.in_force {
        let value = one.text.as_deref().unwrap_or("(not set)");
        lines.push(format!("{:<26} {value:<24} {}", one.knob.name, one.origin));
    }
    let admission = match found.settings.admission {
        Admission::Open => "open: everybody may make mailboxes",
        Admission::Pass => "pass: making mailboxes needs a pass",
    };
    lines.push(format!("# admission comes to {admission}"));
    if let Some(authority) = found.settings.authority(found.settings.peer) {
        lines.push(format!(
            "# links will begin with https://{}/",
            authority.in_link()
        ));
    }
    let business = found.settings.business.address;
    if let Some(authority) = found.settings.business_authority(business) {
        lines.push(format!(
            "# business links will begin with https://{}/, and the ledger is named {}",
            authority.in_link(),
            authority.as_str()
        ));
    }
    lines.extend(
        found
            .strangers
            .iter()
            .map(|name| format!("# {name} begins like ours, is none of ours, and changes nothing")),
    );
    lines.join("\n")
}

fn show(serve: &Serve) -> anyhow::Result<ExitCode> {
    let found = super::gather_for(serve)?;
    if serve.json {
        let values: serde_json::Map<_, _> = found
            .in_force
            .iter()
            .map(|one| (one.knob.name.to_owned(), value(one)))
            .collect();
        super::print_json(&values)?;
    } else {
        let lines: Vec<_> = found.in_force.iter().map(assignment).collect();
        super::print(&lines.join("\n"))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// For scripts: a count or a size (in bytes) is a number, everything else is text.
fn value(one: &InForce) -> serde_json::Value {
    let Some(text) = &one.text else {
        return serde_json::Value::Null;
    };
    match one.knob.kind.read(text) {
        Ok(Value::Number(number)) => json!(number),
        _ => json!(text),
    }
}

fn assignment(one: &InForce) -> String {
    match &one.text {
        None => format!("#{} = \"\"", one.knob.name),
        Some(text) if one.knob.kind.is_bare_number() => format!("{} = {text}", one.knob.name),
        Some(text) => format!("{} = {}", one.knob.name, toml::Value::String(text.clone())),
    }
}
