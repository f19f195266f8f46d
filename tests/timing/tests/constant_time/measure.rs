//! One measurement: dudect in a process of its own, which the test that asks for it starts from itself.
//! Knows: names of measurements, what dudect prints. Never knows: what is measured.

use std::process::{Command, Stdio};

use dudect_bencher::ctbench::{BenchFn, BenchMetadata, BenchName, BenchOpts, run_benches_console};

/// Names the measurement in the environment of the process that makes it.
const MEASUREMENT: &str = "PARTYWALL_MEASUREMENT";
/// Below this, dudect's authors say, nothing was seen.
pub(crate) const NOTHING_SEEN: f64 = 4.5;
/// Above this there is a leak. In between one measures again: what is there is seen every time.
pub(crate) const LEAK: f64 = 10.0;
/// How often one measures before one believes what was seen.
const AT_MOST: usize = 3;

/// Something to measure, with its name.
pub(crate) type Measurement = (&'static str, BenchFn);

/// In the process that was started to measure: does so, and says true. In every other one: says false.
pub(crate) fn was_asked_to_measure(measurements: &[Measurement]) -> bool {
    let Ok(asked) = std::env::var(MEASUREMENT) else {
        return false;
    };
    let found = measurements.iter().find(|(name, _)| *name == asked);
    let (name, benchfn) = found.expect("the test that asks knows the names");
    let bench = BenchMetadata {
        name: BenchName(name),
        seed: Some(partywall_row::seed()),
        benchfn: *benchfn,
    };
    run_benches_console(BenchOpts::default(), vec![bench]).expect("standard output is there");
    true
}

/// Starts this test again, to measure. Gives |t|.
pub(crate) fn measured(test: &str, name: &str) -> f64 {
    let program = std::env::current_exe().expect("a test is a program");
    let output = Command::new(program)
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(MEASUREMENT, name)
        .stdin(Stdio::null())
        .output()
        .expect("a test can be started again");
    let said = String::from_utf8_lossy(&output.stdout);
    let after = said.split("max t = ").nth(1);
    let number = after.and_then(|after| after.split(',').next());
    let t: f64 = number
        .and_then(|number| number.trim().parse().ok())
        .expect("dudect says what it measured");
    println!("{name}: t = {t}");
    t.abs()
}

/// The least |t| of at most three measurements; the first in which nothing was seen ends them.
pub(crate) fn least_measured(test: &str, name: &str) -> f64 {
    let mut least = f64::INFINITY;
    for _ in 0..AT_MOST {
        least = least.min(measured(test, name));
        if least < NOTHING_SEEN {
            break;
        }
    }
    least
}

/// What a figure says of a |t|.
pub(crate) fn words(t: f64) -> String {
    let seen = if t < NOTHING_SEEN {
        "below"
    } else {
        "not below"
    };
    format!("{t:.1} ({seen} {NOTHING_SEEN})")
}
