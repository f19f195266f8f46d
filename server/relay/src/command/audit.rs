//! `audit`: a sink's file against the ledger; exit code 1 when they do not agree.
//! Knows: words, a file. Never knows: what the lines say; the relay judges them.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;

use super::arguments::business::Audit;
use super::asking::{self, other_version, print_answer};
use crate::admin::words::{Answer, Counts};
use crate::words::in_words;

pub(super) fn run(audit: &Audit) -> anyhow::Result<ExitCode> {
    let file: Box<dyn Read> = if audit.sink == Path::new("-") {
        Box::new(std::io::stdin().lock())
    } else {
        let opened = File::open(&audit.sink);
        Box::new(
            opened
                .map_err(|error| in_words(error.kind()))
                .map_err(anyhow::Error::msg)
                .with_context(|| format!("cannot read {}", audit.sink.display()))?,
        )
    };
    let answer = asking::audit(&audit.place, file)?;
    let Answer::Audited {
        proven,
        extra,
        missing,
        unproven,
        counts,
    } = &answer
    else {
        return Err(other_version());
    };
    let agrees = *counts == Counts::default();
    if audit.place.json {
        print_answer(&answer)?;
    } else {
        super::print(&format!("{proven} records are what the ledger says."))?;
        for found in extra {
            super::print(&format!("line {}: {}", found.line, found.why))?;
        }
        for line in unproven {
            super::print(&format!("line {line}: proves nothing"))?;
        }
        for index in missing {
            super::print(&format!("entry {index} of the ledger: not in the file"))?;
        }
        let listed = [extra.len(), unproven.len(), missing.len()];
        let there = [counts.extra, counts.unproven, counts.missing];
        let more = there
            .iter()
            .sum::<u64>()
            .saturating_sub(listed.iter().sum::<usize>() as u64);
        if more > 0 {
            super::print(&format!(
                "{more} more are not listed: in all {} lines that should not be there, {} that prove nothing, {} entries that are not in the file",
                counts.extra, counts.unproven, counts.missing
            ))?;
        }
    }
    Ok(if agrees {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
