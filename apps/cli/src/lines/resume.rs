//! Is this the input of the run that was interrupted?
//! Knows: the record, and the first lines of the input. Never knows: what becomes of them.

use super::reading::Line;
use super::record::Record;

/// An input that has been equal to the interrupted one so far; its lines are held back until that
/// is settled, at most [`super::record::HEAD`] of them.
pub(crate) struct Comparing {
    record: Record,
    held: Vec<Line>,
}

/// What a line brought.
pub(crate) enum Verdict {
    /// Still equal, and more to compare.
    Open(Comparing),
    /// The same input: go on with the run. These lines come first.
    Same(Record, Vec<Line>),
    /// Another input: a run of its own. These lines come first.
    Another(Vec<Line>),
}

impl Comparing {
    /// Nothing read yet.
    pub(crate) fn with(record: Record) -> Self {
        let held = Vec::with_capacity(record.head.len());
        Self { record, held }
    }

    /// Looks at the next line.
    pub(crate) fn next(mut self, line: Line) -> Verdict {
        let known = self.record.head.get(self.held.len()).copied();
        let same = known == Some(self.record.run.digest(&line.text));
        self.held.push(line);
        if !same {
            Verdict::Another(self.held)
        } else if self.held.len() == self.record.head.len() {
            Verdict::Same(self.record, self.held)
        } else {
            Verdict::Open(self)
        }
    }

    /// The input ended before it was settled: it is shorter, so it is another.
    pub(crate) fn ended(self) -> Vec<Line> {
        self.held
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::super::record::RunId;
    use super::*;

    fn record(lines: &[&str]) -> Record {
        let run = RunId([3; 16]);
        let head = lines.iter().map(|line| run.digest(line)).collect();
        Record { run, head }
    }

    fn compared(record: Record, lines: &[&str]) -> (&'static str, usize) {
        let mut comparing = Comparing::with(record);
        for (number, text) in (1..).zip(lines) {
            let text = Zeroizing::new((*text).to_owned());
            match comparing.next(Line { number, text }) {
                Verdict::Open(open) => comparing = open,
                Verdict::Same(_, held) => return ("same", held.len()),
                Verdict::Another(held) => return ("another", held.len()),
            }
        }
        ("ended", comparing.ended().len())
    }

    #[test]
    fn the_same_beginning_is_the_same_input() {
        assert_eq!(compared(record(&["a", "b"]), &["a", "b", "c"]), ("same", 2));
    }

    #[test]
    fn the_first_other_line_makes_it_another_input_and_no_line_is_lost() {
        assert_eq!(compared(record(&["a", "b"]), &["x", "b"]), ("another", 1));
        assert_eq!(compared(record(&["a", "b"]), &["a", "x"]), ("another", 2));
        assert_eq!(compared(record(&["a", "b"]), &["a"]), ("ended", 1));
    }
}
