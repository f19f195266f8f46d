//! `business`, `template`, `report`, `audit`: what an operator says and what is answered.
//! Knows: text, JSON, exit codes. Never knows: how an answer came about.

use serde_json::{Value, json};

use crate::run::{Running, err, out, run, said};

#[test]
fn questions_about_businesses_have_answers_when_there_is_nobody_yet() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path(), &["--data", "d"]);
    assert_eq!(
        said(folder.path(), &["business", "list"]),
        json!({ "businesses": [] })
    );
    assert_eq!(
        said(folder.path(), &["template", "list", "--pending"]),
        json!({ "templates": [] })
    );
    assert_eq!(
        said(folder.path(), &["report", "list"]),
        json!({ "reports": [] })
    );
    for (words, sentence) in [
        (&["business", "list"][..], "No business has asked yet."),
        (&["template", "list"], "There are no such templates."),
        (&["report", "list"], "Nobody reported anything."),
    ] {
        let output = run(folder.path(), &[words, &["--data", "d"]].concat());
        assert!(out(&output).starts_with(sentence), "{}", out(&output));
    }
    for (words, sentence) in [
        (
            &["business", "verify", "bakery.example", "--evidence", "seen"][..],
            "there is not exactly one business that asks to be verified as bakery.example",
        ),
        (
            &["business", "verify", "bakery.example", "--well-known"],
            "there is not exactly one business that asks to be verified as bakery.example",
        ),
        (
            &[
                "business",
                "suspend",
                "bakery.example",
                "--reason",
                "spam",
                "--until",
                "2001-01-01",
            ],
            "begun already",
        ),
        (
            &[
                "business",
                "suspend",
                "bakery.example",
                "--reason",
                "spam",
                "--until",
                "soon",
            ],
            "write the day as YYYY-MM-DD",
        ),
        (
            &[
                "business",
                "revoke",
                "bakery.example",
                "--reason",
                "dislike",
            ],
            "impersonation",
        ),
        (&["template", "approve", "00"], "32 hexadecimal digits"),
    ] {
        let output = run(folder.path(), &[words, &["--data", "d"]].concat());
        assert!(
            !output.status.success() && err(&output).contains(sentence),
            "{}",
            err(&output)
        );
    }
    assert_eq!(running.stop().0, Some(0));
}

#[test]
fn without_a_running_relay_the_business_wing_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(
        Running::start(folder.path(), &["--data", "d"]).stop().0,
        Some(0)
    );
    for words in [
        &["business", "list"][..],
        &["policy", "status"],
        &["policy", "show"],
        &["template", "list"],
        &["report", "list"],
        &["audit", "--sink", "-"],
    ] {
        let output = run(folder.path(), &[words, &["--data", "d"]].concat());
        assert_eq!(output.status.code(), Some(1), "{words:?}");
        assert!(
            err(&output).contains("no relay is running on this folder; start it with"),
            "{}",
            err(&output)
        );
    }
    let nowhere = run(folder.path(), &["business", "list", "--data", "nope"]);
    assert!(
        err(&nowhere).contains("there is no relay in nope"),
        "{}",
        err(&nowhere)
    );
}

#[test]
fn an_audit_reads_the_file_here_and_the_relay_judges_its_lines() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path(), &["--data", "d"]);
    std::fs::write(folder.path().join("empty.jsonl"), "").unwrap();
    let empty = said(folder.path(), &["audit", "--sink", "empty.jsonl"]);
    assert_eq!(
        empty,
        json!({
            "proven": 0, "extra": [], "missing": [], "unproven": [],
            "counts": { "extra": 0, "missing": 0, "unproven": 0 }
        })
    );
    let nonsense = "{}\nnot json\n".repeat(2_000);
    std::fs::write(folder.path().join("nonsense.jsonl"), nonsense).unwrap();
    let judged = run(
        folder.path(),
        &["audit", "--sink", "nonsense.jsonl", "--data", "d", "--json"],
    );
    assert_eq!(judged.status.code(), Some(1), "{}", err(&judged));
    let judged: Value = serde_json::from_str(&out(&judged)).unwrap();
    assert_eq!(judged["unproven"].as_array().unwrap().len(), 1_000);
    assert_eq!(judged["counts"]["unproven"], 4_000);
    let people = run(
        folder.path(),
        &["audit", "--sink", "nonsense.jsonl", "--data", "d"],
    );
    assert!(out(&people).contains("line 1000: proves nothing"));
    assert!(out(&people).contains("3000 more are not listed"));
    let missing = run(
        folder.path(),
        &["audit", "--sink", "none.jsonl", "--data", "d"],
    );
    assert!(
        err(&missing).contains("cannot read none.jsonl: there is no such file"),
        "{}",
        err(&missing)
    );
    assert_eq!(running.stop().0, Some(0));
}
