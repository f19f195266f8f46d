//! Whatever bytes come: no panic, no hang, and one encoding for every value. (SPEC §1.3, §1.4)
//! Knows: random bytes, and random values in deterministic CBOR.

use partywall_ground::{AtMost, DropId, Frame, Peer, Seconds, cbor, frame};
use proptest::prelude::*;

#[derive(Debug, PartialEq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
struct Body {
    #[n(0)]
    number: Seconds,
    #[n(1)]
    id: Option<DropId>,
    #[n(7)]
    texts: AtMost<String, 4>,
    #[n(300)]
    flag: Option<bool>,
}

prop_compose! {
    fn body()(
        number: u64,
        id: Option<[u8; 32]>,
        texts in prop::collection::vec(".*", 0..=4),
        flag: Option<bool>,
    ) -> Body {
        Body {
            number: Seconds::new(number),
            id: id.map(DropId::new),
            texts: texts.try_into().expect("made to fit"),
            flag,
        }
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = cbor::check(&bytes);
        let _ = cbor::decode::<Body>(&bytes);
        let _ = Frame::<Peer>::parse(&bytes).map(|frame| frame.kind);
    }

    #[test]
    fn what_was_written_is_read_again(body in body()) {
        let encoded = cbor::encode(&body);
        prop_assert_eq!(encoded.len(), cbor::length(&body));
        prop_assert_eq!(cbor::decode::<Body>(&encoded), Ok(body));
    }

    #[test]
    fn bytes_that_are_read_are_the_only_ones_for_their_value(
        body in body(),
        at: prop::sample::Index,
        flip in 1..=255_u8,
    ) {
        let encoded = cbor::encode(&body);
        let mut changed = encoded.clone();
        changed[at.index(encoded.len())] ^= flip;
        if let Ok(read) = cbor::decode::<Body>(&changed) {
            prop_assert_eq!(cbor::encode(&read), changed);
            prop_assert_ne!(read, body);
        }
    }

    #[test]
    fn a_body_cut_short_or_followed_is_refused(body in body(), at: prop::sample::Index) {
        let mut encoded = cbor::encode(&body);
        prop_assert!(cbor::decode::<Body>(&encoded[..at.index(encoded.len())]).is_err());
        encoded.push(0);
        prop_assert_eq!(cbor::decode::<Body>(&encoded), Err(cbor::BodyError::Trailing));
    }

    #[test]
    fn a_frame_is_read_as_it_was_built(kind: u16, body in body()) {
        let built = frame::build::<Peer>(kind, &body);
        prop_assert_eq!(built.len(), built.capacity());
        let frame = Frame::<Peer>::parse(&built).unwrap();
        prop_assert_eq!(frame.kind, kind);
        prop_assert_eq!(cbor::decode::<Body>(frame.body), Ok(body));
    }
}
