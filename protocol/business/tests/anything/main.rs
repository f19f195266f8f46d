//! Whatever comes to the business door or the exporter's socket: no panic, one frame for every
//! meaning, and nothing at a door or from a role that it is not for. (SPEC §1.3, §11, §14)

mod clients;
mod dice;
mod relay;

use dice::{Dice, dice};
use partywall_business::answer::{Answer, FromRelay};
use partywall_business::event::{Event, News};
use partywall_business::export::{self, FromExporter, Head};
use partywall_business::request::{self, FromClient};
use partywall_business::template::Lint;
use partywall_business::*;
use partywall_ground::{Close, EnvelopeSize, Seconds};
use proptest::prelude::*;
use std::num::NonZeroU64;

const CALLERS: [Caller; 4] = [
    Caller::Guest,
    Caller::Proven(Role::Customer),
    Caller::Proven(Role::Business),
    Caller::Proven(Role::Rights),
];

/// A message as every reader of this wing reads it: who takes it, or why not. What is read is
/// written as it was.
fn read_by_everybody(message: &[u8]) -> Vec<Result<Kind, Close>> {
    let mut verdicts = Vec::new();
    for caller in CALLERS {
        let said = FromClient::decode(message, caller);
        if let Ok(said) = &said {
            assert!(said.encode() == message);
        }
        verdicts.push(said.map(|said| said.kind()));
    }
    let said = FromRelay::decode(message);
    if let Ok(said) = &said {
        assert!(said.encode() == message);
    }
    verdicts.push(said.map(|said| said.kind()));
    let Some((head, body)) = message.split_first_chunk() else {
        return verdicts;
    };
    let head = Head::parse(head);
    let said = head.and_then(|head| FromExporter::decode(&head, body));
    if let Ok(said) = &said {
        assert!(said.encode() == message);
    }
    verdicts.push(said.map(|said| said.kind()));
    let said = head.and_then(|head| export::FromRelay::decode(&head, body));
    if let Ok(said) = &said {
        assert!(said.encode() == message);
    }
    verdicts.push(said.map(|said| said.kind()));
    verdicts
}

/// Who takes a frame of this kind, by the tables of SPEC §11 and §14.
fn expected(kind: Kind) -> Vec<Result<Kind, Close>> {
    let taken = |takes: bool, otherwise| if takes { Ok(kind) } else { Err(otherwise) };
    let business = kind.door() == Door::Business;
    let to_relay = kind.direction() == Direction::ToRelay;
    let mut verdicts = Vec::new();
    for caller in CALLERS {
        verdicts.push(kind.admit(caller).map(|()| kind));
    }
    verdicts.push(taken(business && !to_relay, Close::WrongDoor));
    verdicts.push(taken(!business && to_relay, Close::WrongDoor));
    verdicts.push(taken(!business && !to_relay, Close::WrongDoor));
    verdicts
}

/// A header that passes, of any type that there is, before any body.
fn framed(kind: Kind, body: &[u8]) -> Vec<u8> {
    let mut frame = vec![b'B', 1];
    frame.extend_from_slice(&kind.number().to_be_bytes());
    let length = u32::try_from(body.len()).expect("made to fit");
    frame.extend_from_slice(&length.to_be_bytes());
    frame.extend_from_slice(body);
    frame
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        read_by_everybody(&bytes);
    }

    #[test]
    fn arbitrary_bodies_never_panic(
        kind in prop::sample::select(Kind::ALL),
        body in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        read_by_everybody(&framed(kind, &body));
    }

    #[test]
    fn every_frame_is_read_where_it_belongs_and_refused_everywhere_else(dice in dice()) {
        let clients = dice.clients_say();
        let relay = dice.relay_says();
        let exporters = dice.exporters_say();
        let heard = dice.exporters_hear();
        let frames = (clients.iter().map(|said| (said.kind(), said.encode())))
            .chain(relay.iter().map(|said| (said.kind(), said.encode())))
            .chain(exporters.iter().map(|said| (said.kind(), said.encode())))
            .chain(heard.iter().map(|said| (said.kind(), said.encode())));
        for (kind, frame) in frames {
            prop_assert_eq!(read_by_everybody(&frame), expected(kind), "{:?}", kind);
        }
    }

    #[test]
    fn a_changed_frame_is_refused_or_means_exactly_what_it_says(
        dice in dice(),
        which: prop::sample::Index,
        at: prop::sample::Index,
        flip in 1..=255_u8,
    ) {
        let mut frames: Vec<Vec<u8>> = Vec::new();
        frames.extend(dice.clients_say().iter().map(FromClient::encode));
        frames.extend(dice.relay_says().iter().map(FromRelay::encode));
        frames.extend(dice.exporters_say().iter().map(FromExporter::encode));
        frames.extend(dice.exporters_hear().iter().map(export::FromRelay::encode));
        let mut frame = frames.swap_remove(which.index(frames.len()));
        let at = at.index(frame.len());
        frame[at] ^= flip;
        read_by_everybody(&frame);
    }

    #[test]
    fn arbitrary_texts_are_no_links_and_arbitrary_templates_never_panic(
        text in ".{0,200}",
        pieces in prop::collection::vec("[{}0-9a-z./ ]{0,8}", 0..30),
    ) {
        prop_assert!(BusinessLink::parse(&text).is_err());
        let draft = template::Draft {
            name: text.clone(),
            version: Version::new(1),
            language: text.clone(),
            category: Category::Utility,
            header: Some(text.clone()),
            body: pieces.concat(),
            footer: None,
            buttons: vec![text],
            slots: vec![],
        };
        let bytes = draft.to_bytes().unwrap();
        prop_assert!(template::Draft::decode(&bytes).unwrap() == draft);
        prop_assert!(draft.lint().len() <= Lint::COUNT);
    }
}

#[test]
fn every_kind_of_both_doors_is_tried_above() {
    let dice = Dice {
        number: NonZeroU64::MIN,
        count: 1,
        byte: 1,
        flag: true,
        size: EnvelopeSize::Small,
        length: 1,
    };
    let mut tried: Vec<Kind> = Vec::new();
    tried.extend(dice.clients_say().iter().map(FromClient::kind));
    tried.extend(dice.relay_says().iter().map(FromRelay::kind));
    tried.extend(dice.exporters_say().iter().map(FromExporter::kind));
    tried.extend(dice.exporters_hear().iter().map(export::FromRelay::kind));
    let missing: Vec<_> = Kind::ALL
        .iter()
        .filter(|kind| !tried.contains(kind))
        .collect();
    assert_eq!(missing, [&Kind::Carried]);
}

#[test]
fn every_request_and_its_answer_carry_one_number() {
    let dice = Dice {
        number: NonZeroU64::MAX,
        count: 1,
        byte: 1,
        flag: true,
        size: EnvelopeSize::Small,
        length: 1,
    };
    for said in dice.clients_say() {
        if let FromClient::Request(request) = said {
            assert_eq!(request.number(), dice.number());
            assert_eq!(Some(request.answer()), request.kind().answer());
        }
    }
    for said in dice.relay_says() {
        if let FromRelay::Answer(said) = said {
            let answer: Answer = said;
            assert_eq!(answer.number(), dice.number());
        }
    }
}

#[test]
fn the_largest_message_fits_in_a_frame_with_the_largest_of_everything_beside_it() {
    let frank = Commitment::new([7; 32]);
    let clear = Clear::Template(frank, TemplateId::new([7; 16]), Version::new(u64::MAX));
    let envelope = Envelope::try_from(vec![7; 65_536]).unwrap();
    let event = Event {
        tag: Tag::new(NonZeroU64::MAX),
        id: EventId::new([7; 16]),
        conversation: ConversationId::new([7; 32]),
        sequence: Sequence::new(NonZeroU64::MAX),
        at: Seconds::new(u64::MAX),
        window_expires_at: Seconds::new(u64::MAX),
        news: News::Message {
            clear,
            envelope: envelope.clone(),
            mark: Mark::new([7; 32]),
        },
    };
    assert!(FromRelay::from(event).encode().len() <= 65_792);
    let say = request::Say {
        number: Number::new(NonZeroU64::MAX),
        conversation: ConversationId::new([7; 32]),
        clear,
        envelope,
    };
    assert!(FromClient::from(say).encode().len() <= 65_792);
}

#[test]
fn a_stream_keeps_nothing_for_a_frame_that_is_too_long_or_belongs_elsewhere() {
    let head = |wing: u8, version: u8, kind: u16, length: u32| {
        let mut head = vec![wing, version];
        head.extend_from_slice(&kind.to_be_bytes());
        head.extend_from_slice(&length.to_be_bytes());
        Head::parse(head.as_slice().try_into().unwrap())
    };
    let longest = u32::try_from(export::LONGEST_FRAME - Head::LENGTH).unwrap();
    assert_eq!(
        head(b'B', 1, 0x0183, longest).map(|head| head.length()),
        Ok(8_388_600)
    );
    assert_eq!(head(b'B', 1, 0x0183, longest + 1), Err(Close::TooLarge));
    assert_eq!(head(b'B', 1, 0x0183, u32::MAX), Err(Close::TooLarge));
    assert_eq!(head(b'P', 1, 0x0183, 1), Err(Close::WrongWing));
    assert_eq!(head(b'B', 2, 0x0183, 1), Err(Close::Version));
    assert_eq!(head(b'B', 1, 0x0189, 1), Err(Close::Malformed));
    assert_eq!(head(b'B', 1, 0x0140, 1), Err(Close::WrongDoor));
}
