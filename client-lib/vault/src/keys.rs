//! The store's keys: drawn once, wrapped under the passphrase, used for every record.
//! Knows: Argon2id, XChaCha20-Poly1305, HMAC. Never knows: SQL, what a record means.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use partywall_world::Dice;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::error::{StoreTrouble, VaultError};

const NONCE: usize = 24;
const WRAP_AD: &[u8] = b"partywall/store/1/vault";

/// How hard a passphrase is to guess. Kept beside the wrapped keys, so that it may grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Cost {
    /// 64 MiB, three passes, four lanes: RFC 9106's second recommendation.
    pub const PERSON: Cost = Cost {
        memory_kib: 65_536,
        passes: 3,
        lanes: 4,
    };
}

/// The keys as they lie in the file.
pub(crate) struct Wrapped {
    pub(crate) cost: Cost,
    pub(crate) salt: [u8; 16],
    pub(crate) nonce: [u8; NONCE],
    pub(crate) sealed: Vec<u8>,
}

/// One key seals records, the other hides what rows are looked up by.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(crate) struct Keys {
    record: [u8; 32],
    lookup: [u8; 32],
}

impl Keys {
    pub(crate) fn draw(dice: &mut Dice) -> Keys {
        Keys {
            record: dice.bytes(),
            lookup: dice.bytes(),
        }
    }

    /// Seals a record for this table and row and no other.
    pub(crate) fn seal(&self, table: &str, row: &[u8], plain: &[u8], dice: &mut Dice) -> Vec<u8> {
        let nonce: [u8; NONCE] = dice.bytes();
        let aad = bound_to(table, row);
        let payload = Payload {
            msg: plain,
            aad: &aad,
        };
        let sealed = XChaCha20Poly1305::new(&self.record.into())
            .encrypt(&XNonce::from(nonce), payload)
            .expect("a record is far shorter than the cipher's limit");
        [&nonce[..], &sealed].concat()
    }

    /// Opens a record.
    ///
    /// # Errors
    /// [`StoreTrouble::Damaged`] when it was changed or belongs to another row.
    pub(crate) fn open(
        &self,
        table: &str,
        row: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, StoreTrouble> {
        let (nonce, msg) = sealed
            .split_first_chunk::<NONCE>()
            .ok_or(StoreTrouble::Damaged)?;
        let aad = bound_to(table, row);
        XChaCha20Poly1305::new(&self.record.into())
            .decrypt(&XNonce::from(*nonce), Payload { msg, aad: &aad })
            .map(Zeroizing::new)
            .map_err(|_forged| StoreTrouble::Damaged)
    }

    /// What a row is looked up by, as the file may show it.
    pub(crate) fn lookup(&self, table: &str, value: &[u8]) -> [u8; 16] {
        let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&self.lookup)
            .expect("HMAC takes keys of any length");
        mac.update(&bound_to(table, value));
        let whole: [u8; 32] = mac.finalize().into_bytes().into();
        let mut half = [0; 16];
        half.copy_from_slice(&whole[..16]);
        half
    }

    pub(crate) fn wrap(&self, passphrase: &str, cost: Cost, dice: &mut Dice) -> Wrapped {
        let (salt, nonce) = (dice.bytes(), dice.bytes());
        let key = stretched(passphrase, &salt, cost).expect("our own cost is within bounds");
        let plain = Zeroizing::new([self.record, self.lookup].concat());
        let payload = Payload {
            msg: plain.as_slice(),
            aad: WRAP_AD,
        };
        let sealed = XChaCha20Poly1305::new(&(*key).into())
            .encrypt(&XNonce::from(nonce), payload)
            .expect("64 bytes are within the cipher's limit");
        Wrapped {
            cost,
            salt,
            nonce,
            sealed,
        }
    }
}

impl Wrapped {
    /// The keys, if the passphrase is right.
    ///
    /// # Errors
    /// [`VaultError::WrongPassphrase`]; [`StoreTrouble::Damaged`] for a cost that nobody asks for.
    pub(crate) fn unwrap(&self, passphrase: &str) -> Result<Keys, VaultError> {
        let key = stretched(passphrase, &self.salt, self.cost).ok_or(StoreTrouble::Damaged)?;
        let payload = Payload {
            msg: &self.sealed,
            aad: WRAP_AD,
        };
        let plain = XChaCha20Poly1305::new(&(*key).into())
            .decrypt(&XNonce::from(self.nonce), payload)
            .map(Zeroizing::new)
            .map_err(|_forged| VaultError::WrongPassphrase)?;
        let (record, lookup) = plain.split_at_checked(32).ok_or(StoreTrouble::Damaged)?;
        Ok(Keys {
            record: record.try_into().map_err(|_| StoreTrouble::Damaged)?,
            lookup: lookup.try_into().map_err(|_| StoreTrouble::Damaged)?,
        })
    }
}

/// A file's cost may be greater than ours, but not so great that opening it is an attack.
fn stretched(passphrase: &str, salt: &[u8], cost: Cost) -> Option<Zeroizing<[u8; 32]>> {
    if cost.memory_kib > 1 << 20 || cost.passes > 64 || cost.lanes > 64 {
        return None;
    }
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32)).ok()?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, key.as_mut())
        .ok()?;
    Some(key)
}

fn bound_to(table: &str, row: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(table.len() + 1 + row.len());
    bytes.extend_from_slice(table.as_bytes());
    bytes.push(0);
    bytes.extend_from_slice(row);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::LITTLE;

    #[test]
    fn a_record_opens_in_its_own_table_and_row_and_nowhere_else() {
        let mut dice = Dice::seeded(1);
        let keys = Keys::draw(&mut dice);
        let sealed = keys.seal("contact", &[1], b"alice", &mut dice);
        let opens = |table, row: &[u8], bytes: &[u8]| keys.open(table, row, bytes).is_ok();
        assert!(opens("contact", &[1], &sealed));
        assert!(!opens("contact", &[2], &sealed));
        assert!(!opens("message", &[1], &sealed));
        assert!(!opens("contact", &[1], &sealed[..10]));
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(!opens("contact", &[1], &changed));
        }
        let other = Keys::draw(&mut dice);
        assert!(other.open("contact", &[1], &sealed).is_err());
        assert_ne!(keys.lookup("a", b"x"), other.lookup("a", b"x"));
        assert_ne!(keys.lookup("a", b"x"), keys.lookup("b", b"x"));
    }

    #[test]
    fn wrapped_keys_say_what_they_cost_and_no_cost_is_an_attack() {
        let mut dice = Dice::seeded(2);
        let mut wrapped = Keys::draw(&mut dice).wrap("good", LITTLE, &mut dice);
        assert!(wrapped.unwrap("good").is_ok());
        let refused = wrapped.unwrap("bad").map(drop).unwrap_err();
        assert!(matches!(refused, VaultError::WrongPassphrase));
        wrapped.cost.memory_kib = u32::MAX;
        let refused = wrapped.unwrap("good").map(drop).unwrap_err();
        assert!(matches!(refused, VaultError::Store(StoreTrouble::Damaged)));
    }
}
