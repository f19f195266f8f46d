//! Certificates change, links stay valid; a relay that is not the link's is refused. (SPEC §2.3, R-2)
//! Knows: the relay's folder and options. Never knows: TLS.

use std::path::Path;

use partywall_peer::{Link, RelayLink};
use partywall_proof::link::Authority;
use partywall_test_street::person::Person;
use partywall_test_street::relay::Relay;

fn two_people(folder: &Path, relay: &Relay) -> (Person, Person) {
    let (alice, bob) = (Person::new(folder, "alice"), Person::new(folder, "bob"));
    let link = alice.invite(&relay.link, "bob").expect("an invitation");
    bob.add(&link, "alice").expect("added");
    bob.send("alice", "before").expect("sent");
    assert_eq!(alice.receive("2").expect("received")[0].text, "before");
    (alice, bob)
}

#[test]
fn a_replaced_certificate_breaks_no_link() {
    let folder = tempfile::tempdir().unwrap();
    let mut relay = Relay::start(&folder.path().join("relay"), &[]).unwrap();
    let (alice, bob) = two_people(folder.path(), &relay);
    let certificate = relay.folder().join("tls-certificate.pem");
    let before = std::fs::read(&certificate).unwrap();
    assert!(relay.stop().unwrap().success());
    std::fs::remove_file(&certificate).unwrap();
    std::fs::remove_file(relay.folder().join("tls-key.pem")).unwrap();
    relay.again().unwrap();
    assert_ne!(
        before,
        std::fs::read(&certificate).unwrap(),
        "a new certificate"
    );
    bob.send("alice", "after").unwrap();
    assert_eq!(alice.receive("2").unwrap()[0].text, "after");
}

#[test]
fn own_certificate_files_are_served_and_vouched_for() {
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(vec!["relay.example".to_owned()]).unwrap();
    let (certificate, key) = (folder.path().join("own.pem"), folder.path().join("own.key"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let (certificate, key) = (certificate.to_string_lossy(), key.to_string_lossy());
    let options = [
        "--tls",
        "files",
        "--tls-certificate",
        &certificate,
        "--tls-key",
        &key,
    ];
    let relay = Relay::start(&folder.path().join("relay"), &options).unwrap();
    two_people(folder.path(), &relay);
    assert!(
        !relay.folder().join("tls-key.pem").exists(),
        "no other certificate was made"
    );
}

#[test]
fn a_relay_that_is_not_the_links_is_refused_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let meant = Relay::start(&folder.path().join("meant"), &[]).unwrap();
    let other = Relay::start(&folder.path().join("other"), &[]).unwrap();
    let Link::Relay(link) = Link::parse(&meant.link).unwrap() else {
        unreachable!("a relay link")
    };
    let swapped = RelayLink::new(Authority::parse(&other.peer).unwrap(), *link.relay(), None);
    let swapped = Link::Relay(swapped).as_web_link();
    let alice = Person::new(folder.path(), "alice");
    let output = alice
        .run(&["invite", "--relay", &swapped, "--name", "bob"])
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{said}");
    assert!(said.contains("error:") && said.contains("hint:"), "{said}");
    assert!(output.stdout.is_empty());
    let metrics = other.page("/metrics").unwrap();
    let mailboxes = metrics
        .lines()
        .find(|line| line.starts_with("partywall_peer_mailboxes "))
        .unwrap();
    assert_eq!(mailboxes, "partywall_peer_mailboxes 0");
}

#[test]
fn a_relay_that_moved_is_found_by_its_newest_link() {
    let folder = tempfile::tempdir().unwrap();
    let mut relay = Relay::start(&folder.path().join("relay"), &[]).unwrap();
    let (alice, _) = two_people(folder.path(), &relay);
    assert!(relay.stop().unwrap().success());
    let moved = Relay::start(relay.folder(), &[]).unwrap();
    assert_ne!(moved.peer, relay.peer);
    let carol = Person::new(folder.path(), "carol");
    let link = alice.invite(&moved.link, "carol").unwrap();
    carol.add(&link, "alice").unwrap();
    carol.send("alice", "found you").unwrap();
    assert_eq!(alice.receive("2").unwrap()[0].text, "found you");
}
