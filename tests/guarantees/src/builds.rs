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
    /// A hash over all of them: what was seen of one build says nothing of another.
    pub(crate) print: String,
}

/// A test program, and the folder that it runs in.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) path: PathBuf,
    pub(crate) folder: PathBuf,
}

/// The programs that tests start.
const BINARIES: [&str; 3] = ["partywall-relay", "partywall-exporter", "partywall"];

impl Build {
    /// Both: first the one with mutants, for what is built last is what other tests find. The binaries only
    /// if tests start processes.
    ///
    /// # Errors
    /// When something does not compile.
    pub(crate) fn both(
        root: &Path,
        tests: &BTreeSet<Test>,
        processes: bool,
    ) -> Result<(Self, Self)> {
        let mutants = Self::make(root, tests, processes, true)?;
        Ok((Self::make(root, tests, processes, false)?, mutants))
    }

    fn make(root: &Path, tests: &BTreeSet<Test>, processes: bool, mutants: bool) -> Result<Self> {
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
        let mut found = cargo(root, &arguments, mutants)?;
        let mut started = Vec::new();
        if processes {
            let mut arguments = vec![
                "build",
                "--workspace",
                "--message-format=json-render-diagnostics",
            ];
            arguments.extend(BINARIES.iter().flat_map(|binary| ["--bin", binary]));
            started = cargo(root, &arguments, mutants)?;
        }

        let binaries = folder(root).join(if mutants { "mutants" } else { "whole" });
        fs::create_dir_all(&binaries)?;
        for artifact in &started {
            if let Some(path) = &artifact.executable {
                let to = binaries.join(path.file_name().context("a binary has a name")?);
                let _old = fs::remove_file(&to);
                fs::copy(path, to)?;
            }
        }
        found.extend(started);
        let mut print = Sha256::new();
        let mut programs = BTreeMap::new();
        for artifact in found {
            let Some(path) = &artifact.executable else {
                continue;
            };
            print.update(fs::read(path)?);
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
                let path = path.clone();
                programs.insert((package, target), Program { path, folder });
            }
        }
        Ok(Self {
            programs,
            binaries,
            print: hex::encode(&print.finalize()[..8]),
        })
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

fn cargo(root: &Path, arguments: &[&str], mutants: bool) -> Result<Vec<Artifact>> {
    let program = env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(root)
        .stderr(Stdio::inherit());
    if mutants {
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
