//! The binary as an operator meets it: help, configuration, a relay at the other end of a socket, signals.
//! Knows: SPEC §14. Never knows: the library.

use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use partywall_business::export::{Carried, FromExporter, FromRelay, Head, Idle, SinkName};
use partywall_business::ledger::Origin;
use partywall_ground::RelayKey;
use partywall_proof::SigningKey;
use partywall_row::Row;
use rustix::process::{Pid, Signal, kill_process};

const FILE: &str = "[[sink]]\nname = \"archive\"\nrecipient = \"parent\"\nkind = \"file\"\npath = \"archive.jsonl\"\n";

fn exporter() -> Command {
    // `cargo xtask guarantees` has two builds of it.
    let chosen = std::env::var_os("PARTYWALL_BINARIES").map(PathBuf::from);
    let mut command = Command::new(chosen.map_or_else(
        || PathBuf::from(env!("CARGO_BIN_EXE_partywall-exporter")),
        |folder| folder.join("partywall-exporter"),
    ));
    command
        .env_remove("PARTYWALL_EXPORTER_CONFIG")
        .env_remove("PARTYWALL_EXPORTER_SOCKET");
    command
}

fn said(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
    (
        output.status.code().expect("an exit code"),
        text(&output.stdout),
        text(&output.stderr),
    )
}

fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    said(
        &exporter()
            .current_dir(folder)
            .args(arguments)
            .output()
            .expect("it runs"),
    )
}

/// An exporter at work; killed when dropped.
struct Working(Child);

impl Working {
    fn with(folder: &Path, configuration: &str, more: &[&str]) -> Self {
        let written = std::fs::write(folder.join("exporter.toml"), configuration);
        written.expect("the folder can be written");
        let child = exporter()
            .current_dir(folder)
            .args(["--socket", "relay.sock", "--json"])
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut child = child.expect("it starts");
        let mut ready = String::new();
        let out = child.stdout.as_mut().expect("piped");
        BufReader::new(out).read_line(&mut ready).expect("a line");
        assert_eq!(ready, "{\"ready\":true,\"sinks\":1}\n");
        Self(child)
    }

    fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.0.id()).ok().and_then(Pid::from_raw);
        kill_process(pid.expect("a process"), signal).expect("it is there");
    }

    fn ended(mut self) -> (i32, String) {
        let code = self
            .0
            .wait()
            .expect("it ends")
            .code()
            .expect("an exit code");
        let mut log = String::new();
        let err = self.0.stderr.as_mut().expect("piped");
        err.read_to_string(&mut log).expect("text");
        (code, log)
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        let _ended_already = self.0.kill();
        let _ended_already = self.0.wait();
    }
}

fn hear(stream: &mut UnixStream) -> FromExporter {
    let mut head = [0; Head::LENGTH];
    stream.read_exact(&mut head).expect("a head");
    let head = Head::parse(&head).expect("a good head");
    let mut body = vec![0; head.length()];
    stream.read_exact(&mut body).expect("a body");
    FromExporter::decode(&head, &body).expect("a good body")
}

fn greeted(listener: &UnixListener) -> UnixStream {
    let (mut stream, _) = listener.accept().expect("a connection");
    assert!(matches!(hear(&mut stream), FromExporter::Carry(_)));
    let operator = RelayKey::new(*SigningKey::from_seed(&[7; 32]).public().as_bytes());
    let origin = Origin::of_authority("relay.example:7444").expect("an origin");
    let carried = FromRelay::from(Carried { operator, origin }).encode();
    stream.write_all(&carried).expect("it listens");
    stream
}

#[test]
fn the_example_is_in_order_once_its_secret_is_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, example, _) = run(folder.path(), &["config", "example"]);
    assert_eq!(code, 0);
    std::fs::write(folder.path().join("exporter.toml"), example).expect("written");
    let (code, _, error) = run(folder.path(), &["config", "check"]);
    assert_eq!(code, 1);
    assert!(
        error.starts_with("partywall-exporter: sink `parent-ads`: cannot read the secret in"),
        "{error}"
    );
    let secret = folder.path().join("parent-ads.secret");
    std::fs::write(&secret, "0123456789abcdef0123456789abcdef").expect("written");
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).expect("set");
    let (code, out, error) = run(folder.path(), &["config", "check"]);
    assert_eq!((code, error.as_str()), (0, ""));
    assert_eq!(
        out,
        "archive: a file for service_provider, 5s for an attempt\nparent-ads: a webhook for parent, 5s for an attempt\n"
    );
    let (code, out, _) = run(folder.path(), &["config", "check", "--json"]);
    let out: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(
        (code, &out["ok"], &out["sinks"][1]["kind"]),
        (0, &true.into(), &"webhook".into())
    );
}

#[test]
fn what_is_wrong_is_said_in_one_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, out, error) = run(folder.path(), &["--socket", "relay.sock"]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert_eq!(
        error,
        "partywall-exporter: cannot read exporter.toml: there is no such file or folder; `partywall-exporter config example` prints one to begin with\n"
    );
    std::fs::write(folder.path().join("exporter.toml"), FILE).expect("written");
    let (code, _, error) = run(folder.path(), &[]);
    assert_eq!(
        (code, error.as_str()),
        (
            1,
            "partywall-exporter: say where the relay's socket is with `--socket PATH`\n"
        )
    );
}

#[test]
fn it_waits_for_its_relay_works_and_ends_when_it_is_told_to() {
    let folder = tempfile::tempdir().expect("a folder");
    let working = Working::with(folder.path(), FILE, &[]);
    let listener = UnixListener::bind(folder.path().join("relay.sock")).expect("a socket");
    drop(greeted(&listener));
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", working.0.id()));
    let limits = limits.expect("limits are no secret");
    let core = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max core file size"));
    let most = core.and_then(|rest| rest.split_whitespace().next());
    assert_eq!(most, Some("0"), "{limits}");
    let mut relay = greeted(&listener);
    assert!(matches!(hear(&mut relay), FromExporter::Claim(_)));
    let sink = SinkName::new("archive").expect("a name");
    relay
        .write_all(&FromRelay::from(Idle { sink }).encode())
        .expect("it listens");
    working.signal(Signal::TERM);
    let (code, log) = working.ended();
    assert_eq!(code, 0, "{log}");
    for line in log.lines() {
        let line: serde_json::Value = serde_json::from_str(line).expect("every line is JSON");
        assert!(line["message"].is_string() && line["level"].is_string());
    }
    assert!(
        log.contains("the relay is there") && log.contains("told to end"),
        "{log}"
    );
}

/// P13: beside the socket lie the relay's databases, as they do in a real folder.
#[test]
fn it_has_nothing_open_but_its_socket_and_its_sinks_and_nothing_of_a_database_in_its_memory() {
    let mut row = Row::of("P13");
    let folder = tempfile::tempdir().expect("a folder");
    let canary = format!("canary-{:x}", std::process::id()).repeat(4);
    for database in ["peer.db", "business.db"] {
        std::fs::write(folder.path().join(database), &canary).expect("the folder can be written");
    }
    let working = Working::with(folder.path(), FILE, &["--allow-core-dumps"]);
    let listener = UnixListener::bind(folder.path().join("relay.sock")).expect("a socket");
    let mut relay = greeted(&listener);
    assert!(matches!(hear(&mut relay), FromExporter::Claim(_)));
    let about = format!("/proc/{}", working.0.id());
    let open = std::fs::read_dir(format!("{about}/fd")).expect("its files can be listed");
    for file in open {
        let path = file.expect("listed").path();
        let Ok(to) = std::fs::read_link(&path) else {
            continue; // closed meanwhile
        };
        let to = to.to_string_lossy().into_owned();
        let nameless = ["socket:", "pipe:", "anon_inode:", "/dev/"];
        let is_sink = to.ends_with("/archive.jsonl");
        let is_known = is_sink || nameless.iter().any(|kind| to.starts_with(kind));
        assert!(is_known, "{to} is open");
        row.tried(1);
    }
    let maps = std::fs::read_to_string(format!("{about}/maps")).expect("its memory is listed");
    assert!(!maps.contains(".db"), "{maps}");
    let memory = memory_of(&about, &maps);
    let lies = |words: &str| {
        memory
            .windows(words.len())
            .any(|part| part == words.as_bytes())
    };
    assert!(lies("relay.sock"), "the control: what it knows is found");
    assert!(!lies(&canary[..16]));
    row.figure(format!(
        "{} KiB of memory, no piece of a database",
        memory.len() / 1_024
    ));
}

/// All that a process has written in its memory.
fn memory_of(about: &str, maps: &str) -> Vec<u8> {
    let mut file = std::fs::File::open(format!("{about}/mem")).expect("a child's memory is read");
    let mut all = Vec::new();
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let Some((from, to)) = line
            .split(' ')
            .next()
            .and_then(|range| range.split_once('-'))
        else {
            continue;
        };
        let address = |word| u64::from_str_radix(word, 16).expect("an address");
        let (from, to) = (address(from), address(to));
        let mut part = vec![0; usize::try_from(to - from).expect("it fits")];
        let sought = file.seek(SeekFrom::Start(from));
        if sought.is_ok() && file.read_exact(&mut part).is_ok() {
            all.append(&mut part);
        }
    }
    all
}

#[test]
fn a_second_signal_ends_it_at_once_whatever_the_relay_owes_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let listener = UnixListener::bind(folder.path().join("relay.sock")).expect("a socket");
    let working = Working::with(folder.path(), FILE, &[]);
    let mut relay = greeted(&listener);
    assert!(matches!(hear(&mut relay), FromExporter::Claim(_)));
    // The claim stays unanswered.
    working.signal(Signal::TERM);
    // Two signals of one kind could be taken for one.
    working.signal(Signal::INT);
    let (code, log) = working.ended();
    assert_eq!(code, 0, "{log}");
    assert!(log.contains("told to end"), "{log}");
}
