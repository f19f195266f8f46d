//! What the system said about a file, in words for people.
//! Knows: kinds of errors. Never knows: which file.

use std::io::ErrorKind;

/// Why the system refused a file or folder, as the end of a sentence.
#[must_use]
pub fn in_words(why: ErrorKind) -> String {
    match why {
        ErrorKind::NotFound => "there is no such file".into(),
        ErrorKind::PermissionDenied => "this user may not".into(),
        ErrorKind::AlreadyExists => "a file is in its place".into(),
        ErrorKind::NotADirectory => "a part of its path is a file, not a folder".into(),
        ErrorKind::IsADirectory => "it is a folder, not a file".into(),
        ErrorKind::InvalidData => "it is not UTF-8 text".into(),
        ErrorKind::ReadOnlyFilesystem => "the disk takes no writes".into(),
        ErrorKind::StorageFull => "the disk is full".into(),
        other => other.to_string(),
    }
}
