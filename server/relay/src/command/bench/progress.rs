//! Says on standard error what goes on and for how long, where somebody looks.
//! Knows: words, a clock on the screen. Never knows: what is measured.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// One line that moves on a terminal; nothing elsewhere.
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// Of something that takes about so long.
    pub(super) fn over(about: Duration) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let bar =
            ProgressBar::with_draw_target(Some(about.as_secs()), ProgressDrawTarget::stderr());
        let style = "{spinner} {elapsed} of about {len} s  {wide_msg}";
        bar.set_style(
            ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    /// What goes on from now on.
    pub(super) fn says(&self, words: impl Into<String>) {
        self.0.set_message(words.into());
    }

    /// Takes the line away.
    pub(super) fn gone(&self) {
        self.0.finish_and_clear();
    }
}
