//! One folder, one process.
//! Knows: a lock file and the modes of what we create. Never knows: what lies in the folder.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::StoreError;

const LOCK_FILE: &str = "lock";
const OWNER_ONLY_FOLDER: u32 = 0o700;
const OWNER_ONLY_FILE: u32 = 0o600;

/// Holds a folder for this process until dropped. The operating system lets go of it when the
/// process dies, however it dies; the file `lock` itself stays and means nothing.
#[derive(Debug)]
pub struct FolderLock {
    folder: PathBuf,
    /// Open for as long as the lock is held.
    _lock: File,
}

impl FolderLock {
    /// Takes the folder, creating it (mode 0700, with its parents) if it is not there.
    ///
    /// # Errors
    /// [`StoreError::Locked`] when another holder is alive, here or in another process;
    /// [`StoreError::ReadOnly`], [`StoreError::DiskFull`] or [`StoreError::Io`] when the folder
    /// cannot be created or written.
    pub fn take(folder: &Path) -> Result<FolderLock, StoreError> {
        DirBuilder::new()
            .recursive(true)
            .mode(OWNER_ONLY_FOLDER)
            .create(folder)?;
        let lock = create_private(&folder.join(LOCK_FILE))?;
        let shared = partywall_mutant::is("X22") || partywall_mutant::is("X23");
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) if !shared => Err(StoreError::locked(folder)),
            Err(TryLockError::Error(error)) => Err(error.into()),
            Ok(()) | Err(TryLockError::WouldBlock) => Ok(FolderLock {
                folder: folder.to_owned(),
                _lock: lock,
            }),
        }
    }

    /// The folder that is held.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

/// Opens `path` for reading and writing; creates it, empty and for its owner only (0600), if it is
/// not there, and makes its entry in the folder durable.
pub(crate) fn create_private(path: &Path) -> Result<File, StoreError> {
    let existed = path.exists();
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(OWNER_ONLY_FILE)
        .open(path)?;
    if !existed && let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        File::open(folder)?.sync_all()?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_folder_belongs_to_one_holder_at_a_time() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("relay");
        let held = FolderLock::take(&folder).unwrap();
        assert_eq!(held.folder(), folder);

        let refused = FolderLock::take(&folder).unwrap_err();
        assert!(matches!(&refused, StoreError::Locked { folder: f } if *f == folder));
        assert!(refused.to_string().contains("stop that one first"));

        drop(held);
        FolderLock::take(&folder).unwrap();
    }

    #[test]
    fn what_we_create_is_for_its_owner_only() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("deep/relay");
        let _held = FolderLock::take(&folder).unwrap();
        assert_eq!(mode(&parent.path().join("deep")), 0o700);
        assert_eq!(mode(&folder), 0o700);
        assert_eq!(mode(&folder.join(LOCK_FILE)), 0o600);
    }
}
