//! What the process gives up before it does anything: core images, talkative panics.
//! Knows: this process. Never knows: settings, sinks, what is carried.

use rustix::process::{Resource, Rlimit, setrlimit};

/// A panic tells where and not what, and a crash leaves no core image: records and secrets lie in memory.
pub(crate) fn harden() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(|place| format!(" at {}:{}", place.file(), place.line()))
            .unwrap_or_default();
        if partywall_mutant::is("P12") {
            eprintln!("{panic}");
        }
        eprintln!(
            "partywall-exporter: internal error{place}; this is a bug, please report that place"
        );
    }));
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    // A system that refuses to refuse is as it was before.
    let _refused = setrlimit(Resource::Core, none);
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
        "process::tests::whoever_dies_tells_where_and_not_what_and_leaves_no_image_of_its_memory";

    fn dies(in_flight: &str) {
        harden();
        let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
        let core = limits
            .lines()
            .find(|line| line.starts_with("Max core file size"));
        // A line of its own: the harness has begun one.
        println!("\n{}", core.unwrap_or_default());
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
                if way == "panic" {
                    assert!(said.contains("please report that place"), "{said}");
                } else {
                    assert_eq!(output.status.signal(), Some(Signal::ABORT.as_raw()));
                }
                row.tried(1);
            }
        }
    }
}
