//! `send --lines` through the binary and a relay.
//! Knows: inputs and what arrives. Never knows: how a run is remembered.

use serde_json::json;

use super::person::{Ran, acquainted, until};

#[tokio::test(flavor = "multi_thread")]
async fn every_line_arrives_once_and_in_order_and_the_same_input_may_be_sent_again() {
    let (_relay, anna, ben) = acquainted().await;
    let poem = "roses\n\nare red  \r\nroses\nend";
    for _ in 0..2 {
        let ran = ben.run_with(&["send", "anna", "--lines", "--json"], poem);
        assert_eq!(ran.code, 0, "{ran:?}");
        let summary: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(
            summary,
            json!({"to": "anna", "accepted": 5, "taken_before": 0})
        );
        assert_eq!(anna.reads(), ["roses", "", "are red  ", "roses", "end"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_named_run_is_sent_once() {
    let (_relay, anna, ben) = acquainted().await;
    for _ in 0..2 {
        let ran = ben.run_with(&["send", "anna", "--lines", "--run", "x"], "one\ntwo\n");
        assert_eq!(ran.code, 0, "{ran:?}");
    }
    assert_eq!(anna.reads(), ["one", "two"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_that_an_earlier_start_took_are_waited_for_as_well() {
    let (mut relay, anna, ben) = acquainted().await;
    let lines: Vec<String> = (0..411).map(|n| format!("row {n}")).collect();
    let input = lines.join("\n");
    relay.kill().await;
    let words = ["send", "anna", "--lines", "--run", "x", "--wait", "1"];
    until("all lines are taken", || {
        ben.run_with(&words, &input).is_refused(4, "relay");
        ben.objects(&["contacts"])[0]["queued"] == 411
    });
    ben.run_with(&words, &input).is_refused(4, "relay");
    relay.restart().await;
    let ran = ben.run_with(&["send", "anna", "--lines", "--run", "x", "--json"], &input);
    let summary: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, &summary["taken_before"]), (0, &json!(411)));
    // Without a relay nothing more can leave: what is not queued now had been accepted before the end.
    relay.kill().await;
    assert_eq!(ben.objects(&["contacts"])[0]["queued"], 0);
    relay.restart().await;
    assert_eq!(anna.reads(), lines);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_was_killed_goes_on_where_it_was() {
    let (mut relay, anna, ben) = acquainted().await;
    let lines: Vec<String> = (0..600)
        .map(|n| format!("line {} of many", n % 7))
        .collect();
    let input = lines.join("\n");
    // Without a relay it takes the lines and waits: it can be killed with lines taken.
    relay.kill().await;
    let mut sending = ben.start(&["send", "anna", "--lines"]);
    let mut stdin = sending.stdin.take().unwrap();
    std::io::Write::write_all(&mut stdin, input.as_bytes()).unwrap();
    ben.store_grows_to(1 << 20);
    sending.kill().unwrap();
    sending.wait().unwrap();
    drop(stdin);
    relay.restart().await;
    let ran = ben.run_with(&["send", "anna", "--lines", "--json"], &input);
    assert_eq!(ran.code, 0, "{ran:?}");
    let summary: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(summary["accepted"], 600);
    assert!(summary["taken_before"].as_u64().unwrap() > 0, "{summary}");
    assert_eq!(anna.reads(), lines);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_cannot_be_sent_is_named_and_the_rest_goes_on_after_it_was_mended() {
    let (_relay, anna, ben) = acquainted().await;
    let long = "x".repeat(60_001);
    let ran = ben.run_with(
        &["send", "anna", "--lines"],
        &format!("good\n{long}\nafter\n"),
    );
    ran.is_refused(1, "line 2 has more than 60000 bytes");
    let ran = ben.run_with(&["send", "anna", "--lines"], "good\nshort\nafter\n");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(anna.reads(), ["good", "short", "after"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_ends_it_with_130_and_what_was_taken_is_kept() {
    let (mut relay, anna, ben) = acquainted().await;
    relay.kill().await;
    let mut sending = ben.start(&["send", "anna", "--lines"]);
    let mut stdin = sending.stdin.take().unwrap();
    std::io::Write::write_all(&mut stdin, "only\n".repeat(400).as_bytes()).unwrap();
    ben.store_grows_to(1 << 20);
    let id = rustix::process::Pid::from_child(&sending);
    rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
    let ran = Ran::of(sending.wait_with_output().unwrap());
    ran.is_refused(130, "interrupted");
    drop(stdin);
    relay.restart().await;
    let ran = ben.run_with(&["send", "anna", "--lines"], &"only\n".repeat(400));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(anna.reads().len(), 400);
}
