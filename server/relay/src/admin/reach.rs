//! The way to a Unix socket, however long its path is.
//! Knows: paths. Never knows: which socket it is.

use std::fs::File;
use std::io::ErrorKind;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

/// The longest path that a Unix socket can have everywhere.
const GREATEST_PATH: usize = 100;

/// Where a socket is reached: its own path, or a short detour to it when that is too long.
pub struct Reach {
    /// The path to bind or connect to.
    pub path: PathBuf,
    _folder: Option<File>,
}

impl Reach {
    /// The way to `socket`.
    ///
    /// # Errors
    /// When its folder cannot be opened.
    pub fn to(socket: &Path) -> std::io::Result<Self> {
        if is_short(socket) {
            return Ok(Self {
                path: socket.to_owned(),
                _folder: None,
            });
        }
        let (Some(folder), Some(name)) = (socket.parent(), socket.file_name()) else {
            return Err(ErrorKind::InvalidInput.into());
        };
        let open = File::open(folder)?;
        let folder = Path::new("/proc/self/fd").join(open.as_raw_fd().to_string());
        Ok(Self {
            path: folder.join(name),
            _folder: Some(open),
        })
    }
}

/// Whether another process can take the path as it is.
#[must_use]
pub fn is_short(socket: &Path) -> bool {
    socket.as_os_str().len() <= GREATEST_PATH
}
