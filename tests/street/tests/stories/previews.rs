//! A link in a message is a text: nobody fetches what it names. (Row D11)
//! Knows: a web server that counts who comes. Never knows: who might.

use std::io::ErrorKind;
use std::net::{TcpListener, TcpStream};

use partywall_row::Row;
use partywall_test_street::person::{Person, messages};
use partywall_test_street::relay::Relay;

/// How many have connected since the last look.
fn hits(server: &TcpListener) -> usize {
    let mut hits = 0;
    loop {
        match server.accept() {
            Ok(_) => hits += 1,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return hits,
            Err(error) => unreachable!("a listener on this machine: {error}"),
        }
    }
}

#[test]
fn a_hundred_links_are_sent_and_read_and_nobody_visits_them() {
    let mut row = Row::of("D11");
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    server.set_nonblocking(true).unwrap();
    let at = server.local_addr().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut relay = Relay::start(&folder.path().join("relay"), &[]).unwrap();
    let alice = Person::new(folder.path(), "alice");
    let bob = Person::new(folder.path(), "bob");
    let link = alice.invite(&relay.link, "bob").unwrap();
    bob.add(&link, "alice").unwrap();
    let kinds = ["/", "/picture.png", "/?of=alice", "/.well-known/oembed"];
    let urls: Vec<String> = (0..100)
        .map(|number| format!("http://{at}{}#{number}", kinds[number % kinds.len()]))
        .collect();
    let lines = folder.path().join("urls");
    std::fs::write(&lines, urls.join("\n") + "\n").unwrap();
    let mut sender = bob.start_lines("alice", &lines).unwrap();
    assert!(sender.wait().unwrap().success());
    let said = alice
        .succeed(&["receive", "--json", "--until-idle", "2"])
        .unwrap();
    let read: Vec<String> = messages(&said)
        .unwrap()
        .into_iter()
        .map(|line| line.text)
        .collect();
    assert_eq!(read, urls);
    alice.succeed(&["history", "bob"]).unwrap();
    assert!(relay.stop().unwrap().success());
    assert_eq!(hits(&server), 0, "visits by sender, relay or reader");
    row.tried(100);
    row.figure("100 links, 0 visits");

    drop(TcpStream::connect(at).unwrap());
    assert_eq!(hits(&server), 1, "the control: a visit is counted");
}
