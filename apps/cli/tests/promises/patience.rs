//! Relays that go and come, readers that go away.
//! Knows: when to wait and when to give up. Never knows: how a connection is made.

use super::person::{Ran, acquainted};

#[tokio::test(flavor = "multi_thread")]
async fn a_send_waits_for_a_relay_that_is_away_and_then_goes_on() {
    let (mut relay, anna, ben) = acquainted().await;
    relay.kill().await;
    let sending = ben.start(&["send", "anna", "patience"]);
    ben.store_grows_to(1);
    relay.restart().await;
    let ran = Ran::of(sending.wait_with_output().unwrap());
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(anna.reads(), ["patience"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_send_that_gives_up_keeps_what_was_taken() {
    let (mut relay, anna, ben) = acquainted().await;
    relay.kill().await;
    let ran = ben.run(&["send", "anna", "later", "--wait", "1"]);
    ran.is_refused(4, "relay");
    assert_eq!(ben.objects(&["contacts"])[0]["queued"], 1);
    relay.restart().await;
    ben.json(&["send", "anna", "now"]);
    assert_eq!(anna.reads(), ["later", "now"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receive_that_could_not_reach_the_relay_says_that_there_may_be_more() {
    let (mut relay, anna, _ben) = acquainted().await;
    relay.kill().await;
    anna.run(&["receive", "--until-idle", "1"])
        .is_refused(4, "there may be more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receive_at_an_address_that_takes_connections_and_never_answers_ends_with_4() {
    let (mut relay, anna, _ben) = acquainted().await;
    relay.kill().await;
    // The system takes the connections; nobody ever reads or answers.
    let _mute = std::net::TcpListener::bind(("127.0.0.1", relay.port())).unwrap();
    anna.run(&["receive", "--until-idle", "0.2"])
        .is_refused(4, "there may be more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_whose_reader_went_away_is_printed_again_under_the_same_id() {
    let (_relay, anna, ben) = acquainted().await;
    let sent = ben.json(&["send", "anna", "hold the line"]);
    let mut receiving = anna.start(&["receive", "--json"]);
    drop(receiving.stdout.take());
    let ran = Ran::of(receiving.wait_with_output().unwrap());
    assert!(ran.code == 1 && !ran.err.contains("error"), "{ran:?}");
    let got = anna.receives();
    let again = got
        .iter()
        .find(|object| object["text"] == "hold the line")
        .unwrap();
    assert_eq!(again["id"], sent["id"]);
}
