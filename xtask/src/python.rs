//! The Python implementation of the SPEC: its environment, its vectors. The environment also has
//! the tools by which exports and policies are judged (`tests/exports`).
//! Knows: where it lies and what it needs. Never knows: the protocol.

use crate::run::{Failed, cargo_with, root, run, say, target, works};

const FOLDER: &str = "protocol/vectors/python";

/// Makes the virtual environment if it is not there; the path of its interpreter, if there can be one.
pub(crate) fn environment() -> Option<String> {
    let folder = target().join("python");
    let python = folder.join("bin").join("python");
    let python = python.to_string_lossy().into_owned();
    let stamp = folder.join("requirements.txt");
    let wanted = std::fs::read(root().join(FOLDER).join("requirements.txt")).ok()?;
    if std::fs::read(&stamp).is_ok_and(|have| have == wanted) && works(&python, &["--version"]) {
        return Some(python);
    }
    say("setting up Python for the second implementation");
    let made = run("python3", &["-m", "venv", &folder.to_string_lossy()], &[]).and_then(|()| {
        let requirements = format!("{FOLDER}/requirements.txt");
        run(
            &python,
            &[
                "-m",
                "pip",
                "install",
                "--quiet",
                "--requirement",
                &requirements,
            ],
            &[],
        )
    });
    match made {
        Ok(()) => {
            std::fs::write(stamp, wanted).ok()?;
            Some(python)
        }
        Err(Failed(why)) => {
            say(&format!(
                "no Python environment ({why}): the tests that need it will say that they could not run"
            ));
            None
        }
    }
}

/// Writes the vectors anew and lets each side check the other's.
pub(crate) fn vectors() -> Result<(), Failed> {
    let python =
        environment().ok_or_else(|| Failed("vectors need python3 with venv and pip".into()))?;
    run(&python, &[&format!("{FOLDER}/generate.py")], &[])?;
    run(&python, &[&format!("{FOLDER}/check.py")], &[])?;
    cargo_with(
        &["test", "-p", "partywall-session", "-p", "partywall-peer"],
        &[("PARTYWALL_PYTHON", &python)],
    )
}
