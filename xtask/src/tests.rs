//! The chores that judge: tests, lints, docs, benchmarks.
//! Knows: which commands make up each. Never knows: the tests themselves.

use crate::run::{self, Failed, cargo, cargo_with, say, works};
use crate::{python, strangers};

/// Leaves out the tests of the guarantee catalogue: for whoever has just run `cargo xtask guarantees`.
const BESIDES: &str = "--besides-guarantees";

/// For nextest: every test but those of the catalogue's rows.
fn besides_guarantees() -> Result<String, Failed> {
    let folder = run::root().join("tests/guarantees/catalogue");
    let chapters = std::fs::read_dir(&folder).map_err(|error| Failed(error.to_string()))?;
    let mut left = String::from("all()");
    for chapter in chapters {
        let page = chapter.and_then(|chapter| std::fs::read_to_string(chapter.path()));
        let page = page.map_err(|error| Failed(error.to_string()))?;
        for quoted in page.split('"') {
            let words: Vec<&str> = quoted.split_whitespace().collect();
            if let [package, _, test] = words[..]
                && package.starts_with("partywall")
            {
                left.push_str(&format!(" & not (package(={package}) & test(={test}))"));
            }
        }
    }
    Ok(left)
}

/// Everything that must pass.
pub(crate) fn test(filter: &[String]) -> Result<(), Failed> {
    let besides = filter.iter().any(|word| word == BESIDES);
    let filter: Vec<String> = filter
        .iter()
        .filter(|word| *word != BESIDES)
        .cloned()
        .collect();
    say("building (the first build takes some minutes)");
    cargo(&["build", "--workspace", "--bins", "--examples"])?;
    let python = python::environment();
    let strangers = strangers::folder();
    let mut environment = vec![("PARTYWALL_STRANGERS", strangers.as_str())];
    environment.extend(
        python
            .iter()
            .map(|path| ("PARTYWALL_PYTHON", path.as_str())),
    );
    let filter: Vec<&str> = filter.iter().map(String::as_str).collect();
    if works("cargo", &["nextest", "--version"]) {
        let run = ["nextest", "run", "--workspace", "--no-fail-fast"];
        let left = besides_guarantees()?;
        let which: &[&str] = if besides { &["-E", &left] } else { &[] };
        cargo_with(&[&run, which, filter.as_slice()].concat(), &environment)?;
    } else {
        let run = [
            "test",
            "--workspace",
            "--lib",
            "--bins",
            "--tests",
            "--no-fail-fast",
        ];
        cargo_with(&[&run, filter.as_slice()].concat(), &environment)?;
    }
    if filter.is_empty() {
        say("doc tests");
        cargo(&["test", "--workspace", "--doc"])?;
    }
    Ok(())
}

/// Formatting, lints, docs.
pub(crate) fn check() -> Result<(), Failed> {
    cargo(&["fmt", "--all", "--check"])?;
    cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ])?;
    cargo_with(
        &["doc", "--workspace", "--no-deps"],
        &[("RUSTDOCFLAGS", "-D warnings")],
    )
}

/// 10,000 lines through two real processes, with and without kills.
pub(crate) fn lines() -> Result<(), Failed> {
    cargo(&["build", "--workspace", "--bins"])?;
    cargo(&[
        "test",
        "-p",
        "partywall-test-street",
        "--test",
        "lines",
        "--",
        "--nocapture",
    ])
}

/// Worlds that differ on one side of the wall.
pub(crate) fn separation(rest: &[String]) -> Result<(), Failed> {
    cargo(&[
        "build",
        "--quiet",
        "--workspace",
        "--bin",
        "partywall-relay",
    ])?;
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    let run = [
        "run",
        "--quiet",
        "--package",
        "partywall-test-separation",
        "--",
    ];
    cargo(&[&run, rest.as_slice()].concat())
}

/// The guarantee catalogue, and the break under which each of its tests fails.
pub(crate) fn guarantees(rest: &[String]) -> Result<(), Failed> {
    let python = python::environment();
    let strangers = strangers::folder();
    let mut environment = vec![("PARTYWALL_STRANGERS", strangers.as_str())];
    environment.extend(
        python
            .iter()
            .map(|path| ("PARTYWALL_PYTHON", path.as_str())),
    );
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    let run = ["run", "--quiet", "--package", "partywall-guarantees", "--"];
    cargo_with(&[&run, rest.as_slice()].concat(), &environment)
}

/// The relay beside its yardsticks.
pub(crate) fn bench(rest: &[String]) -> Result<(), Failed> {
    say("building in release (the first build takes some minutes)");
    let build = ["build", "--release", "--quiet"];
    // What is measured is what ships: without the features of what measures it.
    let ships = ["--bin", "partywall-relay", "--bin", "partywall-exporter"];
    cargo(&[&build[..], &ships].concat())?;
    let beside = ["-p", "partywall-yardstick", "-p", "partywall-bench"];
    cargo(&[&build[..], &beside].concat())?;
    counting()?;
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    run::run(&run::binary("release", "partywall-bench"), &rest, &[])
}

/// Instructions that a message costs, beside the accepted baseline. Needs valgrind.
pub(crate) fn instructions(rest: &[String]) -> Result<(), Failed> {
    if !works("valgrind", &["--version"]) {
        return Err(Failed(
            "instructions are counted by valgrind, which is not here: install it".into(),
        ));
    }
    counting()?;
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    run::run(
        &run::binary("release", "partywall-instructions"),
        &rest,
        &[],
    )
}

/// The program that counts, with a time that stands still: as no other program is built.
fn counting() -> Result<(), Failed> {
    let package = ["--package", "partywall-instructions", "--features", "still"];
    cargo(&[&["build", "--release", "--quiet"], &package[..]].concat())
}
