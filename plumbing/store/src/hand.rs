//! The hand that moves a writer without a thread, whatever it writes.
//! Knows: one writer. Never knows: its rows, nor who moves it.

use crate::{Committer, Inline, StoreError};

/// Steps a writer that [`crate::Writer::by_hand`] made. Dropping it refuses what waits.
pub struct Hand {
    work: Box<dyn FnMut() -> Result<usize, StoreError> + Send>,
}

impl Hand {
    pub(crate) fn of<C: Committer>(mut writer: Inline<C>) -> Self {
        let work = move || {
            let mut written = 0;
            loop {
                match writer.step()? {
                    0 => break,
                    more => written += more,
                }
            }
            if written > 0 {
                writer.tidy()?;
            }
            Ok(written)
        };
        Self {
            work: Box::new(work),
        }
    }

    /// Commits and answers everything that waits, then tidies. Returns how many writes there were.
    ///
    /// # Errors
    /// As [`Inline::step`] and [`Inline::tidy`].
    pub fn work(&mut self) -> Result<usize, StoreError> {
        (self.work)()
    }
}

/// The type's name and nothing of what it holds.
impl std::fmt::Debug for Hand {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Hand")
    }
}
