//! Files that only the relay's own user may read: written whole or not at all, refused when others could read them.
//! Knows: paths, permissions, fsync. Never knows: what is inside.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::words::in_words;

/// No private file of the relay is longer than this.
const GREATEST: u64 = 64 * 1024;

/// Why a private file could not be used: one sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum PrivateError {
    /// The system refused.
    #[error("cannot {verb} {}: {}{}", file.display(), in_words(*why), advice(*why))]
    System {
        /// What was tried.
        verb: &'static str,
        /// On which file.
        file: PathBuf,
        /// What the system said.
        why: ErrorKind,
    },
    /// Others than its owner may read or write it.
    #[error(
        "{} can be read by others (mode {mode:03o}); if nobody else had it, `chmod 600` it and start again",
        file.display()
    )]
    Exposed {
        /// The file.
        file: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// It is too long to be what it should be.
    #[error("{} is too long for what it should hold; restore it from a backup", file.display())]
    TooLong {
        /// The file.
        file: PathBuf,
    },
}

fn advice(why: ErrorKind) -> &'static str {
    match why {
        ErrorKind::PermissionDenied => "; make it belong to the user who runs the relay",
        ErrorKind::ReadOnlyFilesystem => "; choose a folder that can be written with `--data DIR`",
        ErrorKind::StorageFull => "; free some disk space and start again",
        _ => "",
    }
}

/// Makes the folder, for its owner alone, unless it is there.
pub fn make_folder(folder: &Path) -> Result<(), PrivateError> {
    let made = std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder);
    made.map_err(|error| system("make the folder", folder, &error))
}

/// Reads a private file; none, if there is no such file.
pub fn read(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, PrivateError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(system("read", path, &error)),
    };
    let about = file
        .metadata()
        .map_err(|error| system("read", path, &error))?;
    let mode = about.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(PrivateError::Exposed {
            file: path.to_owned(),
            mode,
        });
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(
        usize::try_from(about.len().min(GREATEST)).unwrap_or(0),
    ));
    file.take(GREATEST + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| system("read", path, &error))?;
    if bytes.len() as u64 > GREATEST {
        return Err(PrivateError::TooLong {
            file: path.to_owned(),
        });
    }
    Ok(Some(bytes))
}

/// Writes a private file so that after a crash either the old or the new one is there, whole.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), PrivateError> {
    let fresh = path.with_extension("new");
    let outcome = write_aside(&fresh, bytes)
        .and_then(|()| std::fs::rename(&fresh, path))
        .and_then(|()| settle(path));
    outcome.map_err(|error| system("write", path, &error))
}

fn write_aside(fresh: &Path, bytes: &[u8]) -> std::io::Result<()> {
    match std::fs::remove_file(fresh) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(fresh)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes the rename itself durable.
fn settle(path: &Path) -> std::io::Result<()> {
    path.parent()
        .map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

fn system(verb: &'static str, file: &Path, error: &std::io::Error) -> PrivateError {
    PrivateError::System {
        verb,
        file: file.to_owned(),
        why: error.kind(),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::{PrivateError, read, write};

    #[test]
    fn a_private_file_is_written_for_its_owner_alone_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        assert!(read(&path).unwrap().is_none());
        write(&path, b"one").unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(read(&path).unwrap().unwrap().as_slice(), b"two");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_private_file_that_others_can_read_is_refused_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        write(&path, b"one").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let refusal = read(&path).unwrap_err();
        assert!(matches!(refusal, PrivateError::Exposed { mode: 0o640, .. }));
        assert!(refusal.to_string().contains("chmod 600"));
    }
}
