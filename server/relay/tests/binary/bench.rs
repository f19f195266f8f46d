//! `bench`: what it prints and writes, what it refuses, what it leaves behind, which is nothing.
//! Knows: text, JSON, SVG, signals, /proc. Never knows: whether a figure is good.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use partywall_ground::RelayKey;
use partywall_peer::{Link, RelayLink};
use partywall_proof::link::Authority;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::run::{Running, err, out, relay, run};

/// The shortest run there is.
const TINY: [&str; 5] = ["bench", "--seconds", "5", "--pairs", "2"];

fn bench(folder: &Path, words: &[&str]) -> Output {
    run(folder, &[&TINY, words].concat())
}

fn names(folder: &Path) -> Vec<String> {
    let name = |entry: std::io::Result<std::fs::DirEntry>| {
        entry.unwrap().file_name().into_string().unwrap()
    };
    let mut names: Vec<String> = std::fs::read_dir(folder).unwrap().map(name).collect();
    names.sort();
    names
}

/// Processes with this folder among their words.
fn processes_on(folder: &Path) -> usize {
    let folder = folder.to_str().unwrap();
    let said = |entry: std::io::Result<std::fs::DirEntry>| {
        let line = std::fs::read(entry.ok()?.path().join("cmdline")).ok()?;
        String::from_utf8_lossy(&line)
            .contains(folder)
            .then_some(())
    };
    std::fs::read_dir("/proc").unwrap().filter_map(said).count()
}

fn link(host: &str, port: u16) -> String {
    let authority = Authority::new(host, port).unwrap();
    let link = RelayLink::new(authority, RelayKey::new([7; 32]), None);
    Link::Relay(link).as_web_link().to_string()
}

#[test]
fn a_run_gives_a_table_a_verdict_json_and_a_drawing_and_leaves_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let words = ["--connections", "6", "--json", "b.json", "--plot", "b.svg"];
    let done = bench(folder.path(), &words);
    assert!(done.status.success(), "{}", err(&done));
    assert_eq!(err(&done), "", "quiet where nobody looks");
    let text = out(&done);
    for words in [
        "full speed, 2 pairs",
        "50 %",
        "stored, nobody reads",
        "idle connections",
        "This machine carries about ",
        "An idle connection costs ",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!text.contains('\u{1b}'), "no colours where nobody looks");

    let json = std::fs::read_to_string(folder.path().join("b.json")).unwrap();
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (&json["shape"], &json["relay"]["whose"]),
        (&1.into(), &"own".into())
    );
    assert!(json["online"]["rate"]["per_second"].as_f64().unwrap() > 0.0);
    assert_eq!(json["paces"].as_array().unwrap().len(), 3);
    assert!(json["disk"]["fsync"]["p50_ms"].as_f64().unwrap() > 0.0);
    let (stored, drained) = (&json["stored"]["messages"], &json["drained"]["messages"]);
    assert!(stored.as_u64().unwrap() > 0 && stored == drained, "{json}");
    let counts = json["idle"]["counts"].as_array().unwrap();
    assert_eq!(counts.last().unwrap()["connections"], 6);
    assert!(counts[0]["private_bytes"].as_u64().unwrap() > 0);

    let svg = std::fs::read_to_string(folder.path().join("b.svg")).unwrap();
    let drawing = roxmltree::Document::parse(&svg).unwrap();
    assert!(
        drawing
            .root_element()
            .has_tag_name(("http://www.w3.org/2000/svg", "svg"))
    );
    assert_eq!(names(folder.path()), ["b.json", "b.svg"]);
    assert_eq!(processes_on(folder.path()), 0);
}

#[test]
fn what_json_holds_is_written_down_name_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let done = bench(folder.path(), &["--connections", "3", "--json", "-"]);
    let text = out(&done);
    assert_eq!(text.lines().count(), 1, "{text}{}", err(&done));
    let json: Value = serde_json::from_str(&text).unwrap();
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/measuring.md");
    let page = std::fs::read_to_string(page).unwrap();
    let mut open = vec![&json];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    assert!(
                        page.contains(&format!("`{name}`")),
                        "{name} is not in docs/measuring.md"
                    );
                    open.push(value);
                }
            }
            Value::Array(values) => open.extend(values),
            _ => {}
        }
    }
}

#[test]
fn a_running_relay_is_measured_with_its_processor_time_and_keeps_no_mailbox_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path(), &["--data", "d", "--admission", "pass"]);
    let made = run(
        folder.path(),
        &["pass", "--mailboxes", "2", "--data", "d", "--json"],
    );
    let made: Value = serde_json::from_str(&out(&made)).unwrap();
    let link = made["link"].as_str().unwrap();
    let done = bench(
        folder.path(),
        &["--relay", link, "--data", "d", "--json", "-"],
    );
    assert!(done.status.success(), "{}", err(&done));
    assert_eq!(err(&done), "");
    let json: Value = serde_json::from_str(&out(&done)).unwrap();
    assert_eq!(json["relay"]["whose"], "running");
    assert_eq!(json["relay"]["host"].as_str(), Some(running.said("peer")));
    assert!(json["online"]["rate"]["cpu_us"].as_f64().unwrap() > 0.0);
    assert!(json["idle"].is_null() && json["disk"].is_null());
    assert!(!out(&done).contains(link), "a pass is nobody's business");
    assert_eq!(
        metric(running.said("operator"), "partywall_peer_mailboxes"),
        "0"
    );
    assert_eq!(running.stop().0, Some(0));
}

#[test]
fn without_its_folder_a_running_relays_processor_time_is_said_to_be_unknown() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path(), &["--data", "d"]);
    let done = bench(
        folder.path(),
        &["--relay", running.said("relay"), "--json", "-"],
    );
    assert!(
        err(&done).contains("cannot be seen from here"),
        "{}",
        err(&done)
    );
    let json: Value = serde_json::from_str(&out(&done)).unwrap();
    assert!(json["online"]["rate"]["cpu_us"].is_null());
    assert_eq!(running.stop().0, Some(0));
}

#[test]
fn an_interrupted_run_leaves_neither_its_folder_nor_its_relay() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let folder = tempfile::tempdir().unwrap();
        let words = [
            "bench",
            "--seconds",
            "600",
            "--data",
            "d",
            "--json",
            "b.json",
        ];
        let mut child = relay(folder.path(), &words)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        while processes_on(folder.path()) == 0 {
            assert_eq!(child.try_wait().unwrap(), None, "it ended by itself");
            std::thread::yield_now();
        }
        kill_process(Pid::from_child(&child), signal).unwrap();
        let done = child.wait_with_output().unwrap();
        assert_eq!(done.status.code(), Some(code), "{}", err(&done));
        assert!(
            err(&done).contains("stopped before the end"),
            "{}",
            err(&done)
        );
        assert_eq!(out(&done), "");
        assert_eq!(names(folder.path()), [""; 0]);
        assert_eq!(processes_on(folder.path()), 0);
    }
}

#[test]
fn a_bad_wish_costs_no_minute_and_says_in_one_sentence_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("there")).unwrap();
    let (elsewhere, nobody) = (link("192.0.2.1", 7443), link("127.0.0.1", 1));
    for (words, sentence) in [
        (
            &["--json", "none/b.json"][..],
            "cannot write none/b.json: there is no folder",
        ),
        (
            &["--json", "there"],
            "cannot write there: it is a folder, not a file",
        ),
        (&["--plot", "b.png"], "name a file that ends in .svg"),
        (
            &["--relay", "127.0.0.1:7443"],
            "`--relay` takes a whole relay link",
        ),
        (&["--relay", elsewhere.as_str()], "not on this machine"),
        (
            &["--relay", nobody.as_str()],
            "nobody answers at 127.0.0.1:1; start the relay first",
        ),
        (&["--config", "none.toml"], "cannot read none.toml"),
    ] {
        let refused = run(folder.path(), &[&["bench"], words].concat());
        assert_eq!(refused.status.code(), Some(1), "{words:?}");
        assert_eq!(out(&refused), "");
        let said = err(&refused);
        assert!(
            said.contains(sentence) && said.lines().count() == 1,
            "{words:?}: {said}"
        );
    }
    for (words, bounds) in [
        (&["--seconds", "601"][..], "601 is not in 5..=600"),
        (&["--pairs", "0"], "0 is not in 1..=200"),
        (&["--connections", "10001"], "10001 is not in 0..=10000"),
    ] {
        let refused = run(folder.path(), &[&["bench"], words].concat());
        assert_eq!(refused.status.code(), Some(2));
        assert!(err(&refused).contains(bounds), "{}", err(&refused));
    }
    assert_eq!(names(folder.path()), ["there"]);
}

#[test]
fn a_relay_that_asks_for_a_pass_or_is_another_one_is_not_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path(), &["--data", "d", "--admission", "pass"]);
    let refused = bench(
        folder.path(),
        &["--relay", running.said("relay"), "--data", "d"],
    );
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        err(&refused).contains("`partywall-relay pass --mailboxes 2`"),
        "{}",
        err(&refused)
    );
    let made = run(
        folder.path(),
        &["pass", "--mailboxes", "1", "--data", "d", "--json"],
    );
    let made: Value = serde_json::from_str(&out(&made)).unwrap();
    let too_few = made["link"].as_str().unwrap();
    let refused = bench(folder.path(), &["--relay", too_few, "--data", "d"]);
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(
        metric(running.said("operator"), "partywall_peer_mailboxes"),
        "0"
    );
    let (host, port) = running.said("peer").rsplit_once(':').unwrap();
    let other = link(host, port.parse().unwrap());
    let refused = bench(folder.path(), &["--relay", &other, "--data", "d"]);
    assert!(
        err(&refused).contains("not the relay that the link names"),
        "{}",
        err(&refused)
    );
    assert_eq!(running.stop().0, Some(0));
}

/// One number of a relay's metrics, as text.
fn metric(operator: &str, name: &str) -> String {
    let mut stream = TcpStream::connect(operator).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    let request = "GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).unwrap();
    let line = page
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("{name} in {page}"))
        .to_owned()
}
