//! The other end of the shim: what it saw, and what it is told to do.
//! Knows: the layout that `shim/disk.c` states. Never knows: the relay.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use partywall_test_street::house;
use partywall_world::{Clock, SystemClock};

use crate::event::{Event, Moment, Watched};

const HERE: u64 = 0x4b53_4944_5057_0001;
const ROOM: u64 = 1 << 20;
const EVENTS: u64 = 1;
const FAIL_FROM: u64 = 2;
const COUNTED: u64 = 3;
const WHICH: u64 = 4;
const DIES_AT: u64 = 6;
const DONE: u64 = 7;
const WRITES: u64 = 8;
const ONCE: u64 = 9;
const PRETEND: u64 = 10;
const CUT_SHORT: u64 = 11;
const FILES: u64 = 8;
const FIRST_EVENT: u64 = 512;
const WORD: usize = 8;

/// How long anything here may take before it is called wrong.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A disk that is watched.
pub struct Disk {
    library: PathBuf,
    events: PathBuf,
    file: File,
}

/// The fsyncs of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fsyncs {
    /// Asked for.
    pub begun: u64,
    /// Came back well.
    pub ended: u64,
    /// Failed.
    pub failed: u64,
}

/// How a write ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writes {
    /// All of it is written.
    Whole,
    /// Nothing of it is: the disk is full.
    NoRoom,
    /// Half of it is, and no error is told.
    Halves,
    /// Half of the next one is, and nothing of those after it.
    HalfThenNoRoom,
}

impl Disk {
    /// Compiles the shim into the folder, and makes the file through which it talks.
    ///
    /// # Errors
    /// One sentence, when there is no C compiler or it refuses.
    pub fn prepare(folder: &Path) -> Result<Self, String> {
        let (library, events) = (folder.join("disk.so"), folder.join("disk.events"));
        let made = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-fvisibility=hidden"])
            .arg(house::root().join("tests/disk/shim/disk.c"))
            .arg("-o")
            .arg(&library)
            .args(["-ldl", "-lpthread"])
            .output()
            .map_err(|why| {
                format!("there is no C compiler called `cc` ({why}): install gcc or clang; tests/disk/shim/disk.c is compiled by the tests that need it")
            })?;
        if !made.status.success() {
            let said = String::from_utf8_lossy(&made.stderr);
            return Err(format!("`cc` refused tests/disk/shim/disk.c: {said}"));
        }
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(&events)
            .map_err(|error| error.to_string())?;
        let length = (FIRST_EVENT + 4 * ROOM) * WORD as u64;
        file.set_len(length).map_err(|error| error.to_string())?;
        Ok(Self {
            library,
            events,
            file,
        })
    }

    /// Has a process that is about to be started watched at its files in this folder.
    pub fn watch(&self, command: &mut Command, folder: &Path) {
        command
            .env("LD_PRELOAD", &self.library)
            .env("PARTYWALL_DISK_EVENTS", &self.events)
            .env("PARTYWALL_DISK_FOLDER", folder);
    }

    /// Whether a process has the shim.
    #[must_use]
    pub fn is_here(&self) -> bool {
        self.word(0) == HERE
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.word(EVENTS)
    }

    /// From now on every fsync of the file waits.
    pub fn hold(&self, file: Watched) {
        self.tell(FILES + 8 * file.number(), 1);
    }

    /// What waits goes on.
    pub fn release(&self, file: Watched) {
        self.tell(FILES + 8 * file.number(), 0);
    }

    /// Of the fsyncs of these files that begin from now on, the `next`-th fails, and all after it.
    pub fn fail_from(&self, next: u64, files: &[Watched]) {
        let which = files.iter().map(|file| 1 << file.number()).sum();
        self.tell(WHICH, 0);
        self.tell(COUNTED, 0);
        self.tell(FAIL_FROM, next);
        self.tell(WHICH, which);
    }

    /// As [`Disk::fail_from`], but only that one fails: what was written before it is not there, and the next
    /// fsync says nothing of it.
    pub fn fail_once(&self, next: u64, files: &[Watched]) {
        self.tell(ONCE, 1);
        self.fail_from(next, files);
    }

    /// The process dies before its `nth` operation from now on: a write, an fsync, another length of a file.
    pub fn die_at(&self, nth: u64) {
        self.tell(DIES_AT, 0);
        self.tell(DONE, 0);
        self.tell(DIES_AT, nth);
    }

    /// How many operations have begun since [`Disk::die_at`].
    #[must_use]
    pub fn operations(&self) -> u64 {
        self.word(DONE)
    }

    /// From now on writes to the watched files end like this.
    pub fn writes(&self, how: Writes) {
        self.tell(
            WRITES,
            match how {
                Writes::Whole => 0,
                Writes::NoRoom => 1,
                Writes::Halves => 2,
                Writes::HalfThenNoRoom => 3,
            },
        );
    }

    /// How many writes did not end well.
    #[must_use]
    pub fn cut_short(&self) -> u64 {
        self.word(CUT_SHORT)
    }

    /// From now on an fsync costs nothing and does nothing: what it would have put on the disk is what the
    /// journal says.
    pub fn pretend(&self) {
        self.tell(PRETEND, 1);
    }

    /// The fsyncs of a file so far.
    #[must_use]
    pub fn fsyncs(&self, file: Watched) -> Fsyncs {
        let of = FILES + 8 * file.number();
        Fsyncs {
            begun: self.word(of + 1),
            ended: self.word(of + 2),
            failed: self.word(of + 3),
        }
    }

    /// Everything that happened since, each at its moment.
    ///
    /// # Panics
    /// When more happened than there is room for.
    #[must_use]
    pub fn since(&self, begin: Moment) -> Vec<(Moment, Event)> {
        let end = self.now();
        assert!(end <= ROOM, "the shim has room for {ROOM} events");
        let count = usize::try_from(end - begin).expect("fits into memory");
        let mut bytes = vec![0; 4 * WORD * count];
        let at = (FIRST_EVENT + 4 * begin) * WORD as u64;
        self.file
            .read_exact_at(&mut bytes, at)
            .expect("the file has its length");
        let events = bytes.chunks_exact(4 * WORD).zip(begin..);
        events
            .filter_map(|(event, moment)| {
                let mut words = [0; 4];
                for (word, bytes) in words.iter_mut().zip(event.chunks_exact(WORD)) {
                    *word = u64::from_ne_bytes(bytes.try_into().ok()?);
                }
                Some((moment, Event::read(words)?))
            })
            .collect()
    }

    /// Waits until something has happened since then.
    ///
    /// # Errors
    /// When it does not.
    pub fn await_since(
        &self,
        begin: Moment,
        what: &str,
        happened: impl Fn(&[(Moment, Event)]) -> bool,
    ) -> Result<(), String> {
        until(what, || happened(&self.since(begin)))
    }

    fn word(&self, word: u64) -> u64 {
        let mut bytes = [0; WORD];
        let at = word * WORD as u64;
        self.file
            .read_exact_at(&mut bytes, at)
            .expect("the file has its length");
        u64::from_ne_bytes(bytes)
    }

    fn tell(&self, word: u64, value: u64) {
        let at = word * WORD as u64;
        self.file
            .write_all_at(&value.to_ne_bytes(), at)
            .expect("the file has its length");
    }
}

/// Looks again and again, and gives up after [`PATIENCE`].
///
/// # Errors
/// What was waited for.
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) -> Result<(), String> {
    let clock = SystemClock::new();
    let begin = clock.monotonic();
    while !is_so() {
        if clock.monotonic().since(begin) > PATIENCE {
            return Err(format!("waited in vain: {what}"));
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}
