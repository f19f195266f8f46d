//! Two people over a relay: what the commands print, to scripts and to people.
//! Knows: a whole conversation. Never knows: faults.

use partywall_relay::config::settings::Admission;
use partywall_test_relay::TestRelay;
use serde_json::{Value, json};

use super::person::{Person, acquainted};

fn keys(object: &Value) -> Vec<&str> {
    object
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_printed_once_over_any_number_of_runs_with_the_keys_scripts_rely_on() {
    let (_relay, anna, ben) = acquainted().await;
    let sent = anna.json(&["send", "ben", "zwei\nZeilen \u{9b}31m"]);
    assert_eq!(
        (&sent["to"], &sent["state"]),
        (&json!("ben"), &json!("accepted"))
    );
    let got = ben.receives();
    let messages: Vec<&Value> = got
        .iter()
        .filter(|object| object["text"].is_string())
        .collect();
    assert_eq!(messages.len(), 1, "{got:?}");
    assert_eq!(keys(messages[0]), ["from", "id", "sent", "text"]);
    assert_eq!(messages[0]["from"], "anna");
    assert_eq!(messages[0]["text"], "zwei\nZeilen \u{9b}31m");
    assert_eq!(messages[0]["id"], sent["id"], "both sides name it alike");
    assert!(ben.reads().is_empty(), "once");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_besides_messages_has_a_type() {
    let relay = TestRelay::start().await;
    let (anna, ben) = (Person::new(), Person::new());
    let made = anna.json(&["invite", "--relay", &relay.relay_link(), "--name", "ben"]);
    assert_eq!(keys(&made), ["link"]);
    for words in [&["send", "ben", "hello"][..], &["history", "ben"]] {
        let ran = anna.run(words);
        ran.is_refused(8, "ben is an open invitation");
        assert!(ran.err.contains("run `partywall receive`"), "{ran:?}");
    }
    anna.run(&["history", "bob"])
        .is_refused(8, "no contact of this name");
    let added = ben.json(&["add", made["link"].as_str().unwrap(), "--name", "anna"]);
    assert_eq!(added, json!({"name": "anna", "reached": true}));
    ben.json(&["send", "anna", "hello"]);
    let got = anna.receives();
    assert_eq!(
        got[0],
        json!({"type": "new-contact", "name": "ben", "weak": false})
    );
    assert_eq!(
        (&got[1]["text"], &got[1]["unconfirmed"]),
        (&json!("hello"), &json!(true))
    );
    anna.json(&["send", "ben", "hello yourself"]);
    let got = ben.receives();
    assert_eq!(got[0], json!({"type": "confirmed", "name": "anna"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn history_is_kept_in_order_and_in_pages() {
    let (_relay, anna, ben) = acquainted().await;
    for text in ["a", "b", "c"] {
        anna.json(&["send", "ben", text]);
    }
    assert_eq!(ben.reads(), ["a", "b", "c"]);
    let texts = |page: &[Value]| -> Vec<String> {
        page.iter()
            .map(|message| message["text"].as_str().unwrap().to_owned())
            .collect()
    };
    let whole = ben.objects(&["history", "anna"]);
    assert_eq!(texts(&whole), ["first", "second", "a", "b", "c"]);
    assert_eq!(
        (&whole[0]["direction"], &whole[1]["direction"]),
        (&json!("sent"), &json!("received"))
    );
    let latest = ben.objects(&["history", "anna", "--limit", "2"]);
    assert_eq!(texts(&latest), ["b", "c"]);
    let id = latest[0]["id"].as_str().unwrap();
    let before = ben.objects(&["history", "anna", "--limit", "2", "--before", id]);
    assert_eq!(texts(&before), ["second", "a"]);
    let ran = ben.run(&[
        "history",
        "anna",
        "--before",
        "00112233445566778899aabbccddeeff",
    ]);
    ran.is_refused(1, "no such message");
}

#[tokio::test(flavor = "multi_thread")]
async fn both_see_the_same_safety_number_and_may_verify_it() {
    let (_relay, anna, ben) = acquainted().await;
    let (hers, his) = (anna.json(&["safety", "ben"]), ben.json(&["safety", "anna"]));
    assert_eq!(hers["safety"], his["safety"]);
    assert_eq!(hers["safety"].as_str().unwrap().split(' ').count(), 12);
    assert_eq!(anna.json(&["verify", "ben"])["verified"], true);
    assert_eq!(anna.json(&["safety", "ben"])["verified"], true);
    assert_eq!(anna.objects(&["contacts"])[0]["verified"], true);
    assert_eq!(anna.json(&["verify", "ben", "--undo"])["verified"], false);
    assert_eq!(anna.json(&["safety", "ben"])["verified"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_contact_is_gone() {
    let (_relay, anna, _ben) = acquainted().await;
    assert_eq!(
        anna.json(&["forget", "ben", "--yes"]),
        json!({"forgotten": "ben"})
    );
    assert!(anna.objects(&["contacts"]).is_empty());
    anna.run(&["send", "ben", "hello?"])
        .is_refused(8, "no contact");
    anna.run(&["history", "ben"]).is_refused(8, "no contact");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_link_is_worthless_and_a_used_one_too() {
    let relay = TestRelay::start().await;
    let (anna, ben) = (Person::new(), Person::new());
    let made = anna.json(&[
        "invite",
        "--relay",
        &relay.relay_link(),
        "--name",
        "shop",
        "--reusable",
    ]);
    let link = made["link"].as_str().unwrap();
    assert_eq!(anna.objects(&["contacts"])[0]["link"], link);
    assert_eq!(anna.run_with(&["revoke", "-"], link).code, 0);
    assert!(anna.objects(&["contacts"]).is_empty());
    anna.run(&["revoke", link]).is_refused(7, "link");
    // The relay erases it when the maker is next seen there.
    anna.receives();
    ben.run(&["add", link, "--name", "anna"])
        .is_refused(7, "used or revoked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_wants_a_pass_says_so_and_takes_one() {
    let relay = TestRelay::builder()
        .settings(|settings| settings.admission = Admission::Pass)
        .start()
        .await;
    let anna = Person::new();
    let words = |link| ["invite", "--relay", link, "--name", "ben"];
    let bare = relay.relay_link();
    anna.run(&words(&bare)).is_refused(5, "pass");
    let with_pass = relay.relay_link_with_pass(3).await;
    assert!(anna.json(&words(&with_pass))["link"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_doctor_finds_a_good_relay_well() {
    let relay = TestRelay::start().await;
    let person = Person::new();
    let report = person.json(&["doctor", &relay.relay_link()]);
    assert_eq!(
        (&report["verdict"], &report["identity_proven"]),
        (&json!("good"), &json!(true))
    );
    assert_eq!(report["tls"], "TLSv1.3");
    assert!(report["latency_milliseconds"].as_f64().unwrap() > 0.0);
    let ran = person.run(&["doctor", &relay.relay_link()]);
    for line in ["reachable", "TLS", "identity", "clock", "latency"] {
        assert!(ran.code == 0 && ran.out.contains(line), "{ran:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_cannot_steer_the_terminal() {
    let (_relay, anna, ben) = acquainted().await;
    anna.json(&["send", "ben", "hi\u{1b}[2J\u{9b}1A\u{202e}evil"]);
    let ran = ben.run(&["receive", "--until-idle", "0.5"]);
    let history = ben.run(&["history", "anna"]);
    for shown in [ran.out, history.out] {
        assert!(shown.contains("evil"), "{shown:?}");
        let steering =
            |letter: char| letter != '\n' && (letter.is_control() || letter == '\u{202e}');
        assert!(!shown.contains(steering), "{shown:?}");
    }
}
