//! A live conversation with the second implementation: each opens what the other sealed. (SPEC §10)
//! Knows: JSON lines to a Python process. Never knows: how the other side is built.
//! `cargo xtask test` sets Python up and names it in `PARTYWALL_PYTHON`; without it these tests say so and, in CI, fail.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::common::{Maker, NOT_AFTER, NOW, TODAY};
use partywall_ground::{DropId, IdentityId, LinkSecret, Peer};
use partywall_row::Row;
use partywall_session::{Binding, Identity, LinkKeys, Session, UnverifiedBundle};
use partywall_world::Dice;
use serde_json::{Value, json};

/// The Python side.
struct Other {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Other {
    fn start() -> Option<Self> {
        let Some(python) = std::env::var_os("PARTYWALL_PYTHON") else {
            partywall_row::not_run("no PARTYWALL_PYTHON; `cargo xtask test` sets it up");
            return None;
        };
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/python/live.py");
        let mut child = Command::new(python)
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let to = child.stdin.take().unwrap();
        let from = BufReader::new(child.stdout.take().unwrap());
        Some(Self { child, to, from })
    }

    fn ask(&mut self, question: &Value) -> Option<Value> {
        writeln!(self.to, "{question}").unwrap();
        self.to.flush().unwrap();
        let mut line = String::new();
        self.from.read_line(&mut line).unwrap();
        let answer: Value = serde_json::from_str(&line).unwrap();
        (answer["ok"] == true).then_some(answer)
    }

    fn seal(&mut self, content: &[u8]) -> Vec<u8> {
        let answer = self
            .ask(&json!({"cmd": "seal", "content": hex::encode(content)}))
            .unwrap();
        hex::decode(answer["envelope"].as_str().unwrap()).unwrap()
    }

    fn open(&mut self, envelope: &[u8]) -> Option<Vec<u8>> {
        let answer = self.ask(&json!({"cmd": "open", "envelope": hex::encode(envelope)}))?;
        Some(hex::decode(answer["content"].as_str().unwrap()).unwrap())
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = writeln!(self.to, "{}", json!({"cmd": "quit"}));
        let _ = self.child.wait();
    }
}

/// Both sides talk, out of order and with losses; every content arrives as it was or is refused the second time.
fn converse(other: &mut Other, ours: &mut Session<Peer>, dice: &mut Dice, steps: u32) -> u32 {
    let mut to_other: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    let mut to_us: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    let mut opened = 0;
    for step in 0..steps {
        let length = [5, 400, 1_700, 9_000][usize::try_from(dice.below(4)).unwrap()];
        let mut content = vec![0; length];
        content[..4].copy_from_slice(&step.to_be_bytes());
        let choice = dice.below(5);
        match choice {
            0 | 1 => to_other.push((ours.seal(&content, dice).unwrap(), content)),
            2 => to_us.push((other.seal(&content), content)),
            _ => {
                let queue = if choice == 3 {
                    &mut to_other
                } else {
                    &mut to_us
                };
                if queue.is_empty() {
                    continue;
                }
                let pick = usize::try_from(dice.below(queue.len() as u64)).unwrap();
                let (envelope, content) = queue.swap_remove(pick);
                if dice.below(8) == 0 {
                    continue;
                }
                opened += 1;
                if choice == 3 {
                    assert_eq!(other.open(&envelope), Some(content));
                    assert_eq!(other.open(&envelope), None, "replay");
                } else {
                    assert_eq!(
                        ours.open(&envelope, TODAY).unwrap().content.as_slice(),
                        content
                    );
                    assert!(ours.open(&envelope, TODAY).is_err(), "replay");
                }
            }
        }
    }
    opened
}

/// We take the other side's bundle and begin; gives how much was opened.
fn we_begin(seed: u64, steps: u32) -> Option<u32> {
    let mut other = Other::start()?;
    let mut dice = Dice::seeded(seed);
    let published = other
        .ask(&json!({"cmd": "publish", "not_after": NOT_AFTER.value()}))
        .unwrap();
    let field = |value: &Value| hex::decode(value.as_str().unwrap()).unwrap();
    let secret: [u8; 32] = field(&published["link"]["l"]).try_into().unwrap();
    let keys = LinkKeys::<Peer>::of(&LinkSecret::new(secret));
    let owner = IdentityId::new(field(&published["link"]["id"]).try_into().unwrap());
    let drop = DropId::new(field(&published["drop"]).try_into().unwrap());
    assert_eq!(keys.drop_id(), drop);
    let bundle = UnverifiedBundle::unseal(&field(&published["sealed_bundle"]), keys.shelf_key())
        .unwrap()
        .verify(&owner, &drop, NOW)
        .unwrap();
    let identity = Identity::draw(&mut dice);
    let mut ours = Session::initiate(&identity, &bundle, &keys, Binding::NONE, &mut dice).unwrap();
    let first = ours.seal(b"hello, stranger", &mut dice).unwrap();
    let opened = other
        .open(&first)
        .expect("the second implementation opens what we sealed");
    assert_eq!(opened, b"hello, stranger");
    Some(converse(&mut other, &mut ours, &mut dice, steps))
}

/// The other side takes our bundle and begins; gives how much was opened.
fn the_other_begins(seed: u64, steps: u32) -> Option<u32> {
    let mut other = Other::start()?;
    let mut dice = Dice::seeded(seed);
    let maker = Maker::draw(&mut dice);
    let drop = maker.link.drop_id();
    let sealed = maker
        .bundle
        .publish(&maker.identity, &drop)
        .seal(maker.link.shelf_key(), &mut dice);
    other
        .ask(&json!({
            "cmd": "initiate",
            "l": hex::encode(maker.secret.as_bytes()),
            "id": hex::encode(maker.identity.id().as_bytes()),
            "drop": hex::encode(drop.as_bytes()),
            "sealed_bundle": hex::encode(sealed),
            "now": NOW.value(),
        }))
        .unwrap();
    let first = other.seal(b"hello from the other side");
    let (mut ours, opened) = maker.unlock(&first).unwrap().begin(TODAY).unwrap();
    assert_eq!(opened.content.as_slice(), b"hello from the other side");
    Some(converse(&mut other, &mut ours, &mut dice, steps))
}

#[test]
fn we_begin_and_the_second_implementation_answers() {
    for seed in 0..3 {
        println!("seed {seed}");
        let Some(opened) = we_begin(seed, 150) else {
            return;
        };
        assert!(opened > 20);
    }
}

#[test]
fn the_second_implementation_begins_and_we_answer() {
    for seed in 10..13 {
        println!("seed {seed}");
        let Some(opened) = the_other_begins(seed, 150) else {
            return;
        };
        assert!(opened > 20);
    }
}

#[test]
fn many_conversations_with_the_second_implementation_end_well_whoever_begins_and_whatever_is_lost()
{
    let mut row = Row::of("S08");
    let (first, count) = (row.seed() * 10_000, row.times(20, 1_000));
    let next = AtomicU64::new(first);
    let opened = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + count {
                        return;
                    }
                    println!("seed {seed}");
                    let of_one = match seed % 2 {
                        0 => we_begin(seed, 80),
                        _ => the_other_begins(seed, 80),
                    };
                    opened.fetch_add(of_one.unwrap_or(0).into(), Ordering::Relaxed);
                }
            });
        }
    });
    let opened = opened.into_inner();
    if opened == 0 {
        // Nobody to talk to: said above.
        return;
    }
    assert!(opened > count * 10);
    row.tried(count);
    row.figure(format!(
        "{count} conversations, {opened} envelopes opened by the other implementation, out of order and with losses"
    ));
}
