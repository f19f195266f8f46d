//! A visit at a shop: find it, read, begin, talk.
//! Knows: what both sides print. Never knows: faults.

use serde_json::json;

use super::counter::{DOMAIN, Street, keys, typed};

#[tokio::test(flavor = "multi_thread")]
async fn a_business_is_found_only_when_the_operator_verified_it_and_what_is_proven_is_told() {
    let street = Street::unverified().await;
    let link = street.relay.business_link();
    let standing = street.business(&["status"]);
    assert_eq!(standing[0]["standing"], "pending");
    let ran = street.tried(&["find", &link, DOMAIN]);
    ran.is_refused(8, "no such business");
    street.verify().await;
    assert_eq!(street.business(&["status"])[0]["standing"], "verified");
    let found = &street.customer(&["find", &link, DOMAIN])[0];
    assert_eq!(
        (&found["name"], &found["industry"], &found["hosting"]),
        (&json!("Bakery"), &json!("food"), &json!({"by": "self"}))
    );
    let status = &street.business(&["status"])[0];
    assert_eq!(found["certificate_until"], status["certificate_until"]);
    assert!(found["certificate_until"].as_str().unwrap().ends_with('Z'));
    let told = street.tried(&["find", &link, DOMAIN]).out;
    assert!(
        told.contains("on its own machines") && told.contains("proven"),
        "{told}"
    );
    let proof = &street.business(&["well-known"])[0];
    let text = format!("partywall-business={}", proof["business"].as_str().unwrap());
    assert_eq!(proof["text"], text);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_terms_are_read_before_anything_is_begun() {
    let street = Street::open().await;
    let link = street.relay.business_link();
    let terms = street.customer(&["terms", DOMAIN, "--link", &link, "--region", "eu"]);
    assert_eq!(terms[0]["type"], "terms");
    for key in [
        "controller",
        "contact",
        "complaint_authority",
        "transfers",
        "retention_days",
    ] {
        assert!(!terms[0][key].is_null(), "{key}");
    }
    let rows = typed(&terms, "row");
    assert!(
        rows.iter().all(|row| row["on"] == row["always"]),
        "nothing is pre-ticked"
    );
    assert!(rows.iter().any(|row| row["always"] == true));
    let page = street.tried(&["terms", DOMAIN, "--link", &link]).out;
    assert!(
        page.contains("[off]") && page.contains("[always]"),
        "{page}"
    );
    assert!(page.lines().count() < 40, "one screen: {page}");
    assert!(
        !page.contains("display_name/business"),
        "names of switches are details"
    );
    let details = street
        .tried(&["terms", DOMAIN, "--link", &link, "--details"])
        .out;
    assert!(
        details.contains("display_name/business/service_operation"),
        "{details}"
    );
    assert!(
        street.customer(&["chats"]).is_empty(),
        "reading begins nothing"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_goes_to_the_shop_and_back_once_with_the_keys_scripts_rely_on() {
    let street = Street::open().await;
    street.begun(&[]);
    let said = &street.customer(&["say", DOMAIN, "zwei\nBrote \u{9b}31m"])[0];
    assert_eq!(
        keys(said),
        ["chat", "id", "message", "state", "window_expires_at"]
    );
    let inbox = street.inbox();
    assert_eq!(inbox[0]["type"], "began");
    let message = inbox.iter().find(|one| one["kind"] == "text").unwrap();
    assert_eq!(
        keys(message),
        [
            "at",
            "conversation",
            "event",
            "id",
            "kind",
            "message",
            "said",
            "sequence",
            "text",
            "window_expires_at"
        ]
    );
    assert_eq!(message["text"], "zwei\nBrote \u{9b}31m");
    assert_eq!(
        (&message["id"], &message["window_expires_at"]),
        (&said["id"], &said["window_expires_at"])
    );
    assert!(typed(&street.inbox(), "began").is_empty(), "once");

    let to = street.conversation();
    street.business(&["send", &to, "Shall we?", "--buttons", "yes=Yes,no=No"]);
    let received = street.received();
    assert_eq!(received.len(), 1, "{received:?}");
    assert_eq!(
        (&received[0]["kind"], &received[0]["sequence"]),
        (&json!("buttons"), &json!(1))
    );
    assert!(received[0]["window_expires_at"].is_string());
    assert!(street.received().is_empty(), "once");

    street.customer(&["choose", DOMAIN, "yes"]);
    street.customer(&[
        "order",
        DOMAIN,
        "--item",
        "r1,Rye,4.20 EUR,2",
        "--item",
        "p,Roll,0.90 EUR,1",
    ]);
    street.customer(&["agent", DOMAIN]);
    let inbox = street.inbox();
    assert_eq!(
        (&inbox[0]["choice"], &inbox[0]["of"]),
        (&json!("yes"), &json!(1))
    );
    assert_eq!(
        (&inbox[1]["kind"], &inbox[1]["total"]),
        (&json!("order"), &json!("9.30 EUR"))
    );
    assert_eq!(inbox[2]["kind"], "agent");
    street
        .tried(&["choose", DOMAIN, "maybe"])
        .is_refused(1, "no message");
    let kinds: Vec<String> = street
        .customer(&["history", DOMAIN])
        .iter()
        .map(|one| {
            format!(
                "{} {}",
                one["direction"].as_str().unwrap(),
                one["kind"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "sent text",
            "received buttons",
            "sent chosen",
            "sent order",
            "sent agent"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_answers_every_text_with_itself() {
    let street = Street::open().await;
    street.begun(&[]);
    street.customer(&["say", DOMAIN, "one"]);
    street.customer(&["say", DOMAIN, "two"]);
    let answered = street.business(&["echo", "--until-idle", "1"]);
    assert_eq!(answered.len(), 2, "{answered:?}");
    let texts: Vec<_> = street
        .received()
        .iter()
        .map(|one| one["text"].clone())
        .collect();
    assert_eq!(texts, [json!("one"), json!("two")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_is_handed_in_listed_and_sent_to_who_opted_in() {
    let street = Street::open().await;
    street.begun(&["--opt-in", "utility"]);
    street.inbox();
    let example = street.shop.run(&["business", "template", "example"]);
    let file = street.shop.folder().join("ready.toml");
    std::fs::write(&file, &example.out).unwrap();
    let file = file.to_str().unwrap();
    let submitted = &street.business(&["template", "submit", file])[0];
    assert_eq!(
        (&submitted["state"], &submitted["findings"]),
        (&json!("approved"), &json!([]))
    );
    let listed = &street.business(&["template", "list"])[0];
    assert_eq!(
        (&listed["name"], &listed["state"]),
        (&json!("order_ready"), &json!("approved"))
    );
    let to = street.conversation();
    street
        .shop_tried(&["send", &to, "good morning"])
        .is_refused(9, "has not said anything yet");
    street.customer(&["say", DOMAIN, "two rye breads"]);
    street.inbox();
    street.business(&[
        "template",
        "send",
        &to,
        "order_ready",
        "1207",
        "2026-11-22",
        "option:2",
    ]);
    let received = street.received();
    let message = received
        .iter()
        .find(|one| one["kind"] == "template")
        .unwrap();
    assert_eq!(
        message["text"],
        "Order 1207 is ready since 2026-11-22. Pick it up tomorrow, please."
    );
    assert_eq!(message["template"]["category"], "utility");
    let wrong = street.shop_tried(&["template", "send", &to, "order_ready", "1207"]);
    wrong.is_refused(2, "do not fit");
    street
        .shop_tried(&["template", "send", &to, "ready", "1"])
        .is_refused(2, "hexadecimal");
    street.customer(&["opt", DOMAIN, "utility", "off"]);
    let refused = street.shop_tried(&[
        "template",
        "send",
        &to,
        "order_ready",
        "1",
        "2026-11-22",
        "option:1",
    ]);
    refused.is_refused(9, "rule not-opted-in");

    std::fs::write(
        file,
        example
            .out
            .replace("No links.", "")
            .replace("please.", "see https://x.y/z now."),
    )
    .unwrap();
    street
        .shop_tried(&["template", "submit", file])
        .is_refused(9, "a link");
    std::fs::write(file, "name = 1").unwrap();
    street
        .shop_tried(&["template", "submit", file])
        .is_refused(2, "line 1");
}
