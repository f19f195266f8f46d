//! What is wrong with a policy file, and where: for the operator. (SPEC §12.3)
//! Knows: lines and columns. Never knows: how the file is read.

/// Where in the file: both from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Which line.
    pub line: usize,
    /// Which character of it.
    pub column: usize,
}

/// One thing that is wrong, in one sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("line {}, column {}: {sentence}", place.line, place.column)]
pub struct PolicyError {
    /// Where.
    pub place: Place,
    /// What, and what to do.
    pub sentence: String,
}

/// One thing that may be meant otherwise.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Warning {
    /// Where.
    pub place: Place,
    /// What it is.
    pub sentence: String,
}

/// As an error, and named a warning.
impl std::fmt::Display for Warning {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Place { line, column } = self.place;
        write!(
            formatter,
            "line {line}, column {column}: warning: {}",
            self.sentence
        )
    }
}

impl Place {
    /// The place of a byte of a text; the end, if the text is shorter.
    pub(super) fn of(text: &str, byte: usize) -> Self {
        let before = text.get(..byte).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}
