//! `config check`: everything that starting would need, without starting.
//! Knows: the configuration. Never knows: whether sinks and relay answer; nobody is asked.

use std::path::Path;

use partywall_world::Dice;
use serde_json::json;

use crate::Exporter;
use crate::config::{Settings, Way};

pub(super) fn run(file: &Path, json: bool) -> anyhow::Result<()> {
    let settings = Settings::read(file)?;
    Exporter::open(&settings, Dice::from_os()?)?;
    let kind = |way: &Way| match way {
        Way::File { .. } => "file",
        Way::Webhook { .. } => "webhook",
    };
    if json {
        let sinks = settings.sinks.iter().map(|sink| {
            json!({"name": sink.name, "recipient": sink.recipient.word(), "kind": kind(&sink.way),
                   "attempt_timeout_seconds": sink.attempt_timeout.as_secs()})
        });
        return super::print(&json!({"ok": true, "sinks": sinks.collect::<Vec<_>>()}).to_string());
    }
    let lines = settings.sinks.iter().map(|sink| {
        let timeout = humantime::format_duration(sink.attempt_timeout);
        format!(
            "{}: a {} for {}, {timeout} for an attempt",
            sink.name,
            kind(&sink.way),
            sink.recipient
        )
    });
    super::print(&lines.collect::<Vec<_>>().join("\n"))
}
