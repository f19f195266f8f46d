//! What is refused, with which sentence and which exit code.
//! Knows: mistakes that people make. Never knows: a relay.

use super::person::{NOBODY, Person, Ran, bare};

/// The fragment of a person's link that is whole.
const PERSON: &str = "https://127.0.0.1:17443/#AqQAWCBEebi7a8nq1KqWPfGrdbCEmjI_HqSZMTFczyuuJKahXgFYIGRBt4ZM3UwyEwZ_pJbMSoCg1X3oci8UQHpk795dHnWUAlgg5alMXc5z4m1uXcmRQ7tTlcveNmBigq2ab63dfE_ov90D9bZ66lA";

#[test]
fn every_command_has_help_with_examples() {
    let ran = Ran::of(bare(&["--help"]).output().unwrap());
    assert!(ran.code == 0 && ran.out.contains("Exit codes:"), "{ran:?}");
    for command in [
        "invite",
        "revoke",
        "add",
        "send",
        "receive",
        "chat",
        "contacts",
        "history",
        "safety",
        "verify",
        "forget",
        "doctor",
        "passphrase",
        "tour",
    ] {
        let ran = Ran::of(bare(&[command, "--help"]).output().unwrap());
        assert!(ran.code == 0 && ran.err.is_empty(), "{ran:?}");
        assert!(ran.out.contains("Examples:"), "{command}");
        let opens_for_long = ["send", "receive"].contains(&command);
        assert!(
            !opens_for_long || ran.out.contains("used by one program at a time"),
            "{command}"
        );
    }
}

#[test]
fn a_command_line_that_makes_no_sense_ends_with_2_and_says_what_does() {
    for words in [
        &["frobnicate"][..],
        &[],
        &["send", "bob"],
        &["receive", "--until-idle", "soon"],
    ] {
        let ran = Ran::of(bare(words).output().unwrap());
        assert!(
            ran.code == 2 && ran.out.is_empty() && !ran.err.is_empty(),
            "{ran:?}"
        );
    }
}

#[test]
fn a_link_with_one_changed_character_is_refused_before_anything_is_made() {
    let person = Person::new();
    let places = (0..NOBODY.len()).filter(|at| *at > 20 || at % 5 == 0);
    for at in places {
        let mut changed = NOBODY.as_bytes().to_vec();
        changed[at] = if changed[at] == b'x' { b'y' } else { b'x' };
        let changed = String::from_utf8(changed).unwrap();
        let ran = person.run(&["invite", "--relay", &changed, "--name", "bob"]);
        ran.is_refused(7, "link");
        assert!(
            !ran.err.contains(&changed[25..]),
            "a link is a secret: {ran:?}"
        );
    }
    assert!(!person.store().exists());
}

#[test]
fn a_link_of_the_wrong_kind_is_refused_with_the_right_one() {
    let person = Person::new();
    person
        .run(&["invite", "--relay", PERSON, "--name", "bob"])
        .is_refused(7, "leads to a person");
    person
        .run(&["add", NOBODY, "--name", "bob"])
        .is_refused(7, "leads to a relay");
    person.run(&["doctor", "nonsense"]).is_refused(7, "link");
}

#[test]
fn a_relay_that_does_not_answer_ends_with_4() {
    let person = Person::new();
    person
        .run(&["invite", "--relay", NOBODY, "--name", "bob"])
        .is_refused(4, "answers");
    let ran = person.run(&["doctor", NOBODY]);
    assert!(ran.code == 4 && ran.out.contains("bad"), "{ran:?}");
    let ran = person.run(&["doctor", NOBODY, "--json"]);
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, report["verdict"].as_str()), (4, Some("bad")));
}

#[test]
fn colours_are_printed_for_nobody_but_terminals() {
    let person = Person::new();
    let ran = person.run(&["doctor", NOBODY]);
    assert!(
        !ran.out.contains('\u{1b}') && !ran.err.contains('\u{1b}'),
        "{ran:?}"
    );
}

#[test]
fn a_chat_and_a_question_need_a_person() {
    let person = Person::new();
    person.run(&["chat", "bob"]).is_refused(2, "terminal");
    person.run(&["forget", "bob"]).is_refused(2, "terminal");
}
