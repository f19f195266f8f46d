//! Power that fails: what was written to a file after its last fsync is taken back, all of it or some.
//! Knows: the journal that `shim/disk.c` states. Never knows: what a database is.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use partywall_world::Dice;

/// The smallest piece that a disk writes whole.
const SECTOR: usize = 512;

const NAMES: [&str; 5] = [
    "",
    "peer.db",
    "peer.db-wal",
    "business.db",
    "business.db-wal",
];
/// Of shared memory nothing survives.
const SHARED_MEMORY: [&str; 2] = ["peer.db-shm", "business.db-shm"];

/// The journal of one life of a process.
pub struct Journal(PathBuf);

/// What reached the disk of that which was never synced.
pub enum Reached<'dice> {
    /// Nothing of it.
    Nothing,
    /// Some writes, whichever, also later ones without earlier ones.
    Some(&'dice mut Dice),
    /// Some sectors of some writes.
    Torn(&'dice mut Dice),
}

/// What was taken back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lost {
    /// Writes and new lengths that had not been synced.
    pub unsynced: u64,
    /// Of them those of which everything or a part got to the disk nevertheless.
    pub reached: u64,
}

enum Change {
    Write {
        at: u64,
        length_before: u64,
        old: Vec<u8>,
        new: Vec<u8>,
    },
    Cut {
        to: u64,
        from: u64,
        tail: Vec<u8>,
    },
}

enum Record {
    Changes(usize, Change),
    SyncBegins(usize, u64),
    SyncEnded(usize, u64),
    FolderSynced,
    WasThere(usize),
}

impl Journal {
    /// A new one at this path. It says nothing yet, and never will if the process dies at once.
    ///
    /// # Errors
    /// When there can be no file.
    pub fn begin(path: &Path) -> io::Result<Self> {
        File::create(path)?;
        Ok(Self(path.to_owned()))
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The power failed when the process died: the folder becomes what a disk would have of it.
    ///
    /// # Errors
    /// Of files.
    pub fn lose(self, folder: &Path, mut reached: Reached<'_>) -> io::Result<Lost> {
        let records = records(&std::fs::read(&self.0)?);
        let mut lost = Lost::default();
        for (number, name) in NAMES.iter().enumerate().skip(1) {
            let path = folder.join(name);
            if !path.exists() {
                continue;
            }
            let file = File::options().read(true).write(true).open(&path)?;
            let unsynced = unsynced(&records, number);
            for change in unsynced.iter().rev() {
                change.undo(&file)?;
            }
            lost.unsynced += unsynced.len() as u64;
            for change in &unsynced {
                lost.reached += u64::from(change.redo(&file, &mut reached)?);
            }
            if !is_in_folder(&records, number) {
                std::fs::remove_file(&path)?;
            }
        }
        for name in SHARED_MEMORY {
            let _was_not_there = std::fs::remove_file(folder.join(name));
        }
        Ok(lost)
    }
}

/// Everything that was done to the file and is not covered by an fsync that began after it and ended well.
fn unsynced(records: &[Record], number: usize) -> Vec<&Change> {
    let covered = records.iter().rev().find_map(|record| match record {
        Record::SyncEnded(file, nth) if *file == number => Some(*nth),
        _ => None,
    });
    let begun = |record: &Record| matches!(record, Record::SyncBegins(file, nth) if *file == number && Some(*nth) == covered);
    let from = records.iter().position(begun).unwrap_or(0);
    let of_file = records[from..].iter().filter_map(|record| match record {
        Record::Changes(file, change) if *file == number => Some(change),
        _ => None,
    });
    of_file.collect()
}

/// Whether the folder was synced since the file is in it.
fn is_in_folder(records: &[Record], number: usize) -> bool {
    let mut there = false;
    let mut made = false;
    for record in records {
        match record {
            Record::WasThere(file) if *file == number => there = true,
            Record::Changes(file, _) | Record::SyncBegins(file, _) if *file == number => {
                made = true
            }
            Record::FolderSynced => there |= made,
            _ => {}
        }
    }
    // Nobody touched it: it was made, and synced with its folder, before anything was written.
    there || !made
}

impl Change {
    fn undo(&self, file: &File) -> io::Result<()> {
        match self {
            Self::Write {
                at,
                length_before,
                old,
                ..
            } => {
                file.write_all_at(old, *at)?;
                file.set_len(*length_before)
            }
            Self::Cut { to, from, tail } => {
                file.set_len(*from)?;
                file.write_all_at(tail, *to.min(from))
            }
        }
    }

    /// Says whether anything of it is there again.
    fn redo(&self, file: &File, reached: &mut Reached<'_>) -> io::Result<bool> {
        let (dice, torn) = match reached {
            Reached::Nothing => return Ok(false),
            Reached::Some(dice) => (dice, false),
            Reached::Torn(dice) => (dice, true),
        };
        if dice.below(2) == 0 {
            return Ok(false);
        }
        match self {
            Self::Write { at, new, .. } => {
                for (number, sector) in new.chunks(SECTOR).enumerate() {
                    if !torn || dice.below(2) == 0 {
                        file.write_all_at(sector, at + (number * SECTOR) as u64)?;
                    }
                }
            }
            Self::Cut { to, .. } => file.set_len(*to)?,
        }
        Ok(true)
    }
}

/// All records; the last may be half there, and what it was about has not happened.
fn records(mut bytes: &[u8]) -> Vec<Record> {
    let mut records = Vec::new();
    while let Some(record) = next(&mut bytes) {
        records.push(record);
    }
    records
}

fn next(bytes: &mut &[u8]) -> Option<Record> {
    let [what, file, a, b] = [word(bytes)?, word(bytes)?, word(bytes)?, word(bytes)?];
    let file = usize::try_from(file).ok()?;
    Some(match what {
        1 => {
            let length_before = word(bytes)?;
            let had = word(bytes)?;
            let change = Change::Write {
                at: a,
                length_before,
                old: some(bytes, had)?,
                new: some(bytes, b)?,
            };
            Record::Changes(file, change)
        }
        2 => {
            let had = word(bytes)?;
            let change = Change::Cut {
                to: a,
                from: b,
                tail: some(bytes, had)?,
            };
            Record::Changes(file, change)
        }
        3 => Record::SyncBegins(file, a),
        4 => Record::SyncEnded(file, a),
        5 => Record::FolderSynced,
        6 => Record::WasThere(file),
        _ => return None,
    })
}

fn word(bytes: &mut &[u8]) -> Option<u64> {
    let (word, rest) = bytes.split_first_chunk::<8>()?;
    *bytes = rest;
    Some(u64::from_ne_bytes(*word))
}

fn some(bytes: &mut &[u8], count: u64) -> Option<Vec<u8>> {
    let (some, rest) = bytes.split_at_checked(usize::try_from(count).ok()?)?;
    *bytes = rest;
    Some(some.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(at: u64, length_before: u64, old: &[u8], new: &[u8]) -> Vec<u8> {
        let mut record = words(&[1, 1, at, new.len() as u64, length_before, old.len() as u64]);
        record.extend(old);
        record.extend(new);
        record
    }

    fn words(words: &[u64]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_ne_bytes()).collect()
    }

    /// What is left of a file that was `now` when the process died.
    fn left(now: &[u8], journal: &[Vec<u8>]) -> Option<Vec<u8>> {
        let folder = tempfile::tempdir().unwrap();
        let (file, path) = (folder.path().join("peer.db"), folder.path().join("journal"));
        std::fs::write(&file, now).unwrap();
        std::fs::write(&path, journal.concat()).unwrap();
        Journal(path).lose(folder.path(), Reached::Nothing).unwrap();
        std::fs::read(file).ok()
    }

    #[test]
    fn what_was_written_after_the_last_fsync_is_gone_and_what_was_written_before_is_there() {
        let there = words(&[6, 1, 0, 0]);
        let one = write(0, 4, b"abcd", b"ABCD");
        let begins = words(&[3, 1, 7, 0]);
        let two = write(2, 4, b"CD", b"xyz");
        let ended = words(&[4, 1, 7, 0]);
        let cut = [words(&[2, 1, 1, 5, 4]), b"Bxyz".to_vec()].concat();
        let all = [there, one, begins, two, ended, cut];
        assert_eq!(left(b"A", &all).unwrap(), b"ABCD");
        // Had the fsync not ended, nothing would be there of it.
        let [there, one, begins, two, _, cut] = all;
        assert_eq!(
            left(b"A", &[there, one, begins, two, cut]).unwrap(),
            b"abcd"
        );
    }

    #[test]
    fn a_file_whose_folder_was_never_synced_is_gone() {
        let (begins, ended) = (words(&[3, 1, 1, 0]), words(&[4, 1, 1, 0]));
        let made = write(0, 0, b"", b"new");
        let all = [made, begins, ended];
        assert_eq!(left(b"new", &all), None);
        let synced = [all.to_vec(), vec![words(&[5, 5, 0, 0])]].concat();
        assert_eq!(left(b"new", &synced).unwrap(), b"new");
    }

    #[test]
    fn of_a_record_that_is_cut_off_nothing_has_happened() {
        let mut half = write(0, 2, b"ab", b"AB");
        half.pop();
        assert_eq!(left(b"ab", &[words(&[6, 1, 0, 0]), half]).unwrap(), b"ab");
    }
}
