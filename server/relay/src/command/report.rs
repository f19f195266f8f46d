//! `report`: what customers reported.
//! Knows: words. Never knows: who reported.

use std::process::ExitCode;

use super::arguments::business::{Report, ReportCommand};
use super::asking::{ask_business, other_version, print_answer};
use crate::admin::words::{Answer, BusinessAsk};

pub(super) fn run(report: &Report) -> anyhow::Result<ExitCode> {
    let ReportCommand::List = report.command;
    let answer = ask_business(&report.place, BusinessAsk::Reports)?;
    if report.place.json {
        print_answer(&answer)?;
        return Ok(ExitCode::SUCCESS);
    }
    let Answer::Reports { reports } = answer else {
        return Err(other_version());
    };
    if reports.is_empty() {
        super::print("Nobody reported anything.")?;
    }
    for report in reports {
        let whom = report.domain.unwrap_or(report.business);
        let message = super::on_one_line(&report.message);
        super::print(&format!(
            "{}  {whom}  {}: {message}",
            report.at, report.reason
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}
