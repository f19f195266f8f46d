//! Both wings of one binary: what is said when it is ready, `--only`, vouches, and the exporter as a child.
//! Knows: text, processes. Never knows: what either wing does.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use partywall_business::BusinessLink;
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use serde_json::Value;

use crate::run::{Running, err, out, run};

#[test]
fn ready_says_where_both_wings_are_and_what_their_links_say() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path(), &["--data", "d"]);
    let link: BusinessLink = running.said("business_link").parse().unwrap();
    assert_eq!(link.authority().as_str(), running.said("business"));
    assert_ne!(running.said("business"), running.said("peer"));
    let status = run(folder.path(), &["status", "--data", "d", "--json"]);
    let status: Value = serde_json::from_str(&out(&status)).unwrap();
    assert_eq!(status["host"].as_str(), Some(running.said("peer")));
    assert_eq!(
        status["business"]["link"].as_str(),
        Some(running.said("business_link"))
    );
    assert_eq!(
        status["business"]["host"].as_str(),
        Some(running.said("business"))
    );
    assert_eq!(status["business"]["exporter"], "none");
    let people = run(folder.path(), &["status", "--data", "d"]);
    assert!(
        out(&people).contains("business links   127.0.0.1:"),
        "{}",
        out(&people)
    );
    let (code, _, log) = running.stop();
    assert_eq!(code, Some(0));
    assert!(!log.contains("127.0.0.1"), "no address in the log: {log}");
}

#[test]
fn one_wing_alone_says_nothing_of_the_other() {
    let folder = tempfile::tempdir().unwrap();
    for (only, absent, there) in [
        ("peer", ["business", "business_link"], "relay"),
        ("business", ["peer", "relay"], "business_link"),
    ] {
        let data = format!("{only}-data");
        let running = Running::start(folder.path(), &["--data", &data, "--only", only]);
        let ready = running.ready.as_object().unwrap();
        assert!(
            ready.contains_key(there) && absent.iter().all(|key| !ready.contains_key(*key)),
            "{ready:?}"
        );
        let status = run(folder.path(), &["status", "--data", &data]);
        assert!(status.status.success(), "{}", err(&status));
        assert_eq!(out(&status).contains("business links"), only == "business");
        let words: &[&str] = match only {
            "peer" => &["business", "list"],
            _ => &["pass", "list"],
        };
        let refused = run(folder.path(), &[words, &["--data", &data]].concat());
        assert!(
            err(&refused).contains(&format!("this relay runs with `--only {only}`")),
            "{}",
            err(&refused)
        );
        assert_eq!(running.stop().0, Some(0));
    }
}

#[test]
fn a_vouch_for_the_business_wing_is_listed_there_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(
        Running::start(folder.path(), &["--data", "other"]).stop().0,
        Some(0)
    );
    let certificate = "other/business-tls-certificate.pem";
    let said = |words: &[&str]| -> Value {
        let output = run(folder.path(), &[words, &["--data", "d", "--json"]].concat());
        assert!(output.status.success(), "{}", err(&output));
        serde_json::from_str(&out(&output)).unwrap()
    };
    let rounds = || {
        let made = said(&["vouch", "--business", certificate]);
        let id = made["vouch"]["id"].as_str().unwrap().to_owned();
        assert_eq!(
            said(&["vouch", "list", "--business"])["vouches"][0]["id"],
            id.as_str()
        );
        assert_eq!(said(&["vouch", "list"])["vouches"], serde_json::json!([]));
        said(&["vouch", "revoke", &id, "--business"]);
        assert_eq!(
            said(&["vouch", "list", "--business"])["vouches"],
            serde_json::json!([])
        );
    };
    rounds();
    let running = Running::start(folder.path(), &["--data", "d"]);
    rounds();
    assert_eq!(running.stop().0, Some(0));
}

/// An exporter that does nothing but say that it lives, with what arguments and environment.
fn dummy(folder: &Path) {
    let script = "#!/bin/sh\nprintf '%s\\n' \"$*\" > said\nenv > environment\necho $$ >> lives\nexec sleep 600\n";
    let binary = folder.join("dummy-exporter");
    let script = script.replace("said", &folder.join("said").display().to_string());
    let script = script.replace(
        "> environment",
        &format!("> {}", folder.join("environment").display()),
    );
    let script = script.replace("lives\n", &format!("{}\n", folder.join("lives").display()));
    std::fs::write(&binary, script).unwrap();
    std::fs::set_permissions(&binary, std::fs::Permissions::from_mode(0o700)).unwrap();
    std::fs::write(folder.join("exporter.toml"), "").unwrap();
}

/// Waits until so many lives were begun, and gives their processes.
fn lives(folder: &Path, wanted: usize) -> Vec<Pid> {
    for _ in 0..600 {
        let text = std::fs::read_to_string(folder.join("lives")).unwrap_or_default();
        let lives: Vec<_> = text
            .lines()
            .filter_map(|line| Pid::from_raw(line.parse().ok()?))
            .collect();
        if lives.len() >= wanted {
            return lives;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("the exporter was not started {wanted} times");
}

#[test]
fn the_relay_starts_its_exporter_again_when_it_ends_and_ends_it_when_it_stops() {
    let folder = tempfile::tempdir().unwrap();
    dummy(folder.path());
    let words = [
        "--data",
        "d",
        "--exporter-config",
        "exporter.toml",
        "--exporter",
        "dummy-exporter",
    ];
    let running = Running::start(folder.path(), &words);
    let first = lives(folder.path(), 1)[0];
    let arguments = std::fs::read_to_string(folder.path().join("said")).unwrap();
    let absolute = |file: &str| {
        folder
            .path()
            .join(file)
            .canonicalize()
            .unwrap()
            .display()
            .to_string()
    };
    assert_eq!(
        arguments.trim(),
        format!(
            "--config {} --socket {}",
            absolute("exporter.toml"),
            absolute("d/exporter.sock")
        )
    );
    let environment = std::fs::read_to_string(folder.path().join("environment")).unwrap();
    let ours = |line: &&str| {
        !["PWD=", "SHLVL=", "_=", "OLDPWD="]
            .iter()
            .any(|own| line.starts_with(own))
    };
    assert_eq!(environment.lines().filter(ours).count(), 0, "{environment}");
    let status = run(folder.path(), &["status", "--data", "d", "--json"]);
    let status: Value = serde_json::from_str(&out(&status)).unwrap();
    assert_eq!(status["business"]["exporter"], "starting");

    kill_process(first, Signal::KILL).unwrap();
    let second = lives(folder.path(), 2)[1];
    assert_ne!(first, second);
    assert!(test_kill_process(second).is_ok());
    let (code, _, log) = running.stop();
    assert_eq!(code, Some(0), "{log}");
    assert!(
        log.contains("the exporter ended, and is started again"),
        "{log}"
    );
    assert!(
        test_kill_process(second).is_err(),
        "it ended with the relay"
    );
}

#[test]
fn knobs_of_the_business_wing_are_checked_like_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let words = |more: &[&'static str]| [&["config", "check", "--data", "d"], more].concat();
    for (more, sentence) in [
        (
            &["--only", "neither"][..],
            "`only` needs one of both, peer, business",
        ),
        (&["--business", "7444"], "`business` needs IP:PORT"),
        (
            &["--business", "0.0.0.0:7444"],
            "add `--business-host NAME[:PORT]`",
        ),
        (
            &["--business-tls", "files"],
            "needs both `business_tls_certificate` and `business_tls_key`",
        ),
        (
            &["--prohibited-industries", "retial"],
            "`prohibited_industries` needs any of retail, food",
        ),
        (
            &["--exporter-group", "staff"],
            "`exporter_group` needs a whole number",
        ),
    ] {
        let refused = run(folder.path(), &words(more));
        assert_eq!(refused.status.code(), Some(1), "{more:?}");
        assert!(err(&refused).contains(sentence), "{}", err(&refused));
    }
    let good = run(
        folder.path(),
        &words(&[
            "--host",
            "relay.example",
            "--prohibited-industries",
            "health, finance",
        ]),
    );
    assert!(
        out(&good).contains("business links will begin with https://relay.example:7444/"),
        "{}",
        out(&good)
    );
}
