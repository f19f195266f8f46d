//! Where the crates of others come from: pinned by hash, from one registry, under licences that may be shipped.
//! Knows: Cargo.lock, deny.toml, cargo's metadata. Never knows: advisories, which are not to be had offline.

use std::collections::BTreeSet;
use std::fs;

use cargo_metadata::MetadataCommand;
use partywall_test_street::house;
use toml::Value;

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

fn page(name: &str) -> Value {
    let text = fs::read_to_string(house::root().join(name)).expect("it is there");
    toml::from_str(&text).expect("it is TOML")
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

/// Whether a licence expression can be met with these: `/` is an old way to say OR.
fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let expression = expression.replace(['(', ')'], " ").replace('/', " OR ");
    let met = |all: &str| all.split(" AND ").all(|one| allowed.contains(one.trim()));
    // An expression in brackets is read as if it had none: stricter, never more lenient, for what we have.
    expression.split(" OR ").any(met)
}

#[test]
fn every_crate_is_pinned_by_its_hash_from_one_registry() {
    let lock = page("Cargo.lock");
    let packages = lock["package"].as_array().expect("it lists packages");
    let others = packages
        .iter()
        .filter(|package| package.get("source").is_some());
    assert!(others.count() > 100, "the control: they are listed");
    for package in packages {
        assert_eq!(fault(package), None, "{}", package["name"]);
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
    let metadata = MetadataCommand::new()
        .manifest_path(house::root().join("Cargo.toml"))
        .other_options(["--locked".to_owned(), "--offline".to_owned()])
        .exec()
        .expect("the lock file is what cargo would write");
    for package in &metadata.packages {
        let licence = package.license.as_deref().unwrap_or_default();
        let name = package.name.as_str();
        assert!(is_allowed(licence, &allowed), "{name} is under `{licence}`");
        let generation = format!("{name}@{}", package.version.major);
        let is_banned = |entry: &&str| *entry == name || **entry == generation;
        assert!(!banned.iter().any(is_banned), "{name} {}", package.version);
    }
    assert!(!is_allowed("GPL-3.0", &allowed));
    assert!(!is_allowed("MIT AND AGPL-3.0", &allowed));
}
