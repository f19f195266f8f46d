//! What a program gives up before it does anything: core images, open files for others, talkative panics.
//! Knows: this process. Never knows: what the program is for.

use std::io::Write;

use rustix::fs::Mode;
use rustix::process::{Resource, Rlimit, setrlimit, umask};

/// Whether a core image of this process may be taken. Only a test that searches one says `Allowed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CoreImages {
    /// Neither after a crash nor by another process of the same user.
    Refused,
    /// As the system likes it.
    Allowed,
}

/// Files are for their owner alone, a panic tells where and not what, and no core image is taken.
/// `mistake` makes the whole of what is said of a panic, line ends included, of its place (`file:line`).
///
/// Gives what came of the core images: a system may refuse to refuse.
pub fn harden(core_images: CoreImages, mistake: fn(&str) -> String) -> CoreImages {
    umask(Mode::RWXG | Mode::RWXO);
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map_or_else(
            || "an unknown place".to_owned(),
            |place| format!("{}:{}", place.file(), place.line()),
        );
        let mut words = mistake(&place);
        if partywall_mutant::is("P12") {
            words.push_str(&panic.to_string());
        }
        let _nobody_listens = std::io::stderr().write_all(words.as_bytes());
    }));
    match core_images == CoreImages::Refused && no_core_files() && not_dumpable() {
        true => CoreImages::Refused,
        false => CoreImages::Allowed,
    }
}

/// What a server says of a panic.
#[must_use]
pub fn internal_error(program: &str, place: &str) -> String {
    format!("{program}: internal error at {place}; this is a bug, please report that place\n")
}

fn no_core_files() -> bool {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, none).is_ok()
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

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::process::Command;

    use partywall_row::Row;
    use rustix::process::{Signal, getpid, kill_process};

    use super::*;

    /// Says to this very test, in a process of its own, what it has in flight when it dies.
    const IN_FLIGHT: &str = "PARTYWALL_TEST_IN_FLIGHT";
    const NAME: &str =
        "tests::whoever_dies_tells_where_and_not_what_and_leaves_no_image_of_its_memory";

    fn dies(in_flight: &str) {
        let came_of_it = harden(CoreImages::Refused, |place| internal_error("it", place));
        let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
        let core = limits
            .lines()
            .find(|line| line.starts_with("Max core file size"));
        // Lines of their own: the harness has begun one.
        println!("\n{}\n{came_of_it:?}", core.unwrap_or_default());
        if in_flight.starts_with("abort") {
            let _dead = kill_process(getpid(), Signal::ABORT);
        }
        panic!("{in_flight}");
    }

    #[test]
    fn whoever_dies_tells_where_and_not_what_and_leaves_no_image_of_its_memory() {
        if let Ok(in_flight) = std::env::var(IN_FLIGHT) {
            return dies(&in_flight);
        }
        let mut row = Row::of("P12");
        for number in 0..row.times(2, 20) {
            for way in ["panic", "abort"] {
                let in_flight = format!("{way} canary of a customer {number} xyzzy");
                let output = Command::new(std::env::current_exe().unwrap())
                    .args(["--exact", NAME, "--nocapture", "--test-threads=1"])
                    .env(IN_FLIGHT, &in_flight)
                    .output()
                    .unwrap();
                let said = [output.stdout, output.stderr].concat();
                let said = String::from_utf8_lossy(&said);
                assert!(!output.status.success() && !output.status.core_dumped());
                assert!(
                    !said.contains("xyzzy") && !said.contains("canary"),
                    "{said}"
                );
                let core = said
                    .lines()
                    .find(|line| line.starts_with("Max core file size"));
                let most = core.and_then(|line| line.split_whitespace().nth(4));
                assert_eq!(most, Some("0"), "{said}");
                assert!(said.contains("\nRefused\n"), "{said}");
                if way == "panic" {
                    let place = format!("it: internal error at {}:", file!());
                    assert!(said.contains(&place), "{said}");
                } else {
                    assert_eq!(output.status.signal(), Some(Signal::ABORT.as_raw()));
                }
                row.tried(1);
            }
        }
    }
}
