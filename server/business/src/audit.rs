//! Compares what a sink has with what the ledger says it was told. (SPEC §14)
//! Knows: a sink's file, line by line, and this relay's ledger. Never changes anything.

mod line;
mod plane;
mod told;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, Read};

use partywall_business::id::RecordKey;
use partywall_business::ledger::{
    Checkpoint, Entry, Index, Operator, TILE, UnverifiedCheckpoint, Width,
};
use partywall_store::StoreError;
use partywall_store::sql::{Connection, OptionalExtension, params, params_from_iter};

use self::line::{Claimed, Line};
use crate::clock::RelayTime;
use crate::{book, ledger};

/// Bytes of the longest line that is read.
const LONGEST: u64 = 64 * 1_024;

/// Findings of one kind that are listed; further ones are only counted.
const LISTED: usize = 1_000;

/// Proven checkpoints that are remembered at a time.
const NOTES: usize = 1_000;

/// What came of it. Lines are counted from 1. Of each kind of finding the first 1,000 are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditReport {
    /// Records that the ledger has, word for word, with a proof that holds.
    pub proven: u64,
    /// Records that the sink should not have.
    pub extra: Vec<Finding>,
    /// Entries of records that the sink took, may still keep, and does not have.
    pub missing: Vec<Index>,
    /// Lines that prove nothing.
    pub unproven: Vec<u64>,
    /// How many findings there are, listed or not.
    pub counts: Counts,
}

/// How many findings of each kind there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Records that the sink should not have.
    pub extra: u64,
    /// Records that it should have.
    pub missing: u64,
    /// Lines that prove nothing.
    pub unproven: u64,
}

impl AuditReport {
    fn extra(&mut self, line: u64, why: Extra) {
        listed(&mut self.extra, Finding { line, why });
        self.counts.extra += 1;
    }

    fn missing(&mut self, entry: Index) {
        listed(&mut self.missing, entry);
        self.counts.missing += 1;
    }

    fn unproven(&mut self, line: u64) {
        listed(&mut self.unproven, line);
        self.counts.unproven += 1;
    }
}

fn listed<T>(list: &mut Vec<T>, found: T) {
    if list.len() < LISTED {
        list.push(found);
    }
}

/// A line that should not be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which line.
    pub line: u64,
    /// What is the matter with it.
    pub why: Extra,
}

/// Why a sink should not have a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Extra {
    /// The ledger has another entry in this place, or none.
    #[error("the ledger has no such entry")]
    NotInTheLedger,
    /// What is readable is not what the ledger's entry says.
    #[error("the line says something else than its entry in the ledger")]
    SaysSomethingElse,
    /// It stands there twice.
    #[error("the record stands in the file before")]
    Twice,
    /// The exporter said that it never left.
    #[error("the batch was closed as never sent")]
    Void,
}

/// Reads a sink's file and judges each line.
///
/// # Errors
/// When the file or the database cannot be read.
pub(crate) fn audit(
    connection: &Connection,
    operator: &Operator,
    now: RelayTime,
    lines: impl BufRead,
) -> Result<AuditReport, AuditError> {
    let mut audit = Audit {
        connection,
        operator,
        notes: BTreeMap::new(),
        bundle: None,
        seen: BTreeSet::new(),
        retracted: BTreeSet::new(),
        sinks: BTreeSet::new(),
        report: AuditReport::default(),
    };
    let mut lines = lines;
    let mut number = 0;
    while let Some(text) = next_line(&mut lines)? {
        number += 1;
        if !text.trim_ascii().is_empty() {
            audit.line(number, &text)?;
        }
    }
    audit.look_for_missing(now)?;
    Ok(audit.report)
}

/// The comparison could not be made.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The sink's file.
    #[error("the file cannot be read; look at its path and permissions")]
    File(#[from] io::Error),
    /// The relay's database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

struct Audit<'a> {
    connection: &'a Connection,
    operator: &'a Operator,
    /// Checkpoints that were looked at and are of this ledger.
    notes: BTreeMap<Vec<u8>, Checkpoint>,
    bundle: Option<(u64, Vec<Entry>)>,
    seen: BTreeSet<RecordKey>,
    retracted: BTreeSet<RecordKey>,
    sinks: BTreeSet<String>,
    report: AuditReport,
}

impl Audit<'_> {
    fn line(&mut self, number: u64, text: &[u8]) -> Result<(), AuditError> {
        let line = std::str::from_utf8(text).map_or(Line::Other, Line::read);
        let claimed = match line {
            Line::Record(claimed) => claimed,
            Line::Retraction(record) => {
                self.retracted.insert(record);
                return Ok(());
            }
            Line::Other => {
                self.report.unproven(number);
                return Ok(());
            }
        };
        match self.judge(&claimed)? {
            Verdict::Proven => {
                self.seen.insert(claimed.told.key);
                self.report.proven += 1;
            }
            Verdict::Unproven => self.report.unproven(number),
            Verdict::Extra(why) => self.report.extra(number, why),
        }
        Ok(())
    }

    fn judge(&mut self, claimed: &Claimed) -> Result<Verdict, AuditError> {
        let entry = claimed.opening.entry();
        if self.entry(claimed.opening.index)? != Some(entry) {
            return Ok(Verdict::Extra(Extra::NotInTheLedger));
        }
        let Some(checkpoint) = self.checkpoint(&claimed.note)? else {
            return Ok(Verdict::Unproven);
        };
        let inclusion = claimed.inclusion(checkpoint.size());
        let leaf = partywall_business::ledger::Hash::leaf(&entry);
        if inclusion.verify(leaf, checkpoint.root()).is_err() {
            return Ok(Verdict::Unproven);
        }
        if !claimed.agrees {
            return Ok(Verdict::Extra(Extra::SaysSomethingElse));
        }
        if self.seen.contains(&claimed.told.key) {
            return Ok(Verdict::Extra(Extra::Twice));
        }
        if self.outcome(claimed)? == Some(2) {
            return Ok(Verdict::Extra(Extra::Void));
        }
        Ok(Verdict::Proven)
    }

    /// The entry at a place, read with its bundle.
    fn entry(&mut self, index: Index) -> Result<Option<Entry>, StoreError> {
        let (bundle, within) = (index.value() / TILE, index.value() % TILE);
        if self
            .bundle
            .as_ref()
            .is_none_or(|(known, _)| *known != bundle)
        {
            let size = ledger::size(self.connection).map_err(book::fault)?.value();
            let there = size.saturating_sub(bundle.saturating_mul(TILE)).min(TILE);
            let width = u16::try_from(there).ok().and_then(Width::new);
            let entries = match width {
                Some(width) => {
                    ledger::entries(self.connection, bundle, width).map_err(book::fault)?
                }
                None => None,
            };
            self.bundle = Some((bundle, entries.unwrap_or_default()));
        }
        let within = usize::try_from(within).unwrap_or(usize::MAX);
        let entries = self.bundle.as_ref().map(|(_, entries)| entries);
        Ok(entries.and_then(|entries| entries.get(within)).copied())
    }

    /// A checkpoint of this ledger: signed, and what the ledger grew out of.
    fn checkpoint(
        &mut self,
        note: &UnverifiedCheckpoint,
    ) -> Result<Option<Checkpoint>, StoreError> {
        if let Some(known) = self.notes.get(note.as_bytes()) {
            return Ok(Some(known.clone()));
        }
        let ours = match note.clone().verify(self.operator) {
            Ok(checkpoint) => self.is_ours(&checkpoint)?.then_some(checkpoint),
            Err(_) => None,
        };
        if let Some(ours) = &ours {
            if self.notes.len() >= NOTES {
                self.notes.clear();
            }
            self.notes.insert(note.as_bytes().to_vec(), ours.clone());
        }
        Ok(ours)
    }

    fn is_ours(&self, checkpoint: &Checkpoint) -> Result<bool, StoreError> {
        let head = ledger::head(self.connection).map_err(book::fault)?;
        if checkpoint.size() > head.size {
            return Ok(false);
        }
        let grown = ledger::consistency(self.connection, checkpoint.size(), head.size)
            .map_err(book::fault)?;
        Ok(grown.verify(checkpoint.root(), &head.root).is_ok())
    }

    /// What became of the record in this batch, as far as it is still kept.
    fn outcome(&mut self, claimed: &Claimed) -> Result<Option<u8>, StoreError> {
        let found: Option<(u8, Option<String>)> = self
            .connection
            .prepare_cached(
                "SELECT outcome, sink FROM disclosures WHERE entry = ?1 AND batch = ?2",
            )?
            .query_row(
                params![
                    claimed.opening.index.value().cast_signed(),
                    claimed.batch.as_bytes()
                ],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        let Some((outcome, sink)) = found else {
            return Ok(None);
        };
        self.sinks.extend(sink);
        Ok(Some(outcome))
    }

    /// What the sinks of this file took and may still keep; of every sink, if the file names none.
    fn look_for_missing(&mut self, now: RelayTime) -> Result<(), StoreError> {
        let marks = vec!["?"; self.sinks.len()].join(", ");
        let of_sinks = if self.sinks.is_empty() {
            "sink IS NOT NULL".to_owned()
        } else {
            format!("sink IN ({marks})")
        };
        let mut select = self.connection.prepare(&format!(
            "SELECT entry, record, made, keep_days FROM disclosures
             WHERE outcome = 1 AND {of_sinks} ORDER BY entry"
        ))?;
        let mut rows = select.query(params_from_iter(&self.sinks))?;
        while let Some(row) = rows.next()? {
            let record = RecordKey::new(row.get(1)?);
            let made = RelayTime::read(row.get(2)?);
            let keep: u64 = row.get::<_, i64>(3)?.unsigned_abs();
            let may_be_gone = now.seconds() >= made.seconds().saturating_add(keep * 86_400)
                || self.retracted.contains(&record);
            if !may_be_gone && !self.seen.contains(&record) {
                let entry: i64 = row.get(0)?;
                self.report.missing(Index::new(entry.unsigned_abs()));
            }
        }
        Ok(())
    }
}

enum Verdict {
    Proven,
    Unproven,
    Extra(Extra),
}

/// The next line without its end; of an overlong one, its beginning, which is no JSON.
fn next_line(lines: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    if lines.by_ref().take(LONGEST).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    if line.last() != Some(&b'\n') && line.len() as u64 == LONGEST {
        lines.skip_until(b'\n')?;
    }
    Ok(Some(line))
}
