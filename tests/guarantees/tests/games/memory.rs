//! A heap image: a process has opened n messages, and a core of all its memory has none of their keys.
//! Knows: what the writer's side derives by the SPEC. Never knows: where the reader keeps what.
//!
//! The reader is this program once more, told by its environment to read from its standard input.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use partywall_ground::IdentityId;
use partywall_row::Row;
use partywall_session::Identity;
use partywall_test_street::scan;
use partywall_world::Dice;

use crate::people::{Maker, initiate, seal};
use crate::thief::{Recorded, chain_key_for, message_key, next_chain_key};

/// Makes this program the reader.
const READER: &str = "PARTYWALL_GAMES_READER";
const READS: &str = "memory::a_reader_opens_what_it_is_handed_line_by_line";

/// Publishes a link, then answers each line: `open` with whether it opened, `say` with an envelope.
fn read_lines(from: impl BufRead, to: &mut impl Write, dice: &mut Dice) -> Option<()> {
    let maker = Maker::draw(dice);
    let published = [
        hex::encode(maker.identity.id().as_bytes()),
        hex::encode(maker.secret.as_bytes()),
        hex::encode(maker.shelved(dice)),
    ];
    writeln!(to, "{}", published.join(" ")).ok()?;
    let mut session = None;
    for line in from.lines() {
        let line = line.ok()?;
        let (word, rest) = line.split_once(' ').unwrap_or((&line, ""));
        let answer = match (word, &mut session) {
            ("open", None) => {
                let (begun, _) = maker.begin(&hex::decode(rest).ok()?).ok()?;
                session = Some(begun);
                "opened".to_owned()
            }
            ("open", Some(session)) => {
                let opened = session.open(&hex::decode(rest).ok()?, crate::people::TODAY);
                if opened.is_ok() { "opened" } else { "no" }.to_owned()
            }
            ("say", Some(session)) => hex::encode(seal(session, b"an answer", dice)),
            _ => return Some(()),
        };
        writeln!(to, "{answer}").ok()?;
        to.flush().ok()?;
    }
    Some(())
}

#[test]
fn a_reader_opens_what_it_is_handed_line_by_line() {
    let mut dice = Dice::from_os().unwrap();
    if std::env::var_os(READER).is_some() {
        read_lines(
            std::io::stdin().lock(),
            &mut std::io::stdout().lock(),
            &mut dice,
        );
        return;
    }
    let mut reader = Reader::starts();
    let mut alice = reader.meets(&mut dice);
    let envelope = seal(&mut alice, b"hello", &mut dice);
    assert!(reader.opens(&envelope));
    assert!(!reader.opens(&envelope));
}

/// The other process.
struct Reader {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Reader {
    fn starts() -> Self {
        let mut child = Command::new(std::env::current_exe().expect("this program has a path"))
            .args(["--exact", READS, "--nocapture", "--test-threads=1"])
            .env(READER, "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program starts once more");
        let to = child.stdin.take().expect("piped");
        let from = BufReader::new(child.stdout.take().expect("piped"));
        Self { child, to, from }
    }

    /// The next line that is the reader's own and not the test harness's.
    fn line(&mut self) -> String {
        loop {
            let mut line = String::new();
            let length = self.from.read_line(&mut line).expect("the reader lives");
            assert!(length > 0, "the reader has ended");
            let line = line.trim().to_owned();
            let harness = ["", "running 1 test"].contains(&line.as_str());
            if !harness {
                // The harness names a test without ending the line.
                return line.rsplit("... ").next().unwrap_or("").to_owned();
            }
        }
    }

    fn asks(&mut self, words: &str) -> String {
        writeln!(self.to, "{words}").expect("the reader lives");
        self.to.flush().expect("the reader lives");
        self.line()
    }

    fn opens(&mut self, envelope: &[u8]) -> bool {
        self.asks(&format!("open {}", hex::encode(envelope))) == "opened"
    }

    /// Takes the published link.
    fn meets(&mut self, dice: &mut Dice) -> partywall_session::Session<partywall_ground::Peer> {
        let published = self.line();
        let parts: Vec<_> = published
            .split(' ')
            .map(|part| hex::decode(part).expect("hex"))
            .collect();
        let [owner, secret, shelved] = &parts[..] else {
            panic!("three parts: {published}");
        };
        let owner = IdentityId::new(owner[..].try_into().expect("32 bytes"));
        let secret = secret[..].try_into().expect("32 bytes");
        let identity = Identity::draw(dice);
        let mut alice = initiate(&identity, &owner, &secret, shelved, dice);
        assert!(self.opens(&seal(&mut alice, b"first", dice)));
        let answer = hex::decode(self.asks("say")).expect("hex");
        alice
            .open(&answer, crate::people::TODAY)
            .expect("an honest envelope opens");
        alice
    }

    fn core(&self, into: &Path) -> PathBuf {
        let id = self.child.id().to_string();
        let made = Command::new("gcore")
            .arg("-o")
            .arg(into.join("core"))
            .arg(&id)
            .output()
            .expect("gcore is installed (package gdb)");
        let core = into.join(format!("core.{id}"));
        let said = String::from_utf8_lossy(&made.stderr).into_owned();
        assert!(core.is_file(), "gcore: {said}");
        core
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let _ended = writeln!(self.to, "quit");
        let _ended = self.child.wait();
    }
}

/// Halves of a key: what was freed and not wiped loses its first bytes to the allocator.
fn halves(core: &[u8], key: &[u8; 32]) -> usize {
    let (front, back) = key.split_at(16);
    [front, back]
        .iter()
        .filter(|half| scan::contains(core, half))
        .count()
}

/// So many messages of a chain: all but the last arrive after it, so that their keys have been kept and used.
const IN_A_CHAIN: usize = 40;
/// Of the first chain, this one never arrives.
const WITHHELD: usize = 10;

#[test]
fn a_core_of_a_process_that_has_opened_messages_has_none_of_their_keys() {
    let mut row = Row::of("B18");
    let mut dice = Dice::from_os().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut reader = Reader::starts();
    let mut alice = reader.meets(&mut dice);
    let mut used: Vec<(&str, [u8; 32])> = Vec::new();
    let mut kept: Vec<(&str, [u8; 32])> = Vec::new();
    let turns = row.times(2, 20);
    for turn in 0..turns {
        // The chain's first key is nowhere before its turn.
        assert!(reader.opens(&seal(&mut alice, b"turns", &mut dice)));
        let before = alice.to_bytes();
        let envelopes: Vec<_> = (0..IN_A_CHAIN)
            .map(|_| seal(&mut alice, b"a message", &mut dice))
            .collect();
        let recorded = |envelope: &[u8]| Recorded::of(envelope, &alice, true);
        let found = chain_key_for(&recorded(&envelopes[0]), &before);
        let mut chain = found.expect("the writer's state has it");
        for (n, envelope) in envelopes.iter().enumerate() {
            let message = message_key(&chain);
            if (turn, n) == (0, WITHHELD) {
                kept.push(("the key of one that was withheld", message));
            } else {
                used.push(("a message key", message));
                used.push(("a body's key", recorded(envelope).body_key(&message)));
            }
            used.push(("a chain key", chain));
            chain = next_chain_key(&chain);
        }
        let (last, others) = envelopes.split_last().expect("there are some");
        assert!(reader.opens(last));
        for (n, envelope) in others.iter().enumerate() {
            if (turn, n) != (0, WITHHELD) {
                assert!(reader.opens(envelope));
            }
        }
        if turn + 1 == turns {
            kept.push(("the chain key of what comes next", chain));
        } else {
            used.push(("a chain key", chain));
            let answer = hex::decode(reader.asks("say")).unwrap();
            alice.open(&answer, crate::people::TODAY).unwrap();
        }
    }
    let core = std::fs::read(reader.core(folder.path())).unwrap();
    let mut left = Vec::new();
    for (what, key) in &used {
        if halves(&core, key) > 0 {
            left.push(*what);
        }
        row.tried(2);
    }
    assert!(
        left.is_empty(),
        "{} of {} keys, the first {:?}",
        left.len(),
        used.len(),
        left[0]
    );
    for (what, key) in &kept {
        assert_eq!(halves(&core, key), 2, "the control: {what}");
    }
    row.figure(format!(
        "core of {} MiB after {} messages: 0 of {} used keys, whole or half; {} that are still wanted: found",
        core.len() >> 20,
        turns * IN_A_CHAIN as u64,
        used.len(),
        kept.len()
    ));
}
