//! Stores that are locked, absent, in use, or cannot be.
//! Knows: files and passphrases. Never knows: what is in a store.

use std::io::{BufRead, BufReader};

use super::person::{NOBODY, Person, Ran, bare};

/// Somebody with a store: the relay is not there, and the store is made all the same.
fn with_a_store() -> Person {
    let person = Person::new();
    person
        .run(&["invite", "--relay", NOBODY, "--name", "bob"])
        .is_refused(4, "answers");
    person
}

#[test]
fn without_a_passphrase_the_three_ways_to_give_one_are_named() {
    let person = Person::new();
    let store = person.store();
    let mut command = bare(&["invite", "--relay", NOBODY, "--name", "bob", "--store"]);
    let ran = Ran::of(command.arg(store).output().unwrap());
    ran.is_refused(3, "passphrase");
    for way in ["--passphrase-file", "PARTYWALL_PASSPHRASE", "terminal"] {
        assert!(ran.err.contains(way), "{ran:?}");
    }
}

#[test]
fn a_wrong_passphrase_ends_with_3_and_a_changed_one_is_the_right_one() {
    let person = with_a_store();
    let file = person.folder().join("passphrase");
    let file = file.to_str().unwrap();
    std::fs::write(file, "wrong\n").unwrap();
    person
        .run(&["contacts", "--passphrase-file", file])
        .is_refused(3, "passphrase");
    std::fs::write(file, "new one\n").unwrap();
    let changed = person.json(&["passphrase", "--new-passphrase-file", file]);
    assert_eq!(changed["changed"], true);
    person.run(&["contacts"]).is_refused(3, "passphrase");
    assert_eq!(person.run(&["contacts", "--passphrase-file", file]).code, 0);
}

#[test]
fn a_store_that_cannot_be_is_refused_by_name() {
    let person = Person::new();
    person
        .run(&["receive"])
        .is_refused(6, "there is no store at");
    std::fs::write(
        person.store(),
        b"not a store at all, but a letter to my aunt",
    )
    .unwrap();
    person.run(&["contacts"]).is_refused(6, "me.store");
    let letter = std::fs::read(person.store()).unwrap();
    assert!(
        letter.starts_with(b"not a store"),
        "what is not ours is left alone"
    );

    let person = Person::new();
    std::fs::create_dir(person.store()).unwrap();
    person
        .run(&["contacts"])
        .is_refused(6, "me.store is a directory");

    let person = Person::new();
    let below = person.folder().join("file");
    std::fs::write(&below, b"").unwrap();
    let mut command = bare(&["invite", "--relay", NOBODY, "--name", "bob", "--store"]);
    command
        .arg(below.join("me.store"))
        .env("PARTYWALL_PASSPHRASE", "x");
    Ran::of(command.output().unwrap()).is_refused(6, "me.store");
}

#[test]
fn a_store_is_open_once_and_is_let_go_when_the_program_is_asked_to_end() {
    let person = with_a_store();
    let mut receiving = person.start(&["receive"]);
    // It is open when it says that the relay is not there.
    let mut said = String::new();
    let stderr = receiving.stderr.take().unwrap();
    BufReader::new(stderr).read_line(&mut said).unwrap();
    assert!(said.contains("nobody answers"), "{said}");
    person.run(&["contacts"]).is_refused(6, "in use");
    rustix::process::kill_process(
        rustix::process::Pid::from_child(&receiving),
        rustix::process::Signal::TERM,
    )
    .unwrap();
    assert_eq!(receiving.wait().unwrap().code(), Some(0));
    assert_eq!(person.run(&["contacts"]).code, 0);
}

#[test]
fn a_store_and_everything_beside_it_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let person = with_a_store();
    let files = std::fs::read_dir(person.folder()).unwrap();
    let modes: Vec<u32> = files
        .map(|file| file.unwrap().metadata().unwrap().permissions().mode())
        .collect();
    assert!(
        !modes.is_empty() && modes.iter().all(|mode| mode & 0o077 == 0),
        "{modes:?}"
    );
}
