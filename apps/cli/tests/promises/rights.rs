//! What a customer may know and choose, and how they leave.
//! Knows: what both sides print. Never knows: faults.

use serde_json::json;

use super::counter::{DOMAIN, Street, typed};

#[tokio::test(flavor = "multi_thread")]
async fn only_what_was_switched_on_is_told_and_each_disclosure_is_shown_with_its_proof() {
    let street = Street::open().await;
    let share = "display_name/business/service_operation";
    street.begun(&[
        "--region",
        "eu",
        "--share",
        share,
        "--initials",
        "AB",
        "--declare",
        "locale=deAT",
    ]);
    let inbox = street.inbox();
    let shared = street.shares_until("the initials are told", |seen| {
        typed(seen, "disclosure")
            .iter()
            .any(|one| one["outcome"] == "sent")
    });
    let told = typed(&shared, "disclosure");
    assert_eq!(
        told.len(),
        1,
        "the locale is declared and not switched on: {told:?}"
    );
    assert_eq!(
        (&told[0]["field"], &told[0]["value"], &told[0]["proven"]),
        (&json!("display_name"), &json!("AB"), &json!(true))
    );
    let rows = typed(&shared, "row");
    let on: Vec<_> = rows
        .iter()
        .filter(|row| row["on"] == true && row["always"] == false)
        .collect();
    assert_eq!((on.len(), &on[0]["switch"]), (1, &json!(share)));
    let disclosed = typed(&inbox, "disclosed");
    assert_eq!(
        (
            disclosed.len(),
            &disclosed[0]["value"],
            &disclosed[0]["index"]
        ),
        (1, &json!("AB"), &told[0]["index"])
    );
    let page = street.tried(&["shared", DOMAIN]).out;
    assert!(
        page.contains("It was \"AB\"; it was sent. Proven."),
        "{page}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_changes_their_mind_and_the_relay_holds_to_it() {
    let street = Street::open().await;
    street.begun(&["--region", "eu", "--opt-in", "utility"]);
    let (locale, initials) = (
        "locale/business/service_operation",
        "display_name/business/service_operation",
    );
    let on = |words: &[&str]| {
        street.customer(&[&["consent", DOMAIN][..], words].concat())[0]["on"].clone()
    };
    assert_eq!(
        on(&["--on", locale, "--on", initials]),
        json!([initials, locale])
    );
    assert_eq!(on(&["--off", initials]), json!([locale]));
    assert_eq!(
        on(&["--gpc"]),
        json!([locale]),
        "its purpose is not one that is refused"
    );
    assert_eq!(on(&["--object"]), json!([locale]));
    assert_eq!(on(&["--withdraw-all"]), json!([]));
    assert_eq!(street.customer(&["chats"])[0]["opted_in"], json!([]));
    street.customer(&["opt", DOMAIN, "marketing", "on"]);
    assert_eq!(
        street.customer(&["chats"])[0]["opted_in"],
        json!(["marketing"])
    );

    let declared = |words: &[&str]| {
        street.customer(&[&["declare", DOMAIN][..], words].concat())[0]["declared"].clone()
    };
    assert_eq!(
        declared(&["locale=de", "display_name=AB"]),
        json!({"display_name": "AB", "locale": "de"})
    );
    assert_eq!(
        declared(&["locale=deAT", "--forget", "display_name"]),
        json!({"locale": "deAT"})
    );

    let never = street.tried(&["consent", DOMAIN, "--on", "phone_number/parent/analytics"]);
    never.is_refused(2, "does not offer");
    let always = street.tried(&[
        "consent",
        DOMAIN,
        "--off",
        "interaction_time/business/service_operation",
    ]);
    always.is_refused(1, "as long as the chat exists");
    street
        .tried(&["consent", DOMAIN, "--accept-new-terms"])
        .is_refused(1, "nothing new");
    let changes = street.tried(&["changes", DOMAIN]);
    assert_eq!(
        (changes.code, changes.out.as_str()),
        (0, "Nothing has changed.\n")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_is_a_hard_stop_and_rights_outlast_it() {
    let street = Street::open().await;
    street.begun(&[]);
    street.customer(&["say", DOMAIN, "hello"]);
    street.inbox();
    let to = street.conversation();
    street.business(&["send", &to, "hello yourself"]);
    let received = street.received();
    let id = received[0]["id"].as_str().unwrap();
    let reported = &street.customer(&["report", DOMAIN, &id[..12], "--why", "spam"])[0];
    assert_eq!(reported["reported"], received[0]["message"]);
    street
        .tried(&["report", DOMAIN, "1", "--why", "spam"])
        .is_refused(1, "no such message");

    street.tried(&["leave", DOMAIN]).is_refused(2, "terminal");
    assert_eq!(
        street.customer(&["leave", DOMAIN, "--yes"])[0]["standing"],
        "left"
    );
    street
        .tried(&["say", DOMAIN, "one more thing"])
        .is_refused(9, "ended");
    street
        .shop_tried(&["send", &to, "wait!"])
        .is_refused(9, "has left");
    street.shop_tried(&["send", &to, "wait!"]).is_refused(9, "");

    let out = street.anna.folder().join("mine.jsonld");
    let out = out.to_str().unwrap();
    street.customer(&["export-my-data", DOMAIN, "--out", out]);
    let document: serde_json::Value = serde_json::from_slice(&std::fs::read(out).unwrap()).unwrap();
    assert!(document["@context"].is_object());
    street
        .tried(&["export-my-data", DOMAIN, "--out", out])
        .is_refused(1, "there already");

    let erased = &street.customer(&["erase", DOMAIN, "--yes"])[0];
    assert_eq!(
        &street.customer(&["erase", DOMAIN, "--yes"])[0],
        erased,
        "the receipt is kept"
    );
    assert_eq!(street.customer(&["chats"])[0]["standing"], "erased");
    street.tried(&["shared", DOMAIN]).is_refused(9, "erased");
    street.begun(&[]);
    assert_eq!(street.customer(&["chats"])[1]["standing"], "open");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_business_is_heard_no_more_until_it_is_unblocked() {
    let street = Street::open().await;
    street.begun(&[]);
    street.customer(&["say", DOMAIN, "hello"]);
    street.inbox();
    let to = street.conversation();
    assert_eq!(street.customer(&["block", DOMAIN])[0]["blocked"], true);
    street
        .shop_tried(&["send", &to, "hello?", "--wait", "20"])
        .is_refused(9, "rule");
    street
        .tried(&["say", DOMAIN, "hello?"])
        .is_refused(9, "rule blocked");
    assert_eq!(street.customer(&["unblock", DOMAIN])[0]["blocked"], false);
    street.business(&["send", &to, "hello again"]);
    assert_eq!(street.received().last().unwrap()["text"], "hello again");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_said_to_a_business_that_changed_until_its_customer_has_looked() {
    let street = Street::open().await;
    street.begun(&[]);
    let link = street.relay.business_link();
    let profile = ["--name", "Bakery", "--domain", DOMAIN, "--industry", "food"];
    let moved = ["--hosting", "provider Cloud Ltd"];
    street.business(&[&["enrol", &link][..], &profile, &moved].concat());
    street.verify().await;
    street.inbox();
    street
        .tried(&["say", DOMAIN, "hello", "--wait", "30"])
        .is_refused(10, "hosting or domain changed");
    let changes = street.customer(&["changes", DOMAIN]);
    assert_eq!(
        (&changes[0]["type"], &changes[0]["hosting"]["name"]),
        (&json!("certificate"), &json!("Cloud Ltd"))
    );
    let page = street
        .tried(&["changes", DOMAIN, "--accept-certificate"])
        .out;
    assert!(
        page.contains("on its own machines and answers on machines of Cloud Ltd now"),
        "{page}"
    );
    street.customer(&["say", DOMAIN, "hello"]);
    let texts: Vec<_> = street
        .inbox()
        .iter()
        .filter_map(|one| one["text"].as_str().map(str::to_owned))
        .collect();
    assert!(texts.contains(&"hello".to_owned()), "{texts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn new_terms_are_told_in_sentences_and_share_nothing_new_until_they_are_accepted() {
    let street = Street::open().await;
    street.begun(&[
        "--region",
        "eu",
        "--share",
        "locale/business/service_operation",
    ]);
    street.publish(COUNTRY_TOO).await;
    let received = street.received();
    assert_eq!(typed(&received, "terms-changed").len(), 1, "{received:?}");
    let changes = street.customer(&["changes", DOMAIN]);
    let sentences = changes[0]["newly_shared"].as_array().unwrap();
    assert!(
        sentences.len() == 1
            && sentences[0]
                .as_str()
                .unwrap()
                .contains("the country you live in"),
        "{changes:?}"
    );
    let country = "country/business/service_operation";
    street
        .tried(&["consent", DOMAIN, "--on", country])
        .is_refused(2, "does not offer");
    let accepted = street.customer(&["consent", DOMAIN, "--accept-new-terms", "--region", "eu"]);
    assert_eq!(
        accepted[0]["on"],
        json!(["locale/business/service_operation"])
    );
    let on = street.customer(&["consent", DOMAIN, "--on", country]);
    assert_eq!(on[0]["on"].as_array().unwrap().len(), 2);
}

/// A second version that offers one switch more, from a day on that no test sees.
const COUNTRY_TOO: &str = r#"
[policy]
name = "second"
version = 2
controller = "The operator of this relay"
contact = "The person who gave you the link to this relay"
complaint_authority = "The data protection authority where you live"
effective = 2999-01-01
notice_days = 30

[retention]
mail_days = 30
receipts_days = 1095
disclosures_days = 1095
reports_days = 90
after_leaving_days = 30
certificates_days = 1095
declared_days = 30

[[share]]
field = "interaction_time"
with = "business"
for = "service_operation"
basis = "necessary"
regions = "all"
precision = "hour"
keep_days = 30

[[share]]
field = ["locale", "country"]
with = "business"
for = "service_operation"
basis = "consent"
regions = "all"
precision = "full"
keep_days = 30
"#;
