//! Runs other programs from the repository's root and says how long they took.
//! Knows: command lines. Never knows: what they do.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A chore that did not succeed, in one sentence.
pub(crate) struct Failed(pub(crate) String);

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// The target folder, wherever it was put.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A binary that cargo has built.
pub(crate) fn binary(profile: &str, name: &str) -> String {
    let path = target().join(profile).join(name);
    format!("{}{}", path.display(), std::env::consts::EXE_SUFFIX)
}

/// A line for people, apart from what the programs print.
pub(crate) fn say(line: &str) {
    eprintln!("▸ {line}");
}

/// Runs cargo.
pub(crate) fn cargo(arguments: &[&str]) -> Result<(), Failed> {
    cargo_with(arguments, &[])
}

/// Runs cargo with more in its environment.
pub(crate) fn cargo_with(arguments: &[&str], environment: &[(&str, &str)]) -> Result<(), Failed> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    run(&cargo, arguments, environment)
}

/// Runs a program from the root; its output goes where ours goes.
pub(crate) fn run(
    program: &str,
    arguments: &[&str],
    environment: &[(&str, &str)],
) -> Result<(), Failed> {
    let line = shown(&[&[program], arguments].concat().join(" "));
    let status = Command::new(program)
        .args(arguments)
        .envs(environment.iter().copied())
        .current_dir(root())
        .status()
        .map_err(|error| Failed(format!("`{line}` could not be started: {error}")))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failed(format!("`{line}` failed ({status})")))
    }
}

/// A command line as far as a person reads it.
fn shown(line: &str) -> String {
    const READ: usize = 200;
    match line.char_indices().nth(READ) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

/// Whether a program can be started with these arguments.
pub(crate) fn works(program: &str, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .output()
        .is_ok_and(|output| output.status.success())
}
