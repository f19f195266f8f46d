//! Which TLS keys a wing vouches for: the one it serves, the one it served just before, and proxies'. (SPEC §2.3)
//! Knows: hashes of public keys and until when. Never knows: private keys of certificates.

use std::path::{Path, PathBuf};
use std::time::Duration;

use partywall_ground::{Seconds, Spki};
use partywall_proof::{SigningKey, Vouch};
use partywall_world::Wall;
use serde::{Deserialize, Serialize};

use crate::private::{self, PrivateError};

/// How many proxies' keys may be vouched for: eight fit into `Hello`, two are the relay's own.
pub const GREATEST: usize = 6;

/// The relay's own certificate is vouched for so long at a time, again and again while it runs.
const OWN_LIFE: Duration = Duration::from_secs(30 * 86_400);

/// A proxy's key, vouched for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proxy {
    /// SHA-256 of its SubjectPublicKeyInfo, hex.
    pub spki: String,
    /// Until when, Unix seconds.
    pub not_after: u64,
}

impl Proxy {
    /// What commands call it: the first eight digits.
    #[must_use]
    pub fn id(&self) -> &str {
        self.spki.get(..8).unwrap_or(&self.spki)
    }
}

/// The vouches of one wing.
pub struct VouchBook {
    file: PathBuf,
    own: Option<Spki>,
    own_before: Option<Spki>,
    proxies: Vec<Proxy>,
}

/// Why the book could not be read or changed: one sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum VouchError {
    /// Its file could not be used.
    #[error(transparent)]
    Private(#[from] PrivateError),
    /// Its file holds something else.
    #[error("{} is damaged; remove it and vouch for your proxies again", file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
    },
    /// It is full.
    #[error(
        "{GREATEST} certificates are vouched for already; `partywall-relay vouch revoke ID` one first"
    )]
    Full,
    /// Nothing has that id.
    #[error("no vouch has the id {0}; `partywall-relay vouch list` shows them")]
    Unknown(String),
}

impl VouchBook {
    /// The book in `file`.
    pub fn open(file: &Path) -> Result<Self, VouchError> {
        let file = file.to_owned();
        let damaged = || VouchError::Damaged { file: file.clone() };
        let proxies: Vec<Proxy> = match private::read(&file)? {
            Some(bytes) => serde_json::from_slice(&bytes).map_err(|_| damaged())?,
            None => Vec::new(),
        };
        if proxies.len() > GREATEST || proxies.iter().any(|proxy| spki(proxy).is_none()) {
            return Err(damaged());
        }
        Ok(Self {
            file,
            own: None,
            own_before: None,
            proxies,
        })
    }

    /// The relay serves a certificate with this key from now on. The one before stays vouched for
    /// until the next change or start, because connections that it opened still stand.
    pub fn serves(&mut self, spki: Spki) {
        if self.own != Some(spki) {
            self.own_before = self.own.replace(spki);
        }
    }

    /// Vouches for a proxy's key, or for longer for one that is there.
    pub fn add(&mut self, spki: Spki, not_after: Wall, now: Wall) -> Result<Proxy, VouchError> {
        let added = Proxy {
            spki: hex::encode(spki.as_bytes()),
            not_after: not_after.seconds(),
        };
        let stays = |proxy: &&Proxy| proxy.spki != added.spki && proxy.not_after > now.seconds();
        let mut proxies: Vec<Proxy> = self.proxies.iter().filter(stays).cloned().collect();
        if proxies.len() >= GREATEST {
            return Err(VouchError::Full);
        }
        proxies.push(added.clone());
        self.keep(proxies)?;
        Ok(added)
    }

    /// No longer vouches for the key with that id.
    pub fn revoke(&mut self, id: &str) -> Result<(), VouchError> {
        let names = |proxy: &Proxy| id.len() >= 8 && proxy.spki.starts_with(id);
        if !self.proxies.iter().any(names) {
            return Err(VouchError::Unknown(id.to_owned()));
        }
        self.keep(
            self.proxies
                .iter()
                .filter(|proxy| !names(proxy))
                .cloned()
                .collect(),
        )
    }

    /// The proxies' keys.
    #[must_use]
    pub fn proxies(&self) -> &[Proxy] {
        &self.proxies
    }

    /// All that holds now, signed: what `Hello` says.
    #[must_use]
    pub fn signed(&self, key: &SigningKey, now: Wall) -> Vec<Vouch> {
        let own = self
            .own
            .into_iter()
            .chain(self.own_before)
            .map(|spki| (spki, now + OWN_LIFE));
        let proxies = self
            .proxies
            .iter()
            .filter_map(|proxy| Some((spki(proxy)?, Wall::from_seconds(proxy.not_after))));
        own.chain(proxies)
            .filter(|(_, not_after)| *not_after > now)
            .map(|(spki, not_after)| Vouch::make(key, spki, Seconds::new(not_after.seconds())))
            .collect()
    }

    fn keep(&mut self, proxies: Vec<Proxy>) -> Result<(), VouchError> {
        let text = serde_json::to_vec_pretty(&proxies).expect("plain words and numbers are JSON");
        private::write(&self.file, &text)?;
        self.proxies = proxies;
        Ok(())
    }
}

fn spki(proxy: &Proxy) -> Option<Spki> {
    let mut bytes = [0; Spki::LENGTH];
    hex::decode_to_slice(&proxy.spki, &mut bytes).ok()?;
    Some(Spki::new(bytes))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use partywall_ground::{RelayKey, Seconds, Spki};
    use partywall_proof::SigningKey;
    use partywall_world::{Dice, Wall};

    use super::{GREATEST, VouchBook, VouchError};
    use crate::wing::Wing;

    const NOW: Wall = Wall::from_seconds(1_800_000_000);

    fn key(number: u8) -> Spki {
        Spki::new([number; 32])
    }

    fn spoken_for(book: &VouchBook, key: &SigningKey, now: Wall) -> Vec<Spki> {
        let proven = |vouch: partywall_proof::Vouch| {
            *vouch
                .prove(
                    &RelayKey::new(*key.public().as_bytes()),
                    Seconds::new(now.seconds()),
                )
                .unwrap()
                .spki()
        };
        book.signed(key, now).into_iter().map(proven).collect()
    }

    fn book(folder: &tempfile::TempDir) -> Result<VouchBook, VouchError> {
        VouchBook::open(&Wing::Peer.vouches(folder.path()))
    }

    fn book_and_identity(folder: &tempfile::TempDir) -> (VouchBook, SigningKey) {
        (
            book(folder).unwrap(),
            SigningKey::draw(&mut Dice::seeded(1)),
        )
    }

    #[test]
    fn replacing_the_certificate_keeps_vouching_for_the_one_before() {
        let folder = tempfile::tempdir().unwrap();
        let (mut book, identity) = book_and_identity(&folder);
        book.serves(key(1));
        book.serves(key(2));
        book.serves(key(2));
        assert_eq!(spoken_for(&book, &identity, NOW), [key(2), key(1)]);
        book.serves(key(3));
        assert_eq!(spoken_for(&book, &identity, NOW), [key(3), key(2)]);
    }

    #[test]
    fn a_proxys_vouch_survives_a_restart_and_ends_on_its_day_or_when_revoked() {
        let folder = tempfile::tempdir().unwrap();
        let (mut book, identity) = book_and_identity(&folder);
        let soon = NOW + Duration::from_secs(10);
        let id = book
            .add(key(7), NOW + Duration::from_secs(1_000), NOW)
            .unwrap()
            .id()
            .to_owned();
        book.add(key(8), soon, NOW).unwrap();
        let mut book = self::book(&folder).unwrap();
        assert_eq!(spoken_for(&book, &identity, NOW), [key(7), key(8)]);
        assert_eq!(spoken_for(&book, &identity, soon), [key(7)]);
        assert!(
            matches!(book.revoke("0000"), Err(VouchError::Unknown(_))),
            "too short to name one"
        );
        book.revoke(&id).unwrap();
        assert!(matches!(book.revoke(&id), Err(VouchError::Unknown(_))));
        assert!(spoken_for(&self::book(&folder).unwrap(), &identity, soon).is_empty());
    }

    #[test]
    fn hello_never_carries_more_than_eight_vouches() {
        let folder = tempfile::tempdir().unwrap();
        let (mut book, identity) = book_and_identity(&folder);
        book.serves(key(1));
        book.serves(key(2));
        let later = NOW + Duration::from_secs(1_000);
        for number in 0..GREATEST {
            book.add(key(10 + u8::try_from(number).unwrap()), later, NOW)
                .unwrap();
        }
        assert!(matches!(
            book.add(key(99), later, NOW),
            Err(VouchError::Full)
        ));
        assert!(
            book.add(key(10), later, NOW).is_ok(),
            "one that is there can be prolonged"
        );
        assert_eq!(
            book.signed(&identity, NOW).len(),
            partywall_ground::limits::VOUCHES
        );
        assert!(
            book.add(key(99), later + Duration::from_secs(9), later)
                .is_ok(),
            "those that ended make room"
        );
    }

    #[test]
    fn a_damaged_book_is_refused_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        for text in ["{", "[{\"spki\":\"00\",\"not_after\":1}]", "[1]"] {
            crate::private::write(&Wing::Peer.vouches(folder.path()), text.as_bytes()).unwrap();
            assert!(
                matches!(book(&folder), Err(VouchError::Damaged { .. })),
                "{text}"
            );
        }
    }
}
