//! Commands that sentences for people name: each of them exists.
//! Knows: the sources' text, the command line. Never knows: when a sentence is said.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::run::{err, run};

const NAME: &str = "`partywall-relay ";

/// Sources below a folder, without what was built.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let built = path.file_name().is_some_and(|name| name == "target");
        if path.is_dir() && !built {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// The words of a command's name: what comes before its first flag, placeholder or gap.
fn words(line: &str) -> Vec<&str> {
    let command = line.split('`').next().unwrap_or_default();
    let is_name = |word: &&str| word.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    let is_flag = |word: &&str| word.starts_with('-');
    let named = command.split_whitespace().take_while(is_name);
    named.take_while(|word| !is_flag(word)).collect()
}

#[test]
fn every_command_that_a_sentence_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap();
    let mut files = Vec::new();
    for wing in ["plumbing", "server", "client-lib", "apps"] {
        sources(&root.join(wing), &mut files);
    }
    let mut named = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        for (at, _) in text.match_indices(NAME) {
            let command = words(&text[at + NAME.len()..]).join(" ");
            named.insert(command);
        }
    }
    assert!(named.contains("pass") && named.contains("config init"));
    let folder = tempfile::tempdir().unwrap();
    for command in named {
        let asked: Vec<&str> = command.split(' ').filter(|word| !word.is_empty()).collect();
        let help = run(folder.path(), &[&asked[..], &["--help"]].concat());
        assert!(help.status.success(), "`{command}`: {}", err(&help));
    }
}
