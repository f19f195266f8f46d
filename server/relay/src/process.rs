//! What the process asks the system for.
//! Knows: this process. Never knows: settings, sockets, secrets.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Asks for room for so many open files, and says for how many there is.
pub fn open_files(wanted: u64) -> u64 {
    let now = getrlimit(Resource::Nofile);
    let ceiling = now.maximum.unwrap_or(u64::MAX);
    let current = now.current.unwrap_or(u64::MAX);
    let raised = wanted.min(ceiling);
    if raised <= current
        || setrlimit(
            Resource::Nofile,
            Rlimit {
                current: Some(raised),
                maximum: now.maximum,
            },
        )
        .is_err()
    {
        return current;
    }
    raised
}

/// What is said of a panic.
pub(crate) fn mistake(place: &str) -> String {
    partywall_process::internal_error("partywall-relay", place)
}
