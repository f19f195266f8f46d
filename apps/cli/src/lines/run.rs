//! A run: lines in their places, each with its key; and what must be kept before they are said.
//! Knows: places, keys, the record. Never knows: where the record is kept.

use zeroize::Zeroizing;

use super::reading::Line;
use super::record::{HEAD, Record, RunId};

/// A line with the key under which it is said once.
pub(crate) type Keyed = ([u8; 32], Zeroizing<String>);

/// A run under way.
pub(crate) struct Run {
    record: Record,
    place: u64,
    named: bool,
}

impl Run {
    /// A run of its own.
    pub(crate) fn fresh(id: RunId) -> Self {
        let head = Vec::new();
        Self {
            record: Record { run: id, head },
            place: 0,
            named: false,
        }
    }

    /// A run that was interrupted, from its first line.
    pub(crate) fn again(record: Record) -> Self {
        Self {
            record,
            place: 0,
            named: false,
        }
    }

    /// A run that the person named: it leaves no record, because its name is enough.
    pub(crate) fn named(name: &str) -> Self {
        Self {
            named: true,
            ..Self::fresh(RunId::named(name))
        }
    }

    /// Gives these lines their keys. With them, the record to be kept before they are said, if it
    /// has changed.
    pub(crate) fn next(&mut self, lines: Vec<Line>) -> (Option<Record>, Vec<Keyed>) {
        let mut grown = false;
        let mut keyed = Vec::with_capacity(lines.len());
        for line in lines {
            if self.record.head.len() < HEAD && self.place == self.record.head.len() as u64 {
                self.record.head.push(self.record.run.digest(&line.text));
                grown = true;
            }
            keyed.push((self.record.run.key(self.place, &line.text), line.text));
            self.place += 1;
        }
        let kept = (grown && !self.named).then(|| self.record.clone());
        (kept, keyed)
    }

    /// Whether a record was left that must go when the run is complete.
    pub(crate) fn leaves_a_record(&self) -> bool {
        !self.named && self.place > 0
    }
}
