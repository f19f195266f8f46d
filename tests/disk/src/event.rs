//! What the shim saw, in the order in which it happened.
//! Knows: the words of `shim/disk.c`. Never knows: what they mean for a promise.

/// A place in that order. Whoever reads it is between the event before and the event at it.
pub type Moment = u64;

/// A file of the relay that is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Watched {
    /// `peer.db`
    Peer,
    /// `peer.db-wal`
    PeerLog,
    /// `business.db`
    Business,
    /// `business.db-wal`
    BusinessLog,
}

impl Watched {
    /// All of them, as the shim counts them, from 1.
    pub const ALL: [Self; 4] = [Self::Peer, Self::PeerLog, Self::Business, Self::BusinessLog];

    /// The shim's number.
    #[must_use]
    pub fn number(self) -> u64 {
        1 + Self::ALL.iter().take_while(|other| **other != self).count() as u64
    }

    fn from_number(number: u64) -> Option<Self> {
        Self::ALL
            .get(usize::try_from(number).ok()?.checked_sub(1)?)
            .copied()
    }
}

/// One thing that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// An fsync of the file was asked for; the number counts those of all files.
    FsyncBegins(Watched, u64),
    /// It has come back: what was written before it began is on the disk.
    FsyncEnded(Watched, u64),
    /// It has failed.
    FsyncFailed(Watched, u64),
    /// This writer's message of this number is on its way into the file.
    Marked(Watched, u32, u32),
    /// The last page of a commit is on its way into the log.
    Committed(Watched),
    /// The file has another length now.
    Cut(Watched, u64),
    /// So many bytes are on their way into the file.
    Written(Watched, u64),
    /// An `accepted` of the wing is on its way to the port: this number.
    Accepted(u8, u16, u64),
}

impl Event {
    /// From the shim's four words; `None` for one that it has not finished.
    #[must_use]
    pub fn read([what, whose, a, b]: [u64; 4]) -> Option<Self> {
        if what == 7 {
            let wing = u8::try_from(whose).ok()?;
            return Some(Self::Accepted(wing, u16::try_from(a).ok()?, b));
        }
        let file = Watched::from_number(whose)?;
        Some(match what {
            1 => Self::FsyncBegins(file, a),
            2 => Self::FsyncEnded(file, a),
            3 => Self::FsyncFailed(file, a),
            4 => Self::Marked(file, u32::try_from(a).ok()?, u32::try_from(b).ok()?),
            5 => Self::Committed(file),
            6 => Self::Cut(file, a),
            8 => Self::Written(file, a),
            _ => return None,
        })
    }
}

/// The first bytes of an envelope that the shim knows again on its way to the disk.
#[must_use]
pub fn mark(writer: u32, number: u32) -> [u8; 16] {
    let mut mark = *b"\xd1pwdisk\x1d\0\0\0\0\0\0\0\0";
    mark[8..12].copy_from_slice(&writer.to_ne_bytes());
    mark[12..].copy_from_slice(&number.to_ne_bytes());
    mark
}

/// Whose message this is, and which, if it has a mark.
#[must_use]
pub fn read_mark(envelope: &[u8]) -> Option<(u32, u32)> {
    let (mark, numbers) = envelope.get(..16)?.split_at(8);
    let (writer, number) = numbers.split_at(4);
    (mark == b"\xd1pwdisk\x1d").then_some(())?;
    Some((
        u32::from_ne_bytes(writer.try_into().ok()?),
        u32::from_ne_bytes(number.try_into().ok()?),
    ))
}
