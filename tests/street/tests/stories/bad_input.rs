//! Bad input at the command lines: one clear sentence, nothing lost, no panic. (README: what goes wrong)
//! Knows: what a person would see. Never knows: the code behind it.

use std::path::Path;
use std::process::{Command, Output};

use partywall_test_street::house;
use partywall_test_street::person::Person;
use partywall_test_street::relay::Relay;
use partywall_test_street::small_disk::SmallDisk;

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A refusal for people: no success, a few lines, no panic, nothing on stdout.
fn assert_sentence(output: &Output, word: &str) {
    let text = said(output);
    assert!(!output.status.success(), "it succeeded: {text}");
    assert!(
        text.to_lowercase().contains(word),
        "`{word}` is not in: {text}"
    );
    assert!(
        !text.contains("panicked") && !text.contains("RUST_BACKTRACE"),
        "{text}"
    );
    assert!(text.lines().count() <= 4, "one clear sentence, not: {text}");
    assert!(
        output.stdout.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
}

fn serve(folder: &Path) -> Output {
    Command::new(house::binary("partywall-relay").expect("built"))
        .args([
            "serve",
            "--json",
            "--peer",
            "127.0.0.1:0",
            "--operator",
            "127.0.0.1:0",
            "--data",
        ])
        .arg(folder)
        .output()
        .expect("started")
}

#[test]
fn a_link_with_one_character_changed_is_refused_wherever_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(&folder.path().join("relay"), &[]).unwrap();
    let alice = Person::new(folder.path(), "alice");
    let bob = Person::new(folder.path(), "bob");
    let link = alice.invite(&relay.link, "bob").unwrap();
    let start = link.find('#').unwrap() + 1;
    for at in [start, start + 20, link.len() - 1] {
        let mut changed = link.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        let output = bob.run(&["add", &changed, "--name", "alice"]).unwrap();
        assert_sentence(&output, "link");
    }
    bob.add(&link, "alice").unwrap();
}

#[test]
fn a_wrong_passphrase_opens_nothing_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(&folder.path().join("relay"), &[]).unwrap();
    let mut alice = Person::new(folder.path(), "alice");
    alice.invite(&relay.link, "bob").unwrap();
    alice.passphrase = "something else".to_owned();
    assert_sentence(&alice.run(&["contacts"]).unwrap(), "passphrase");
}

#[test]
fn a_relay_that_is_away_is_named_and_nothing_hangs() {
    let folder = tempfile::tempdir().unwrap();
    let mut relay = Relay::start(&folder.path().join("relay"), &[]).unwrap();
    relay.stop().unwrap();
    let alice = Person::new(folder.path(), "alice");
    let output = alice
        .run(&["invite", "--relay", &relay.link, "--name", "bob"])
        .unwrap();
    assert_sentence(&output, "relay");
    let doctor = alice.run(&["doctor", &relay.link]).unwrap();
    assert!(!doctor.status.success());
}

#[test]
fn a_second_relay_on_the_folder_refuses() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(&folder.path().join("relay"), &[]).unwrap();
    assert_sentence(&serve(relay.folder()), "another relay");
}

#[test]
fn a_corrupt_database_is_refused_with_a_sentence_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let mut relay = Relay::start(&folder.path().join("relay"), &[]).unwrap();
    relay.stop().unwrap();
    let database = relay.folder().join("peer.db");
    let mut bytes = std::fs::read(&database).unwrap();
    let middle = bytes.len() / 2;
    for byte in &mut bytes[4_096..middle] {
        *byte ^= 0x5a;
    }
    std::fs::write(&database, &bytes).unwrap();
    assert_sentence(&serve(relay.folder()), "database");
    assert_eq!(std::fs::read(&database).unwrap(), bytes);
}

#[test]
fn a_read_only_folder_is_refused_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("disk");
    let Some(_disk) = SmallDisk::mount(&at, "size=1m,ro") else {
        return;
    };
    assert_sentence(&serve(&at.join("relay")), "cannot write");
    let relay = Relay::start(&folder.path().join("relay"), &[]).unwrap();
    let alice = Person::new(&at, "alice");
    let output = alice
        .run(&["invite", "--relay", &relay.link, "--name", "bob"])
        .unwrap();
    assert_sentence(&output, "writ");
}

#[test]
fn a_full_disk_loses_nothing_that_was_accepted_and_goes_on_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("disk");
    let Some(_disk) = SmallDisk::mount(&at, "size=6m") else {
        return;
    };
    let relay = Relay::start(&at.join("relay"), &["--min-free-disk", "0"]).unwrap();
    let alice = Person::new(folder.path(), "alice");
    let bob = Person::new(folder.path(), "bob");
    let link = alice.invite(&relay.link, "bob").unwrap();
    bob.add(&link, "alice").unwrap();
    let lines: Vec<String> = (0..2_000).map(|n| format!("line {n}")).collect();
    let input = folder.path().join("lines");
    std::fs::write(&input, lines.join("\n")).unwrap();
    let mut sender = bob.start_lines("alice", &input).unwrap();
    // 2,000 envelopes are 8 MiB: the sender has to wait until the reader has made room, more than once.
    let mut received = Vec::new();
    for _ in 0..30 {
        received.extend(alice.receive("2").unwrap());
        if received.len() >= lines.len() {
            break;
        }
    }
    assert!(sender.wait().unwrap().success());
    let texts: Vec<&str> = received.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(texts, lines.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(
        relay.page("/health").unwrap().contains("ok"),
        "the relay lived through it"
    );
}
