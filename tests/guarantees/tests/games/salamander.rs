//! The invisible salamander: a sealed text that is one thing under one key and another under another. The AEAD alone
//! lets it through; what may be reported is committed to, so one of the two at most is ever believed. (SPEC §11.6, B-18)
//! Knows: contents and their clear parts. Never knows: a relay.

use partywall_business::content::{Content, Message, What};
use partywall_business::frank::{FrankingKey, Speaker};
use partywall_business::{Clear, Seen, Sequence};
use partywall_ground::Milliseconds;
use partywall_row::Row;
use partywall_world::Dice;

use crate::poly1305::{of_two_keys, opened, stream};

const NONCE: [u8; 12] = [0; 12];

/// What a rogue business says to one and shows to another.
fn said(text: &str, dice: &mut Dice) -> (Vec<u8>, Clear) {
    let what = What::Text(Message::new(text).expect("it fits"));
    Content {
        sequence: Sequence::FIRST,
        written: Milliseconds::new(5),
        seen: Seen::new(0),
        key: FrankingKey::new(dice.bytes()),
        what,
    }
    .franked()
}

/// One ciphertext that is `one` at its front under the first key and `other` behind that under the second.
fn crafted(keys: [&[u8; 32]; 2], texts: [&[u8]; 2], dice: &mut Dice) -> Vec<u8> {
    let [one, other] = texts;
    let length = (one.len() + other.len()).next_multiple_of(16) + 16;
    loop {
        let mut sealed: Vec<u8> = (0..length).map(|_| dice.bytes::<1>()[0]).collect();
        let streams = keys.map(|key| stream(key, &NONCE, length));
        for (at, byte) in one.iter().enumerate() {
            sealed[at] = byte ^ streams[0][at];
        }
        for (at, byte) in (one.len()..).zip(other) {
            sealed[at] = byte ^ streams[1][at];
        }
        let blocks = sealed
            .chunks(16)
            .map(|block| block.try_into().expect("whole blocks"));
        let aad = [7; 32];
        if let Some(made) = of_two_keys(keys, &NONCE, &aad, blocks.collect()) {
            return made;
        }
    }
}

#[test]
fn of_two_things_that_one_ciphertext_says_one_at_most_is_believed() {
    let mut row = Row::of("B16");
    let mut dice = Dice::seeded(row.seed());
    let pairs = row.times(200, 10_000);
    for number in 0..pairs {
        let (one, clear) = said(&format!("your parcel {number} is on its way"), &mut dice);
        let (other, _) = said(&format!("parcel {number}: pay the duty at once"), &mut dice);
        // The control: the cipher alone takes it under both keys, and each has the text that was meant for it.
        let keys: [[u8; 32]; 2] = [dice.bytes(), dice.bytes()];
        let sealed = crafted([&keys[0], &keys[1]], [&one, &other], &mut dice);
        let [first, second] = [&keys[0], &keys[1]]
            .map(|key| opened(key, &NONCE, &[7; 32], &sealed).expect("it was made for both keys"));
        assert_eq!(first[..one.len()], one);
        assert_eq!(second[one.len()..one.len() + other.len()], other);
        // Whatever a receiver or a reporter cuts out of it: C is to one of them.
        let believed = [
            &first[..one.len()],
            &second[one.len()..][..other.len()],
            &first,
            &second,
        ]
        .map(|text| Content::open(text, &clear, Speaker::Business).is_ok());
        assert_eq!(believed, [true, false, false, false]);
        row.tried(1);
    }
    row.figure(format!(
        "{pairs} ciphertexts that open under two keys: one text of each was believed"
    ));
}
