//! X25519 where a non-canonical key does not parse and a zero secret is refused. (SPEC §2.1, G-11; RFC 7748)
//! Knows: one pair, one foreign key. Never knows: what the shared secret is for.

use rand_core::CryptoRng;
use x25519_dalek::StaticSecret;
use zeroize::Zeroizing;

use crate::error::BadDhKey;

/// An X25519 public key: canonical, not of low order. 32 bytes. (SPEC G-11)
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

/// The canonical encodings of the points of low order. (RFC 7748 §7, <https://cr.yp.to/ecdh.html#validate>)
const LOW_ORDER: [[u8; 32]; 5] = {
    let mut one = [0; 32];
    one[0] = 1;
    let mut minus_one = [0xff; 32];
    minus_one[0] = 0xec;
    minus_one[31] = 0x7f;
    [
        [0; 32],
        one,
        minus_one,
        [
            0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f,
            0xc4, 0x6a, 0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16,
            0x5f, 0x49, 0xb8, 0x00,
        ],
        [
            0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83,
            0xef, 0x5b, 0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd,
            0xd0, 0x9f, 0x11, 0x57,
        ],
    ]
};

impl PublicKey {
    /// The only way in. (SPEC G-11)
    ///
    /// # Errors
    /// [`BadDhKey`] for a value of 2^255 − 19 or more, a set top bit, or a point of low order.
    pub fn from_bytes(bytes: [u8; 32]) -> Result<Self, BadDhKey> {
        let below_p = bytes[31] < 0x7f
            || (bytes[31] == 0x7f && (bytes[1..31].iter().any(|b| *b != 0xff) || bytes[0] < 0xed));
        let is_canonical = below_p || partywall_mutant::is("A13");
        let has_full_order = !LOW_ORDER.contains(&bytes) || partywall_mutant::is("A11");
        if is_canonical && has_full_order {
            Ok(Self(bytes))
        } else {
            Err(BadDhKey)
        }
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl core::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("dh::PublicKey")
    }
}

/// An X25519 secret key, wiped on drop.
pub struct SecretKey(StaticSecret);

impl SecretKey {
    /// Draws a fresh key.
    pub fn draw(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill_bytes(bytes.as_mut());
        Self::from_bytes(&bytes)
    }

    /// The key as it was stored: 32 bytes, clamped when used.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(StaticSecret::from(*bytes))
    }

    /// The 32 bytes, for a sealed store and nothing else.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(x25519_dalek::PublicKey::from(&self.0).to_bytes())
    }

    /// `DH(x, Y)`, 32 bytes.
    ///
    /// # Errors
    /// [`BadDhKey`] if the result is all zero. (SPEC G-11)
    pub fn agree(&self, with: &PublicKey) -> Result<Zeroizing<[u8; 32]>, BadDhKey> {
        let shared = self
            .0
            .diffie_hellman(&x25519_dalek::PublicKey::from(with.0));
        if shared.was_contributory() || partywall_mutant::is("A11") {
            Ok(Zeroizing::new(shared.to_bytes()))
        } else {
            Err(BadDhKey)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn low_order_and_second_encodings_do_not_parse() {
        for point in LOW_ORDER {
            assert_eq!(PublicKey::from_bytes(point), Err(BadDhKey));
        }
        let mut p = [0xff; 32];
        p[31] = 0x7f;
        for first in 0xed..=0xff {
            p[0] = first;
            assert_eq!(
                PublicKey::from_bytes(p),
                Err(BadDhKey),
                "p + {}",
                first - 0xed
            );
        }
        let mut top_bit = [9; 32];
        top_bit[31] = 0x80;
        assert_eq!(PublicKey::from_bytes(top_bit), Err(BadDhKey));
        let mut below = [0xff; 32];
        (below[0], below[31]) = (0xeb, 0x7f);
        assert!(PublicKey::from_bytes(below).is_ok());
    }

    #[test]
    fn every_low_order_point_would_give_a_zero_secret() {
        let secret = SecretKey::from_bytes(&[7; 32]);
        let mut row = partywall_row::Row::of("A11");
        for point in LOW_ORDER {
            assert_eq!(secret.agree(&PublicKey(point)).unwrap_err(), BadDhKey);
            row.tried(1);
        }
    }
}
