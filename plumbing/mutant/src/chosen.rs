//! Which row is broken: said once, in the environment, when the process starts.

use std::sync::{Once, OnceLock};

/// Names the row that is broken.
const ROW: &str = "PARTYWALL_MUTANT";
/// A file that is made when the broken line is reached: a test that fails without reaching it proves nothing.
const REACHED: &str = "PARTYWALL_MUTANT_REACHED";

static CHOSEN: OnceLock<Option<String>> = OnceLock::new();
static TOLD: Once = Once::new();

/// Whether this row's defence is broken in this process.
#[must_use]
pub fn is(row: &str) -> bool {
    let chosen = CHOSEN.get_or_init(|| std::env::var(ROW).ok());
    let broken = chosen.as_deref() == Some(row);
    if broken {
        TOLD.call_once(|| {
            if let Some(path) = std::env::var_os(REACHED) {
                let _told = std::fs::write(path, row);
            }
        });
    }
    broken
}
