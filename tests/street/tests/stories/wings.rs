//! No frame and no link of one wing is taken for one of the other. (SPEC G-2, G-7, B-4)
//! Knows: both wings' types of frames, by number, and every reader of both. Never knows: bodies.

use partywall_business::export::{FromExporter, Head};
use partywall_business::{BusinessLink, Caller, Role};
use partywall_ground::{Close, LinkSecret, RelayKey};
use partywall_peer::{ContactLink, Link, RelayLink, Uses, collect, deposit};
use partywall_proof::link::{Authority, LinkError};

const PEER: u8 = b'P';
const BUSINESS: u8 = b'B';

/// A frame with the body that every type has in common: an empty map.
fn frame(wing: u8, number: u16) -> Vec<u8> {
    let [high, low] = number.to_be_bytes();
    vec![wing, 1, high, low, 0, 0, 0, 1, 0xa0]
}

fn peer_numbers() -> impl Iterator<Item = u16> {
    partywall_peer::Kind::ALL.iter().map(|kind| kind.number())
}

fn business_numbers() -> impl Iterator<Item = u16> {
    let kinds = partywall_business::Kind::ALL.iter();
    kinds.map(|kind| kind.number())
}

/// What each of the peer wing's doors says to a message, in both directions.
fn at_the_peer_doors(message: &[u8]) -> [Option<Close>; 4] {
    [
        collect::FromClient::decode(message).err(),
        collect::FromRelay::decode(message).err(),
        deposit::FromClient::decode(message).err(),
        deposit::FromRelay::decode(message).err(),
    ]
}

/// What each of the business wing's doors says to a message, in both directions, to every caller.
fn at_the_business_doors(message: &[u8]) -> Vec<Option<Close>> {
    use partywall_business::{answer, export, request::FromClient};
    let callers = [
        Caller::Guest,
        Caller::Proven(Role::Customer),
        Caller::Proven(Role::Business),
        Caller::Proven(Role::Rights),
    ];
    let mut said: Vec<Option<Close>> = callers
        .iter()
        .map(|caller| FromClient::decode(message, *caller).err())
        .collect();
    said.push(answer::FromRelay::decode(message).err());
    let (head, body) = message.split_first_chunk().expect("a frame has a head");
    let head = Head::parse(head);
    said.push(
        head.and_then(|head| FromExporter::decode(&head, body))
            .err(),
    );
    let heard = head.and_then(|head| export::FromRelay::decode(&head, body));
    said.push(heard.err());
    said
}

#[test]
fn every_frame_of_one_wing_is_refused_as_the_wrong_wings_at_every_door_of_the_other() {
    let mut row = partywall_row::Row::of("P30");
    for number in peer_numbers() {
        for said in at_the_business_doors(&frame(PEER, number)) {
            assert_eq!(said, Some(Close::WrongWing), "{number:#06x}");
            row.tried(1);
        }
    }
    for number in business_numbers() {
        for said in at_the_peer_doors(&frame(BUSINESS, number)) {
            assert_eq!(said, Some(Close::WrongWing), "{number:#06x}");
            row.tried(1);
        }
    }
}

#[test]
fn a_number_of_one_wing_means_nothing_in_the_other() {
    for number in peer_numbers() {
        for said in at_the_business_doors(&frame(BUSINESS, number)) {
            assert_eq!(said, Some(Close::Malformed), "{number:#06x}");
        }
    }
    for number in business_numbers() {
        for said in at_the_peer_doors(&frame(PEER, number)) {
            assert_eq!(said, Some(Close::Malformed), "{number:#06x}");
        }
    }
}

#[test]
fn a_link_of_one_wing_leads_nowhere_in_the_other() {
    let mut row = partywall_row::Row::of("P10");
    let authority = Authority::new("relay.example", 7_443).expect("made to fit");
    let relay = RelayKey::new([7; 32]);
    let maker = partywall_ground::IdentityId::new([8; 32]);
    let secret = LinkSecret::new([9; 32]);
    let contact = ContactLink::new(authority.clone(), relay, maker, secret, Uses::Once);
    let to_relay = RelayLink::new(authority.clone(), relay, None);
    for link in [Link::from(contact), Link::from(to_relay)] {
        let read = BusinessLink::parse(&link.as_web_link());
        assert_eq!(read, Err(LinkError::UnknownKind));
    }
    let business = BusinessLink::new(authority, relay, None);
    let read = Link::parse(&business.as_web_link()).err();
    assert_eq!(read, Some(LinkError::UnknownKind));
    row.tried(3);
}
