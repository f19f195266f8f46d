//! Whatever comes to either door or as a link: no panic, and one frame for every meaning.
//! Knows: random bytes, and random words of both sides. (SPEC §1.3, §3, §5)

use partywall_ground::{
    Capability, Close, Credit, DropId, EnvelopeSize, IdentityId, LinkSecret, Nonce32, Pass,
    ReaderId, RelayKey, Seconds, Spki,
};
use partywall_peer::collect::{self, Ack, Attached, Closed, Create, Deliver, Refused, Shelve};
use partywall_peer::deposit::{self, Deposit, Taken, Use};
use partywall_peer::{
    Acks, ContactLink, Envelope, Kind, Link, Number, OneTimeLeft, Reason, RelayLink, SealedBundle,
    ShelfBefore, Slot, Tag, Uses,
};
use partywall_proof::Signature;
use partywall_proof::link::Authority;
use proptest::prelude::*;
use std::num::NonZeroU64;

fn slot() -> impl Strategy<Value = Slot> {
    any::<u32>().prop_map(Slot::new)
}

fn nonzero() -> impl Strategy<Value = NonZeroU64> {
    any::<NonZeroU64>()
}

fn envelope() -> impl Strategy<Value = Envelope> {
    (prop::sample::select(&EnvelopeSize::ALL), any::<u8>())
        .prop_map(|(size, byte)| Envelope::try_from(vec![byte; size.bytes()]).expect("made to fit"))
}

fn bundle() -> impl Strategy<Value = SealedBundle> {
    any::<u8>().prop_map(|byte| SealedBundle::try_from(vec![byte; 1_409]).expect("made to fit"))
}

fn create() -> impl Strategy<Value = Create> {
    let ids = any::<[[u8; 32]; 4]>();
    let admission = any::<(Option<[u8; 32]>, Option<[u8; 32]>)>();
    (slot(), ids, any::<[u8; 32]>(), admission).prop_map(|(slot, ids, half, (pass, credit))| {
        let mut signature = [0; 64];
        signature[..32].copy_from_slice(&half);
        Create {
            slot,
            reader: ReaderId::new(ids[0]),
            drop: DropId::new(ids[1]),
            nonce: Nonce32::new(ids[2]),
            spki: Spki::new(ids[3]),
            signature: Signature::from_bytes(signature),
            pass: pass.map(Pass::new),
            credit: credit.map(Credit::new),
        }
    })
}

fn shelve() -> impl Strategy<Value = Shelve> {
    let before = prop::sample::select(&[ShelfBefore::Kept, ShelfBefore::Cleared]);
    let one_time = prop::collection::vec(bundle(), 0..=32);
    (slot(), before, one_time, prop::option::of(bundle())).prop_map(
        |(slot, before, one_time, last_resort)| Shelve {
            slot,
            before,
            one_time: one_time.try_into().expect("made to fit"),
            last_resort,
        },
    )
}

fn reader_says() -> impl Strategy<Value = collect::FromClient> {
    prop_oneof![
        create().prop_map(Into::into),
        shelve().prop_map(Into::into),
        (slot(), nonzero()).prop_map(|(slot, tag)| {
            let tag = Tag::new(tag);
            Ack { slot, tag }.into()
        }),
    ]
}

fn reader_hears() -> impl Strategy<Value = collect::FromRelay> {
    prop_oneof![
        (slot(), any::<(u64, u64)>()).prop_map(|(slot, (acks, left))| Attached {
            slot,
            acks: Acks::new(acks),
            one_time_left: OneTimeLeft::new(left),
        }
        .into()),
        (slot(), any::<Option<u64>>()).prop_map(|(slot, wait)| Refused {
            slot,
            reason: Reason::Admission,
            try_again_after: wait.map(Seconds::new),
        }
        .into()),
        (slot(), any::<Option<[u8; 32]>>()).prop_map(|(slot, credit)| Closed {
            slot,
            credit: credit.map(Credit::new),
        }
        .into()),
        (slot(), nonzero(), envelope()).prop_map(|(slot, tag, envelope)| Deliver {
            slot,
            tag: Tag::new(tag),
            envelope,
        }
        .into()),
    ]
}

fn writer_says() -> impl Strategy<Value = deposit::FromClient> {
    prop_oneof![
        any::<[u8; 32]>().prop_map(|secret| {
            let capability = Capability::new(secret);
            Use { capability }.into()
        }),
        (nonzero(), envelope()).prop_map(|(number, envelope)| Deposit {
            number: Number::new(number),
            envelope,
        }
        .into()),
    ]
}

fn link() -> impl Strategy<Value = Link> {
    let host = "[a-z]([a-z0-9-]{0,20}[a-z0-9])?(\\.[a-z]{1,20}){0,3}";
    let authority = (host, 1..=u16::MAX).prop_map(|(host, port)| Authority::new(&host, port));
    let authority = authority.prop_map(|authority| authority.expect("made to fit"));
    let further = prop::collection::vec(authority.clone(), 0..=2);
    let ids = any::<[[u8; 32]; 3]>();
    (authority, further, ids, any::<Option<[u8; 32]>>(), 0..3).prop_map(
        |(authority, further, ids, pass, which)| {
            let relay = RelayKey::new(ids[0]);
            let uses = match which {
                0 => {
                    let link = RelayLink::new(authority, relay, pass.map(Pass::new));
                    return link.with_further(further).expect("made to fit").into();
                }
                1 => Uses::Once,
                _ => Uses::Many,
            };
            let (maker, secret) = (IdentityId::new(ids[1]), LinkSecret::new(ids[2]));
            let link = ContactLink::new(authority, relay, maker, secret, uses);
            link.with_further(further).expect("made to fit").into()
        },
    )
}

/// A header that passes, of any type that there is, before any body.
fn framed() -> impl Strategy<Value = Vec<u8>> {
    let body = prop::collection::vec(any::<u8>(), 0..120);
    (prop::sample::select(Kind::ALL), body).prop_map(|(kind, body)| {
        let mut frame = vec![b'P', 1];
        frame.extend_from_slice(&kind.number().to_be_bytes());
        frame.extend_from_slice(
            &u32::try_from(body.len())
                .expect("made to fit")
                .to_be_bytes(),
        );
        frame.extend_from_slice(&body);
        frame
    })
}

/// Reads a message as either side of either door would; what is read is written as it was.
fn read_by_everybody(message: &[u8]) -> Vec<Close> {
    let mut refused = Vec::new();
    macro_rules! read {
        ($($side:ty),*) => {$(
            match <$side>::decode(message) {
                Ok(said) => assert!(said.encode() == message),
                Err(close) => refused.push(close),
            }
        )*};
    }
    read!(
        collect::FromClient,
        collect::FromRelay,
        deposit::FromClient,
        deposit::FromRelay
    );
    refused
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        read_by_everybody(&bytes);
    }

    #[test]
    fn arbitrary_bodies_never_panic(frame in framed()) {
        read_by_everybody(&frame);
    }

    #[test]
    fn arbitrary_text_is_no_link(text in ".*", tail in "[A-Za-z0-9_-]{0,300}") {
        prop_assert!(Link::parse(&text).is_err());
        let link = format!("https://relay.example/#{tail}");
        prop_assert!(Link::parse(&link).is_err());
    }

    #[test]
    fn what_is_said_at_one_door_is_read_there_and_nowhere_else(
        messages in (
            reader_says().prop_map(|said| said.encode()),
            reader_hears().prop_map(|said| said.encode()),
            writer_says().prop_map(|said| said.encode()),
            prop::option::of(bundle()).prop_map(|bundle| {
                deposit::FromRelay::from(Taken { bundle }).encode()
            }),
        ),
    ) {
        for message in <[Vec<u8>; 4]>::from(messages) {
            prop_assert_eq!(read_by_everybody(&message), vec![Close::WrongDoor; 3]);
        }
    }

    #[test]
    fn a_changed_frame_is_refused_or_means_exactly_what_it_says(
        said in reader_says(),
        at: prop::sample::Index,
        flip in 1..=255_u8,
    ) {
        let mut message = said.encode();
        let at = at.index(message.len());
        message[at] ^= flip;
        read_by_everybody(&message);
    }

    #[test]
    fn a_link_is_read_as_it_was_written(link in link()) {
        for text in [link.as_web_link(), link.as_app_link()] {
            let read = Link::parse(&text).unwrap();
            prop_assert_eq!(read.as_web_link(), link.as_web_link());
        }
    }

    #[test]
    fn a_link_with_one_character_changed_is_refused(
        link in link(),
        at: prop::sample::Index,
        to in "[ -~]",
    ) {
        let text = link.as_web_link();
        let at = at.index(text.len());
        let changed = format!("{}{to}{}", &text[..at], &text[at + 1..]);
        if changed != *text {
            prop_assert!(Link::parse(&changed).is_err());
        }
    }
}
