//! `pass`, `vouch`, `status`, with a relay running and without.
//! Knows: text and JSON on standard output. Never knows: how an answer came about.

use serde_json::Value;

use crate::run::{Running, err, out, run};

fn json(folder: &std::path::Path, words: &[&str]) -> Value {
    let output = run(folder, words);
    assert!(output.status.success(), "{}", err(&output));
    let text = out(&output);
    assert_eq!(text.lines().count(), 1, "{text}");
    serde_json::from_str(&text).unwrap()
}

#[test]
fn passes_are_made_listed_and_revoked_with_a_relay_running_and_without() {
    let folder = tempfile::tempdir().unwrap();
    let rounds = |host: &str| {
        let made = json(
            folder.path(),
            &["pass", "--mailboxes", "7", "--data", "d", "--json"],
        );
        assert!(
            made["link"]
                .as_str()
                .unwrap()
                .starts_with(&format!("https://{host}/#")),
            "{made}"
        );
        assert_eq!(made["mailboxes"], 7);
        let id = made["id"].as_str().unwrap();
        let listed = json(folder.path(), &["pass", "list", "--data", "d", "--json"]);
        let line = &listed["passes"][0];
        assert_eq!(
            (line["id"].as_str(), line["left"].as_u64()),
            (Some(id), Some(7))
        );
        assert_eq!(line["made"].as_str().unwrap().len(), "2026-11-21".len());
        json(
            folder.path(),
            &["pass", "revoke", id, "--data", "d", "--json"],
        );
        let listed = json(folder.path(), &["pass", "list", "--data", "d", "--json"]);
        assert_eq!(listed["passes"], serde_json::json!([]));
        let again = run(
            folder.path(),
            &["pass", "revoke", "00000000", "--data", "d"],
        );
        assert_eq!(again.status.code(), Some(1));
        assert!(
            err(&again).contains("no pass has the id 00000000"),
            "{}",
            err(&again)
        );
    };
    rounds("127.0.0.1:7443");
    let running = Running::start(folder.path(), &["--data", "d"]);
    rounds(running.said("peer"));
    assert_eq!(running.stop().0, Some(0));
    rounds("127.0.0.1:7443");
}

#[test]
fn a_pass_for_people_is_a_link_alone_on_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    let made = run(folder.path(), &["pass", "--data", "d"]);
    assert!(out(&made).starts_with("https://127.0.0.1:7443/#") && out(&made).lines().count() == 1);
    assert!(err(&made).contains("50 mailboxes") && err(&made).contains("pass revoke"));
}

#[test]
fn a_relay_with_a_port_yet_to_be_picked_makes_no_link_that_leads_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let made = crate::run::relay(folder.path(), &["pass", "--data", "d"])
        .env("PARTYWALL_RELAY_PEER", "127.0.0.1:0")
        .output()
        .unwrap();
    assert_eq!(made.status.code(), Some(1));
    assert!(
        err(&made).contains("start the relay first"),
        "{}",
        err(&made)
    );
}

#[test]
fn a_proxys_certificate_is_vouched_for_listed_and_revoked_in_both_ways() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(
        Running::start(folder.path(), &["--data", "other"]).stop().0,
        Some(0)
    );
    let certificate = "other/tls-certificate.pem";
    let rounds = || {
        let made = json(
            folder.path(),
            &["vouch", certificate, "--days", "9", "--data", "d", "--json"],
        );
        let id = made["vouch"]["id"].as_str().unwrap();
        let listed = json(folder.path(), &["vouch", "list", "--data", "d", "--json"]);
        assert_eq!(listed["vouches"], serde_json::json!([made["vouch"]]));
        json(
            folder.path(),
            &["vouch", "revoke", id, "--data", "d", "--json"],
        );
        let listed = json(folder.path(), &["vouch", "list", "--data", "d", "--json"]);
        assert_eq!(listed["vouches"], serde_json::json!([]));
    };
    rounds();
    let running = Running::start(folder.path(), &["--data", "d"]);
    rounds();
    assert_eq!(running.stop().0, Some(0));
    for (file, sentence) in [
        ("other/tls-key.pem", "holds no usable certificate"),
        ("none.pem", "cannot read"),
    ] {
        let refused = run(folder.path(), &["vouch", file, "--data", "d"]);
        assert_eq!(refused.status.code(), Some(1));
        assert!(err(&refused).contains(sentence), "{}", err(&refused));
    }
}

#[test]
fn status_tells_whether_a_relay_runs_in_words_json_and_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let nothing = run(folder.path(), &["status", "--data", "d"]);
    assert_eq!(nothing.status.code(), Some(1));
    assert!(err(&nothing).contains("there is no relay in d"));
    let running = Running::start(folder.path(), &["--data", "d"]);
    let status = json(folder.path(), &["status", "--data", "d", "--json"]);
    assert_eq!(
        (&status["running"], status["host"].as_str()),
        (&Value::Bool(true), Some(running.said("peer")))
    );
    assert!(out(&run(folder.path(), &["status", "--data", "d"])).starts_with("running for "));
    assert_eq!(running.stop().0, Some(0));
    let stopped = run(folder.path(), &["status", "--data", "d", "--json"]);
    assert_eq!(
        (stopped.status.code(), out(&stopped).as_str()),
        (Some(1), "{\"running\":false}\n")
    );
}

#[test]
fn every_command_has_help_with_an_example() {
    let folder = tempfile::tempdir().unwrap();
    for words in [
        &[][..],
        &["serve"],
        &["pass"],
        &["vouch"],
        &["config"],
        &["status"],
    ] {
        let help = run(folder.path(), &[words, &["--help"]].concat());
        assert!(
            help.status.success() && out(&help).contains("Examples:"),
            "{words:?}"
        );
    }
}
