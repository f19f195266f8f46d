//! Where a client keeps everything: a file for each wing, sealed under a passphrase.
//! Knows: a path. Never knows: what is in the file, the passphrase.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

/// A store's place on disk: one file, and beside it what SQLite and the lock need (the same name
/// with `-wal`, `-shm` and `.lock` behind it).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    path: PathBuf,
}

/// No default path can be given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoPath {
    /// The platform does not say where programs keep their data.
    #[error("this account has no home folder; say where the store is to be with Store::at")]
    NoHome,
    /// A name that is not a file's name.
    #[error("a store's name is made of letters, digits, '-' and '_'; choose another")]
    BadName,
}

impl Store {
    /// The store of this name in the platform's data folder: on Linux
    /// `~/.local/share/partywall/NAME.store`. The folder is made when the store is opened.
    ///
    /// # Errors
    /// [`NoPath`].
    pub fn default_path(name: &str) -> Result<Store, NoPath> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if name.is_empty() || name.len() > 64 || !name.chars().all(plain) {
            return Err(NoPath::BadName);
        }
        let folders = etcetera::choose_base_strategy().map_err(|_none| NoPath::NoHome)?;
        Ok(Store {
            path: folders
                .data_dir()
                .join("partywall")
                .join(format!("{name}.store")),
        })
    }

    /// A store in this file.
    pub fn at(path: impl Into<PathBuf>) -> Store {
        Store { path: path.into() }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The business wing's file, beside the other: `NAME.business`. Nothing in either names the
    /// other, and neither opens as the other.
    pub fn business_path(&self) -> PathBuf {
        self.path.with_extension("business")
    }

    /// Whether the file is there; opening one that is not makes it.
    pub fn exists(&self) -> bool {
        self.path.exists()
    }
}
