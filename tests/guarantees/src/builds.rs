//! The two builds: the house as it ships, and the house with its mutants in it.
//! Knows: cargo, which test programs are wanted. Never knows: rows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::catalogue::Test;

/// Test programs by package and target, and a folder with the relay's, the exporter's and the person's binaries.
#[derive(Debug)]
pub(crate) struct Build {
    programs: BTreeMap<(String, String), Program>,
    pub(crate) binaries: PathBuf,
    /// A hash over the binaries that tests start.
    started: [u8; 32],
}

/// Which of the builds.
#[derive(Clone, Copy)]
struct Kind {
    mutants: bool,
    full: bool,
}

/// A test program, and the folder that it runs in.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) path: PathBuf,
    pub(crate) folder: PathBuf,
    /// Of the program's bytes.
    hash: [u8; 32],
}

/// The programs that tests start.
const BINARIES: [&str; 3] = ["partywall-relay", "partywall-exporter", "partywall"];

impl Build {
    /// Both: first the one with mutants, for what is built last is what other tests find. The binaries only
    /// if tests start processes. For a full run optimised a little: it counts to a million.
    ///
    /// # Errors
    /// When something does not compile.
    pub(crate) fn both(
        root: &Path,
        tests: &BTreeSet<Test>,
        processes: bool,
        full: bool,
    ) -> Result<(Self, Self)> {
        let make = |mutants| Self::make(root, tests, processes, Kind { mutants, full });
        let mutants = make(true)?;
        Ok((make(false)?, mutants))
    }

    fn make(root: &Path, tests: &BTreeSet<Test>, processes: bool, kind: Kind) -> Result<Self> {
        let mut arguments = vec![
            "test",
            "--no-run",
            "--message-format=json-render-diagnostics",
        ];
        let packages: BTreeSet<_> = tests.iter().map(|test| test.package.as_str()).collect();
        let targets: BTreeSet<_> = tests.iter().map(|test| test.target.as_str()).collect();
        arguments.extend(packages.iter().flat_map(|package| ["-p", package]));
        for target in targets {
            match target {
                "lib" => arguments.push("--lib"),
                target => arguments.extend(["--test", target]),
            }
        }
        let found = cargo(root, &arguments, kind)?;
        let mut started = Vec::new();
        if processes {
            // With the examples: they ask more of some dependencies, as tests do, and so nothing is built again.
            let mut arguments = vec![
                "build",
                "--workspace",
                "--examples",
                "--message-format=json-render-diagnostics",
            ];
            arguments.extend(BINARIES.iter().flat_map(|binary| ["--bin", binary]));
            started = cargo(root, &arguments, kind)?;
        }

        let binaries = folder(root).join(if kind.mutants { "mutants" } else { "whole" });
        fs::create_dir_all(&binaries)?;
        let mut print = Sha256::new();
        for artifact in &started {
            if let Some(path) = &artifact.executable
                && BINARIES.contains(&artifact.target.name.as_str())
            {
                print.update(fs::read(path)?);
                let to = binaries.join(path.file_name().context("a binary has a name")?);
                let _old = fs::remove_file(&to);
                fs::copy(path, to)?;
            }
        }
        let mut programs = BTreeMap::new();
        for artifact in found {
            let Some(path) = &artifact.executable else {
                continue;
            };
            let folder = artifact
                .manifest_path
                .parent()
                .context("a manifest has a folder")?
                .to_owned();
            let package = artifact.package();
            let target = match artifact.target.kind.first().map(String::as_str) {
                Some("test") => artifact.target.name.clone(),
                _ => "lib".to_owned(),
            };
            if artifact.profile.test {
                let hash = Sha256::digest(fs::read(path)?).into();
                let path = path.clone();
                programs.insert((package, target), Program { path, folder, hash });
            }
        }
        Ok(Self {
            programs,
            binaries,
            started: print.finalize().into(),
        })
    }

    /// A hash over all that these tests are made of: what was seen of one build says nothing of another.
    ///
    /// # Errors
    /// When one of the programs is not there.
    pub(crate) fn print(&self, tests: &[Test], processes: bool) -> Result<String> {
        let mut print = Sha256::new();
        for test in tests {
            print.update(self.program(test)?.hash);
        }
        if processes {
            print.update(self.started);
        }
        Ok(hex::encode(&print.finalize()[..8]))
    }

    /// The program that has this test.
    ///
    /// # Errors
    /// When there is none: the catalogue names a target that is not there.
    pub(crate) fn program(&self, test: &Test) -> Result<&Program> {
        let key = (test.package.clone(), test.target.clone());
        let found = self.programs.get(&key);
        found.with_context(|| format!("{} has no test target `{}`", test.package, test.target))
    }
}

/// Where runs leave what they keep.
pub(crate) fn folder(root: &Path) -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    target.join("guarantees")
}

#[derive(Debug, Deserialize)]
struct Artifact {
    manifest_path: PathBuf,
    target: Target,
    profile: Profile,
    executable: Option<PathBuf>,
}

#[derive(Debug, Deserialize)]
struct Target {
    kind: Vec<String>,
    name: String,
}

#[derive(Debug, Deserialize)]
struct Profile {
    test: bool,
}

impl Artifact {
    fn package(&self) -> String {
        let page = fs::read_to_string(&self.manifest_path).unwrap_or_default();
        let manifest: toml::Table = toml::from_str(&page).unwrap_or_default();
        let name = manifest
            .get("package")
            .and_then(|package| package.get("name"));
        name.and_then(|name| name.as_str())
            .unwrap_or_default()
            .to_owned()
    }
}

fn cargo(root: &Path, arguments: &[&str], kind: Kind) -> Result<Vec<Artifact>> {
    let program = env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(root)
        .stderr(Stdio::inherit());
    if kind.full {
        command.env("CARGO_PROFILE_DEV_OPT_LEVEL", "1");
    }
    if kind.mutants {
        // Only crates of this workspace are compiled anew, under names of their own.
        command.env(
            "RUSTC_WORKSPACE_WRAPPER",
            root.join("tests/guarantees/mutants.sh"),
        );
    }
    let done = command.output().context("cargo could not be started")?;
    if !done.status.success() {
        bail!("`cargo {}` failed", arguments.join(" "));
    }
    let said = String::from_utf8(done.stdout).context("cargo speaks UTF-8")?;
    let artifacts: Vec<Artifact> = said
        .lines()
        .filter(|line| line.contains("\"compiler-artifact\""))
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?;
    ensure!(!artifacts.is_empty(), "cargo built nothing");
    Ok(artifacts)
}
