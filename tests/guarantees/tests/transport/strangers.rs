//! Other people's WebSocket clients at our doors, polite and hostile: PyPI's `websockets`, npm's `ws`.
//! Knows: how they are told what to do (`tests/guarantees/strangers`). Never knows: how they do it.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use partywall_ground::{Capability, Close, RelayKey, Seconds, Spki};
use partywall_peer::collect::{self, Ack, Create};
use partywall_peer::deposit::{self, Deposit, Use};
use partywall_peer::proofs::Admission;
use partywall_peer::{Envelope, Link, Number, Slot, drop_id};
use partywall_proof::SigningKey;
use partywall_row::Row;
use partywall_test_street::house;
use partywall_world::{Clock, Dice, SystemClock};
use serde_json::{Value, json};

use crate::people::door;
use crate::target::Target;
use crate::tls;

/// One of them, with as many connections as it is told to open.
struct Stranger {
    name: &'static str,
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    opened: u32,
}

/// Which ones there are: what they are called, what has to be there, and their program.
pub(crate) const STRANGERS: [(&str, &str, &str); 2] = [
    ("websockets (Python)", "python/lib", "python/bin/python"),
    ("ws (Node)", "node_modules/ws", "node"),
];

/// One of the programs in `tests/guarantees/strangers`, if what it needs is here.
pub(crate) fn program(needs: &str, runs: &str, what: &str) -> Option<Command> {
    let folder = tls::strangers(needs)?;
    let here = house::root().join("tests/guarantees/strangers");
    let mut command = if runs == "node" {
        let mut command = Command::new(runs);
        command
            .env("NODE_PATH", folder.join("node_modules"))
            .arg(here.join(format!("{what}.js")));
        command
    } else {
        let mut command = Command::new(folder.join(runs));
        command.arg(here.join(format!("{what}.py")));
        command
    };
    command.stdout(Stdio::piped());
    Some(command)
}

impl Stranger {
    fn start((name, needs, runs): (&'static str, &str, &str)) -> Option<Self> {
        let child = program(needs, runs, "peer")?.stdin(Stdio::piped()).spawn();
        let mut child = child.expect("it starts");
        Some(Self {
            name,
            to: child.stdin.take().expect("it was asked for"),
            from: BufReader::new(child.stdout.take().expect("it was asked for")),
            child,
            opened: 0,
        })
    }

    /// Those that are here.
    fn all() -> Vec<Self> {
        STRANGERS.into_iter().filter_map(Self::start).collect()
    }

    fn does(&mut self, order: &Value) -> Value {
        writeln!(self.to, "{order}").expect("it listens");
        self.to.flush().expect("it listens");
        let mut line = String::new();
        self.from.read_line(&mut line).expect("it answers");
        serde_json::from_str(&line).expect("it answers in JSON")
    }

    /// Opens a connection at a door, with more in the order: its number, and what came of it.
    fn opens(&mut self, target: &Target, door: (SocketAddr, &str), more: &Value) -> (u32, Value) {
        self.opened += 1;
        let (address, path) = door;
        let certificate = if address == target.business() {
            "business-tls-certificate.pem"
        } else {
            "tls-certificate.pem"
        };
        let mut order = json!({
            "do": "open",
            "who": self.opened,
            "url": format!("wss://{address}{path}"),
            "trust": target.relay.folder().join(certificate),
        });
        let fields = more.as_object().into_iter().flatten();
        for (name, value) in fields {
            order[name] = value.clone();
        }
        (self.opened, self.does(&order))
    }

    /// A connection at a door, after the relay's first words.
    fn enters(&mut self, target: &Target, door: (SocketAddr, &str)) -> (u32, Vec<u8>) {
        let (who, opened) = self.opens(target, door, &json!({}));
        assert_eq!(opened["status"], 101, "{}", self.name);
        assert_eq!(
            opened["extensions"],
            json!([]),
            "{}: it offered one",
            self.name
        );
        (who, self.hears(who))
    }

    fn says(&mut self, who: u32, frame: &[u8]) {
        self.does(&json!({"do": "send", "who": who, "hex": hex::encode(frame)}));
    }

    fn hears(&mut self, who: u32) -> Vec<u8> {
        let heard = self.does(&json!({"do": "receive", "who": who}));
        let frame = heard["hex"].as_str().map(hex::decode);
        frame
            .unwrap_or_else(|| unreachable!("{} heard {heard}", self.name))
            .expect("hex")
    }

    /// Does one thing at a door, and hears with which code the relay closes.
    fn is_closed_after(
        &mut self,
        target: &Target,
        at: (SocketAddr, &str),
        mut order: Value,
    ) -> Value {
        let (who, _) = self.enters(target, at);
        order["who"] = json!(who);
        self.does(&order);
        self.does(&json!({"do": "receive", "who": who}))["closed"].clone()
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        let _over = self.child.kill();
        let _gone = self.child.wait();
    }
}

/// What the relay has to be proven with.
async fn shown(target: &Target) -> (RelayKey, Spki, Seconds) {
    let link = Link::parse(&target.relay.link).expect("the relay prints its link");
    let (_, spki) = door(target.peer(), "/v1/collect").await;
    let now = Seconds::new(SystemClock::new().wall().seconds());
    (*link.relay(), spki, now)
}

#[tokio::test]
async fn mail_goes_from_one_strangers_client_to_anothers() {
    let mut row = Row::of("F08");
    let mut all = Stranger::all();
    if all.len() < 2 {
        return;
    }
    let target = Target::start(&[]);
    let (relay, spki, now) = shown(&target).await;
    let mut dice = Dice::seeded(row.seed());
    for turn in 0..2 {
        all.reverse();
        let [reader, writer] = &mut all[..] else {
            unreachable!("there are two");
        };
        let (reads, hello) = reader.enters(&target, (target.peer(), "/v1/collect"));
        let Ok(collect::FromRelay::Hello(hello)) = collect::FromRelay::decode(&hello) else {
            panic!("hello comes first");
        };
        let greeting = hello.prove(&relay, &spki, now).expect("it is the relay");
        let key = SigningKey::draw(&mut dice);
        let capability = Capability::new(dice.bytes());
        let (slot, drop) = (Slot::new(1), drop_id(&capability));
        let create = Create::sign(&key, &greeting, slot, drop, Admission::Open, &mut dice);
        reader.says(reads, &collect::FromClient::from(create).encode());
        let attached = collect::FromRelay::decode(&reader.hears(reads));
        assert!(matches!(attached, Ok(collect::FromRelay::Attached(_))));

        let (writes, _) = writer.enters(&target, (target.peer(), "/v1/deposit"));
        writer.says(
            writes,
            &deposit::FromClient::from(Use { capability }).encode(),
        );
        let opened = deposit::FromRelay::decode(&writer.hears(writes));
        assert!(matches!(opened, Ok(deposit::FromRelay::Opened(_))));
        let mut number = Number::FIRST;
        for size in [4_096, 16_384, 65_536, 4_096] {
            let envelope = Envelope::try_from(vec![turn; size]).expect("it has one of the sizes");
            let sent = envelope.clone();
            let deposit = deposit::FromClient::from(Deposit { number, envelope });
            writer.says(writes, &deposit.encode());
            number = number.next();
            let delivered = collect::FromRelay::decode(&reader.hears(reads));
            let Ok(collect::FromRelay::Deliver(delivered)) = delivered else {
                panic!("what was left is delivered");
            };
            assert_eq!(delivered.envelope, sent);
            let accepted = deposit::FromRelay::decode(&writer.hears(writes));
            assert!(matches!(accepted, Ok(deposit::FromRelay::Accepted(_))));
            let tag = delivered.tag;
            reader.says(
                reads,
                &collect::FromClient::from(Ack { slot, tag }).encode(),
            );
            row.tried(1);
        }
        for (stranger, who) in [(reader, reads), (writer, writes)] {
            stranger.does(&json!({"do": "pings", "who": who, "count": 3}));
            let closed = stranger.does(&json!({"do": "close", "who": who, "code": 1000}));
            assert_eq!(closed["closed"], 1000, "{}", stranger.name);
        }
    }
    row.figure("mail went from Python's `websockets` to Node's `ws` through the relay, and back");
}

#[test]
fn a_strangers_client_on_behalf_of_a_page_is_let_in_nowhere() {
    let mut row = Row::of("F01");
    let target = Target::start(&[]);
    for mut stranger in Stranger::all() {
        for at in target.doors() {
            for (more, status) in [
                (json!({"origin": "https://evil.example"}), 403),
                (json!({"origin": "null"}), 403),
                (json!({"headers": {"Cookie": "session=1"}}), 400),
                (json!({"headers": {"Authorization": "Bearer x"}}), 400),
                (json!({"headers": {"X-Long": "a".repeat(20_000)}}), 431),
            ] {
                let (_, opened) = stranger.opens(&target, at, &more);
                assert_eq!(opened["status"], status, "{} {more}", stranger.name);
                row.tried(1);
            }
        }
    }
}

#[test]
fn a_strangers_hostile_client_is_closed_with_the_code_that_says_why() {
    let target = Target::start(&[]);
    let mut rows = ["F03", "F04", "F05", "F07", "F08"].map(Row::of);
    let [crumbs, giants, floods, packed, rules] = [0, 1, 2, 3, 4];
    for mut stranger in Stranger::all() {
        for at in target.doors() {
            for (row, order, close) in [
                (
                    crumbs,
                    json!({"do": "crumbs", "count": 60_000}),
                    Close::Malformed,
                ),
                (
                    giants,
                    json!({"do": "zeroes", "count": 1 << 20}),
                    Close::TooLarge,
                ),
                (
                    floods,
                    json!({"do": "pings", "count": 1_000}),
                    Close::Malformed,
                ),
                (
                    rules,
                    json!({"do": "text", "text": "hello"}),
                    Close::Malformed,
                ),
                (rules, json!({"do": "send", "hex": ""}), Close::Malformed),
            ] {
                let closed = stranger.is_closed_after(&target, at, order.clone());
                assert_eq!(closed, close.code(), "{} {order}", stranger.name);
                rows[row].tried(1);
                // It offered to compress, as it always does, and was not let.
                rows[packed].tried(1);
            }
        }
    }
}
