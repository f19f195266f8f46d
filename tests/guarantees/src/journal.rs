//! What a full run has seen so far, so that an interrupted one goes on: a line for each row.
//! Knows: verdicts by row, of one build, depth and seed. Never knows: tests.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use crate::verdict::Verdict;

/// Open for one run; each line is on the disk before the next row begins.
#[derive(Debug)]
pub(crate) struct Journal {
    file: File,
    seen: BTreeMap<String, Verdict>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    /// Of what: builds, depth, seed.
    of: String,
    row: String,
    verdict: Verdict,
}

impl Journal {
    /// Opens the journal of a run `of` these builds, this depth and this seed. Lines of others, and a last
    /// line that was cut off, are left out.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub(crate) fn open(path: &Path, of: &str, anew: bool) -> Result<Self> {
        let page = if anew {
            String::new()
        } else {
            fs::read_to_string(path).unwrap_or_default()
        };
        let seen: BTreeMap<String, Verdict> = page
            .lines()
            .filter_map(|line| serde_json::from_str::<Line>(line).ok())
            .filter(|line| line.of == of)
            .map(|line| (line.row, line.verdict))
            .collect();
        let mut journal = Self {
            file: File::create(path)?,
            seen: BTreeMap::new(),
        };
        for (row, verdict) in seen {
            journal.keep(of, &row, &verdict)?;
        }
        Ok(journal)
    }

    /// What an earlier run saw of this row, if all was well.
    pub(crate) fn seen(&self, row: &str) -> Option<&Verdict> {
        self.seen.get(row).filter(|verdict| verdict.is_well())
    }

    /// # Errors
    /// When the line cannot be written.
    pub(crate) fn keep(&mut self, of: &str, row: &str, verdict: &Verdict) -> Result<()> {
        let line = Line {
            of: of.to_owned(),
            row: row.to_owned(),
            verdict: verdict.clone(),
        };
        writeln!(self.file, "{}", serde_json::to_string(&line)?)?;
        self.file.sync_data()?;
        self.seen.insert(row.to_owned(), line.verdict);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interrupted_run_goes_on_with_what_was_well_in_the_same_build() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let verdict = |passed| Verdict {
            passed,
            tried: 3,
            figures: Vec::new(),
            found: Some(true),
            wrong: Vec::new(),
        };
        let mut journal = Journal::open(&path, "one", false).unwrap();
        journal.keep("one", "A01", &verdict(true)).unwrap();
        journal.keep("one", "A02", &verdict(false)).unwrap();
        drop(journal);
        let mut cut = fs::read(&path).unwrap();
        cut.extend_from_slice(b"{\"of\":\"one\",\"row\":\"A0");
        fs::write(&path, cut).unwrap();

        let again = Journal::open(&path, "one", false).unwrap();
        assert_eq!(again.seen("A01").map(|seen| seen.tried), Some(3));
        assert!(again.seen("A02").is_none());
        drop(again);
        assert!(
            Journal::open(&path, "other", false)
                .unwrap()
                .seen("A01")
                .is_none()
        );
    }
}
