//! Whatever is wrong with an envelope, whoever sent it learns the same: nothing. (SPEC S-6, S-11)
//! Knows: every way in which opening fails. Never knows: which one it was.

use partywall_ground::limits;
use partywall_row::Row;

use super::{Body, Header, ROOM, TODAY, Two};
use crate::OpenError;

/// One way to fail: what it is called, and what Bob gets.
type Cause = (&'static str, fn(&mut Two) -> Vec<u8>);

const CAUSES: [Cause; 26] = [
    ("nothing", |_| Vec::new()),
    ("one byte", |_| vec![7]),
    ("a length between two sizes", |_| vec![7; 5_000]),
    ("one byte short", |two| cut(two, 4_095)),
    ("one byte long", |two| cut(two, 4_097)),
    ("larger than the largest", |_| vec![7; 70_000]),
    ("noise", |two| two.dice.bytes::<4_096>().to_vec()),
    ("r is another one", |two| flipped(two, 3)),
    ("the header was changed", |two| flipped(two, 100)),
    ("the header's tag was changed", |two| flipped(two, 2_352)),
    ("the body was changed", |two| flipped(two, 3_000)),
    ("the body's tag was changed", |two| flipped(two, 4_095)),
    ("came before", |two| {
        let envelope = good(two);
        two.bob.open(&envelope, TODAY).unwrap();
        envelope
    }),
    ("Bob's own", |two| {
        two.bob.seal(b"own", &mut two.dice).unwrap()
    }),
    ("of another session", |_| good(&mut Two::with_seed(99))),
    ("body of another envelope", |two| {
        let (one, other) = (good(two), good(two));
        [&one[..2_353], &other[2_353..]].concat()
    }),
    ("flags that do not exist", |two| {
        headed(two, |to| to.fixed[0] = 2)
    }),
    ("flags of a first chain", |two| {
        headed(two, |to| to.fixed[0] = 1)
    }),
    ("too far ahead", |two| {
        headed(two, |to| to.n = limits::FORWARD_JUMP + 2)
    }),
    ("a key that was never kept", |two| {
        headed(two, |to| to.n = 0)
    }),
    ("a shorter chain than was received", |two| {
        turned(two, |to| to.set_pn(0))
    }),
    ("a point of low order", |two| {
        turned(two, |to| to.fixed[Header::DH].fill(0))
    }),
    ("no key of ML-KEM", |two| {
        turned(two, |to| to.fixed[Header::EK].fill(0xff))
    }),
    ("another ciphertext of ML-KEM", |two| {
        turned(two, |to| to.fixed[Header::CT].fill(1))
    }),
    ("no padding", |two| unpadded(two, &[0; ROOM])),
    ("a padding of another kind", |two| {
        let mut padded = [0; ROOM];
        padded[..6].copy_from_slice(b"hello\x81");
        unpadded(two, &padded)
    }),
];

fn good(two: &mut Two) -> Vec<u8> {
    two.mallory.seal(b"good", &mut two.dice).unwrap()
}

fn cut(two: &mut Two, length: usize) -> Vec<u8> {
    let mut envelope = good(two);
    envelope.resize(length, 0);
    envelope
}

fn flipped(two: &mut Two, at: usize) -> Vec<u8> {
    let mut envelope = good(two);
    envelope[at] ^= 0x10;
    envelope
}

fn headed(two: &mut Two, change: fn(&mut Header)) -> Vec<u8> {
    let mut header = two.header();
    change(&mut header);
    two.envelope(&header, Body::Text(b"text"))
}

/// On Mallory's next chain, of which Bob has had nothing.
fn turned(two: &mut Two, change: fn(&mut Header)) -> Vec<u8> {
    two.bob_answers();
    good(two);
    headed(two, change)
}

fn unpadded(two: &mut Two, padded: &[u8; ROOM]) -> Vec<u8> {
    let header = two.header();
    two.envelope(&header, Body::Unpadded(padded))
}

#[test]
fn twenty_six_causes_of_failure_are_one_silent_answer() {
    let mut row = Row::of("B17");
    assert_eq!(size_of::<OpenError>(), 0, "the answer has nothing to say");
    for (seed, (cause, make)) in (0..).zip(CAUSES) {
        let mut two = Two::with_seed(seed);
        let envelope = make(&mut two);
        let before = two.bob.to_bytes();
        let Err(answer) = two.bob.open(&envelope, TODAY) else {
            panic!("opened: {cause}");
        };
        assert_eq!(answer.to_string(), "message could not be opened", "{cause}");
        assert_eq!(format!("{answer:?}"), "OpenError", "{cause}");
        assert_eq!(two.bob.to_bytes(), before, "{cause}");
        // And whoever keeps the rules is heard as before.
        let after = good(&mut two);
        assert!(two.bob.open(&after, TODAY).is_ok(), "{cause}");
        row.tried(1);
    }
    row.figure(format!("{} causes, one answer", CAUSES.len()));
}

#[test]
fn what_a_peer_makes_by_the_rules_does_open() {
    // The control: all that the causes above change, left as it is.
    let mut two = Two::with_seed(1);
    let header = two.header();
    let envelope = two.envelope(&header, Body::Text(b"by the rules"));
    let opened = two.bob.open(&envelope, TODAY).unwrap();
    assert_eq!(opened.content.as_slice(), b"by the rules");
    let mut padded = [0; ROOM];
    padded[..6].copy_from_slice(b"hello\x80");
    two.skips(1);
    let envelope = unpadded(&mut two, &padded);
    let opened = two.bob.open(&envelope, TODAY).unwrap();
    assert_eq!(opened.content.as_slice(), b"hello");
}
