//! Where the crates of others come from: pinned by hash, from one registry, under licences that may be shipped.
//! Knows: Cargo.lock, deny.toml, cargo's tree. Never knows: advisories, which are not to be had offline.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use partywall_row::Row;
use partywall_test_street::house;
use toml::Value;

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

fn page(name: &str) -> Value {
    let text = fs::read_to_string(house::root().join(name)).expect("it is there");
    toml::from_str(&text).expect("it is TOML")
}

/// The lock file. Its break is somebody's: one crate was put there without the hash of what it held.
fn lock() -> Value {
    let mut lock = page("Cargo.lock");
    if partywall_mutant::is("F17") {
        let packages = lock["package"].as_array_mut().into_iter().flatten();
        let mut others = packages.filter_map(Value::as_table_mut);
        let _hash = others.find_map(|package| package.remove("checksum"));
    }
    lock
}

/// What is wrong with one entry of the lock file; our own crates have no source.
fn fault(package: &Value) -> Option<&'static str> {
    let hash = package.get("checksum").and_then(Value::as_str);
    match package.get("source").and_then(Value::as_str) {
        None => None,
        Some(REGISTRY) if hash.is_some_and(|hash| hash.len() == 64) => None,
        Some(REGISTRY) => Some("has no hash"),
        Some(_) => Some("comes from elsewhere"),
    }
}

/// Whether a licence expression can be met with these: AND binds before OR, and `/` is an old way to say OR.
fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    let is_met = any(&mut words, allowed);
    is_met && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn any(words: &mut Words<'_>, allowed: &BTreeSet<String>) -> bool {
    let mut is_met = all(words, allowed);
    while words.next_if_eq(&"OR").is_some() {
        is_met |= all(words, allowed);
    }
    is_met
}

fn all(words: &mut Words<'_>, allowed: &BTreeSet<String>) -> bool {
    let mut is_met = one(words, allowed);
    while words.next_if_eq(&"AND").is_some() {
        is_met &= one(words, allowed);
    }
    is_met
}

fn one(words: &mut Words<'_>, allowed: &BTreeSet<String>) -> bool {
    if words.next_if_eq(&"(").is_some() {
        let is_met = any(words, allowed);
        return words.next_if_eq(&")").is_some() && is_met;
    }
    let mut licence = words.next().unwrap_or_default().to_owned();
    if words.next_if_eq(&"WITH").is_some() {
        licence = format!("{licence} WITH {}", words.next().unwrap_or_default());
    }
    allowed.contains(&licence)
}

#[test]
fn every_crate_is_pinned_by_its_hash_from_one_registry() {
    let mut row = Row::of("F17");
    let lock = lock();
    let packages = lock["package"].as_array().expect("it lists packages");
    let others = packages
        .iter()
        .filter(|package| package.get("source").is_some());
    assert!(others.count() > 100, "the control: they are listed");
    for package in packages {
        assert_eq!(fault(package), None, "{}", package["name"]);
        row.tried(1);
    }
    let planted = |source: &str| {
        let text = format!("name = 'x'\nversion = '1.0.0'\n{source}");
        toml::from_str::<Value>(&text).expect("it is TOML")
    };
    assert!(fault(&planted("source = 'git+https://example.org/x#1'")).is_some());
    assert!(fault(&planted(&format!("source = '{REGISTRY}'"))).is_some());
}

#[test]
fn every_crate_has_a_licence_that_may_be_shipped_and_none_is_banned() {
    let deny = page("deny.toml");
    let words = |value: &Value| -> BTreeSet<String> {
        let words = value.as_array().into_iter().flatten();
        words.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let allowed = words(&deny["licenses"]["allow"]);
    let banned: Vec<&str> = deny["bans"]["deny"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|entry| entry["crate"].as_str())
        .collect();
    assert!(!allowed.is_empty() && !banned.is_empty());
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let tree = Command::new(cargo)
        .args([
            "tree",
            "--workspace",
            "--locked",
            "--offline",
            "--prefix",
            "none",
            "--format",
            "{p};{l}",
        ])
        .current_dir(house::root())
        .output()
        .expect("cargo starts");
    let tree = String::from_utf8_lossy(&tree.stdout).into_owned();
    let crates: BTreeSet<&str> = tree.lines().filter(|line| !line.is_empty()).collect();
    assert!(crates.len() > 100, "the control: the tree was shown");
    for line in crates {
        let (package, licence) = line.split_once(';').expect("as the format says");
        let mut words = package.split_whitespace();
        let (name, version) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
        let licence = licence.trim_end_matches(" (*)");
        assert!(
            is_allowed(licence, &allowed),
            "{package} is under `{licence}`"
        );
        let major = version.trim_start_matches('v').split('.').next();
        let generation = format!("{name}@{}", major.unwrap_or(""));
        let is_banned = |entry: &&str| *entry == name || **entry == generation;
        assert!(!banned.iter().any(is_banned), "{package} is banned");
    }
    assert!(!is_allowed("GPL-3.0", &allowed));
    assert!(!is_allowed("MIT AND AGPL-3.0", &allowed));
    assert!(!is_allowed("(MIT OR Apache-2.0) AND GPL-2.0", &allowed));
    assert!(!is_allowed("", &allowed) && !is_allowed("(MIT", &allowed));
    assert!(is_allowed("GPL-2.0 OR (MIT AND ISC)", &allowed));
}
