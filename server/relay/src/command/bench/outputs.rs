//! Where the figures go: a table or JSON on standard output, files.
//! Knows: one report, paths. Never knows: how anything was measured.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use partywall_load::report::{Report, picture};
use partywall_load::table::{self, Look};
use rustix::fs::{Access, access};

use crate::command::arguments::bench::Bench;
use crate::words::in_words;

/// Where the figures go. Looked at before anything is measured, so that a slip costs no minute.
pub(super) struct Outputs {
    json: Option<Json>,
    plot: Option<PathBuf>,
}

enum Json {
    StandardOutput,
    File(PathBuf),
}

impl Outputs {
    /// What was asked for, if it can be done.
    pub(super) fn of(bench: &Bench) -> anyhow::Result<Self> {
        let json = match &bench.json {
            None => None,
            Some(path) if path.as_os_str() == "-" => Some(Json::StandardOutput),
            Some(path) => Some(Json::File(writable(path)?)),
        };
        let plot = bench.plot.as_deref().map(writable).transpose()?;
        if let Some(plot) = &plot
            && plot.extension().is_none_or(|end| end != "svg")
        {
            bail!("`--plot` draws an SVG: name a file that ends in .svg");
        }
        Ok(Self { json, plot })
    }

    /// Says and writes everything.
    pub(super) fn take(&self, report: &Report) -> anyhow::Result<()> {
        match &self.json {
            Some(Json::StandardOutput) => crate::command::print_json(report)?,
            _ => crate::command::print(&said(report))?,
        }
        if let Some(Json::File(path)) = &self.json {
            let mut text = serde_json::to_string_pretty(report)?;
            text.push('\n');
            write(path, &text)?;
        }
        if let Some(path) = &self.plot {
            write(path, &picture::drawn(report))?;
        }
        Ok(())
    }
}

fn said(report: &Report) -> String {
    let look = match std::io::stdout().is_terminal() {
        true => Look::Terminal,
        false => Look::Plain,
    };
    let verdict = report.verdict.join("\n");
    format!("{}\n\n{verdict}", table::drawn(report, look))
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(path, text).map_err(|error| {
        anyhow::anyhow!(
            "cannot write {}: {}",
            path.display(),
            in_words(error.kind())
        )
    })
}

/// The path, if a file could be written there now.
fn writable(path: &Path) -> anyhow::Result<PathBuf> {
    let absolute = std::path::absolute(path).context("an output has no name")?;
    let folder = absolute.parent().unwrap_or(&absolute);
    let name = path.display();
    if absolute.is_dir() {
        bail!("cannot write {name}: it is a folder, not a file");
    }
    if !folder.is_dir() {
        bail!(
            "cannot write {name}: there is no folder {}",
            folder.display()
        );
    }
    let place = if absolute.exists() { &absolute } else { folder };
    if access(place, Access::WRITE_OK).is_err() {
        bail!("cannot write {name}: this user may not");
    }
    Ok(absolute)
}
