//! Answers what an operator asks about policies and reports, and compares a sink's file with the ledger.
//! Knows: tables, what customers opened of their own accord, a file's lines. Never knows: who accepted or reported; sealed messages.

use std::io::BufRead;

use partywall_business::content::{Content, What};
use partywall_business::frank::Speaker;
use partywall_business::request::Report;
use partywall_business::sentence::Names;
use partywall_business::table::{Table, UnverifiedTable};
use partywall_business_plane::policy::{self, Publication};
use partywall_business_plane::{AuditReport, ReportSummary};
use partywall_proof::PublicKey;
use partywall_world::Wall;

use super::business::BusinessOffice;
use super::dates::moment;
use super::words::{Answer, Counts, Finding, PolicyLine, ReportLine};

/// How a business is called in a sentence that is about no particular one.
const ANY_BUSINESS: &str = "A business";

impl BusinessOffice {
    pub(super) async fn policies(&self, now: Wall) -> Result<Answer, String> {
        let lines = self.plane()?.policies().await;
        let lines = lines.map_err(|error| error.to_string())?;
        let mut found_current = false;
        let policies = lines.into_iter().map(|line| PolicyLine {
            state: if line.effective.value() > now.seconds() {
                "announced".into()
            } else if std::mem::replace(&mut found_current, true) {
                "past".into()
            } else {
                "current".into()
            },
            version: line.version,
            name: line.name,
            hash: hex::encode(line.hash.as_bytes()),
            effective: moment(line.effective.value()).unwrap_or_default(),
            sunset: line.sunset.and_then(|sunset| moment(sunset.value())),
            accepted: line.accepted,
        });
        Ok(Answer::Policies {
            policies: policies.collect(),
        })
    }

    pub(super) async fn table(&self, version: Option<u32>) -> Result<Answer, String> {
        let lines = self.plane()?.policies().await;
        let lines = lines.map_err(|error| error.to_string())?;
        let signed = self.plane()?.table(version).await;
        let signed = signed.map_err(|error| error.to_string())?.ok_or_else(|| {
            let newest = lines.first().map_or(0, |line| line.version);
            format!(
                "no such version is published; `policy status` shows them (the newest is {newest})"
            )
        })?;
        Ok(Answer::Table {
            signed: hex::encode(signed),
            key: hex::encode(self.key.as_bytes()),
        })
    }

    pub(super) async fn publish(&self, text: &str) -> Result<Answer, String> {
        let compiled = policy::compile(text).map_err(|errors| {
            let first = errors.first().map(ToString::to_string);
            first.unwrap_or_else(|| "the policy cannot be used; `policy check` says why".into())
        })?;
        let published = self.plane()?.publish(compiled).await;
        let published = published.map_err(|error| error.to_string())?;
        let new = published.publication != Publication::Unchanged;
        let changes = match published.publication {
            Publication::Next(difference) => {
                let table = self.signed(published.version).await?;
                difference.sentences(Names::of(ANY_BUSINESS, &table))
            }
            Publication::First | Publication::Unchanged => Vec::new(),
        };
        Ok(Answer::Published {
            version: published.version,
            hash: hex::encode(published.hash.as_bytes()),
            new,
            changes,
        })
    }

    async fn signed(&self, version: u32) -> Result<Table, String> {
        let bytes = self.plane()?.table(Some(version)).await;
        let bytes = bytes.map_err(|error| error.to_string())?;
        let table = bytes.and_then(|bytes| {
            let key = PublicKey::from_bytes(self.key.as_bytes()).ok()?;
            UnverifiedTable::decode(&bytes).ok()?.verify(&key).ok()
        });
        table.ok_or_else(|| {
            "the table was published, and cannot be read back; look at the log".into()
        })
    }

    pub(super) async fn reports(&self) -> Result<Answer, String> {
        let reports = self.plane()?.reports().await;
        let reports = reports.map_err(|error| error.to_string())?;
        Ok(Answer::Reports {
            reports: reports.iter().map(report).collect(),
        })
    }

    pub(super) async fn audit(
        &self,
        lines: impl BufRead + Send + 'static,
    ) -> Result<Answer, String> {
        let report = self.plane()?.audit(lines).await;
        Ok(audited(report.map_err(|error| error.to_string())?))
    }
}

fn audited(report: AuditReport) -> Answer {
    let finding = |found: &partywall_business_plane::Finding| Finding {
        line: found.line,
        why: found.why.to_string(),
    };
    Answer::Audited {
        proven: report.proven,
        extra: report.extra.iter().map(finding).collect(),
        missing: report.missing.iter().map(|index| index.value()).collect(),
        unproven: report.unproven,
        counts: Counts {
            extra: report.counts.extra,
            missing: report.counts.missing,
            unproven: report.counts.unproven,
        },
    }
}

fn report(summary: &ReportSummary) -> ReportLine {
    ReportLine {
        business: hex::encode(summary.business.as_bytes()),
        domain: summary
            .domain
            .as_ref()
            .map(|domain| domain.as_str().to_owned()),
        at: moment(summary.at.value()).unwrap_or_default(),
        reason: summary.report.why.word().to_owned(),
        message: opened(&summary.report),
    }
}

/// The words of a message that a customer opened; for anything else, what kind of thing it is.
fn opened(report: &Report) -> String {
    let content = Content::open(report.content.as_bytes(), &report.clear, Speaker::Business);
    let Ok(content) = content else {
        return "(cannot be shown)".into();
    };
    match content.what {
        What::Text(words)
        | What::Buttons(words, _)
        | What::List(words, _)
        | What::Products(words, _)
        | What::AskLocation(words)
        | What::HandOff(_, Some(words)) => words.as_str().to_owned(),
        What::Template(id, version, _) => format!(
            "(template {} version {})",
            hex::encode(id.as_bytes()),
            version.value()
        ),
        _ => "(no words)".into(),
    }
}
