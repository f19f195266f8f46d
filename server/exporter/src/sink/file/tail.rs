//! What stands at the end of a file: whose lines, how many of them, and whether the last is torn.
//! Knows: bytes read backwards. Never knows: how they came there.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use super::Lines;

/// The end of a file, as one parcel's lines see it.
pub(super) struct Tail {
    /// Where the parcel's first line stands, or would.
    pub(super) start: u64,
    /// How many bytes of its lines are there, whole line by whole line.
    pub(super) already: usize,
    /// How long the file is, with whatever has to be cut off.
    pub(super) end: u64,
}

/// How every line of this exporter begins.
const OURS: &[u8] = b"{\"batch\":\"";
/// So much is read at first; more as it turns out to be needed.
const WINDOW: u64 = 64 * 1024;

impl Tail {
    /// Looks. Only reads.
    ///
    /// # Errors
    /// What the system says; `InvalidData` if the file ends in the middle of a line that this exporter did not begin.
    pub(super) fn of(file: &mut File, lines: &Lines) -> io::Result<Self> {
        let end = file.metadata()?.len();
        let mut window = WINDOW.max(lines.bytes().len() as u64);
        loop {
            let from = end.saturating_sub(window);
            let read = read(file, from, end)?;
            if let Some((start, already)) = look(&read, from == 0, lines)? {
                let start = from + start as u64;
                return Ok(Self {
                    start,
                    already,
                    end,
                });
            }
            window = window.saturating_mul(2);
        }
    }
}

fn read(file: &mut File, from: u64, end: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(from))?;
    let mut read = Vec::new();
    file.take(end - from).read_to_end(&mut read)?;
    Ok(read)
}

/// Where in `read` the parcel's lines start and how much of them is there; `None` if more of the file has to be seen.
fn look(read: &[u8], from_the_start: bool, lines: &Lines) -> io::Result<Option<(usize, usize)>> {
    // Behind the last newline stands nothing, or a torn line.
    let whole = match line_before(read, from_the_start) {
        Some(whole) => whole,
        None => return Ok(None),
    };
    if !could_be_torn(&read[whole..]) {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut start = whole;
    while start > 0 {
        let Some(line) = line_before(&read[..start - 1], from_the_start) else {
            return Ok(None);
        };
        if !lines.are_begun_by(&read[line..start]) {
            break;
        }
        start = line;
    }
    if start == 0 && !from_the_start {
        return Ok(None);
    }
    if partywall_mutant::is("P28") {
        return Ok(Some((whole, 0)));
    }
    Ok(Some((start, lines.already(&read[start..whole]))))
}

/// Where the line begins that `read` ends in.
fn line_before(read: &[u8], from_the_start: bool) -> Option<usize> {
    match read.iter().rposition(|byte| *byte == b'\n') {
        Some(newline) => Some(newline + 1),
        None => from_the_start.then_some(0),
    }
}

/// A line of ours that was cut short, or what a disk left behind where it was never written.
fn could_be_torn(rest: &[u8]) -> bool {
    let written = rest
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |last| last + 1);
    let common = written.min(OURS.len());
    rest[..common] == OURS[..common]
}
