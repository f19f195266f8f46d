//! Poly1305 as arithmetic, and a block that makes one ciphertext fit two keys: what is known as an invisible
//! salamander. (RFC 8439; Dodis, Grubbs, Ristenpart, Woodage 2018)
//! Knows: numbers below 2^130 − 5. Never knows: what is sealed.

use chacha20poly1305::ChaCha20Poly1305;
use chacha20poly1305::aead::{Aead, AeadInOut, KeyInit, Payload};

/// Bytes of a block.
const BLOCK: usize = 16;
const LIMB: u64 = (1 << 44) - 1;
const TOP: u64 = (1 << 42) - 1;

/// A number modulo 2^130 − 5, in limbs of 44, 44 and 42 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Number([u64; 3]);

impl Number {
    const ZERO: Self = Self([0; 3]);

    /// `low + high · 2^128`.
    fn of(low: u128, high: u64) -> Self {
        let limb = |shift: u32| u64::try_from((low >> shift) & u128::from(LIMB)).expect("44 bits");
        let top = u64::try_from(low >> 88).expect("40 bits");
        Self([limb(0), limb(44), top + (high << 40)]).carried()
    }

    fn carried(self) -> Self {
        let [mut a, mut b, mut c] = self.0;
        for _ in 0..3 {
            b += a >> 44;
            a &= LIMB;
            c += b >> 44;
            b &= LIMB;
            a += 5 * (c >> 42);
            c &= TOP;
        }
        Self([a, b, c])
    }

    fn plus(self, other: Self) -> Self {
        let ([a, b, c], [d, e, f]) = (self.0, other.0);
        Self([a + d, b + e, c + f]).carried()
    }

    fn minus(self, other: Self) -> Self {
        // Twice the prime is added first, so that no limb goes below nothing.
        let ([a, b, c], [d, e, f]) = (self.0, other.0);
        let (low, mid, top) = (2 * (LIMB - 4), 2 * LIMB, 2 * TOP);
        Self([a + low - d, b + mid - e, c + top - f]).carried()
    }

    fn times(self, other: Self) -> Self {
        let [a, b, c] = self.0.map(u128::from);
        let [d, e, f] = other.0.map(u128::from);
        // A limb that goes beyond the top comes back five times; the top is two bits short of its place.
        let back = 5 << 2;
        let mut low = a * d + back * (b * f + c * e);
        let mut mid = a * e + b * d + back * c * f;
        let mut top = a * f + b * e + c * d;
        mid += low >> 44;
        low &= u128::from(LIMB);
        top += mid >> 44;
        mid &= u128::from(LIMB);
        low += 5 * (top >> 42);
        top &= u128::from(TOP);
        mid += low >> 44;
        low &= u128::from(LIMB);
        let limb = |limb: u128| u64::try_from(limb).expect("carried");
        Self([limb(low), limb(mid), limb(top)]).carried()
    }

    /// By Fermat: to the power of 2^130 − 7.
    fn inverse(self) -> Self {
        let mut power = Self::of(1, 0);
        // 2^130 − 7 is 127 ones, then 0b001.
        let bits = core::iter::repeat_n(true, 127).chain([false, false, true]);
        for bit in bits {
            power = power.times(power);
            if bit {
                power = power.times(self);
            }
        }
        power
    }

    /// The least number that is the same modulo the prime, as low 128 bits and what is above.
    fn least(self) -> (u128, u64) {
        let Self([mut a, mut b, mut c]) = self.carried();
        if c == TOP && b == LIMB && a >= LIMB - 4 {
            (a, b, c) = (a - (LIMB - 4), 0, 0);
        }
        let low = u128::from(a) | u128::from(b) << 44 | u128::from(c) << 88;
        (low, c >> 40)
    }
}

/// What a key's one-time authenticator is made of.
struct OneTime {
    r: Number,
    s: u128,
}

impl OneTime {
    /// From the first block of ChaCha20's key stream, which sealing zeros does not show: so it is asked of the stream
    /// itself, block by block, by its counter.
    fn of(key: &[u8; 32], nonce: &[u8; 12]) -> Self {
        let block = chacha20_block(key, nonce, 0);
        let half =
            |at: usize| u128::from_le_bytes(block[at..at + 16].try_into().expect("16 bytes"));
        let r = half(0) & 0x0fff_fffc_0fff_fffc_0fff_fffc_0fff_ffff;
        Self {
            r: Number::of(r, 0),
            s: half(16),
        }
    }

    /// The sum before s is added, of whole blocks.
    fn sum(&self, blocks: &[[u8; BLOCK]]) -> Number {
        blocks.iter().fold(Number::ZERO, |sum, block| {
            sum.plus(Number::of(u128::from_le_bytes(*block), 1))
                .times(self.r)
        })
    }
}

/// RFC 8439 §2.3.
fn chacha20_block(key: &[u8; 32], nonce: &[u8; 12], counter: u32) -> [u8; 64] {
    let word = |bytes: &[u8]| u32::from_le_bytes(bytes.try_into().expect("4 bytes"));
    let mut state = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574]
        .into_iter()
        .chain(key.chunks(4).map(word))
        .chain([counter])
        .chain(nonce.chunks(4).map(word))
        .collect::<Vec<u32>>();
    let start = state.clone();
    let mut quarter = |[a, b, c, d]: [usize; 4]| {
        for (x, y, z, by) in [(a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)] {
            state[x] = state[x].wrapping_add(state[y]);
            state[z] = (state[z] ^ state[x]).rotate_left(by);
        }
    };
    for _ in 0..10 {
        for at in 0..4 {
            quarter([at, 4 + at, 8 + at, 12 + at]);
        }
        for at in 0..4 {
            quarter([at, 4 + (at + 1) % 4, 8 + (at + 2) % 4, 12 + (at + 3) % 4]);
        }
    }
    let mut block = [0; 64];
    for (at, (word, start)) in state.iter().zip(start).enumerate() {
        block[4 * at..4 * at + 4].copy_from_slice(&word.wrapping_add(start).to_le_bytes());
    }
    block
}

/// A ciphertext with its tag that opens under both keys, made of `blocks` of which one may be chosen. Nothing if no
/// block fits these: then others have to be tried.
pub(crate) fn of_two_keys(
    keys: [&[u8; 32]; 2],
    nonce: &[u8; 12],
    associated: &[u8],
    mut blocks: Vec<[u8; BLOCK]>,
) -> Option<Vec<u8>> {
    assert!(
        associated.len().is_multiple_of(BLOCK),
        "whole blocks are enough here"
    );
    let [one, other] = keys.map(|key| OneTime::of(key, nonce));
    let free = blocks.len() - 1;
    blocks[free] = [0; BLOCK];
    let length = |bytes: usize| u64::try_from(bytes).expect("short").to_le_bytes();
    let mut lengths = [0; BLOCK];
    lengths[..8].copy_from_slice(&length(associated.len()));
    lengths[8..].copy_from_slice(&length(blocks.len() * BLOCK));
    let before: Vec<[u8; BLOCK]> = associated
        .chunks(BLOCK)
        .map(|chunk| chunk.try_into().expect("whole blocks"))
        .collect();
    let all = |blocks: &[[u8; BLOCK]]| [&before, blocks, &[lengths]].concat();
    let sums = [&one, &other].map(|key| key.sum(&all(&blocks)));
    // The free block stands before the lengths: it goes into a sum times r².
    let squares = [&one, &other].map(|key| key.r.times(key.r));
    let divisor = squares[0].minus(squares[1]).inverse();
    // Tags are sums plus s, cut to 128 bits: they may differ by a few times 2^128 before they are cut.
    for over in 0..4 {
        for under in 0..4 {
            let wanted = Number::of(other.s, over).minus(Number::of(one.s, under));
            let block = wanted.minus(sums[0].minus(sums[1])).times(divisor);
            let (block, above) = block.least();
            if above != 0 {
                continue;
            }
            blocks[free] = block.to_le_bytes();
            let tag = |key: &OneTime| key.sum(&all(&blocks)).least().0.wrapping_add(key.s);
            if tag(&one) == tag(&other) {
                let tag = tag(&one).to_le_bytes();
                return Some([&blocks.concat()[..], &tag].concat());
            }
        }
    }
    None
}

/// What a key makes of a ciphertext, if its tag fits.
pub(crate) fn opened(key: &[u8; 32], nonce: &[u8; 12], aad: &[u8], msg: &[u8]) -> Option<Vec<u8>> {
    let cipher = ChaCha20Poly1305::new(key.into());
    cipher.decrypt(nonce.into(), Payload { msg, aad }).ok()
}

/// The bytes that a key mixes a text with.
pub(crate) fn stream(key: &[u8; 32], nonce: &[u8; 12], length: usize) -> Vec<u8> {
    let mut zeros = vec![0; length];
    ChaCha20Poly1305::new(key.into())
        .encrypt_inout_detached(nonce.into(), &[], zeros.as_mut_slice().into())
        .expect("short");
    zeros
}
