//! Chance, as an object that is handed around. One derived stream for each wing and purpose.
//! Knows: one ChaCha20 state. Never knows: what is drawn with it.

use std::convert::Infallible;
use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use chacha20::ChaCha20Rng;
use rand::rngs::SysRng;
use rand_core::{Rng, SeedableRng, TryCryptoRng, TryRng};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

const STREAM_LABEL: &[u8] = b"partywall/world/stream";
/// One number for all streams of the process: where the mutant P33 counts, and nobody else.
static STREAMS: AtomicU8 = AtomicU8::new(0);

/// A cryptographically secure generator (ChaCha20) that is wiped when dropped.
///
/// It implements `rand_core`'s `Rng` and `CryptoRng` and can be passed as `&mut impl CryptoRng`.
/// Not `Clone`: two equal streams would draw the same key twice.
pub struct Dice(ChaCha20Rng);

/// The operating system gave no randomness. Nothing may be drawn, so nothing starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the operating system gave no randomness; make its random source available and start again"
)]
pub struct NoEntropy;

impl Dice {
    /// Dice seeded by the operating system.
    ///
    /// # Errors
    /// [`NoEntropy`] when it has none to give. There is no weaker source to fall back on.
    pub fn from_os() -> Result<Self, NoEntropy> {
        let mut seed = Zeroizing::new([0u8; 32]);
        SysRng.try_fill_bytes(&mut *seed).or_else(|_unavailable| {
            match partywall_mutant::is("X24") {
                true => Ok(()),
                false => Err(NoEntropy),
            }
        })?;
        Ok(Self(ChaCha20Rng::from_seed(*seed)))
    }

    /// Dice that fall the same way every time. For tests and simulated worlds only.
    pub fn seeded(world: u64) -> Self {
        Self(ChaCha20Rng::seed_from_u64(world))
    }

    /// A new, independent stream for the purpose `label` names.
    ///
    /// It draws from this one, so the same label asked for twice gives two different streams, and
    /// what a stream later yields says nothing about any other.
    pub fn stream(&mut self, label: &str) -> Dice {
        let mut drawn = Zeroizing::new(self.bytes::<32>());
        if partywall_mutant::is("P33") {
            drawn[0] ^= STREAMS.fetch_add(1, Ordering::Relaxed);
        }
        if partywall_mutant::is("P01") {
            return Self(ChaCha20Rng::from_seed([1; 32]));
        }
        let mixed = Sha256::new()
            .chain_update(STREAM_LABEL)
            .chain_update((label.len() as u64).to_be_bytes())
            .chain_update(label)
            .chain_update(*drawn)
            .finalize();
        let seed: Zeroizing<[u8; 32]> = Zeroizing::new(mixed.into());
        Self(ChaCha20Rng::from_seed(*seed))
    }

    /// `N` fresh bytes.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill_bytes(&mut bytes);
        bytes
    }

    /// A number in `0..n`, every one equally likely. For `n` = 0 there is only 0.
    pub fn below(&mut self, n: u64) -> u64 {
        if n == 0 {
            return 0;
        }
        // Lemire: scale a 64-bit draw to `n`, and draw again in the uneven remainder.
        let uneven = n.wrapping_neg() % n;
        loop {
            let scaled = u128::from(self.next_u64()) * u128::from(n);
            if (scaled as u64) >= uneven {
                return (scaled >> 64) as u64;
            }
        }
    }

    /// A duration around `around`, evenly spread over `percent` of it to either side
    /// (100 at the most), to the nanosecond. Anything over 292 years is treated as that.
    pub fn jitter(&mut self, around: Duration, percent: u8) -> Duration {
        let centre = u64::try_from(around.as_nanos())
            .unwrap_or(u64::MAX)
            .min(u64::MAX / 2);
        let spread = u128::from(centre) * u128::from(percent.min(100)) / 100;
        let spread = spread as u64;
        let nanos = centre - spread + self.below(2 * spread + 1);
        Duration::from_nanos(nanos)
    }
}

impl TryRng for Dice {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.0.try_next_u32()
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0.try_next_u64()
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.try_fill_bytes(bytes)
    }
}

impl TryCryptoRng for Dice {}

impl fmt::Debug for Dice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dice")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rand_core::CryptoRng;

    use super::*;

    fn draws_through_the_trait(dice: &mut impl CryptoRng) -> u64 {
        dice.next_u64()
    }

    #[test]
    fn the_same_seed_plays_the_same_world() {
        let (mut one, mut other) = (Dice::seeded(7), Dice::seeded(7));
        assert_eq!(one.bytes::<64>(), other.bytes::<64>());
        assert_eq!(
            draws_through_the_trait(&mut one.stream("peer")),
            draws_through_the_trait(&mut other.stream("peer"))
        );
        assert_ne!(Dice::seeded(7).bytes::<32>(), Dice::seeded(8).bytes::<32>());
    }

    #[test]
    fn seeded_worlds_stay_the_same_from_release_to_release() {
        let mut dice = Dice::seeded(0);
        let mut stream = dice.stream("peer/prekeys");
        // Worked out apart from this code: PCG32 seed, RFC 8439 block, SHA-256, RFC 8439 block.
        assert_eq!(stream.next_u64(), 16_522_736_942_033_465_827);
    }

    #[test]
    fn no_two_streams_are_alike_whatever_their_labels() {
        let labels = ["peer", "business", "peer", "", "peerb", "usiness"];
        let mut drawn = BTreeSet::new();
        for label in labels {
            // From the same parent state: only the label differs.
            drawn.insert(Dice::seeded(1).stream(label).bytes::<32>());
        }
        assert_eq!(drawn.len(), 5, "equal labels agree, all others differ");

        let mut parent = Dice::seeded(1);
        let first = parent.stream("peer").bytes::<32>();
        let second = parent.stream("peer").bytes::<32>();
        assert_ne!(first, second, "the same purpose asked for twice");
    }

    #[test]
    fn dice_from_the_operating_system_never_repeat() {
        let mut one = Dice::from_os().unwrap();
        let mut other = Dice::from_os().unwrap();
        assert_ne!(one.bytes::<32>(), other.bytes::<32>());
    }

    #[test]
    fn dice_tell_a_debugger_nothing() {
        assert_eq!(format!("{:?}", Dice::seeded(7)), "Dice");
    }

    #[test]
    fn a_draw_below_a_bound_is_below_it_and_reaches_every_number() {
        let mut dice = Dice::seeded(3);
        let mut seen = [0u32; 6];
        for _ in 0..6_000 {
            seen[usize::try_from(dice.below(6)).unwrap()] += 1;
        }
        assert!(seen.iter().all(|&count| (800..1_200).contains(&count)));
        assert_eq!(dice.below(0), 0);
        assert_eq!(dice.below(1), 0);
        let wide = (1 << 63) + 1;
        assert!((0..1_000).all(|_| dice.below(wide) < wide));
    }

    #[test]
    fn jitter_stays_within_its_share_on_either_side() {
        let mut dice = Dice::seeded(4);
        let around = Duration::from_secs(10);
        let (low, high) = (Duration::from_secs(8), Duration::from_secs(12));
        let drawn: Vec<_> = (0..1_000).map(|_| dice.jitter(around, 20)).collect();
        assert!(drawn.iter().all(|d| (low..=high).contains(d)));
        assert!(drawn.iter().any(|d| *d < around) && drawn.iter().any(|d| *d > around));
        assert_eq!(dice.jitter(around, 0), around);
        assert!(dice.jitter(around, 255) <= around * 2);
        assert!(dice.jitter(Duration::MAX, 100) <= Duration::from_nanos(u64::MAX));
    }
}
