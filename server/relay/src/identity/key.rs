//! The relay's permanent key: what every link to this relay carries, and what vouches for its certificates. (SPEC §2.3)
//! Knows: one 32-byte seed in a private file. Never knows: certificates, people.

use std::path::{Path, PathBuf};

use partywall_ground::RelayKey;
use partywall_proof::SigningKey;
use partywall_world::Dice;
use zeroize::Zeroizing;

use crate::private::{self, PrivateError};

/// The key's file inside the data folder: the 32-byte seed and nothing else.
pub const FILE: &str = "relay-identity.key";

/// The relay's permanent identity.
pub struct RelayIdentity(SigningKey);

/// Why the identity cannot be used: one sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The file could not be used.
    #[error(transparent)]
    Private(#[from] PrivateError),
    /// It does not hold a seed.
    #[error("{} does not hold an identity (32 bytes); restore it from a backup, or every link to this relay is void", file.display())]
    NotASeed {
        /// The file.
        file: PathBuf,
    },
    /// There are mailboxes, but the key they were promised under is gone.
    #[error(
        "{} is missing, though this folder holds mailboxes; restore it from a backup, or start in a new folder with `--data DIR` (old links will not work there)",
        file.display()
    )]
    Missing {
        /// The file.
        file: PathBuf,
    },
}

/// Whether the folder was in use before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Folder {
    /// Nothing is in it yet: an identity may be drawn.
    New,
    /// There are mailboxes: an identity must be there.
    InUse,
}

impl RelayIdentity {
    /// The identity in `folder`, drawn now if the folder is new.
    pub fn settle(folder: &Path, before: Folder, dice: &mut Dice) -> Result<Self, IdentityError> {
        let file = folder.join(FILE);
        match (private::read(&file)?, before) {
            (Some(bytes), _) => {
                let seed = <&[u8; 32]>::try_from(bytes.as_slice())
                    .map_err(|_| IdentityError::NotASeed { file })?;
                Ok(Self(SigningKey::from_seed(seed)))
            }
            (None, Folder::InUse) => Err(IdentityError::Missing { file }),
            (None, Folder::New) => {
                let seed = Zeroizing::new(dice.bytes::<32>());
                private::write(&file, seed.as_slice())?;
                Ok(Self(SigningKey::from_seed(&seed)))
            }
        }
    }

    /// The public half, as links carry it.
    #[must_use]
    pub fn public(&self) -> RelayKey {
        RelayKey::new(*self.0.public().as_bytes())
    }

    /// The key itself, to sign vouches with.
    #[must_use]
    pub fn into_key(self) -> SigningKey {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use partywall_world::Dice;

    use super::{FILE, Folder, IdentityError, RelayIdentity};

    fn settled(
        folder: &tempfile::TempDir,
        before: Folder,
        seed: u64,
    ) -> Result<[u8; 32], IdentityError> {
        RelayIdentity::settle(folder.path(), before, &mut Dice::seeded(seed))
            .map(|identity| identity.public().into_bytes())
    }

    #[test]
    fn the_identity_is_drawn_once_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let first = settled(&folder, Folder::New, 1).unwrap();
        assert_eq!(settled(&folder, Folder::New, 2).unwrap(), first);
        assert_eq!(settled(&folder, Folder::InUse, 3).unwrap(), first);
        let file = folder.path().join(FILE);
        assert_eq!(std::fs::metadata(&file).unwrap().len(), 32);
        assert_eq!(
            std::fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }

    #[test]
    fn an_identity_that_others_can_read_or_that_was_cut_short_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        settled(&folder, Folder::New, 1).unwrap();
        let file = folder.path().join(FILE);
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(
            settled(&folder, Folder::InUse, 1),
            Err(IdentityError::Private(_))
        ));
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        std::fs::write(&file, [1; 31]).unwrap();
        assert!(matches!(
            settled(&folder, Folder::InUse, 1),
            Err(IdentityError::NotASeed { .. })
        ));
    }

    #[test]
    fn a_lost_identity_is_never_replaced_in_silence() {
        let folder = tempfile::tempdir().unwrap();
        let refusal = settled(&folder, Folder::InUse, 1);
        assert!(matches!(refusal, Err(IdentityError::Missing { .. })));
        assert!(!folder.path().join(FILE).exists());
    }
}
