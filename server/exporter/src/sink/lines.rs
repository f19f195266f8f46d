//! The lines of one parcel, as they stand in a file.
//! Knows: where each ends, and how each begins. Never knows: files.

use serde::Serialize;

/// Lines, each with its newline.
pub(crate) struct Lines {
    bytes: Vec<u8>,
    /// Behind which byte each line ends.
    ends: Vec<usize>,
    beginning: Vec<u8>,
}

impl Lines {
    /// None yet. All of them, and no line of another parcel, will begin with `beginning`.
    pub(crate) const fn beginning(beginning: Vec<u8>) -> Self {
        Self {
            bytes: Vec::new(),
            ends: Vec::new(),
            beginning,
        }
    }

    /// One more line.
    pub(crate) fn push(&mut self, line: &impl Serialize) {
        let start = self.bytes.len();
        serde_json::to_writer(&mut self.bytes, line).expect("text, numbers and lists become JSON");
        self.bytes.push(b'\n');
        debug_assert!(self.bytes[start..].starts_with(&self.beginning));
        self.ends.push(self.bytes.len());
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether a line is one of a parcel with this name.
    pub(crate) fn are_begun_by(&self, line: &[u8]) -> bool {
        line.starts_with(&self.beginning)
    }

    /// How many bytes of the first lines stand there already, whole line by whole line.
    pub(crate) fn already(&self, there: &[u8]) -> usize {
        let mut already = 0;
        for &end in &self.ends {
            if there.get(already..end) != Some(&self.bytes[already..end]) {
                break;
            }
            already = end;
        }
        already
    }
}
