//! A report opens one message, as it was said, and proves nothing else. (SPEC §11.6, B-19)

use partywall_business::content::{Content, Message, What};
use partywall_business::frank::{FrankKey, FrankingKey, Speaker};
use partywall_business::request::Report;
use partywall_business::{
    Bytes, Class, Clear, Commitment, ConversationId, EventId, Mark, Number, Refusal, Rule, Seen,
    Sequence, TemplateId, Version, Why,
};
use partywall_ground::{Milliseconds, Seconds};

const CONVERSATION: ConversationId = ConversationId::new([4; 32]);
const AT: Seconds = Seconds::new(1_000);

fn relay() -> FrankKey {
    FrankKey::new([1; 32])
}

fn said() -> Content {
    Content {
        sequence: Sequence::FIRST,
        written: Milliseconds::new(5),
        seen: Seen::new(0),
        key: FrankingKey::new([2; 32]),
        what: What::Text(Message::new("Send me your card's number").expect("made to fit")),
    }
}

fn report(speaker: Speaker) -> Report {
    let (bytes, clear) = said().franked();
    Report {
        number: Number::FIRST,
        event: EventId::new([3; 16]),
        content: Bytes::new(&bytes).expect("made to fit"),
        key: said().key,
        clear,
        mark: relay().mark(clear.commitment(), &CONVERSATION, speaker, AT),
        at: AT,
        why: Why::Fraud,
    }
}

fn judged(report: Report) -> Result<Class, Refusal> {
    let proven = report.prove(&relay(), &CONVERSATION)?;
    Ok(proven.class())
}

#[test]
fn a_message_of_the_business_is_proven_as_it_was_said() {
    assert_eq!(judged(report(Speaker::Business)), Ok(Class::Reply));
}

#[test]
fn what_differs_from_what_was_said_in_anything_is_not_proven() {
    let refused = Err(Refusal::by(Rule::NotProven));
    let changed = |change: &dyn Fn(&mut Report)| {
        let mut report = report(Speaker::Business);
        change(&mut report);
        judged(report)
    };
    assert_eq!(judged(report(Speaker::Customer)), refused);
    assert_eq!(changed(&|report| report.at = Seconds::new(1_001)), refused);
    assert_eq!(changed(&|report| report.mark = Mark::new([0; 32])), refused);
    assert_eq!(
        changed(&|report| report.key = FrankingKey::new([0; 32])),
        refused
    );
    let other = Clear::Reply(Commitment::new([0; 32]));
    assert_eq!(changed(&|report| report.clear = other), refused);
    let control = |clear: Clear| Clear::Control(*clear.commitment());
    assert_eq!(
        changed(&|report| report.clear = control(report.clear)),
        refused
    );
    let template = |clear: Clear| {
        Clear::Template(
            *clear.commitment(),
            TemplateId::new([0; 16]),
            Version::new(1),
        )
    };
    assert_eq!(
        changed(&|report| report.clear = template(report.clear)),
        refused
    );
    let mut row = partywall_row::Row::of("E03");
    let bytes = said().franked().0;
    row.tried(8 + bytes.len() as u64 * 8);
    for bit in 0..bytes.len() * 8 {
        let mut bytes = bytes.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let content = Bytes::new(&bytes).unwrap();
        assert_eq!(changed(&|report| report.content = content.clone()), refused);
    }
    let elsewhere = report(Speaker::Business).prove(&relay(), &ConversationId::new([5; 32]));
    assert!(elsewhere.is_err());
    let of_another_relay = report(Speaker::Business).prove(&FrankKey::new([9; 32]), &CONVERSATION);
    assert!(of_another_relay.is_err());
}

#[test]
fn a_report_printed_tells_nothing_of_what_was_said() {
    assert_eq!(format!("{:?}", report(Speaker::Business)), "Report");
}
