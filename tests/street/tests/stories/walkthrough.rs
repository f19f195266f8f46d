//! The page docs/business.md, run as it stands: its commands by a shell, its claims against what they print.
//! Knows: the page, the three binaries. Never knows: anything that the page does not say.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use partywall_test_street::house;
use serde_json::Value;

/// How often a block that may have to be asked again is asked, half a second apart.
const TIMES: u32 = 40;

/// A block of commands, and what has to be printed.
#[derive(Debug, PartialEq, Eq)]
struct Block {
    kind: String,
    commands: String,
    claims: Vec<String>,
}

/// The blocks in three backticks: their first line's words, their lines.
fn fenced(page: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut parts = page.split("\n```").skip(1);
    while let (Some(block), _prose) = (parts.next(), parts.next()) {
        let (kind, lines) = block.split_once('\n').unwrap_or((block, ""));
        found.push((kind.to_owned(), lines.to_owned()));
    }
    found
}

/// Commands with the claims that follow them.
fn blocks(page: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for (kind, lines) in fenced(page) {
        match (
            kind.split_once(' ').unwrap_or((&kind, "")),
            blocks.last_mut(),
        ) {
            (("sh", how), _) => blocks.push(Block {
                kind: how.to_owned(),
                commands: lines,
                claims: Vec::new(),
            }),
            (("text", ""), Some(block)) => block.claims.extend(lines.lines().map(str::to_owned)),
            _ => {}
        }
    }
    blocks
}

/// Whether a line of what was printed holds every part of the claim in order, `…` being left out.
fn is_printed(claim: &str, printed: &str) -> bool {
    printed.lines().any(|line| {
        let mut rest = line;
        claim.trim().split('…').all(|part| match rest.find(part) {
            Some(at) => {
                rest = &rest[at + part.len()..];
                true
            }
            None => false,
        })
    })
}

/// Whoever follows the page: a folder, a shell, what was exported so far.
struct Reader {
    folder: tempfile::TempDir,
    path: std::ffi::OsString,
    exports: String,
}

impl Reader {
    fn new() -> Self {
        let relay = house::binary("partywall-relay").unwrap();
        for name in ["partywall", "partywall-exporter"] {
            house::binary(name).unwrap();
        }
        let mut path = relay.parent().unwrap().as_os_str().to_owned();
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        Self {
            folder: tempfile::tempdir().unwrap(),
            path,
            exports: String::new(),
        }
    }

    fn shell(&self, commands: &str) -> Command {
        let mut shell = Command::new("sh");
        shell
            .args(["-euc", &format!("{}{commands}", self.exports)])
            .current_dir(self.folder.path())
            .env("PATH", &self.path)
            .env_remove("PARTYWALL_STORE")
            .env_remove("PARTYWALL_PASSPHRASE")
            .stdin(Stdio::null());
        shell
    }

    /// What is printed on both ways, and whether the shell was content.
    fn run(&self, commands: &str) -> (String, bool) {
        let output = self.shell(commands).output().unwrap();
        let printed = [output.stdout, output.stderr].concat();
        (String::from_utf8(printed).unwrap(), output.status.success())
    }

    fn json(&self, command: &str) -> Vec<Value> {
        let (printed, content) = self.run(command);
        assert!(content, "{command}: {printed}");
        let lines = printed.lines().map(serde_json::from_str);
        lines.collect::<Result<_, _>>().unwrap()
    }

    /// Starts the relay as the page says, on ports that are free.
    fn serve(&self, command: &str) -> (Running, String) {
        let ports = "--json --peer 127.0.0.1:0 --business 127.0.0.1:0 --operator 127.0.0.1:0";
        let log = std::fs::File::create(self.folder.path().join("relay.log")).unwrap();
        let mut child = self
            .shell(&format!("exec {} {ports}", command.trim()))
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let running = Running(child);
        said.read_line(&mut line).unwrap();
        let log = std::fs::read_to_string(self.folder.path().join("relay.log")).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line}{log}"));
        let link = ready["business_link"].as_str().unwrap().to_owned();
        (running, link)
    }

    /// What a word in capitals stands for at this moment.
    fn stands_for(&self, word: &str) -> String {
        let text = |value: &Value| {
            value
                .as_str()
                .unwrap_or_else(|| panic!("{word}"))
                .to_owned()
        };
        match word {
            "TEMPLATE" => {
                let list = "partywall-relay template list --pending --data relay --json";
                text(&self.json(list)[0]["templates"][0]["id"])
            }
            "CONVERSATION" => {
                let list = "partywall --store bakery.store business conversations --json";
                text(&self.json(list)[0]["conversation"])
            }
            _ => {
                let list = "partywall --store carla.store customer history bakery.example --json";
                let lines = self.json(list);
                let oven = lines
                    .iter()
                    .find(|line| line["text"] == "It is in the oven.");
                text(&oven.unwrap()["id"])
            }
        }
    }
}

/// A process that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ended_already = self.0.kill();
        let _ended_already = self.0.wait();
    }
}

fn page() -> String {
    std::fs::read_to_string(house::root().join("docs/business.md")).unwrap()
}

#[test]
fn the_walk_through_of_the_business_wing_is_true() {
    let mut reader = Reader::new();
    let (mut relay, mut link, mut claims) = (None, String::new(), 0);
    for block in blocks(&page()) {
        let mut commands = block.commands.replace("'LINK'", &format!("'{link}'"));
        for word in ["TEMPLATE", "CONVERSATION", "MESSAGE"] {
            if commands.contains(&format!(" {word} ")) {
                commands = commands.replace(
                    &format!(" {word} "),
                    &format!(" {} ", reader.stands_for(word)),
                );
            }
        }
        if block.kind == "serve" {
            let (running, said) = reader.serve(&commands);
            (relay, link) = (Some(running), said);
            continue;
        }
        let printed = match block.kind.as_str() {
            "again" => asked_until_true(&reader, &commands, &block.claims),
            how => {
                let (printed, content) = reader.run(&commands);
                assert_eq!(content, how != "refused", "{commands}\n{printed}");
                printed
            }
        };
        for claim in &block.claims {
            assert!(
                is_printed(claim, &printed),
                "{claim}\n--\n{commands}\n{printed}"
            );
            claims += 1;
        }
        let exports = commands.lines().filter(|line| line.starts_with("export "));
        reader
            .exports
            .extend(exports.map(|line| format!("{line}\n")));
    }
    let mut relay = relay.expect("the page starts a relay");
    let id = relay.0.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap()
            .success()
    );
    assert!(
        relay.0.wait().unwrap().success(),
        "it ends when it is asked to"
    );
    assert!(claims > 30, "the page says something: {claims}");
}

fn asked_until_true(reader: &Reader, commands: &str, claims: &[String]) -> String {
    for _ in 0..TIMES {
        let (printed, content) = reader.run(commands);
        if content && claims.iter().all(|claim| is_printed(claim, &printed)) {
            return printed;
        }
        std::thread::sleep(Duration::from_millis(500));
    }
    reader.run(commands).0
}

#[test]
fn a_claim_that_nothing_prints_is_noticed() {
    let page = "before\n```sh refused\none\n```\nbetween\n```text\n… was told your initials. It was \"CM\"\n```\n```toml\nx\n```\n";
    let block = &blocks(page)[0];
    assert_eq!(
        (block.kind.as_str(), block.commands.as_str()),
        ("refused", "one")
    );
    let claim = &block.claims[0];
    let told = "x\n  10:00Z Printer was told your initials. It was \"CM\"; it was sent";
    assert!(is_printed(claim, told));
    assert!(!is_printed(claim, &told.replace("CM", "XX")));
    assert!(!is_printed("sent…CM", told), "in order");
    assert!(!is_printed(
        "a line…that is not there",
        "a line\nthat is not there"
    ));
}

/// Posts a body as the exporter would; the answer's status line and headers.
fn post(port: u16, batch: &str, signature: &str, body: &[u8]) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let length = body.len();
    write!(
        stream,
        "POST / HTTP/1.0\r\nContent-Length: {length}\r\nPartywall-Batch: {batch}\r\nPartywall-Signature: {signature}\r\n\r\n"
    )
    .unwrap();
    stream.write_all(body).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn vector(vectors: &Value, name: &str) -> Value {
    let mut all = vectors["vectors"].as_array().unwrap().iter();
    all.find(|vector| vector["name"] == name).unwrap().clone()
}

/// Starts the page's program, and waits until it listens.
fn sink(folder: &Path, secret: &[u8]) -> (Running, u16) {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let blocks = fenced(&page());
    let program = blocks.iter().find(|(kind, _)| kind == "python").unwrap();
    std::fs::write(folder.join("sink.secret"), secret).unwrap();
    let program = program.1.replace("8080", &port.to_string());
    std::fs::write(folder.join("sink.py"), program).unwrap();
    let mut python = Command::new("python3");
    python
        .arg("sink.py")
        .current_dir(folder)
        .stderr(Stdio::null());
    let running = Running(python.spawn().expect("python3 is there"));
    for _ in 0..TIMES {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            break;
        }
        std::thread::sleep(Duration::from_millis(500));
    }
    (running, port)
}

#[test]
fn the_sink_of_the_page_takes_what_is_signed_and_answers_with_the_receipt() {
    let file = house::root().join("protocol/vectors/exporter.json");
    let vectors: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let signed = vector(&vectors, "webhook signature: of a batch");
    let receipt = vector(&vectors, "webhook receipt: status 200");
    assert_eq!(signed["secret"], receipt["secret"]);
    let bytes = |value: &Value| hex::decode(value.as_str().unwrap()).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let folder = tempfile::tempdir().unwrap();
    let (_running, port) = sink(folder.path(), &bytes(&signed["secret"]));
    let (batch, header, body) = (
        text(&receipt["batch"]),
        text(&signed["header"]),
        bytes(&signed["body"]),
    );
    let answer = post(port, &batch, &header, &body);
    assert!(answer.starts_with("HTTP/1.0 200"), "{answer}");
    assert!(
        answer.contains(&format!("Partywall-Receipt: {}", text(&receipt["header"]))),
        "{answer}"
    );
    let kept = std::fs::read(folder.path().join(format!("{batch}.json"))).unwrap();
    assert_eq!(kept, body);
    let forged = post(port, &batch, &header, &[&body[..], b" "].concat());
    assert!(
        forged.starts_with("HTTP/1.0 403") && !forged.contains("Receipt"),
        "{forged}"
    );
}
