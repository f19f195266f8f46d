//! The house's edges, over `cargo metadata`: what must not be reachable is not. (the design's crate graph)
//! Knows: which package depends on which. Never knows: what they do.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand, PackageId};
use partywall_test_street::house;

/// Every package of the workspace, and all that it reaches by normal edges.
struct Graph {
    reached: BTreeMap<String, BTreeSet<String>>,
    /// Names and versions of all that servers and clients reach.
    shipped: BTreeSet<(String, String)>,
}

impl Graph {
    fn read() -> Self {
        let metadata = MetadataCommand::new()
            .manifest_path(house::root().join("Cargo.toml"))
            .exec()
            .expect("cargo metadata works here");
        let names: BTreeMap<&PackageId, &str> = metadata
            .packages
            .iter()
            .map(|package| (&package.id, package.name.as_str()))
            .collect();
        let resolve = metadata.resolve.as_ref().expect("resolved");
        let edges: BTreeMap<&PackageId, Vec<&PackageId>> = resolve
            .nodes
            .iter()
            .map(|node| {
                let normal = node.deps.iter().filter(|dep| {
                    dep.dep_kinds
                        .iter()
                        .any(|kind| kind.kind == DependencyKind::Normal)
                });
                (&node.id, normal.map(|dep| &dep.pkg).collect())
            })
            .collect();
        let below = |member: &PackageId| {
            let (mut seen, mut open) = (BTreeSet::new(), vec![member.clone()]);
            while let Some(id) = open.pop() {
                let new = |next: &&&PackageId| seen.insert((***next).clone());
                open.extend(edges[&id].iter().filter(new).map(|next| (*next).clone()));
            }
            seen
        };
        let members = || metadata.workspace_members.iter();
        let reached = members()
            .map(|member| {
                let below = below(member);
                let below = below.iter().map(|id| names[id].to_owned());
                (names[member].to_owned(), below.collect())
            })
            .collect();
        let ships = |member: &&PackageId| {
            SERVERS.contains(&names[*member]) || CLIENTS.contains(&names[*member])
        };
        let shipped: BTreeSet<PackageId> = members().filter(ships).flat_map(below).collect();
        let shipped = metadata
            .packages
            .iter()
            .filter(|package| shipped.contains(&package.id))
            .map(|package| (package.name.to_string(), package.version.to_string()))
            .collect();
        Self { reached, shipped }
    }

    fn reaches(&self, package: &str) -> &BTreeSet<String> {
        self.reached
            .get(package)
            .expect("the package is in the workspace")
    }

    fn assert_none(&self, package: &str, forbidden: &[&str]) {
        for name in forbidden {
            let ours = name.starts_with("partywall-");
            assert!(
                !ours || self.reached.contains_key(*name),
                "{name} is no package of this workspace, so forbidding it holds nothing"
            );
            assert!(
                !self.reaches(package).contains(*name),
                "{package} reaches {name}"
            );
        }
    }
}

/// What waits for others.
const SERVERS: &[&str] = &[
    "partywall-relay",
    "partywall-peer-plane",
    "partywall-business-plane",
    "partywall-exporter",
    "partywall-load",
];

/// What a person or a business uses, and nothing that waits for others ever reaches.
const CLIENTS: &[&str] = &[
    "partywall-cli",
    "partywall-client",
    "partywall-peer-client",
    "partywall-business-client",
    "partywall-vault",
    "partywall-street",
];

const OPENS_ENVELOPES: &[&str] = &[
    "partywall-session",
    "chacha20poly1305",
    "x25519-dalek",
    "ml-kem",
    "hkdf",
];

const PEER_WING: &[&str] = &[
    "partywall-peer",
    "partywall-peer-plane",
    "partywall-peer-client",
    "partywall-load",
];

const BUSINESS_WING: &[&str] = &[
    "partywall-business",
    "partywall-business-plane",
    "partywall-business-client",
    "partywall-exporter",
];

/// What both wings stand on.
const NEITHER_WING: &[&str] = &[
    "partywall-mutant",
    "partywall-ground",
    "partywall-proof",
    "partywall-session",
    "partywall-world",
    "partywall-store",
    "partywall-socket",
    "partywall-door",
    "partywall-process",
    "partywall-fetch",
    "partywall-vault",
    "partywall-street",
];

#[test]
fn the_relay_contains_no_code_that_opens_envelopes() {
    let graph = Graph::read();
    for package in SERVERS {
        graph.assert_none(package, OPENS_ENVELOPES);
    }
    assert!(
        graph
            .reaches("partywall-client")
            .contains("chacha20poly1305"),
        "the control"
    );
}

#[test]
fn what_is_said_knows_no_clock_no_dice_and_no_socket() {
    let graph = Graph::read();
    for package in [
        "partywall-ground",
        "partywall-proof",
        "partywall-session",
        "partywall-peer",
        "partywall-business",
    ] {
        graph.assert_none(
            package,
            &[
                "tokio",
                "getrandom",
                "rand",
                "socket2",
                "mio",
                "partywall-world",
                "partywall-socket",
                "partywall-store",
                "rusqlite",
            ],
        );
    }
    assert!(
        graph.reaches("partywall-world").contains("getrandom"),
        "the control"
    );
}

#[test]
fn arrows_point_down() {
    let graph = Graph::read();
    for server in SERVERS {
        graph.assert_none(server, CLIENTS);
    }
    for client in CLIENTS {
        graph.assert_none(client, SERVERS);
    }
    for floor in [
        "partywall-world",
        "partywall-store",
        "partywall-socket",
        "partywall-door",
        "partywall-fetch",
        "partywall-process",
    ] {
        graph.assert_none(floor, SERVERS);
        graph.assert_none(floor, CLIENTS);
        graph.assert_none(floor, &["partywall-session"]);
    }
    graph.assert_none(
        "partywall-ground",
        &["partywall-proof", "partywall-session", "partywall-peer"],
    );
    graph.assert_none("partywall-peer", &["partywall-session"]);
    // What a client keeps and how it gets to a relay have nothing to do with each other.
    graph.assert_none(
        "partywall-vault",
        &["partywall-session", "partywall-street"],
    );
    graph.assert_none(
        "partywall-street",
        &["partywall-session", "partywall-vault"],
    );
    assert!(
        graph.reaches("partywall-client").is_superset(
            &["partywall-vault", "partywall-street"]
                .map(str::to_owned)
                .into()
        ),
        "the control"
    );
}

#[test]
fn nothing_of_one_wing_reaches_the_other_and_what_both_stand_on_reaches_neither() {
    let graph = Graph::read();
    for package in PEER_WING {
        graph.assert_none(package, BUSINESS_WING);
    }
    for package in BUSINESS_WING {
        graph.assert_none(package, PEER_WING);
    }
    for package in NEITHER_WING {
        graph.assert_none(package, PEER_WING);
        graph.assert_none(package, BUSINESS_WING);
    }
    graph.assert_none("partywall-exporter", &["partywall-store", "rusqlite"]);
    assert!(
        graph.reaches("partywall-relay").contains("partywall-peer"),
        "the control"
    );
}

#[test]
fn one_crate_speaks_sqlite_and_one_generation_of_curves_is_linked() {
    let metadata = MetadataCommand::new()
        .manifest_path(house::root().join("Cargo.toml"))
        .exec()
        .unwrap();
    let users: Vec<String> = metadata
        .workspace_packages()
        .iter()
        .filter(|package| {
            package
                .dependencies
                .iter()
                .any(|dep| dep.name == "rusqlite")
        })
        .map(|package| package.name.to_string())
        .collect();
    assert_eq!(users, ["partywall-store"]);
    let graph = Graph::read();
    for one in [
        "curve25519-dalek",
        "rand_core",
        "digest",
        "aead",
        "libsqlite3-sys",
        "rustls",
    ] {
        let versions: Vec<_> = graph
            .shipped
            .iter()
            .filter(|(name, _)| name == one)
            .collect();
        assert_eq!(versions.len(), 1, "{versions:?}");
    }
}

#[test]
fn no_crate_of_ours_allows_unsafe_code() {
    let metadata = MetadataCommand::new()
        .manifest_path(house::root().join("Cargo.toml"))
        .exec()
        .unwrap();
    for package in metadata.workspace_packages() {
        let manifest = std::fs::read_to_string(&package.manifest_path).unwrap();
        assert!(
            manifest.contains("[lints]\nworkspace = true"),
            "{} has lints of its own",
            package.name
        );
    }
    let root = std::fs::read_to_string(house::root().join("Cargo.toml")).unwrap();
    assert!(root.contains("unsafe_code = \"forbid\""));
}

#[test]
fn what_ships_cannot_be_broken_on_purpose() {
    for name in ["partywall-relay", "partywall-exporter", "partywall"] {
        let bytes = std::fs::read(house::binary(name).unwrap()).unwrap();
        let has = |words: &str| memchr::memmem::find(&bytes, words.as_bytes()).is_some();
        assert!(!has("PARTYWALL_MUTANT"), "{name} was built with mutants");
        assert!(has(env!("CARGO_PKG_VERSION")), "the control");
    }
}
