//! What the system said about a file, in words for people.
//! Knows: kinds of errors. Never knows: which file.

use std::io::ErrorKind;

/// Why the system refused a file, as the end of a sentence.
pub(crate) const fn in_words(why: ErrorKind) -> &'static str {
    match why {
        ErrorKind::NotFound => "there is no such file or folder",
        ErrorKind::PermissionDenied => "this user may not",
        ErrorKind::NotADirectory => "a part of its path is a file, not a folder",
        ErrorKind::IsADirectory => "it is a folder, not a file",
        ErrorKind::InvalidData => "it is not UTF-8 text",
        ErrorKind::ReadOnlyFilesystem => "the disk takes no writes",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "the disk is full",
        ErrorKind::ConnectionRefused => "nobody listens there",
        _ => "the system refused",
    }
}
