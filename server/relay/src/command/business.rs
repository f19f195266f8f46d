//! `business`: lists businesses, and carries the operator's decisions about them.
//! Knows: words. Never knows: customers.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;

use super::arguments::Place;
use super::arguments::business::{Business, BusinessCommand};
use super::asking::{ask_business, other_version, print_answer};
use super::{on_one_line, well_known};
use crate::admin::words::{Answer, BusinessAsk, BusinessLine, Evidence, FactsLine};

pub(super) fn run(business: Business) -> anyhow::Result<ExitCode> {
    let place = business.place;
    let question = match business.command {
        BusinessCommand::List => BusinessAsk::List,
        BusinessCommand::Verify {
            business,
            evidence: Some(text),
            ..
        } => {
            let (_, asked) = asking(&place, &business)?;
            BusinessAsk::Verify {
                business,
                shown: asked.print,
                evidence: Evidence::Text(text),
            }
        }
        BusinessCommand::Verify { business, ca, .. } => proven(&place, &business, ca)?,
        BusinessCommand::Suspend {
            business,
            reason,
            until,
        } => BusinessAsk::Suspend {
            business,
            reason,
            until,
        },
        BusinessCommand::Unsuspend { business } => BusinessAsk::Unsuspend { business },
        BusinessCommand::Revoke { business, reason } => BusinessAsk::Revoke { business, reason },
    };
    let answer = ask_business(&place, question)?;
    if place.json {
        print_answer(&answer)?;
        return Ok(ExitCode::SUCCESS);
    }
    match answer {
        Answer::Businesses { businesses } if businesses.is_empty() => {
            super::print("No business has asked yet. Give the business link to one that should.")?;
        }
        Answer::Businesses { businesses } => {
            for business in businesses {
                super::print(&block(&business))?;
            }
        }
        Answer::Done { done, to } => super::print(&format!("{to} is {done}."))?,
        _ => return Err(other_version()),
    }
    Ok(ExitCode::SUCCESS)
}

/// What a business asks to be, as it waits now: this and nothing else is verified then.
fn asking(place: &Place, named: &str) -> anyhow::Result<(BusinessLine, FactsLine)> {
    let Answer::Businesses { businesses } = ask_business(place, BusinessAsk::List)? else {
        return Err(other_version());
    };
    let named = named.to_ascii_lowercase();
    let of = |facts: &Option<FactsLine>| facts.as_ref().is_some_and(|facts| facts.domain == named);
    // As the relay resolves a domain: the verified business, or else the only one that asks for it.
    let verified = businesses.iter().any(|line| of(&line.verified));
    let mut found = businesses
        .into_iter()
        .filter(|line| line.id == named || of(&line.verified) || (!verified && of(&line.asked)));
    let (Some(line), None) = (found.next(), found.next()) else {
        bail!(
            "there is not exactly one business that asks to be verified as {named}; name it by its id, as `business list` shows it"
        );
    };
    let Some(asked) = line.asked.clone() else {
        bail!("this business asked for nothing that could be verified; it has to enrol first");
    };
    Ok((line, asked))
}

/// Looks at the well-known page of the domain that the business asked for. (SPEC B-10)
fn proven(place: &Place, named: &str, ca: Option<PathBuf>) -> anyhow::Result<BusinessAsk> {
    let (line, asked) = asking(place, named)?;
    let ca = ca.or(super::gather_at(place)?.settings.business.well_known_ca);
    let body = well_known::proof(&asked.domain, &line.well_known, ca)?;
    Ok(BusinessAsk::Verify {
        business: line.id,
        shown: asked.print,
        evidence: Evidence::WellKnown(body),
    })
}

fn block(line: &BusinessLine) -> String {
    let mut first = format!("{}  {}", line.id, line.standing);
    if let Some(reason) = &line.reason {
        first.push_str(&format!(" ({reason})"));
    }
    if let Some(until) = &line.until {
        first.push_str(&format!(" until {until}"));
    }
    let mut lines = vec![first];
    lines.extend(line.verified.as_ref().map(|facts| said("verified", facts)));
    if let Some(asked) = &line.asked {
        lines.push(said("asks", asked));
        lines.push(format!(
            "            its proof: https://{}{} has to say {}",
            asked.domain,
            well_known::PATH,
            line.well_known
        ));
    }
    lines.join("\n")
}

fn said(what: &str, facts: &FactsLine) -> String {
    format!(
        "  {what:<8}  {} ({}), {}, hosted by {}",
        on_one_line(&facts.name),
        facts.domain,
        facts.industry,
        match facts.hosting.as_str() {
            "self" => "itself".to_owned(),
            hosting => on_one_line(hosting),
        }
    )
}
