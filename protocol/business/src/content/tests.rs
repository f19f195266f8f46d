//! What this room promises.

use super::*;
use crate::template::Parameter;
use crate::value::{Currency, Money};
use crate::{Class, Commitment, Line, OneTo, TemplateId, Text, Version};
use partywall_ground::AtMost;

fn words() -> Message {
    Message::new("Two rye,\nplease").unwrap()
}

fn id(text: &str) -> ItemId {
    ItemId::new(text).unwrap()
}

fn euros(minor: u64) -> Money {
    let currency = Currency::Eur;
    Money { minor, currency }
}

fn item() -> Item {
    Item {
        id: id("rye"),
        name: ItemName::new("Rye bread").unwrap(),
        price: euros(450),
        quantity: 2,
    }
}

fn other_item() -> Item {
    Item {
        id: id("spelt"),
        ..item()
    }
}

fn button(name: &str) -> Button {
    Button {
        id: id(name),
        title: Title::new("Yes").unwrap(),
    }
}

fn section(rows: std::ops::Range<u8>) -> Section {
    let row = |number: u8| Row {
        id: id(&number.to_string()),
        title: RowName::new("Tomorrow").unwrap(),
        description: number
            .is_multiple_of(2)
            .then(|| Line::new("before noon").unwrap()),
    };
    Section {
        title: RowName::new("Days").unwrap(),
        rows: rows.map(row).collect::<Vec<_>>().try_into().unwrap(),
    }
}

fn list<T: Clone, const N: usize>(items: &[T]) -> OneTo<T, N> {
    items.to_vec().try_into().ok().unwrap()
}

fn everything() -> Vec<What> {
    let parameters = vec![
        Parameter::Integer(-1),
        Parameter::Money(euros(1)),
        Parameter::Date(9),
    ];
    let template = TemplateId::new([5; 16]);
    vec![
        What::Text(words()),
        What::Buttons(words(), list(&[button("yes"), button("no")])),
        What::List(words(), list(&[section(0..4), section(4..10)])),
        What::Product(item()),
        What::Products(words(), list(&[item(), other_item()])),
        What::Order(list(&[item()]), euros(900)),
        What::Chosen(id("yes"), Sequence::FIRST),
        What::AskLocation(words()),
        What::Location(Location::new(-90_000_000, 180_000_000).unwrap()),
        What::HandOff(HandOff::Take, None),
        What::HandOff(HandOff::Pass, Some(words())),
        What::Agent,
        What::Template(
            template,
            Version::new(3),
            AtMost::try_from(parameters).unwrap(),
        ),
        What::Read(Sequence::FIRST.next()),
        What::Typing,
    ]
}

fn content(what: What) -> Content {
    Content {
        sequence: Sequence::FIRST,
        written: Milliseconds::new(1_700_000_000_000),
        seen: Seen::new(0),
        key: FrankingKey::new([9; 32]),
        what,
    }
}

const SPEAKERS: [Speaker; 2] = [Speaker::Customer, Speaker::Business];

#[test]
fn whatever_can_be_said_is_read_as_it_was_said_by_who_may_say_it() {
    for what in everything() {
        let said = content(what);
        let (bytes, clear) = said.franked();
        for speaker in SPEAKERS {
            let read = Content::open(&bytes, &clear, speaker);
            let expected = said.what.is_said_by(speaker).then(|| said.clone());
            assert!(read.ok() == expected, "{:?} by {speaker:?}", said.what);
        }
    }
}

#[test]
fn orders_are_the_customers_and_templates_the_businesses() {
    let numbers = |speaker| -> Vec<u8> {
        let everything = everything();
        let said = everything.iter().filter(|what| what.is_said_by(speaker));
        said.map(What::number).collect()
    };
    assert_eq!(numbers(Speaker::Customer), [1, 6, 7, 9, 11, 13, 14]);
    assert_eq!(
        numbers(Speaker::Business),
        [1, 2, 3, 4, 5, 8, 10, 10, 12, 13, 14]
    );
}

#[test]
fn content_of_another_class_than_its_clear_part_is_refused() {
    for what in everything() {
        let said = content(what);
        let (bytes, clear) = said.franked();
        let frank = *clear.commitment();
        let template = TemplateId::new([5; 16]);
        for other in [
            Clear::Reply(frank),
            Clear::Control(frank),
            Clear::Template(frank, template, Version::new(3)),
            Clear::Template(frank, template, Version::new(4)),
            Clear::Template(frank, TemplateId::new([6; 16]), Version::new(3)),
        ] {
            for speaker in SPEAKERS {
                let read = Content::open(&bytes, &other, speaker);
                let may = other == clear && said.what.is_said_by(speaker);
                assert_eq!(read.is_ok(), may, "{:?} as {other:?}", said.what);
            }
        }
    }
}

#[test]
fn every_flipped_bit_of_content_or_commitment_is_refused() {
    let (bytes, clear) = content(What::Text(words())).franked();
    for bit in 0..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(
            Content::open(&changed, &clear, Speaker::Customer).is_err(),
            "bit {bit}"
        );
    }
    for bit in 0..256 {
        let mut frank = clear.commitment().into_bytes();
        frank[bit / 8] ^= 1 << (bit % 8);
        let changed = Clear::Reply(Commitment::new(frank));
        assert!(Content::open(&bytes, &changed, Speaker::Customer).is_err());
    }
}

#[test]
fn the_same_words_under_another_key_have_another_commitment() {
    let first = content(What::Typing);
    let second = Content {
        key: FrankingKey::new([8; 32]),
        ..first.clone()
    };
    assert_ne!(first.franked().1, second.franked().1);
    assert_eq!(first.what.class(), Class::Control);
}

#[test]
fn there_are_ten_rows_in_all_and_no_id_twice() {
    let whole = |what: What| {
        let (bytes, clear) = content(what).franked();
        Content::open(&bytes, &clear, Speaker::Business).is_ok()
    };
    assert!(whole(What::List(
        words(),
        list(&[section(0..5), section(5..10)])
    )));
    assert!(!whole(What::List(
        words(),
        list(&[section(0..5), section(5..11)])
    )));
    assert!(!whole(What::List(
        words(),
        list(&[section(0..5), section(4..9)])
    )));
    assert!(!whole(What::Buttons(
        words(),
        list(&[button("a"), button("a")])
    )));
}

#[test]
fn nobody_is_beyond_a_pole_and_no_list_is_empty() {
    for (latitude, longitude) in [(90_000_001, 0), (0, -180_000_001), (i32::MIN, i32::MAX)] {
        assert!(Location::new(latitude, longitude).is_none());
    }
    assert!(OneTo::<Item, 30>::try_from(vec![]).is_err());
    assert!(OneTo::<Item, 30>::try_from(vec![item(); 31]).is_err());
    assert!(Text::<4_096>::new(&"a".repeat(4_097)).is_err());
}

#[test]
fn the_longest_content_fits_in_an_envelope() {
    let text = Message::new(&"a".repeat(4_096)).unwrap();
    let long = Item {
        id: id(&"a".repeat(64)),
        name: ItemName::new(&"🥖".repeat(80)).unwrap(),
        price: euros(u64::MAX),
        quantity: u32::MAX,
    };
    let (bytes, _) = content(What::Products(text, list(&vec![long; 30]))).franked();
    let room_behind_a_preamble = 61_950;
    assert!(bytes.len() <= room_behind_a_preamble && bytes.len() < LONGEST_CONTENT);
}

#[test]
fn content_printed_tells_nothing() {
    let said = content(What::Text(words()));
    let printed = format!("{said:?} {:?} {:?}", said.what, words());
    assert_eq!(printed, "Content What(1) Text");
}
