//! The progress bar of `send --lines`, where somebody looks at standard error.
//! Knows: numbers. Never knows: lines.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::screen::Screen;

/// A bar, or nothing at all.
#[derive(Clone)]
pub(crate) struct Bar(ProgressBar);

impl Bar {
    /// A bar on a terminal; nothing elsewhere.
    pub(crate) fn on(screen: &Screen) -> Self {
        // Somebody who types the lines sees them already.
        if !screen.error_terminal || std::io::stdin().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        let style = "{spinner} {human_pos} on the relay's disk of {human_len} taken  {elapsed}";
        bar.set_style(
            ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    /// So many were taken, and so many of them are not yet on the relay's disk.
    pub(crate) fn shows(&self, taken: usize, queued: usize) {
        self.0.set_length(taken as u64);
        self.0.set_position(taken.saturating_sub(queued) as u64);
    }

    /// Takes the bar away for as long as something else is written.
    pub(crate) fn aside(&self, write: impl FnOnce()) {
        self.0.suspend(write);
    }

    /// Takes the bar away.
    pub(crate) fn gone(&self) {
        self.0.finish_and_clear();
    }
}
