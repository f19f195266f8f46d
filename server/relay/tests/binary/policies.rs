//! `policy`: what an operator says of what may be shared, and what is answered.
//! Knows: text, JSON, exit codes. Never knows: how an answer came about.

use serde_json::{Value, json};

use crate::run::{Running, err, out, run, said};

/// A policy that follows the one that comes with the relay.
const NEXT: &str = include_str!("../../../business/policies/strict.toml");

/// The strict policy as version 2, from a day far ahead, with one more thing shared.
fn next() -> String {
    let lines = NEXT.lines().map(|line| {
        if line.starts_with("version") {
            "version = 2".to_owned()
        } else if line.starts_with("effective") {
            "effective = 2100-01-01".to_owned()
        } else {
            line.to_owned()
        }
    });
    let share = "\n[[share]]\nfield = \"country\"\nwith = \"business\"\nfor = \"analytics\"\nbasis = \"consent\"\nregions = \"all\"\nprecision = \"full\"\nkeep_days = 9\n";
    let text: Vec<String> = lines.collect();
    text.join("\n") + share
}

#[test]
fn policy_check_names_file_line_column_and_the_nearest_word() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("good.toml"), NEXT).unwrap();
    let good = run(folder.path(), &["policy", "check", "good.toml"]);
    assert!(good.status.success(), "{}", err(&good));
    assert!(
        out(&good).contains("good.toml is in order: version 1"),
        "{}",
        out(&good)
    );

    let slip = NEXT.replacen("field = \"", "field = \"x", 1);
    std::fs::write(folder.path().join("slip.toml"), slip).unwrap();
    let refused = run(folder.path(), &["policy", "check", "slip.toml"]);
    assert_eq!(refused.status.code(), Some(1));
    let text = err(&refused);
    let place: Vec<&str> = text.splitn(4, ':').collect();
    assert_eq!(place[0], "slip.toml");
    let number = |text: &str| text.parse::<usize>().is_ok_and(|number| number > 0);
    assert!(number(place[1]) && number(place[2]), "{text}");
    assert!(text.contains("did you mean"), "{text}");

    let refused = run(folder.path(), &["policy", "check", "slip.toml", "--json"]);
    assert_eq!(refused.status.code(), Some(1));
    let found: Value = serde_json::from_str(&out(&refused)).unwrap();
    assert_eq!(found["ok"], false);
    assert!(found["errors"][0]["line"].as_u64() > Some(1), "{found}");
    let missing = run(folder.path(), &["policy", "check", "none.toml"]);
    assert!(
        err(&missing).contains("cannot read none.toml: there is no such file"),
        "{}",
        err(&missing)
    );
}

#[test]
fn policy_diff_of_files_needs_no_relay_and_says_what_is_new() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("old.toml"), NEXT).unwrap();
    std::fs::write(folder.path().join("new.toml"), next()).unwrap();
    let same = run(folder.path(), &["policy", "diff", "old.toml", "old.toml"]);
    assert_eq!(out(&same), "Nothing changes in what may be shared.\n");
    let there = run(folder.path(), &["policy", "diff", "old.toml", "new.toml"]);
    let text = out(&there);
    assert!(
        text.starts_with(
            "New: A business may see the country you live in, to count and measure, kept 9 days."
        ),
        "{text}{}",
        err(&there)
    );
    let back = run(
        folder.path(),
        &["policy", "diff", "new.toml", "old.toml", "--json"],
    );
    let back: Value = serde_json::from_str(&out(&back)).unwrap();
    assert_eq!(
        (&back["same"], &back["newly_shared"]),
        (&json!(false), &json!([]))
    );
    assert_eq!(back["stopped"].as_array().unwrap().len(), 1, "{back}");
    assert!(!folder.path().join("partywall-data").exists());
}

#[test]
fn every_policy_that_comes_along_is_printed_is_in_order_and_is_shown_without_a_relay() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["example", "strict", "wa2016", "wa2021"] {
        let printed = run(folder.path(), &["policy", "example", name]);
        std::fs::write(folder.path().join("p.toml"), out(&printed)).unwrap();
        let checked = run(folder.path(), &["policy", "check", "p.toml"]);
        assert!(checked.status.success(), "{name}: {}", err(&checked));
        let shown = run(folder.path(), &["policy", "show", "p.toml", "--json"]);
        let shown: Value = serde_json::from_str(&out(&shown)).unwrap();
        assert_eq!(shown["name"], name);
        let parent = |share: &Value| share["with"] == "parent";
        let shares = shown["shares"].as_array().unwrap();
        assert_eq!(shares.iter().any(parent), name != "strict", "{name}");
    }
    assert!(!folder.path().join("partywall-data").exists());
}

#[test]
fn the_first_policy_holds_at_once_and_a_file_that_cannot_be_one_stops_the_first_start() {
    let folder = tempfile::tempdir().unwrap();
    let printed = run(folder.path(), &["policy", "example"]);
    std::fs::write(folder.path().join("p.toml"), out(&printed)).unwrap();
    for (name, text, why) in [
        (
            "late.toml",
            out(&printed).replacen("2026-01-01", "2100-01-01", 1),
            "not ahead",
        ),
        ("second.toml", next(), "version = 1"),
        (
            "slip.toml",
            out(&printed).replacen("\"all\"", "\"al\"", 1),
            "line ",
        ),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
        let serve = [
            "serve",
            "--peer",
            "127.0.0.1:0",
            "--operator",
            "127.0.0.1:0",
            "--data",
            "e",
        ];
        let refused = run(
            folder.path(),
            &[&serve[..], &["--first-policy", name]].concat(),
        );
        assert_eq!(refused.status.code(), Some(1));
        let said = err(&refused);
        assert!(
            said.contains("cannot be published") && said.contains(why),
            "{said}"
        );
    }
    let running = Running::start(folder.path(), &["--data", "d", "--first-policy", "p.toml"]);
    let first = said(folder.path(), &["policy", "status"]);
    let policies = first["policies"].as_array().unwrap();
    assert_eq!(policies.len(), 1, "{first}");
    assert_eq!(
        (&policies[0]["name"], &policies[0]["state"]),
        (&json!("example"), &json!("current"))
    );
    let shown = said(folder.path(), &["policy", "show", "p.toml"]);
    let published = said(folder.path(), &["policy", "show"]);
    assert_eq!(shown["shares"], published["shares"]);
    drop(running);
    // Started again, the file is not what counts any more.
    let running = Running::start(
        folder.path(),
        &["--data", "d", "--first-policy", "second.toml"],
    );
    assert_eq!(said(folder.path(), &["policy", "status"]), first);
    drop(running);
}

#[test]
fn a_policy_is_shown_published_once_and_listed() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("next.toml"), next()).unwrap();
    let running = Running::start(folder.path(), &["--data", "d"]);
    let first = said(folder.path(), &["policy", "status"]);
    assert_eq!(first["policies"][0]["version"], 1);
    assert_eq!(first["policies"][0]["state"], "current");
    assert_eq!(first["policies"][0]["accepted"], 0);

    let shown = run(folder.path(), &["policy", "show", "--data", "d"]);
    let text = out(&shown);
    assert!(
        text.contains("The business itself"),
        "{text}{}",
        err(&shown)
    );
    assert!(
        text.contains("The parent company is told nothing."),
        "{text}"
    );
    assert!(
        text.contains("A business may see when you last wrote"),
        "{text}"
    );
    assert!(!text.contains('\u{1b}'), "no colours where nobody looks");
    let bare = run(folder.path(), &["policy", "show", "--table", "--data", "d"]);
    assert!(out(&bare).contains("interaction_time"), "{}", out(&bare));
    let table = said(folder.path(), &["policy", "show", "--version", "1"]);
    assert_eq!(table["hash"], first["policies"][0]["hash"]);
    let shares = table["shares"].as_array().unwrap();
    assert!(
        !shares.is_empty() && shares.iter().all(|share| share["with"] == "business"),
        "{table}"
    );

    let published = said(folder.path(), &["policy", "publish", "next.toml"]);
    assert_eq!(
        (&published["version"], &published["new"]),
        (&json!(2), &json!(true))
    );
    assert_eq!(
        published["changes"].as_array().unwrap().len(),
        1,
        "{published}"
    );
    let again = said(folder.path(), &["policy", "publish", "next.toml"]);
    assert_eq!(
        (&again["new"], &again["hash"]),
        (&json!(false), &published["hash"])
    );
    let listed = said(folder.path(), &["policy", "status"]);
    let states: Vec<_> = listed["policies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| &line["state"])
        .collect();
    assert_eq!(states, ["announced", "current"]);
    let difference = said(folder.path(), &["policy", "diff", "1", "2"]);
    assert_eq!(difference["newly_shared"].as_array().unwrap().len(), 1);
    let from_file = said(folder.path(), &["policy", "diff", "2", "next.toml"]);
    assert_eq!(from_file["same"], true);

    std::fs::write(
        folder.path().join("other.toml"),
        next().replace("keep_days = 9", "keep_days = 8"),
    )
    .unwrap();
    let refused = run(
        folder.path(),
        &["policy", "publish", "other.toml", "--data", "d"],
    );
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        err(&refused).contains("raise `version` to 3"),
        "{}",
        err(&refused)
    );
    std::fs::write(folder.path().join("broken.toml"), "[policy").unwrap();
    let refused = run(
        folder.path(),
        &["policy", "publish", "broken.toml", "--data", "d"],
    );
    assert!(
        err(&refused).starts_with("broken.toml:1:"),
        "{}",
        err(&refused)
    );
    assert_eq!(running.stop().0, Some(0));
}
