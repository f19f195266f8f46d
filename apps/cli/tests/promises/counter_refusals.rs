//! What the business wing's commands refuse, and how they say it.
//! Knows: exit codes, sentences. Never knows: a conversation that goes well.

use super::counter::{DOMAIN, Street};
use super::person::{NOBODY, Person, Ran, bare};

#[test]
fn every_command_of_the_counter_has_help_with_examples() {
    for words in [
        &["customer"][..],
        &["customer", "begin"],
        &["customer", "export-my-data"],
        &["business"],
        &["business", "template", "send"],
    ] {
        let ran = Ran::of(bare(&[words, &["--help"]].concat()).output().unwrap());
        assert!(ran.code == 0 && ran.err.is_empty(), "{ran:?}");
        assert!(ran.out.contains("Examples:"), "{words:?}");
    }
}

#[test]
fn a_link_to_people_is_no_link_to_businesses_and_nothing_is_made_for_it() {
    let person = Person::new();
    person
        .run(&["customer", "find", NOBODY, DOMAIN])
        .is_refused(7, "link");
    let profile = ["--name", "B", "--domain", DOMAIN, "--industry", "food"];
    let words = [&["business", "enrol", NOBODY][..], &profile].concat();
    person.run(&words).is_refused(7, "link");
    assert_eq!(std::fs::read_dir(person.folder()).unwrap().count(), 0);
}

#[test]
fn what_needs_a_store_says_what_makes_one() {
    let person = Person::new();
    let ran = person.run(&["customer", "chats"]);
    ran.is_refused(6, "me.business");
    assert!(ran.err.contains("customer begin"), "{ran:?}");
    let ran = person.run(&["business", "inbox"]);
    ran.is_refused(6, "me.store");
    assert!(ran.err.contains("business enrol"), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_is_answered_with_what_to_do() {
    let street = Street::open().await;
    let link = street.relay.business_link();
    street
        .tried(&["find", &link, "Bakery"])
        .is_refused(2, "DNS name");
    street
        .tried(&["find", &link])
        .is_refused(2, "names no business");
    street
        .tried(&["find", &link, "bakery.exampel"])
        .is_refused(8, "rule no-such-business");
    street
        .tried(&["say", DOMAIN, "hello"])
        .is_refused(8, "no conversation");
    let unoffered = "phone_number/parent/ads_product_improvement";
    let words = ["begin", DOMAIN, "--link", &link, "--share", unoffered];
    street.tried(&words).is_refused(2, "does not offer");
    let twice = [
        "begin",
        DOMAIN,
        "--link",
        &link,
        "--initials",
        "AB",
        "--declare",
        "display_name=C",
    ];
    street.tried(&twice).is_refused(2, "declared twice");
    street.begun(&[]);
    street
        .tried(&["begin", DOMAIN, "--link", &link])
        .is_refused(8, "already");
    let near = street.tried(&["say", "bakery.exampel", "hello"]);
    near.is_refused(8, "no conversation");
    assert!(
        near.err.contains("did you mean bakery.example?"),
        "{near:?}"
    );
    street.tried(&["say", DOMAIN, ""]).is_refused(2, "empty");
    let long = "x".repeat(4_097);
    street
        .tried(&["say", DOMAIN, &long])
        .is_refused(2, "too long");
    street
        .shop_tried(&["send", "ff", "hello"])
        .is_refused(8, "no conversation begins with ff");
    street
        .shop_tried(&["send", "anna", "hello"])
        .is_refused(2, "hexadecimal");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_passphrase_opens_neither_side_and_no_side_opens_as_the_other() {
    let street = Street::open().await;
    street.begun(&[]);
    let file = street.anna.folder().join("passphrase");
    std::fs::write(&file, "wrong\n").unwrap();
    let file = file.to_str().unwrap();
    street
        .tried(&["chats", "--passphrase-file", file])
        .is_refused(3, "passphrase");
    street
        .shop_tried(&["status", "--passphrase-file", file])
        .is_refused(3, "passphrase");
    let beside = street.anna.folder().join("me.business");
    assert!(beside.is_file());
    let ran = Ran::of(
        bare(&["business", "status", "--store"])
            .arg(&beside)
            .env("PARTYWALL_PASSPHRASE", "open sesame")
            .output()
            .unwrap(),
    );
    ran.is_refused(6, "other side of the counter");
    street
        .anna
        .run(&["business", "status"])
        .is_refused(6, "me.store");
    std::fs::write(file, "new one\n").unwrap();
    let changed = street.business(&["passphrase", "--new-passphrase-file", file]);
    assert_eq!(changed[0]["changed"], true);
    street
        .shop_tried(&["conversations"])
        .is_refused(3, "passphrase");
    street
        .anna
        .json(&["passphrase", "--new-passphrase-file", file]);
    street.tried(&["chats"]).is_refused(3, "passphrase");
    let chats = street.customer(&["chats", "--passphrase-file", file]);
    assert_eq!(chats.len(), 1, "the customer's store follows the person's");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_went_away_is_said_to_be_away_and_what_was_said_leaves_later() {
    let mut street = Street::open().await;
    street.begun(&[]);
    street.relay.kill().await;
    street
        .tried(&["say", DOMAIN, "later", "--wait", "2"])
        .is_refused(4, "did not take it");
    street
        .tried(&["receive", "--until-idle", "0.2"])
        .is_refused(4, "there may be more");
    street
        .shop_tried(&["inbox", "--until-idle", "0.2"])
        .is_refused(4, "there may be more");
    street.relay.restart().await;
    street.received();
    let inbox = street.inbox();
    assert!(inbox.iter().any(|one| one["text"] == "later"), "{inbox:?}");
}
