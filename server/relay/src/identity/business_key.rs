//! The operator's keys of the business wing: one that signs, one that marks messages for reports. (SPEC §11.1, §11.6)
//! Knows: 64 bytes in a private file of their own. Never knows: the peer wing's key, certificates, people.

use std::path::{Path, PathBuf};

use partywall_business_plane::OperatorKeys;
use partywall_ground::RelayKey;
use partywall_proof::SigningKey;
use partywall_world::Dice;
use zeroize::Zeroizing;

use super::key::Folder;
use crate::private::{self, PrivateError};

/// The file inside the data folder: the 32-byte seed of the business key, then the 32-byte frank key.
pub const FILE: &str = "business.key";

/// The keys of one relay's business wing.
pub struct BusinessKeys(Zeroizing<[u8; 64]>);

/// Why the keys cannot be used: one sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum BusinessKeyError {
    /// The file could not be used.
    #[error(transparent)]
    Private(#[from] PrivateError),
    /// It does not hold the keys.
    #[error("{} does not hold the business keys (64 bytes); restore it from a backup, or every business link, certificate and policy of this relay is void", file.display())]
    NotKeys {
        /// The file.
        file: PathBuf,
    },
    /// There are businesses, but the keys that signed for them are gone.
    #[error(
        "{} is missing, though this folder holds a business wing; restore it from a backup, or start in a new folder with `--data DIR` (old business links will not work there)",
        file.display()
    )]
    Missing {
        /// The file.
        file: PathBuf,
    },
}

impl BusinessKeys {
    /// The keys in `folder`, drawn now if the wing is new.
    ///
    /// # Errors
    /// One sentence for the operator.
    pub fn settle(
        folder: &Path,
        before: Folder,
        dice: &mut Dice,
    ) -> Result<Self, BusinessKeyError> {
        let file = folder.join(FILE);
        match (private::read(&file)?, before) {
            (Some(bytes), _) => {
                let bytes = <[u8; 64]>::try_from(bytes.as_slice())
                    .map_err(|_| BusinessKeyError::NotKeys { file })?;
                Ok(Self(Zeroizing::new(bytes)))
            }
            (None, Folder::InUse) => Err(BusinessKeyError::Missing { file }),
            (None, Folder::New) => {
                let mut bytes = Zeroizing::new(dice.bytes::<64>());
                if partywall_mutant::is("P11")
                    && let Some(peers) = private::read(&folder.join(super::key::FILE))?
                {
                    bytes[..32].copy_from_slice(&peers);
                }
                private::write(&file, bytes.as_slice())?;
                Ok(Self(bytes))
            }
        }
    }

    /// The key that signs: vouches, certificates, tables.
    #[must_use]
    pub fn signing(&self) -> SigningKey {
        SigningKey::from_seed(self.halves().0)
    }

    /// Its public half, as business links carry it.
    #[must_use]
    pub fn public(&self) -> RelayKey {
        RelayKey::new(*self.signing().public().as_bytes())
    }

    /// Both, for the plane.
    #[must_use]
    pub fn operator(&self) -> OperatorKeys {
        OperatorKeys::new(self.signing(), *self.halves().1)
    }

    fn halves(&self) -> (&[u8; 32], &[u8; 32]) {
        let (seed, frank) = self.0.split_at(32);
        let half = |bytes| <&[u8; 32]>::try_from(bytes).expect("half of 64 bytes are 32");
        (half(seed), half(frank))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use partywall_world::Dice;

    use super::super::key::Folder;
    use super::{BusinessKeyError, BusinessKeys, FILE};

    fn settled(folder: &tempfile::TempDir, before: Folder) -> Result<[u8; 64], BusinessKeyError> {
        let keys = BusinessKeys::settle(folder.path(), before, &mut Dice::from_os().unwrap())?;
        Ok(*keys.0)
    }

    #[test]
    fn the_business_keys_are_drawn_once_for_their_owner_alone_and_stay() {
        let folder = tempfile::tempdir().unwrap();
        let first = settled(&folder, Folder::New).unwrap();
        assert_eq!(settled(&folder, Folder::New).unwrap(), first);
        assert_eq!(settled(&folder, Folder::InUse).unwrap(), first);
        assert_ne!(first[..32], first[32..]);
        let about = std::fs::metadata(folder.path().join(FILE)).unwrap();
        assert_eq!(
            (about.len(), about.permissions().mode() & 0o777),
            (64, 0o600)
        );
    }

    #[test]
    fn business_keys_that_are_cut_short_exposed_or_gone_are_refused_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let gone = settled(&folder, Folder::InUse).unwrap_err();
        assert!(
            gone.to_string().contains("restore it from a backup"),
            "{gone}"
        );
        assert!(!folder.path().join(FILE).exists());
        settled(&folder, Folder::New).unwrap();
        let file = folder.path().join(FILE);
        for length in [0, 32, 63, 65] {
            std::fs::write(&file, vec![1; length]).unwrap();
            let damaged = settled(&folder, Folder::InUse).unwrap_err();
            assert!(
                matches!(damaged, BusinessKeyError::NotKeys { .. }),
                "{length}"
            );
        }
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        let exposed = settled(&folder, Folder::InUse).unwrap_err();
        assert!(exposed.to_string().contains("chmod 600"), "{exposed}");
    }
}
