//! ML-KEM-768, only ever beside X25519. (FIPS 203; SPEC §1.1)
//! Knows: one key pair, one ciphertext. Never knows: what the shared secret is for.

use ml_kem::kem::{Decapsulate, Encapsulate, Key, KeyExport};
use ml_kem::ml_kem_768::{Ciphertext, DecapsulationKey, EncapsulationKey};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::error::BadKemKey;

/// Length of an encapsulation key in bytes.
pub const PUBLIC_KEY_LENGTH: usize = 1184;
/// Length of a ciphertext in bytes.
pub const CIPHERTEXT_LENGTH: usize = 1088;
/// Length of the stored secret: the seed d ‖ z.
pub const SEED_LENGTH: usize = 64;

/// An encapsulation key that passed FIPS 203's check (§7.2).
#[derive(Clone)]
pub struct PublicKey(Box<EncapsulationKey>);

impl PublicKey {
    /// The only way in.
    ///
    /// # Errors
    /// [`BadKemKey`] if a coefficient is not below q.
    pub fn from_bytes(bytes: &[u8; PUBLIC_KEY_LENGTH]) -> Result<Self, BadKemKey> {
        let bytes = Key::<EncapsulationKey>::from(*bytes);
        match EncapsulationKey::new(&bytes) {
            Ok(key) => Ok(Self(Box::new(key))),
            Err(_) if partywall_mutant::is("A15") => Self::from_bytes(&[0; PUBLIC_KEY_LENGTH]),
            Err(_) => Err(BadKemKey),
        }
    }

    /// The 1,184 bytes.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; PUBLIC_KEY_LENGTH] {
        self.0.to_bytes().into()
    }

    /// A fresh shared secret (32 bytes) and its ciphertext (1,088 bytes).
    pub fn encapsulate(
        &self,
        rng: &mut impl CryptoRng,
    ) -> ([u8; CIPHERTEXT_LENGTH], Zeroizing<[u8; 32]>) {
        let (ciphertext, shared) = self.0.encapsulate_with_rng(rng);
        (ciphertext.into(), Zeroizing::new(shared.into()))
    }
}

/// A decapsulation key, kept as its 64-byte seed and wiped on drop.
pub struct SecretKey(Zeroizing<[u8; SEED_LENGTH]>);

impl SecretKey {
    /// Draws a fresh key.
    pub fn draw(rng: &mut impl CryptoRng) -> Self {
        let mut seed = Zeroizing::new([0; SEED_LENGTH]);
        rng.fill_bytes(seed.as_mut());
        Self(seed)
    }

    /// The key of a stored seed d ‖ z.
    #[must_use]
    pub fn from_seed(seed: &[u8; SEED_LENGTH]) -> Self {
        Self(Zeroizing::new(*seed))
    }

    /// The seed, for a sealed store and nothing else.
    #[must_use]
    pub fn seed(&self) -> &[u8; SEED_LENGTH] {
        &self.0
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(Box::new(self.expanded().0.encapsulation_key().clone()))
    }

    /// The shared secret of a ciphertext, 32 bytes; a wrong ciphertext gives an unrelated one (implicit rejection).
    #[must_use]
    pub fn decapsulate(&self, ciphertext: &[u8; CIPHERTEXT_LENGTH]) -> Zeroizing<[u8; 32]> {
        self.expanded().decapsulate(ciphertext)
    }

    /// The key ready for use: as much work as drawing one anew.
    pub(crate) fn expanded(&self) -> Expanded {
        Expanded(Box::new(DecapsulationKey::from_seed((*self.0).into())))
    }
}

/// A decapsulation key as both halves come from its seed; for one handshake, wiped on drop.
pub(crate) struct Expanded(Box<DecapsulationKey>);

impl Expanded {
    /// The public half's 1,184 bytes.
    pub(crate) fn public_bytes(&self) -> [u8; PUBLIC_KEY_LENGTH] {
        self.0.encapsulation_key().to_bytes().into()
    }

    /// [`SecretKey::decapsulate`].
    pub(crate) fn decapsulate(&self, ciphertext: &[u8; CIPHERTEXT_LENGTH]) -> Zeroizing<[u8; 32]> {
        let ciphertext = Ciphertext::from(*ciphertext);
        Zeroizing::new(self.0.decapsulate(&ciphertext).into())
    }
}
