//! How much room the disk has left.
//! Knows: one number of the file system. Never knows: who should stop writing when it is small.

use std::path::Path;

use crate::StoreError;

/// Bytes that this user may still write on the disk that holds `path` (a file or a folder).
///
/// # Errors
/// [`StoreError::Io`] when there is no such path.
pub fn free_space(path: &Path) -> Result<u64, StoreError> {
    let disk = rustix::fs::statvfs(path).map_err(std::io::Error::from)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_says_how_much_room_is_left_and_a_missing_folder_says_so() {
        let folder = tempfile::tempdir().unwrap();
        assert!(free_space(folder.path()).unwrap() > 0);
        let missing = free_space(&folder.path().join("missing"));
        assert!(matches!(missing, Err(StoreError::Io(_))));
    }
}
