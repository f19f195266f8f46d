//! Everything that is written: results on standard output, for people or as JSON; the rest on standard error.
//! Knows: whether somebody looks at a terminal. Never knows: where the words come from.

use std::io::{IsTerminal, Write};

use console::Style;
use serde_json::Value;

use crate::arguments::Common;
use crate::trouble::Trouble;
use crate::words;

/// Where results and words go.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Screen {
    /// One JSON object a line on standard output, and nothing else there.
    pub(crate) json: bool,
    /// Standard output is a terminal.
    pub(crate) terminal: bool,
    /// Standard error is a terminal.
    pub(crate) error_terminal: bool,
}

impl Screen {
    /// Looks at the terminals and at what was asked for.
    pub(crate) fn new(common: &Common) -> Self {
        let screen = Self {
            json: common.json,
            terminal: std::io::stdout().is_terminal(),
            error_terminal: std::io::stderr().is_terminal(),
        };
        let asked_not_to = common.no_color
            || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        console::set_colors_enabled(screen.terminal && !asked_not_to);
        console::set_colors_enabled_stderr(screen.error_terminal && !asked_not_to);
        screen
    }

    /// Whether people look at standard output: colours, QR codes and prompts make sense.
    pub(crate) fn for_people(&self) -> bool {
        self.terminal && !self.json
    }

    /// Writes one JSON object as a line, and flushes it.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub(crate) fn object(&self, value: &Value) -> Result<(), Trouble> {
        self.raw(&words::json_line(value))
    }

    /// Writes a line for people, and flushes it.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub(crate) fn line(&self, words: &str) -> Result<(), Trouble> {
        self.raw(&format!("{words}\n"))
    }

    /// Writes the object with `--json`, the line otherwise.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub(crate) fn either(&self, value: &Value, words: &str) -> Result<(), Trouble> {
        if self.json {
            self.object(value)
        } else {
            self.line(words)
        }
    }

    /// Writes what is whole already, and flushes it.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub(crate) fn raw(&self, whole: &str) -> Result<(), Trouble> {
        let mut out = std::io::stdout().lock();
        out.write_all(whole.as_bytes())
            .and_then(|()| out.flush())
            .map_err(|error| Trouble::output(&error))
    }

    /// A remark beside the results, on standard error.
    pub(crate) fn remark(&self, words: &str) {
        self.aside(&format!(
            "{}\n",
            Style::new().for_stderr().dim().apply_to(words)
        ));
    }

    /// A remark that somebody should not overlook, on standard error.
    pub(crate) fn warning(&self, words: &str) {
        let mark = Style::new()
            .for_stderr()
            .yellow()
            .bold()
            .apply_to("warning:");
        self.aside(&format!("{mark} {words}\n"));
    }

    /// Why the command ended, on standard error.
    pub(crate) fn trouble(&self, trouble: &Trouble) {
        if trouble.what.is_empty() {
            return;
        }
        let error = Style::new().for_stderr().red().bold().apply_to("error:");
        let mut whole = format!("{error} {}\n", words::one_line(&trouble.what));
        if let Some(hint) = &trouble.hint {
            let mark = Style::new().for_stderr().cyan().apply_to("hint:");
            whole.push_str(&format!("{mark} {}\n", words::one_line(hint)));
        }
        self.aside(&whole);
    }

    fn aside(&self, whole: &str) {
        // Nobody is left to be told when standard error cannot be written.
        let _nobody_listens = std::io::stderr().write_all(whole.as_bytes());
    }
}

/// A text that stands out.
pub(crate) fn strong(words: &str) -> String {
    Style::new().bold().apply_to(words).to_string()
}

/// A text in the background.
pub(crate) fn faint(words: &str) -> String {
    Style::new().dim().apply_to(words).to_string()
}

/// A text that says that something is well.
pub(crate) fn good(words: &str) -> String {
    Style::new().green().apply_to(words).to_string()
}

/// A text that says that something is not well.
pub(crate) fn bad(words: &str) -> String {
    Style::new().red().bold().apply_to(words).to_string()
}

/// A text that asks for care.
pub(crate) fn careful(words: &str) -> String {
    Style::new().yellow().apply_to(words).to_string()
}
