//! Fuzzing on the stable toolchain: coverage by LLVM's own pass, libFuzzer as the engine.
//! Knows: the targets' folder and flags. Never knows: what the targets test.

use std::path::Path;

use crate::run::{Failed, cargo_with, root, run, say};

const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing -Ccodegen-units=1";

const HOST: &str = "x86_64-unknown-linux-gnu";

/// Runs each target for so many seconds (60), as many at once as there are processors.
pub(crate) fn fuzz(rest: &[String]) -> Result<(), Failed> {
    let seconds: u32 = match rest.first() {
        None => 60,
        Some(word) => word
            .parse()
            .map_err(|_| Failed(format!("`{word}` is not a number of seconds")))?,
    };
    let folder = root().join("tests/fuzz");
    let manifest = folder.join("Cargo.toml").to_string_lossy().into_owned();
    say("building the fuzz targets");
    cargo_with(
        &[
            "build",
            "--release",
            "--manifest-path",
            &manifest,
            "--target",
            HOST,
        ],
        &[("RUSTFLAGS", FLAGS)],
    )?;
    let sources = std::fs::read_dir(folder.join("src/bin"))
        .map_err(|error| Failed(format!("no fuzz targets: {error}")))?;
    let mut names: Vec<String> = sources
        .filter_map(|entry| entry.ok()?.path().file_stem()?.to_str().map(str::to_owned))
        .collect();
    names.sort();
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    for together in names.chunks(processors) {
        std::thread::scope(|scope| {
            let running: Vec<_> = together
                .iter()
                .map(|name| scope.spawn(|| one(&folder, name, seconds)))
                .collect();
            // All of them are waited for, whatever became of the first.
            let ended: Vec<_> = running.into_iter().map(|one| one.join()).collect();
            ended.into_iter().try_for_each(|ended| {
                ended.unwrap_or_else(|_| Err(Failed("a fuzz target could not be run".into())))
            })
        })?;
    }
    Ok(())
}

fn one(folder: &Path, name: &str, seconds: u32) -> Result<(), Failed> {
    say(&format!("{name}: {seconds} s"));
    let corpus = folder.join("corpus").join(name);
    let artifacts = format!("{}/", folder.join("artifacts").display());
    for made in [corpus.as_path(), folder.join("artifacts").as_path()] {
        std::fs::create_dir_all(made).map_err(|error| Failed(error.to_string()))?;
    }
    let binary = folder.join("target").join(HOST).join("release").join(name);
    let time = format!("-max_total_time={seconds}");
    let artifacts = format!("-artifact_prefix={artifacts}");
    let corpus = corpus.to_string_lossy().into_owned();
    let limits = [
        "-rss_limit_mb=1024",
        "-max_len=70000",
        "-print_final_stats=1",
        "-verbosity=0",
    ];
    let arguments = [&[time.as_str(), &artifacts, &corpus], &limits[..]].concat();
    run(&binary.to_string_lossy(), &arguments, &[])
}
