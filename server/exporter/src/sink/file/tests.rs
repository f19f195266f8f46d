//! What a file holds after whatever happened.

use std::future::{pending, ready};
use std::path::{Path, PathBuf};

use super::*;
use crate::form;
use crate::scene::Ledger;

struct Shelf {
    _folder: tempfile::TempDir,
    path: PathBuf,
    ledger: Ledger,
}

impl Shelf {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sink.jsonl");
        Self {
            _folder: folder,
            path,
            ledger: Ledger::new(),
        }
    }

    fn lines(&mut self, records: usize, retractions: usize) -> Lines {
        form::lines(&self.ledger.parcel(records, retractions))
    }

    fn holds(&self) -> Vec<u8> {
        std::fs::read(&self.path).unwrap()
    }
}

/// As an exporter that was just started does.
fn written(path: &Path, lines: &Lines) -> Result<(), (Left, Why)> {
    append(path, lines, &Halt::default())
}

#[test]
fn a_file_killed_at_any_byte_of_its_last_batch_ends_up_exactly_whole() {
    let mut row = partywall_row::Row::of("P28");
    let mut shelf = Shelf::new();
    let (first, last) = (shelf.lines(1, 1), shelf.lines(2, 1));
    let whole = [first.bytes(), last.bytes()].concat();
    for cut in first.bytes().len()..=whole.len() {
        std::fs::write(&shelf.path, &whole[..cut]).unwrap();
        written(&shelf.path, &last).unwrap();
        assert!(shelf.holds() == whole, "cut at {cut}");
        row.tried(1);
    }
}

#[test]
fn a_file_killed_at_any_byte_of_its_first_batch_ends_up_exactly_whole() {
    let mut row = partywall_row::Row::of("P28");
    let mut shelf = Shelf::new();
    let only = shelf.lines(1, 1);
    for cut in 0..=only.bytes().len() {
        std::fs::write(&shelf.path, &only.bytes()[..cut]).unwrap();
        written(&shelf.path, &only).unwrap();
        assert!(shelf.holds() == only.bytes(), "cut at {cut}");
        row.tried(1);
    }
}

#[test]
fn a_page_that_the_disk_lost_is_written_again() {
    let mut shelf = Shelf::new();
    let (first, last) = (shelf.lines(1, 0), shelf.lines(2, 0));
    let whole = [first.bytes(), last.bytes()].concat();
    for lost in first.bytes().len()..whole.len() {
        let mut torn = whole.clone();
        torn[lost..].fill(0);
        std::fs::write(&shelf.path, &torn).unwrap();
        written(&shelf.path, &last).unwrap();
        assert!(shelf.holds() == whole, "lost from {lost}");
    }
}

#[test]
fn a_torn_last_line_of_an_earlier_batch_is_cut_off() {
    let mut shelf = Shelf::new();
    // What follows is shorter than what has to go.
    let (first, last) = (shelf.lines(3, 0), shelf.lines(0, 1));
    let kept = first
        .bytes()
        .iter()
        .rposition(|byte| *byte == b'{')
        .unwrap();
    std::fs::write(&shelf.path, &first.bytes()[..kept + 900]).unwrap();
    written(&shelf.path, &last).unwrap();
    assert!(shelf.holds() == [&first.bytes()[..kept], last.bytes()].concat());
}

#[test]
fn a_batch_larger_than_what_is_looked_at_first_is_found_as_well() {
    let mut shelf = Shelf::new();
    let (first, last) = (shelf.lines(300, 0), shelf.lines(300, 0));
    let whole = [first.bytes(), last.bytes()].concat();
    let half = first.bytes().len() + last.bytes().len() / 2;
    for there in [&whole[..half], &whole[..]] {
        std::fs::write(&shelf.path, there).unwrap();
        written(&shelf.path, &last).unwrap();
        assert!(shelf.holds() == whole);
    }
    // A line longer than everything that is looked at first.
    let long = format!(
        "{{\"batch\":\"other\",\"x\":\"{}\"}}\n",
        "y".repeat(2_000_000)
    );
    std::fs::write(&shelf.path, &long).unwrap();
    written(&shelf.path, &last).unwrap();
    assert!(shelf.holds() == [long.as_bytes(), last.bytes()].concat());
}

#[test]
fn lines_that_were_changed_are_written_anew_and_nothing_before_them_is_touched() {
    let mut shelf = Shelf::new();
    let (first, last) = (shelf.lines(2, 0), shelf.lines(3, 0));
    let mut changed = [first.bytes(), last.bytes()].concat();
    let at = first.bytes().len() + 200;
    changed[at] ^= 1;
    std::fs::write(&shelf.path, &changed).unwrap();
    written(&shelf.path, &last).unwrap();
    assert!(shelf.holds() == [first.bytes(), last.bytes()].concat());
}

#[test]
fn a_file_that_is_somebody_elses_is_left_as_it_is() {
    let mut shelf = Shelf::new();
    let lines = shelf.lines(1, 0);
    for foreign in ["a diary without a last newline", "line\n{\"other\":1"] {
        std::fs::write(&shelf.path, foreign).unwrap();
        assert_eq!(
            written(&shelf.path, &lines),
            Err((Left::Nothing, Why::FileForeign))
        );
        assert_eq!(shelf.holds(), foreign.as_bytes());
    }
}

#[test]
fn a_file_that_another_process_writes_is_waited_for() {
    let mut shelf = Shelf::new();
    let lines = shelf.lines(1, 0);
    let other = std::fs::File::create(&shelf.path).unwrap();
    other.lock().unwrap();
    assert_eq!(
        written(&shelf.path, &lines),
        Err((Left::Nothing, Why::FileBusy))
    );
    drop(other);
    assert_eq!(written(&shelf.path, &lines), Ok(()));
}

#[test]
fn a_new_file_is_its_owners_alone_and_a_folder_that_is_missing_is_said() {
    use std::os::unix::fs::PermissionsExt;
    let mut shelf = Shelf::new();
    let lines = shelf.lines(1, 0);
    written(&shelf.path, &lines).unwrap();
    let mode = std::fs::metadata(&shelf.path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let nowhere = shelf.path.join("none");
    assert_eq!(
        written(&nowhere, &lines),
        Err((Left::Nothing, Why::File(std::io::ErrorKind::NotADirectory)))
    );
}

#[test]
fn a_write_that_is_called_off_takes_back_what_stands_there_and_says_that_it_may_have_been_seen() {
    let mut shelf = Shelf::new();
    let (first, last) = (shelf.lines(2, 0), shelf.lines(3, 0));
    let halt = Halt::default();
    drop(HaltOnDrop(halt.clone()));
    std::fs::write(&shelf.path, first.bytes()).unwrap();
    assert_eq!(
        append(&shelf.path, &last, &halt),
        Err((Left::Nothing, Why::FileSlow))
    );
    assert!(shelf.holds() == first.bytes());
    // An earlier run had begun.
    std::fs::write(
        &shelf.path,
        [first.bytes(), &last.bytes()[..last.bytes().len() / 2]].concat(),
    )
    .unwrap();
    assert_eq!(
        append(&shelf.path, &last, &halt),
        Err((Left::Perhaps, Why::FileSlow))
    );
    assert!(shelf.holds() == first.bytes());
}

#[tokio::test]
async fn an_attempt_ends_when_it_is_told_to_and_leaves_either_all_or_nothing() {
    let mut shelf = Shelf::new();
    let sink = FileSink::new(shelf.path.clone());
    let lines = Arc::new(shelf.lines(2_000, 0));
    let ended = sink.attempt(Arc::clone(&lines), ready(())).await;
    let held = shelf.holds();
    match ended {
        Attempt::Taken => assert!(held == lines.bytes()),
        Attempt::Failed(_, why) => assert!(held.is_empty() && why == Why::FileSlow),
    }
    assert_eq!(
        sink.attempt(Arc::clone(&lines), pending()).await,
        Attempt::Taken
    );
    assert!(shelf.holds() == lines.bytes());
}
