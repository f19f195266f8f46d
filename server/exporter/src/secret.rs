//! The secret that a webhook and this exporter share: read from a file that nobody else may read, wiped when dropped.
//! Knows: HMAC under it (SPEC X-6). Never knows: whose it is. Has no `Debug`.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::words::in_words;

/// A shared secret of 16 to 4,096 bytes.
pub struct Secret(Zeroizing<Vec<u8>>);

const SHORTEST: usize = 16;
const LONGEST: usize = 4_096;

/// Why a secret cannot be used: one sentence that says what to do, and nothing of the secret.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// The system refused.
    #[error("cannot read the secret in {}: {}", file.display(), in_words(*why))]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        why: ErrorKind,
    },
    /// Others than its owner may read or write it.
    #[error("{} can be read by others (mode {mode:03o}); if nobody else had it, `chmod 600` it and start again", file.display())]
    Exposed {
        /// The file.
        file: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Too short to be one, or too long.
    #[error("the secret in {} has to have 16 to 4,096 characters; `openssl rand -hex 32` makes one", file.display())]
    Length {
        /// The file.
        file: PathBuf,
    },
}

impl Secret {
    /// From its bytes; `None` if there are fewer than 16 or more than 4,096.
    #[must_use]
    pub fn new(bytes: Zeroizing<Vec<u8>>) -> Option<Self> {
        (SHORTEST..=LONGEST)
            .contains(&bytes.len())
            .then_some(Self(bytes))
    }

    /// Reads a file. White space at its end, such as the newline of an editor, is not part of the secret.
    ///
    /// # Errors
    /// [`SecretError`], also when the group or others may read or write it.
    pub fn read(path: &Path) -> Result<Self, SecretError> {
        let unreadable = |error: std::io::Error| SecretError::Unreadable {
            file: path.to_owned(),
            why: error.kind(),
        };
        let file = File::open(path).map_err(unreadable)?;
        let mode = file.metadata().map_err(unreadable)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(SecretError::Exposed {
                file: path.to_owned(),
                mode,
            });
        }
        // Room for all of it at once: growing would leave copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST + 3));
        file.take(LONGEST as u64 + 3)
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        let length = bytes.trim_ascii_end().len();
        bytes.truncate(length);
        Self::new(bytes).ok_or_else(|| SecretError::Length {
            file: path.to_owned(),
        })
    }

    /// HMAC-SHA256 over the parts, one after another.
    pub(crate) fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8], mode: u32) -> Result<Secret, SecretError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        Secret::read(&path)
    }

    #[test]
    fn a_secret_that_others_could_read_is_refused() {
        for mode in [0o640, 0o604, 0o620, 0o644] {
            let refused = read(b"0123456789abcdef", mode).err();
            assert!(
                matches!(refused, Some(SecretError::Exposed { mode: found, .. }) if found == mode)
            );
        }
        assert!(read(b"0123456789abcdef", 0o600).is_ok());
        assert!(read(b"0123456789abcdef", 0o400).is_ok());
    }

    #[test]
    fn a_secret_is_what_stands_in_its_file_without_the_newline() {
        let secret = read(b"0123456789abcdef \r\n", 0o600).ok().unwrap();
        assert_eq!(**secret.0, *b"0123456789abcdef");
        for wrong in [&b""[..], b"0123456789abcde\n", &[b'x'; LONGEST + 1]] {
            let refused = read(wrong, 0o600).err();
            assert!(matches!(refused, Some(SecretError::Length { .. })));
        }
        assert!(read(&[b'x'; LONGEST], 0o600).is_ok());
    }

    #[test]
    fn a_mac_is_hmac_sha256() {
        // RFC 4231, test case 6: a key of 131 bytes.
        let secret = Secret::new(Zeroizing::new(vec![0xaa; 131])).unwrap();
        let mac = secret.mac(&[
            b"Test Using Larger Than Block-Size Key",
            b" - Hash Key First",
        ]);
        assert_eq!(
            hex::encode(mac),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }
}
