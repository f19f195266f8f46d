//! What the relay wrote down: planted values are nowhere in its files, logs, metrics or memory. (SPEC P-13, §9)
//! Knows: what was planted. Never knows: the relay's tables, but for reading whatever blobs lie there.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use partywall_test_street::person::Person;
use partywall_test_street::relay::Relay;
use partywall_test_street::scan;
use partywall_world::Dice;

/// 32 letters that stand nowhere else.
fn canary(dice: &mut Dice) -> String {
    (0..32)
        .map(|_| char::from(b'a' + u8::try_from(dice.below(26)).expect("below 26")))
        .collect()
}

/// Pieces of every long value in every database of a folder, far enough inside to be payload.
fn sealed_pieces(folder: &Path) -> Vec<Vec<u8>> {
    let copy = tempfile::tempdir().expect("a temporary folder");
    let mut pieces = Vec::new();
    for file in scan::files(folder) {
        let name = file.file_name().expect("a file has a name");
        std::fs::copy(&file, copy.path().join(name)).ok();
    }
    for file in scan::files(copy.path())
        .iter()
        .filter(|path| path.extension().is_some_and(|end| end == "db"))
    {
        let dump = Command::new("python3")
            .args(["-c", DUMP])
            .arg(file)
            .output()
            .expect("python3 reads SQLite");
        assert!(
            dump.status.success(),
            "{}",
            String::from_utf8_lossy(&dump.stderr)
        );
        let text = String::from_utf8(dump.stdout).expect("hex");
        pieces.extend(text.lines().map(|line| hex::decode(line).expect("hex")));
    }
    pieces
}

/// Prints 48 bytes from inside each value of 4,096 bytes or more.
const DUMP: &str = "
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
for (table,) in db.execute(\"select name from sqlite_master where type='table'\").fetchall():
    for row in db.execute(f'select * from \"{table}\"'):
        for value in row:
            if isinstance(value, bytes) and len(value) >= 4096:
                print(value[1000:1048].hex())
";

fn core_of(relay: &Relay, into: &Path) -> PathBuf {
    let prefix = into.join("core");
    let id = relay.id().to_string();
    let made = Command::new("gcore")
        .arg("-o")
        .arg(&prefix)
        .arg(&id)
        .output()
        .expect("gcore is installed (package gdb)");
    let core = into.join(format!("core.{id}"));
    assert!(
        core.is_file(),
        "gcore: {}",
        String::from_utf8_lossy(&made.stderr)
    );
    core
}

#[test]
fn planted_texts_names_and_file_names_are_nowhere_on_the_relay() {
    let seed = 31;
    println!("seed {seed}");
    let mut dice = Dice::seeded(seed);
    let folder = tempfile::tempdir().unwrap();
    let control = canary(&mut dice);
    let relay = Relay::start(
        &folder.path().join(format!("relay-{control}")),
        &["--log-level", "debug"],
    )
    .unwrap();
    let [text, answer, name_a, name_b, file] = std::array::from_fn(|_| canary(&mut dice));
    let alice = Person::new(folder.path(), &format!("alice-{file}"));
    let bob = Person::new(folder.path(), "bob");
    let link = alice.invite(&relay.link, &name_b).unwrap();
    bob.add(&link, &name_a).unwrap();
    bob.send(&name_a, &text).unwrap();
    assert_eq!(alice.receive("2").unwrap()[0].text, text);
    alice.send(&name_b, &answer).unwrap();
    bob.send(&name_a, &text).unwrap();
    // One answer and one text wait on the relay now: every file, its log, its metrics, its memory.
    let evidence = tempfile::tempdir().unwrap();
    let core = core_of(&relay, evidence.path());
    let metrics = evidence.path().join("metrics");
    std::fs::write(&metrics, relay.page("/metrics").unwrap()).unwrap();
    let mut files = scan::files(relay.folder());
    files.extend([relay.log().to_path_buf(), metrics, core.clone()]);
    assert!(
        files.len() > 6,
        "database, log, metrics and core were looked at"
    );
    for planted in [&text, &answer, &name_a, &name_b, &file] {
        let hits = scan::found(planted.as_bytes(), &files);
        assert!(hits.is_empty(), "found a planted value: {hits:?}");
    }
    // The relay's own folder has a planted name: the scan finds it in memory.
    let hits = scan::found(control.as_bytes(), &[core]);
    assert!(!hits.is_empty(), "the control is found");
}

#[test]
fn every_form_of_a_planted_value_is_found_where_it_lies() {
    let folder = tempfile::tempdir().unwrap();
    let planted = b"this is a planted value of bytes";
    for (index, (name, form)) in scan::forms(planted).into_iter().enumerate() {
        let path = folder.path().join(index.to_string());
        std::fs::write(&path, [&[7; 1_000], form.as_slice(), &[7; 1_000]].concat()).unwrap();
        let hits = scan::found(planted, &[path]);
        assert!(hits.iter().any(|(_, found)| *found == name), "{name}");
    }
}

#[test]
fn five_seconds_after_acknowledgement_the_sealed_bytes_are_gone_from_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(&folder.path().join("relay"), &[]).unwrap();
    let alice = Person::new(folder.path(), "alice");
    let bob = Person::new(folder.path(), "bob");
    let link = alice.invite(&relay.link, "bob").unwrap();
    bob.add(&link, "alice").unwrap();
    for n in 0..20 {
        bob.send("alice", &format!("message {n}")).unwrap();
    }
    let pieces = sealed_pieces(relay.folder());
    assert!(pieces.len() >= 20, "the mail lies there: {}", pieces.len());
    let present = |piece: &Vec<u8>| {
        let files = scan::files(relay.folder());
        files
            .iter()
            .any(|path| std::fs::read(path).is_ok_and(|bytes| scan::contains(&bytes, piece)))
    };
    assert!(
        pieces.iter().all(present),
        "the control: all of them are found while they wait"
    );
    assert_eq!(alice.receive("2").unwrap().len(), 20);
    std::thread::sleep(Duration::from_secs(5));
    let left = pieces.iter().filter(|piece| present(piece)).count();
    assert_eq!(left, 0, "of {}", pieces.len());
}
