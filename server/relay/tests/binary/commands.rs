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
fn a_pass_for_one_mailbox_says_so_in_good_english() {
    let folder = tempfile::tempdir().unwrap();
    let made = run(folder.path(), &["pass", "--mailboxes", "1", "--data", "d"]);
    assert!(
        err(&made).contains("can make 1 mailbox here"),
        "{}",
        err(&made)
    );
}

#[test]
fn a_relay_that_a_pass_or_a_vouch_makes_is_not_made_in_silence() {
    let folder = tempfile::tempdir().unwrap();
    let new = "There was no relay in";
    let first = run(folder.path(), &["pass", "--data", "d", "--json"]);
    assert!(
        first.status.success() && err(&first).starts_with(&format!("{new} d: a new one")),
        "{}",
        err(&first)
    );
    assert_eq!(out(&first).lines().count(), 1);
    let second = run(folder.path(), &["pass", "--data", "d", "--json"]);
    assert!(!err(&second).contains(new), "{}", err(&second));
    let running = Running::start(folder.path(), &["--data", "e"]);
    let third = run(folder.path(), &["pass", "--data", "e", "--json"]);
    assert!(!err(&third).contains(new), "{}", err(&third));
    assert_eq!(running.stop().0, Some(0));
    let vouch = ["vouch", "e/tls-certificate.pem", "--data", "f"];
    let vouched = run(folder.path(), &vouch);
    assert!(err(&vouched).starts_with(new), "{}", err(&vouched));
}

#[test]
fn questions_about_a_folder_without_a_relay_say_so_and_make_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for words in [
        &["pass", "list"][..],
        &["pass", "revoke", "00000000"],
        &["vouch", "list"],
        &["vouch", "revoke", "00000000"],
        &["status"],
    ] {
        let refused = run(folder.path(), &[words, &["--data", "nope"]].concat());
        assert_eq!(refused.status.code(), Some(1));
        assert_eq!(
            err(&refused),
            "partywall-relay: there is no relay in nope; name its folder with `--data DIR`\n"
        );
        assert!(!folder.path().join("nope").exists(), "{words:?}");
    }
}

#[test]
fn a_file_where_the_data_folder_should_be_is_called_a_file() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("r.sh"), "").unwrap();
    let refused = run(folder.path(), &["pass", "--data", "r.sh"]);
    assert!(
        err(&refused).contains("the data folder r.sh: a file is in its place"),
        "{}",
        err(&refused)
    );
    let refused = run(folder.path(), &["vouch", "none.pem", "--data", "d"]);
    assert!(
        err(&refused).contains("none.pem: there is no such file"),
        "{}",
        err(&refused)
    );
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
        &["bench"],
        &["policy"],
        &["policy", "check"],
        &["policy", "show"],
        &["policy", "diff"],
        &["policy", "publish"],
        &["policy", "status"],
        &["business"],
        &["business", "list"],
        &["business", "verify"],
        &["business", "suspend"],
        &["business", "unsuspend"],
        &["business", "revoke"],
        &["template"],
        &["template", "list"],
        &["template", "approve"],
        &["template", "reject"],
        &["template", "pause"],
        &["report"],
        &["report", "list"],
        &["audit"],
    ] {
        let help = run(folder.path(), &[words, &["--help"]].concat());
        assert!(
            help.status.success() && out(&help).contains("Examples:"),
            "{words:?}"
        );
    }
}
