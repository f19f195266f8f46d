//! Other people's clients and scanners, that the transport is tried with: Python's `websockets` and `sslyze`, Node's `ws`.
//! Knows: where they are put, and which versions. Never knows: what is done with them.

use crate::run::{Failed, root, run, say, target, works};

const FOLDER: &str = "tests/guarantees/strangers";
/// Which of Node's WebSockets.
const WS: &str = "ws@8.23.0";

/// Puts them into a folder of their own if they are not there; its path, if there can be one. What could not be
/// had is missing in it, and the tests that need it will say so.
pub(crate) fn folder() -> String {
    let folder = target().join("strangers");
    let path = folder.to_string_lossy().into_owned();
    let wanted = std::fs::read(root().join(FOLDER).join("requirements.txt")).unwrap_or_default();
    let stamp = folder.join("requirements.txt");
    let python = folder.join("python");
    let program = python.join("bin").join("python");
    let program = program.to_string_lossy();
    if !std::fs::read(&stamp).is_ok_and(|have| have == wanted) || !works(&program, &["--version"]) {
        say("setting up other people's Python clients and scanners");
        let requirements = format!("{FOLDER}/requirements.txt");
        let install = ["-m", "pip", "install", "--quiet", "--requirement"];
        let made = run("python3", &["-m", "venv", &python.to_string_lossy()], &[])
            .and_then(|()| run(&program, &[&install[..], &[&requirements]].concat(), &[]));
        told(made.and_then(|()| {
            std::fs::write(&stamp, &wanted).map_err(|error| Failed(error.to_string()))
        }));
    }
    let (name, version) = WS.split_once('@').unwrap_or((WS, ""));
    let manifest = folder.join("node_modules").join(name).join("package.json");
    let line = format!("\"version\": \"{version}\"");
    if !std::fs::read_to_string(&manifest).is_ok_and(|have| have.contains(&line)) {
        say("setting up other people's Node client");
        let install = ["install", "--silent", "--no-save", "--prefix"];
        told(run("npm", &[&install[..], &[&path, WS]].concat(), &[]));
    }
    path
}

fn told(made: Result<(), Failed>) {
    if let Err(Failed(why)) = made {
        say(&format!(
            "not to be had ({why}): the tests that need it will say that they could not run"
        ));
    }
}
