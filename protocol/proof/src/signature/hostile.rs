//! Keys and signatures that one verifier takes and another does not: here nobody takes them. (SPEC G-10)
//! Knows: other people's hard cases, and the order of the group. Never knows: what is signed for.

use partywall_ground::VOUCH;
use partywall_row::Row;

use super::*;

const TWELVE: &str = include_str!("twelve.txt");

/// The order of the prime-order subgroup, little-endian.
const ORDER: [u8; 32] = {
    let mut order = [0; 32];
    let low = 0x14de_f9de_a2f7_9cd6_5812_631a_5cf5_d3ed_u128.to_le_bytes();
    let mut at = 0;
    while at < 16 {
        order[at] = low[at];
        at += 1;
    }
    order[31] = 0x10;
    order
};

fn bytes<const N: usize>(hex: &str) -> [u8; N] {
    hex::decode(hex).unwrap().try_into().unwrap()
}

/// `scalar + ORDER`, if that has 32 bytes.
fn one_order_more(scalar: [u8; 32]) -> Option<[u8; 32]> {
    let mut carry = 0;
    let mut sum = [0; 32];
    for (place, digit) in sum.iter_mut().enumerate() {
        let added = u16::from(scalar[place]) + u16::from(ORDER[place]) + carry;
        *digit = added.to_le_bytes()[0];
        carry = added >> 8;
    }
    (carry == 0).then_some(sum)
}

#[test]
fn none_of_the_twelve_cases_on_which_verifiers_disagree_is_taken() {
    let mut row = Row::of("A12");
    let mut taken_by_others = Vec::new();
    let cases = TWELVE.lines().filter(|line| !line.starts_with('#'));
    for (number, case) in cases.enumerate() {
        let mut parts = case.split(' ');
        let mut next = || parts.next().unwrap();
        let (message, key, signature) = (bytes::<32>(next()), bytes(next()), bytes(next()));
        let signature = ed25519_dalek::Signature::from_bytes(&signature);
        // The control: the library's strict verdict alone lets one of them through.
        let lenient = ed25519_dalek::VerifyingKey::from_bytes(&key);
        if lenient.is_ok_and(|key| key.verify_strict(&message, &signature).is_ok()) {
            taken_by_others.push(number);
        }
        let ours = PublicKey::from_bytes(&key);
        let verdict = ours.map(|key| key.0.verify_strict(&message, &signature).is_ok());
        assert!(!verdict.unwrap_or(false), "case {number}");
        row.tried(1);
    }
    assert_eq!(taken_by_others, [3]);
    row.figure("12 of the 12 cases refused; the library's strict verdict alone takes one");
}

#[test]
fn a_key_with_a_part_of_small_order_is_never_stored_whatever_its_other_part_is() {
    let mut row = Row::of("A12");
    let torsion = &curve25519_dalek::constants::EIGHT_TORSION;
    for seed in 0..row.times(100, 10_000) {
        let mut full = [0; 32];
        full[..8].copy_from_slice(&seed.to_le_bytes());
        let good = SigningKey::from_seed(&full).public().0.to_edwards();
        assert!(PublicKey::from_bytes(&good.compress().to_bytes()).is_ok());
        for part in &torsion[1..] {
            let mixed = (good + part).compress().to_bytes();
            assert_eq!(PublicKey::from_bytes(&mixed), Err(BadKey));
            row.tried(1);
        }
    }
}

#[test]
fn no_signature_has_a_second_form() {
    let mut row = Row::of("A14");
    for seed in 0..row.times(100, 10_000) {
        let key = SigningKey::from_seed(&[seed.to_le_bytes()[0]; 32]);
        let said = seed.to_be_bytes();
        let good = key.sign(VOUCH, &[&said]);
        let public = key.public();
        assert_eq!(public.verify(VOUCH, &[&said], &good), Ok(()));
        let mut refuse = |bytes: [u8; 64]| {
            let form = Signature::from_bytes(bytes);
            assert_eq!(public.verify(VOUCH, &[&said], &form), Err(BadSignature));
            row.tried(1);
        };
        // S and all that is S but for multiples of the order.
        let mut scalar: [u8; 32] = good.0[32..].try_into().unwrap();
        while let Some(more) = one_order_more(scalar) {
            scalar = more;
            let mut form = good.0;
            form[32..].copy_from_slice(&scalar);
            refuse(form);
        }
        // The three bits of S that some verifiers never looked at, and R with a part of small order.
        for bits in 1..8 {
            let mut form = good.0;
            form[63] ^= bits << 5;
            refuse(form);
        }
        let r = curve25519_dalek::edwards::CompressedEdwardsY(good.0[..32].try_into().unwrap());
        for part in &curve25519_dalek::constants::EIGHT_TORSION[1..] {
            let mut form = good.0;
            let mixed = r.decompress().unwrap() + part;
            form[..32].copy_from_slice(&mixed.compress().to_bytes());
            refuse(form);
        }
    }
}
