//! What the process gives up before it does anything: core images, open files for others, talkative panics.
//! Knows: this process. Never knows: settings, sockets, secrets.

use rustix::fs::Mode;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit, umask};

/// Whether a core image of this process may be taken. Only a test that searches one says `Allowed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CoreImages {
    /// Neither after a crash nor by another process of the same user.
    Refused,
    /// As the system likes it.
    Allowed,
}

/// Files are for their owner alone, a panic tells where and not what, and no core image is taken.
/// Gives what came of the last: a system may refuse to refuse.
pub fn harden(core_images: CoreImages) -> CoreImages {
    umask(Mode::RWXG | Mode::RWXO);
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(|place| format!(" at {}:{}", place.file(), place.line()))
            .unwrap_or_default();
        if partywall_mutant::is("P12") {
            eprintln!("{panic}");
        }
        eprintln!(
            "partywall-relay: internal error{place}; this is a bug, please report that place"
        );
    }));
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    let refused = core_images == CoreImages::Refused
        && setrlimit(Resource::Core, none).is_ok()
        && not_dumpable();
    if refused {
        CoreImages::Refused
    } else {
        CoreImages::Allowed
    }
}

#[cfg(target_os = "linux")]
fn not_dumpable() -> bool {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    set_dumpable_behavior(DumpableBehavior::NotDumpable).is_ok()
}

#[cfg(not(target_os = "linux"))]
fn not_dumpable() -> bool {
    true
}

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
