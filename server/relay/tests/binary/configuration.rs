//! `config`, and what `serve` does with a file.
//! Knows: text and files. Never knows: the table of knobs.

use serde_json::Value;

use crate::run::{err, out, relay, run};

#[test]
fn config_init_writes_a_file_that_changes_nothing_and_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let before = checked(folder.path(), &[]);
    let written = run(folder.path(), &["config", "init", "--data", "d"]);
    assert!(written.status.success(), "{}", err(&written));
    let after = checked(folder.path(), &[]);
    assert_eq!(after["file"], "d/partywall.toml");
    assert_eq!(before["knobs"], after["knobs"]);
    let again = run(folder.path(), &["config", "init", "--data", "d"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(err(&again).contains("is there already"), "{}", err(&again));
}

fn checked(folder: &std::path::Path, words: &[&str]) -> Value {
    let output = run(
        folder,
        &[&["config", "check", "--data", "d", "--json"], words].concat(),
    );
    assert!(output.status.success(), "{}", err(&output));
    serde_json::from_str(&out(&output)).unwrap()
}

#[test]
fn config_check_says_what_is_in_force_and_where_it_came_from() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("d")).unwrap();
    std::fs::write(
        folder.path().join("d/partywall.toml"),
        "retention_days = 3\nquota_envelopes = 300\n",
    )
    .unwrap();
    let output = relay(
        folder.path(),
        &["config", "check", "--data", "d", "--retention-days", "1"],
    )
    .env("PARTYWALL_RELAY_QUOTA_ENVELOPES", "200")
    .env("PARTYWALL_RELAY_SERVICE_PORT", "1")
    .output()
    .unwrap();
    let text = out(&output);
    let line = |name: &str| {
        text.lines()
            .find(|line| line.starts_with(name))
            .unwrap()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(
        line("retention_days"),
        "retention_days 1 flag --retention-days"
    );
    assert_eq!(
        line("quota_envelopes"),
        "quota_envelopes 200 environment PARTYWALL_RELAY_QUOTA_ENVELOPES"
    );
    assert_eq!(line("log_level"), "log_level info default");
    assert!(
        text.contains("PARTYWALL_RELAY_SERVICE_PORT begins like ours"),
        "{text}"
    );
}

#[test]
fn what_config_show_prints_can_be_used_as_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let shown = run(
        folder.path(),
        &["config", "show", "--data", "d", "--retention-days", "9"],
    );
    std::fs::write(folder.path().join("shown.toml"), &shown.stdout).unwrap();
    let again = run(folder.path(), &["config", "show", "--config", "shown.toml"]);
    assert!(again.status.success(), "{}", err(&again));
    assert_eq!(out(&shown), out(&again));
    assert!(out(&again).contains("retention_days = 9\n"));
}

#[test]
fn for_scripts_counts_and_sizes_are_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let shown = run(folder.path(), &["config", "show", "--data", "d", "--json"]);
    let shown: Value = serde_json::from_str(&out(&shown)).unwrap();
    assert_eq!(shown["retention_days"], 30);
    assert_eq!(shown["quota_bytes"], 128 << 20);
    assert_eq!(
        (&shown["host"], &shown["tls"]),
        (&Value::Null, &"self-signed".into())
    );
    let checked = checked(folder.path(), &[]);
    let days = |knob: &&Value| knob["name"] == "retention_days";
    let knobs = checked["knobs"].as_array().unwrap();
    assert_eq!(knobs.iter().find(days).unwrap()["value"], 30);
}

#[test]
fn a_configuration_file_that_cannot_be_read_says_why_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("latin1.toml"), b"# \xe9").unwrap();
    for (file, why) in [
        ("none.toml", "there is no such file"),
        ("latin1.toml", "it is not UTF-8 text"),
    ] {
        let refused = run(folder.path(), &["config", "check", "--config", file]);
        assert_eq!(refused.status.code(), Some(1));
        let sentence = err(&refused);
        assert!(
            sentence.contains(&format!("cannot read {file}: {why}; "))
                && sentence.contains("config init"),
            "{sentence}"
        );
    }
}

#[test]
fn serve_refuses_an_unknown_key_with_its_line_and_the_nearest_one() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("d")).unwrap();
    std::fs::write(
        folder.path().join("d/partywall.toml"),
        "\nretenton_days = 3\n",
    )
    .unwrap();
    for words in [
        &["serve", "--data", "d"][..],
        &["config", "check", "--data", "d"],
        &["pass", "--data", "d"],
    ] {
        let refused = run(folder.path(), words);
        assert_eq!(refused.status.code(), Some(1));
        assert_eq!(
            err(&refused),
            "partywall-relay: d/partywall.toml:2: unknown key `retenton_days`; did you mean `retention_days`?\n"
        );
    }
}
