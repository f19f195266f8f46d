//! Checkpoints: which notes are one, and which are not. (SPEC L-6, L-7)

use super::super::*;
use super::reference::{KEY, checkpoint, leaves, operator, origin, unverified};
use base64::{Engine, prelude::BASE64_STANDARD};
use partywall_proof::{NoteText, SigningKey};

/// A note around any text, signed as the operator does it.
fn signed(text: &str) -> Vec<u8> {
    let key = SigningKey::from_seed(&KEY);
    note::sign(&origin(), NoteText::new(text).unwrap(), &key).into_bytes()
}

fn verdict(note: &[u8]) -> Result<Size, LedgerError> {
    unverified(note).verify(&operator()).map(|good| good.size())
}

#[test]
fn a_checkpoint_is_three_lines_and_a_signature() {
    let checkpoint = checkpoint(&leaves(5));
    let note = std::str::from_utf8(checkpoint.note()).unwrap();
    let lines: Vec<&str> = note.split('\n').collect();
    let root = BASE64_STANDARD.encode(checkpoint.root().as_bytes());
    assert_eq!(lines[..4], ["partywall/relay.example:7444", "5", &root, ""]);
    let signature = lines[4].strip_prefix("\u{2014} partywall/relay.example:7444 ");
    let bytes = BASE64_STANDARD.decode(signature.unwrap()).unwrap();
    assert_eq!(bytes.len(), 4 + 64);
    assert_eq!(lines[5..], [""]);
    assert_eq!(verdict(checkpoint.note()), Ok(Size::new(5)));
}

#[test]
fn every_flipped_bit_of_a_checkpoint_is_refused() {
    let good = checkpoint(&leaves(5));
    for bit in 0..good.note().len() * 8 {
        let mut note = good.note().to_vec();
        note[bit / 8] ^= 1 << (bit % 8);
        assert!(verdict(&note).is_err(), "bit {bit}");
    }
}

#[test]
fn a_checkpoint_that_is_cut_short_is_refused() {
    let good = checkpoint(&leaves(5));
    for length in 1..good.note().len() {
        let verdict = verdict(&good.note()[..length]);
        assert!(verdict.is_err(), "{length}");
    }
}

#[test]
fn a_checkpoint_of_another_operator_or_log_is_refused() {
    let good = checkpoint(&leaves(5));
    let stranger = SigningKey::from_seed(&[9; 32]).public();
    let elsewhere = Origin::of_authority("other.example:7444").unwrap();
    for other in [
        Operator::new(origin(), stranger),
        Operator::new(elsewhere, *operator().key()),
    ] {
        let verdict = unverified(good.note()).verify(&other);
        assert_eq!(verdict.unwrap_err(), LedgerError::NotSigned);
    }
}

#[test]
fn a_witnesss_cosignature_is_let_pass_and_cannot_stand_in() {
    let good = checkpoint(&leaves(5));
    let cosignature = format!(
        "\u{2014} witness.example {}\n",
        BASE64_STANDARD.encode([4; 76])
    );
    let cosigned = [good.note(), cosignature.as_bytes()].concat();
    assert_eq!(verdict(&cosigned), Ok(Size::new(5)));
    let text = good.note().split(|byte| *byte == 0xe2).next().unwrap();
    let alone = [text, cosignature.as_bytes()].concat();
    assert_eq!(verdict(&alone), Err(LedgerError::NotSigned));
    let garbage = [good.note(), b"garbage\n"].concat();
    assert_eq!(verdict(&garbage), Err(LedgerError::Malformed));
}

#[test]
fn a_signed_text_that_is_not_exactly_a_checkpoint_is_refused() {
    let root = BASE64_STANDARD.encode([1; 32]);
    let name = "partywall/relay.example:7444";
    assert_eq!(
        verdict(&signed(&format!("{name}\n5\n{root}\n"))),
        Ok(Size::new(5))
    );
    for text in [
        format!("{name}\n05\n{root}\n"),
        format!("{name}\n+5\n{root}\n"),
        format!("{name}\n-5\n{root}\n"),
        format!("{name}\n\n{root}\n"),
        format!("{name}\n18446744073709551616\n{root}\n"),
        format!("{name}\n0\n{root}\n"),
        format!("{name}\n5\n{root}\nmore\n"),
        format!("{name}\n5\n{}\n", &root[..40]),
        format!("{name}\n5\n{}\n", root.trim_end_matches('=')),
        format!("{name}\n5\n"),
        format!("{name}\n"),
        format!("other\n5\n{root}\n"),
    ] {
        assert_eq!(
            verdict(&signed(&text)),
            Err(LedgerError::Malformed),
            "{text}"
        );
    }
}

#[test]
fn a_note_is_never_longer_than_its_bound() {
    assert!(UnverifiedCheckpoint::from_bytes(&[]).is_none());
    assert!(UnverifiedCheckpoint::from_bytes(&[b'a'; 8_192]).is_some());
    assert!(UnverifiedCheckpoint::from_bytes(&[b'a'; 8_193]).is_none());
}

#[test]
fn a_logs_name_is_printable_and_says_whose_it_is() {
    assert_eq!(origin().as_str(), "partywall/relay.example:7444");
    assert!(Origin::of_authority("[2001:db8::1]:7444").is_ok());
    for bad in [
        "",
        "a b",
        "a+b",
        "a/b",
        "a\nb",
        "é.example",
        &"a".repeat(246),
    ] {
        assert_eq!(Origin::of_authority(bad), Err(BadOrigin), "{bad}");
    }
}

proptest::proptest! {
    #[test]
    fn no_note_panics(note in proptest::collection::vec(proptest::num::u8::ANY, 1..300), text in "(partywall/relay.example:7444\n)?[0-9a-zA-Z=+/ \n\u{2014}]{1,80}") {
        proptest::prop_assert!(verdict(&note).is_err());
        proptest::prop_assert!(verdict(text.as_bytes()).is_err());
    }
}
