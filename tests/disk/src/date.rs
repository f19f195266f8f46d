//! The date that a relay's process sees: libfaketime between it and the system's clock. Its stopwatch is the real one.
//! Knows: where Debian's package puts the library, the words that it takes. Never knows: the relay.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// The library for processes of several threads.
const LIBRARY: &str = "faketime/libfaketimeMT.so.1";

/// A date that can be set while processes look at it.
pub struct Date {
    library: PathBuf,
    file: PathBuf,
}

impl Date {
    /// The right date, to be set through a file in this folder. None where the library is not installed.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn right_in(folder: &Path) -> Result<Option<Self>, String> {
        let Some(library) = library() else {
            return Ok(None);
        };
        let file = folder.join("date");
        let date = Self { library, file };
        date.is("+0")?;
        Ok(Some(date))
    }

    /// From now on it is this: `+400d` and `-400d` are away from the right one, `@2031-01-31 12:00:00`
    /// begins then, without `@` it stands still, `+0 x2` runs at twice its pace, `+0` is right.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn is(&self, words: &str) -> Result<(), String> {
        let next = self.file.with_extension("next");
        let written = fs::write(&next, words).and_then(|()| fs::rename(&next, &self.file));
        written.map_err(|error| error.to_string())
    }

    /// What has a process see it.
    #[must_use]
    pub fn environment(&self) -> [(&'static str, OsString); 5] {
        [
            ("LD_PRELOAD", self.library.clone().into()),
            ("FAKETIME_TIMESTAMP_FILE", self.file.clone().into()),
            ("TZ", "UTC0".into()),
            ("FAKETIME_NO_CACHE", "1".into()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".into()),
        ]
    }
}

fn library() -> Option<PathBuf> {
    let of_architectures = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let folders = of_architectures.map(|entry| entry.path());
    let others = ["/usr/lib", "/usr/lib64", "/usr/local/lib"].map(PathBuf::from);
    let mut all = folders.chain(others).map(|folder| folder.join(LIBRARY));
    all.find(|library| library.is_file())
}
