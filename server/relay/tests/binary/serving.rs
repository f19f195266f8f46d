//! `serve`: the line that scripts wait for, signals, refusals.
//! Knows: text, signals, exit codes. Never knows: the library behind them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::Stdio;

use partywall_peer::Link;
use rustix::process::Signal;

use crate::run::{FREE, Running, err, out, relay, run};

#[test]
fn ready_is_exactly_one_json_line_with_addresses_and_link() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path(), &["serve", "--data", "d"]);
    let keys: Vec<_> = running.ready.as_object().unwrap().keys().cloned().collect();
    assert_eq!(
        keys,
        [
            "business",
            "business_link",
            "operator",
            "peer",
            "ready",
            "relay"
        ]
    );
    assert_eq!(running.ready["ready"], true);
    let peer: SocketAddr = running.said("peer").parse().unwrap();
    let operator: SocketAddr = running.said("operator").parse().unwrap();
    assert!(peer.port() != 0 && operator.port() != 0);
    assert!(
        running
            .said("relay")
            .starts_with(&format!("https://{peer}/#"))
    );
    let (code, rest, log) = running.stop();
    assert_eq!((code, rest.as_str()), (Some(0), ""), "{log}");
    assert!(!log.contains("127.0.0.1"), "no address in the log: {log}");
}

#[test]
fn the_bare_binary_serves_in_its_default_folder() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path(), &[]);
    assert_eq!(running.ready["ready"], true);
    assert!(
        folder
            .path()
            .join("partywall-data/relay-identity.key")
            .exists()
    );
    assert_eq!(running.stop().0, Some(0));
}

#[test]
fn people_get_one_block_with_the_link_and_what_to_do_next() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = relay(folder.path(), &FREE)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let block: Vec<_> = lines
        .by_ref()
        .take_while(|line| !line.contains("Ctrl-C stops it"))
        .collect();
    child.kill().unwrap();
    child.wait().unwrap();
    let block = block.join("\n");
    assert!(block.starts_with("The relay is ready."), "{block}");
    assert!(
        block.contains("https://127.0.0.1:") && block.contains("partywall invite --relay"),
        "{block}"
    );
    assert!(!block.contains('\u{1b}'), "no colours where nobody looks");
}

#[test]
fn a_killed_relay_starts_again_under_the_same_key() {
    let folder = tempfile::tempdir().unwrap();
    let first = Running::start(folder.path(), &["--data", "d"]);
    let key = |running: &Running| *Link::parse(running.said("relay")).unwrap().relay();
    let before = key(&first);
    first.signal(Signal::KILL);
    assert_eq!(first.end().0, None);
    let second = Running::start(folder.path(), &["--data", "d"]);
    assert_eq!(key(&second), before);
    assert_eq!(second.stop().0, Some(0));
}

#[test]
fn an_interrupt_stops_the_relay_as_well_and_a_hangup_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path(), &["--data", "d"]);
    running.signal(Signal::HUP);
    assert!(ask(running.said("operator"), "/ready").contains("\"ready\":true"));
    running.signal(Signal::INT);
    assert_eq!(running.end().0, Some(0));
}

fn ask(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_second_relay_on_the_folder_is_refused_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path(), &["--data", "d"]);
    let second = run(
        folder.path(),
        &[&["serve", "--data", "d"], &FREE[..]].concat(),
    );
    assert_eq!(second.status.code(), Some(1));
    assert!(
        err(&second).contains("another relay is running on d; stop it first"),
        "{}",
        err(&second)
    );
    assert_eq!(out(&second), "");
    assert_eq!(running.stop().0, Some(0));
}

#[test]
fn listening_beyond_this_machine_needs_a_host() {
    let folder = tempfile::tempdir().unwrap();
    let refused = run(
        folder.path(),
        &["serve", "--peer", "0.0.0.0:0", "--operator", "127.0.0.1:0"],
    );
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        err(&refused).contains("add `--host NAME[:PORT]`"),
        "{}",
        err(&refused)
    );
    let running = relay(
        folder.path(),
        &[
            "--peer",
            "0.0.0.0:0",
            "--operator",
            "127.0.0.1:0",
            "--host",
            "relay.example",
            "--json",
        ],
    )
    .stdout(Stdio::piped())
    .stderr(Stdio::null())
    .spawn();
    let mut running = running.unwrap();
    let mut line = String::new();
    BufReader::new(running.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    running.kill().unwrap();
    running.wait().unwrap();
    assert!(
        line.contains("\"relay\":\"https://relay.example:"),
        "{line}"
    );
}

#[test]
fn the_operator_listener_cannot_leave_the_machine() {
    let folder = tempfile::tempdir().unwrap();
    let refused = run(folder.path(), &["serve", "--operator", "0.0.0.0:0"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        err(&refused).contains("needs a loopback IP:PORT"),
        "{}",
        err(&refused)
    );
}

#[test]
fn a_folder_that_cannot_be_written_is_refused_with_a_sentence() {
    let parent = tempfile::tempdir().unwrap();
    std::fs::set_permissions(parent.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let folder = parent.path().join("d");
    std::fs::create_dir(&folder).unwrap();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o555)).unwrap();
    let binary = parent.path().join("relay");
    std::fs::copy(env!("CARGO_BIN_EXE_partywall-relay"), &binary).unwrap();
    let mut command = std::process::Command::new(&binary);
    command.args(["serve", "--data"]).arg(&folder).args(FREE);
    if rustix::process::geteuid().is_root() {
        // Permissions do not bind root: run as nobody.
        command.uid(65_534).gid(65_534);
    }
    let refused = command.current_dir("/").output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        err(&refused).contains("cannot write in the data folder"),
        "{}",
        err(&refused)
    );
    assert!(err(&refused).lines().count() == 1, "{}", err(&refused));
}

#[test]
fn a_damaged_database_or_identity_is_refused_with_a_sentence_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(
        Running::start(folder.path(), &["--data", "d"]).stop().0,
        Some(0)
    );
    let database = folder.path().join("d/peer.db");
    let whole = std::fs::read(&database).unwrap();
    let garbage = vec![0x5A; whole.len()];
    std::fs::write(&database, &garbage).unwrap();
    let refused = run(folder.path(), &[&["--data", "d"], &FREE[..]].concat());
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        err(&refused).contains("not a database of this kind"),
        "{}",
        err(&refused)
    );
    assert_eq!(std::fs::read(&database).unwrap(), garbage);
    std::fs::write(&database, &whole).unwrap();

    std::fs::remove_file(folder.path().join("d/relay-identity.key")).unwrap();
    let refused = run(folder.path(), &[&["--data", "d"], &FREE[..]].concat());
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        err(&refused).contains("restore it from a backup"),
        "{}",
        err(&refused)
    );
    assert!(!folder.path().join("d/relay-identity.key").exists());
}

#[test]
fn a_store_that_fails_ends_the_relay_with_a_sentence_and_what_was_said_to_be_done_is_there() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(
        Running::start(folder.path(), &["--data", "d"]).stop().0,
        Some(0)
    );
    // The business wing's database is longer than the limit from its first day on.
    let words = ["--data", "d", "--only", "peer"];
    let running = Running::start_cramped(folder.path(), &words, 64);
    let mut made = Vec::new();
    loop {
        let pass = run(folder.path(), &["pass", "--data", "d", "--json"]);
        if !pass.status.success() {
            break;
        }
        let pass: serde_json::Value = serde_json::from_str(&out(&pass)).unwrap();
        made.push(pass["id"].as_str().unwrap().to_owned());
        assert!(made.len() < 1_000, "the disk never filled up");
    }
    let (code, _, log) = running.end();
    assert_eq!(code, Some(1), "{log}");
    assert!(
        log.contains("the store failed, and nothing was acknowledged after that"),
        "{log}"
    );
    let listed = out(&run(
        folder.path(),
        &["pass", "list", "--data", "d", "--json"],
    ));
    assert!(
        !made.is_empty() && made.iter().all(|id| listed.contains(id.as_str())),
        "{listed}"
    );
}

#[test]
fn log_lines_can_be_json() {
    let folder = tempfile::tempdir().unwrap();
    let (_, _, log) =
        Running::start(folder.path(), &["--data", "d", "--log-format", "json"]).stop();
    assert!(log.lines().count() >= 2);
    for line in log.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(
            line["time"].is_string() && line["level"].is_string() && line["message"].is_string()
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_core_image_is_refused_unless_a_test_asks_for_it() {
    // Whether a process may be dumped shows in who owns its files under /proc, for whoever is not root,
    // and in its core limit, for everybody.
    let folder = tempfile::tempdir().unwrap();
    let limit = |words: &[&str]| {
        let running = Running::start(folder.path(), words);
        let limits = std::fs::read_to_string(format!("/proc/{}/limits", running.id())).unwrap();
        let core = limits
            .lines()
            .find(|line| line.starts_with("Max core file size"))
            .unwrap()
            .to_owned();
        assert_eq!(running.stop().0, Some(0));
        core.split_whitespace().nth(4).unwrap().to_owned()
    };
    assert_eq!(limit(&["--data", "d"]), "0");
}
