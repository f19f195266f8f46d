//! The log, checked by a verifier that is not ours: Go's `golang.org/x/mod/sumdb`, from Debian. (SPEC §13.6)
//! Knows: how to lay a log out in files, as a client would fetch it. Never knows: how it is checked there.
//! Without Go this test says so and, in CI, fails.

use super::*;
use partywall_business::ledger::{Index, Operator, Resource, Size, TILE, Width};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const GO_LIBRARIES: &str = "/usr/share/gocode";
const SIZES: [u64; 7] = [0, 1, 255, 256, 257, 1_000, 70_000];

/// Builds the verifier; `None` where there is no Go.
fn verifier(folder: &Path) -> Option<PathBuf> {
    let library = Path::new(GO_LIBRARIES).join("src/golang.org/x/mod/sumdb/tlog");
    let go = Command::new("go").arg("version").output();
    if !library.is_dir() || !go.is_ok_and(|go| go.status.success()) {
        partywall_row::not_run(
            "no Go; `apt-get install golang-go golang-golang-x-mod-dev` brings the verifier's libraries",
        );
        return None;
    }
    let program = folder.join("verify");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/ledger/verify.go");
    let built = Command::new("go")
        .args(["build", "-o"])
        .args([&program, &source])
        .envs([
            ("GO111MODULE", "off"),
            ("GOPATH", GO_LIBRARIES),
            ("CGO_ENABLED", "0"),
        ])
        .env("GOCACHE", folder.join("cache"))
        .output()
        .unwrap();
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    Some(program)
}

fn keep(folder: &Path, name: &str, bytes: &[u8]) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// Keeps what the log answers under the path of a resource.
fn fetch(folder: &Path, connection: &Connection, resource: Resource) {
    let path = resource.to_string();
    let answer = answer(connection, &format!("/{path}")).unwrap().unwrap();
    keep(folder, &path, &answer.bytes);
}

/// Every tile and bundle of the ledger at a size, the partial ones of that size included.
fn fetch_all(folder: &Path, connection: &Connection, size: u64) {
    for level in 0..=2u8 {
        let hashes = size >> (8 * u32::from(level));
        let level = partywall_business::ledger::Level::new(level).unwrap();
        for number in 0..hashes.div_ceil(TILE) {
            let width = (hashes - number * TILE).min(TILE);
            let width = Width::new(width as u16).unwrap();
            fetch(
                folder,
                connection,
                Resource::Tile {
                    level,
                    number,
                    width,
                },
            );
            if level.value() == 0 {
                fetch(folder, connection, Resource::Entries { number, width });
            }
        }
    }
}

/// Lays out a log and its checkpoints at some sizes, with proofs between them.
fn lay_out(folder: &Path) {
    let mut connection = log();
    let operator = Operator::new(origin(), key().public());
    keep(folder, "operator", operator.verifier_key().as_bytes());
    for size in SIZES {
        grow_to(&mut connection, size);
        let transaction = connection.transaction().unwrap();
        let checkpoint = publish(&transaction, &origin(), &key()).unwrap();
        transaction.commit().unwrap();
        keep(folder, &format!("checkpoints/{size}"), checkpoint.note());
        fetch_all(folder, &connection, size);
    }
    let mut lines = String::new();
    let mut line = |kind: &str, first: u64, second: u64, path: &[Hash]| {
        let path: Vec<String> = path
            .iter()
            .map(|hash| hex::encode(hash.as_bytes()))
            .collect();
        lines += &format!("{kind} {first} {second} {}\n", path.join(" "));
    };
    for (place, size) in SIZES.into_iter().enumerate().skip(1) {
        for index in [0, 1, 200, 255, 256, 511, 999, 65_535, 65_536, 69_999] {
            if index < size {
                let proof = inclusion(&connection, Index::new(index), Size::new(size)).unwrap();
                line("inclusion", index, size, &proof.path);
            }
        }
        for old in &SIZES[1..=place] {
            let proof = consistency(&connection, Size::new(*old), Size::new(size)).unwrap();
            line("consistency", *old, size, &proof.path);
        }
    }
    keep(folder, "proofs", lines.as_bytes());
}

fn run(verifier: &Path, folder: &Path) -> Output {
    Command::new(verifier).arg(folder).output().unwrap()
}

#[test]
fn a_verifier_that_is_not_ours_finds_the_log_whole_and_every_tampering() {
    let place = tempfile::tempdir().unwrap();
    let Some(verifier) = verifier(place.path()) else {
        return;
    };
    let folder = place.path().join("log");
    lay_out(&folder);
    let found = run(&verifier, &folder);
    let said = String::from_utf8_lossy(&found.stdout);
    assert!(
        found.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&found.stderr)
    );
    assert!(said.starts_with("7 checkpoints, "), "{said}");
    assert!(
        said.contains(" 30 inclusion proofs, 21 consistency proofs"),
        "{said}"
    );
    for name in [
        "checkpoints/257",
        "tile/0/003.p/232",
        "tile/0/272",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
        "tile/entries/100",
        "proofs",
    ] {
        let path = folder.join(name);
        let good = std::fs::read(&path).unwrap();
        let mut broken = good.clone();
        let middle = broken.len() / 2;
        broken[middle] ^= 1;
        std::fs::write(&path, broken).unwrap();
        let refused = run(&verifier, &folder);
        assert_eq!(refused.status.code(), Some(1), "{name}");
        std::fs::write(&path, good).unwrap();
    }
    assert!(run(&verifier, &folder).status.success());
}
