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
    /// By what it is of, and by row.
    seen: BTreeMap<(String, String), Verdict>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    /// Of what: the row's programs in both builds, depth, seed.
    of: String,
    row: String,
    verdict: Verdict,
}

impl Journal {
    /// Opens the journal, or begins it anew. A last line that was cut off is left out.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub(crate) fn open(path: &Path, anew: bool) -> Result<Self> {
        let page = if anew {
            String::new()
        } else {
            fs::read_to_string(path).unwrap_or_default()
        };
        let mut journal = Self {
            file: File::create(path)?,
            seen: BTreeMap::new(),
        };
        for line in page.lines() {
            if let Ok(line) = serde_json::from_str::<Line>(line) {
                journal.keep(&line.of, &line.row, &line.verdict)?;
            }
        }
        Ok(journal)
    }

    /// What an earlier run saw of this row in this state of its programs, if all was well.
    pub(crate) fn seen(&self, of: &str, row: &str) -> Option<&Verdict> {
        let known = self.seen.get(&(of.to_owned(), row.to_owned()));
        known.filter(|verdict| verdict.is_well())
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
        self.seen.insert((line.of, line.row), line.verdict);
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
        let mut journal = Journal::open(&path, false).unwrap();
        journal.keep("one", "A01", &verdict(true)).unwrap();
        journal.keep("one", "A02", &verdict(false)).unwrap();
        drop(journal);
        let mut cut = fs::read(&path).unwrap();
        cut.extend_from_slice(b"{\"of\":\"one\",\"row\":\"A0");
        fs::write(&path, cut).unwrap();

        let again = Journal::open(&path, false).unwrap();
        assert_eq!(again.seen("one", "A01").map(|seen| seen.tried), Some(3));
        assert!(again.seen("one", "A02").is_none());
        assert!(again.seen("other", "A01").is_none());
    }
}
