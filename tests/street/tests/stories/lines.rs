//! 10,000 lines of real text through real processes: complete, in order, once per id, whatever is killed. (SPEC §5.5, C-3)
//! Knows: two command lines. Never knows: how they keep it.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use partywall_test_street::person::{Line, Person, messages};
use partywall_test_street::relay::Relay;
use partywall_test_street::text;
use partywall_world::Dice;

const LINES: usize = 10_000;
const KILLS: usize = 20;

struct Street {
    folder: tempfile::TempDir,
    relay: Relay,
    alice: Person,
    bob: Person,
    lines: Vec<String>,
    input: PathBuf,
}

impl Street {
    /// Alice invited Bob; Bob knows her as `alice`, and has a file of lines to send.
    fn meet() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let relay = Relay::start(&folder.path().join("relay"), &[]).unwrap();
        let alice = Person::new(folder.path(), "alice");
        let bob = Person::new(folder.path(), "bob");
        let link = alice.invite(&relay.link, "bob").unwrap();
        bob.add(&link, "alice").unwrap();
        let lines = text::lines(LINES);
        let input = folder.path().join("lines.txt");
        std::fs::write(&input, lines.join("\n") + "\n").unwrap();
        Self {
            folder,
            relay,
            alice,
            bob,
            lines,
            input,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// What was received, each id once; an id seen twice says the same both times.
fn once_each(path: &Path) -> Vec<Line> {
    let printed = String::from_utf8(std::fs::read(path).unwrap()).unwrap();
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    let mut lines = Vec::new();
    for line in messages(&printed).unwrap() {
        match seen.insert(line.id.clone(), line.text.clone()) {
            None => lines.push(line),
            Some(before) => assert_eq!(before, line.text, "one id, two texts"),
        }
    }
    lines
}

fn assert_same(received: &[Line], sent: &[String]) {
    for (at, (line, text)) in received.iter().zip(sent).enumerate() {
        assert_eq!(&line.text, text, "line {at}");
    }
    assert_eq!(received.len(), sent.len(), "all of them, and no more");
}

#[test]
fn ten_thousand_lines_to_an_offline_reader_arrive_identical_in_order_and_once() {
    let street = Street::meet();
    let mut sender = street.bob.start_lines("alice", &street.input).unwrap();
    assert!(sender.wait().unwrap().success());
    let printed = street.path("received");
    let mut reader = street.alice.start_receive(&printed, "3").unwrap();
    assert!(reader.wait().unwrap().success());
    let text = std::fs::read_to_string(&printed).unwrap();
    assert_same(&messages(&text).unwrap(), &street.lines);
}

#[test]
fn nothing_is_lost_or_repeated_when_the_relay_is_killed_twenty_times() {
    let mut street = Street::meet();
    let seed = 21;
    println!("seed {seed}");
    let mut dice = Dice::seeded(seed);
    let mut sender = street.bob.start_lines("alice", &street.input).unwrap();
    let printed = street.path("received");
    let mut while_sending = 0;
    for _ in 0..KILLS {
        while_sending += usize::from(sender.try_wait().unwrap().is_none());
        std::thread::sleep(Duration::from_millis(100 + dice.below(250)));
        street.relay.kill();
        street.relay.again().unwrap();
    }
    assert!(sender.wait().unwrap().success());
    println!("{while_sending} of {KILLS} kills while lines were being sent");
    assert!(while_sending > 0);
    let mut reader = street.alice.start_receive(&printed, "8").unwrap();
    for _ in 0..KILLS {
        std::thread::sleep(Duration::from_millis(100 + dice.below(250)));
        street.relay.kill();
        street.relay.again().unwrap();
    }
    // If its last word from the relay was a farewell, it says that there may be more: then it is asked again.
    if !reader.wait().unwrap().success() {
        let mut again = street.alice.start_receive(&printed, "3").unwrap();
        assert!(again.wait().unwrap().success());
    }
    let text = std::fs::read_to_string(&printed).unwrap();
    assert_same(&messages(&text).unwrap(), &street.lines);
}

#[test]
fn nothing_is_lost_or_repeated_when_sender_and_reader_are_killed_twenty_times_each() {
    let street = Street::meet();
    let seed = 22;
    println!("seed {seed}");
    let mut dice = Dice::seeded(seed);
    let mut killed = 0;
    loop {
        let mut sender = street.bob.start_lines("alice", &street.input).unwrap();
        if killed < KILLS {
            std::thread::sleep(Duration::from_millis(200 + dice.below(200)));
            let _ = sender.kill();
            killed += 1;
        }
        if sender.wait().unwrap().success() {
            break;
        }
    }
    assert_eq!(killed, KILLS, "the sender was killed while it sent");
    let printed = street.path("received");
    std::fs::File::create(&printed).unwrap().flush().unwrap();
    for _ in 0..KILLS {
        let mut reader = street.alice.start_receive(&printed, "3").unwrap();
        std::thread::sleep(Duration::from_millis(200 + dice.below(400)));
        let _ = reader.kill();
        let _ = reader.wait();
        cut_last_line(&printed);
    }
    let mut reader = street.alice.start_receive(&printed, "3").unwrap();
    assert!(reader.wait().unwrap().success());
    assert_same(&once_each(&printed), &street.lines);
}

/// A killed reader may leave half a line: the next run prints it again under the same id.
fn cut_last_line(path: &Path) {
    let bytes = std::fs::read(path).unwrap();
    let whole = bytes
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1);
    std::fs::write(path, &bytes[..whole]).unwrap();
}
