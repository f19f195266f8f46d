//! One parcel's lines onto the end of a file, so that a crash at any byte can be mended by doing it again.
//! Knows: bytes, locks, fsync. Never knows: what the bytes say, who waits.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::tail::Tail;
use super::{Halt, Left, Lines, Why};

/// Between two of these a write can be stopped.
const PIECE: usize = 256 * 1024;

/// Appends what is not there yet, and makes all of it durable. On any failure what stands of these lines is cut off again, so that a
/// page that the disk lost is not taken for written the next time.
pub(super) fn append(path: &Path, lines: &Lines, halt: &Halt) -> Result<(), (Left, Why)> {
    let nothing = |error: io::Error| (Left::Nothing, Why::File(error.kind()));
    let mut options = OpenOptions::new();
    options
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600);
    let mut file = options.open(path).map_err(nothing)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err((Left::Nothing, Why::FileBusy)),
        Err(TryLockError::Error(error)) => return Err(nothing(error)),
    }
    let tail = Tail::of(&mut file, lines).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => (Left::Nothing, Why::FileForeign),
        kind => (Left::Nothing, Why::File(kind)),
    })?;
    complete(&mut file, path, &tail, lines, halt).map_err(|(touched, why)| {
        let seen = touched || tail.already > 0;
        // Best effort: what cannot be cut off now is found and completed, or cut off, the next time.
        let _kept = file.set_len(tail.start).and_then(|()| file.sync_all());
        (if seen { Left::Perhaps } else { Left::Nothing }, why)
    })
}

/// Beside why it failed stands whether anything had been written.
fn complete(
    file: &mut File,
    path: &Path,
    tail: &Tail,
    lines: &Lines,
    halt: &Halt,
) -> Result<(), (bool, Why)> {
    let failed = |touched: bool| move |error: io::Error| (touched, Why::File(error.kind()));
    let from = tail.start + tail.already as u64;
    if tail.end != from {
        file.set_len(from).map_err(failed(false))?;
    }
    file.seek(SeekFrom::Start(from)).map_err(failed(false))?;
    let mut touched = false;
    for piece in lines.bytes()[tail.already..].chunks(PIECE) {
        if halt.is_said() {
            return Err((touched, Why::FileSlow));
        }
        touched = true;
        file.write_all(piece).map_err(failed(true))?;
    }
    file.sync_all().map_err(failed(true))?;
    if tail.start == 0 {
        folder_of(path)
            .and_then(|folder| folder.sync_all())
            .map_err(failed(true))?;
    }
    Ok(())
}

/// A new file's name is durable when its folder is.
fn folder_of(path: &Path) -> io::Result<File> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder),
        _ => File::open("."),
    }
}
