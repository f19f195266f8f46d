//! The writer on its thread, and readers beside it.
//! Knows: threads and channels. Never knows: a clock.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use super::{Kept, Note, Notes, count, note, notes};
use crate::{Bounds, Failed, Place, Refused, StoreError, Tidy, Writer};

type Answers = (Sender<Result<Kept, Failed>>, Receiver<Result<Kept, Failed>>);

fn spawn(committer: Notes, bounds: Bounds) -> (Writer<Notes>, Receiver<StoreError>) {
    let (tell, fatal) = channel();
    let writer = Writer::spawn(committer, bounds, move |error| tell.send(error).unwrap()).unwrap();
    (writer, fatal)
}

fn submit(writer: &Writer<Notes>, write: Note, to: &Sender<Result<Kept, Failed>>) {
    let to = to.clone();
    let taken = writer.try_submit(write, move |answer| to.send(answer).unwrap());
    assert!(taken.is_ok());
}

#[test]
fn closing_writes_and_answers_everything_that_was_taken() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::file(folder.path().join("notes.db"));
    let (writer, fatal) = spawn(Notes::over(notes(&place)), Bounds::default());
    let (say, said): Answers = channel();
    for number in 0..500 {
        submit(&writer, note(&number.to_string()), &say);
    }
    let submitter = writer.submitter();
    let committer = writer.close().unwrap();
    drop(say);
    let places: Vec<_> = said.iter().map(|kept| kept.unwrap().place).collect();
    assert_eq!(places, (1..=500).collect::<Vec<_>>());
    assert!(committer.commits < 500, "in groups");
    assert!(
        committer.tidied >= 2,
        "at the start and at the end at least"
    );
    assert_eq!(count(&committer.connection), 500);

    let late = submitter.try_submit(note("late"), |_| {});
    assert!(matches!(late, Err(Refused::Stopped(_))));
    assert!(!submitter.is_dead(), "closed is not dead");
    assert!(fatal.recv().is_err(), "nothing fatal happened");
}

#[test]
fn an_answer_is_said_only_once_a_reader_can_see_the_row() {
    let folder = tempfile::tempdir().unwrap();
    let database = notes(&Place::file(folder.path().join("notes.db")));
    let readers = Arc::new(database.readers(2).unwrap());
    let (writer, _fatal) = spawn(Notes::over(database), Bounds::default());
    let (say, seen) = channel();
    for _ in 0..20 {
        let (readers, say) = (Arc::clone(&readers), say.clone());
        let look = move |kept: Result<Kept, Failed>| {
            say.send(readers.with(count) >= kept.unwrap().place)
                .unwrap();
        };
        assert!(writer.try_submit(note("seen"), look).is_ok());
    }
    drop(say);
    assert_eq!(seen.iter().collect::<Vec<_>>(), [true; 20]);
}

#[test]
fn a_failing_commit_tells_the_process_once_and_nothing_is_kept_after_it() {
    let (writer, fatal) = spawn(Notes::over(notes(&Place::memory())), Bounds::default());
    let (say, said): Answers = channel();
    submit(&writer, Note::Misplaced, &say);
    assert_eq!(said.recv().unwrap(), Err(Failed));
    assert!(matches!(fatal.recv().unwrap(), StoreError::Sql(_)));
    assert!(writer.submitter().is_dead());
    let later = writer.try_submit(note("later"), |_| {});
    assert!(matches!(later, Err(Refused::Stopped(_))));
    assert!(fatal.recv().is_err(), "told once");
    assert!(matches!(writer.close(), Err(Failed)));
}

#[test]
fn a_panic_on_the_writers_thread_leaves_nothing_unanswered() {
    let bounds = Bounds {
        group_rows: 1,
        ..Bounds::default()
    };
    let (writer, fatal) = spawn(Notes::over(notes(&Place::memory())), bounds);
    let (say, said): Answers = channel();
    // Held up in the first answer until all three are in the queue.
    let (gate, held) = (Arc::new(Barrier::new(2)), say.clone());
    let opened = Arc::clone(&gate);
    let hold = move |answer| {
        opened.wait();
        held.send(answer).unwrap();
    };
    assert!(writer.try_submit(note("first"), hold).is_ok());
    submit(&writer, Note::Panic, &say);
    submit(&writer, note("behind it"), &say);
    gate.wait();

    assert!(said.recv().unwrap().is_ok());
    assert_eq!(said.recv().unwrap(), Err(Failed));
    assert_eq!(said.recv().unwrap(), Err(Failed));
    assert!(matches!(fatal.recv().unwrap(), StoreError::Panicked));
    assert!(writer.submitter().is_dead());
}

#[test]
fn a_committer_that_was_hindered_is_asked_to_tidy_again() {
    let (tell, tidyings) = channel();
    let mut committer = Notes::over(notes(&Place::memory()));
    committer.tidy_again = 3;
    committer.tidyings = Some(tell);
    let bounds = Bounds {
        tidy_again: Duration::from_millis(1),
        ..Bounds::default()
    };
    let (writer, _fatal) = spawn(committer, bounds);
    // Nothing is written: the writer comes back to it by itself.
    let asked: Vec<_> = tidyings.iter().take(4).collect();
    assert_eq!(asked, [Tidy::Again, Tidy::Again, Tidy::Again, Tidy::Done]);
    assert_eq!(writer.close().unwrap().tidied, 5, "and once when it closes");
}

#[test]
fn a_writer_tidies_when_its_queue_has_run_empty() {
    let (tell, tidyings) = channel();
    let mut committer = Notes::over(notes(&Place::memory()));
    committer.tidyings = Some(tell);
    let (writer, _fatal) = spawn(committer, Bounds::default());
    assert_eq!(tidyings.recv().unwrap(), Tidy::Done);
    let (say, said): Answers = channel();
    submit(&writer, note("one"), &say);
    assert!(said.recv().unwrap().is_ok());
    assert_eq!(tidyings.recv().unwrap(), Tidy::Done);
}

#[test]
fn a_writer_tidies_also_when_its_queue_never_runs_empty() {
    let mut committer = Notes::over(notes(&Place::memory()));
    let (tell, tidyings) = channel();
    committer.tidyings = Some(tell);
    let bounds = Bounds {
        group_rows: 1,
        groups_between_tidies: 2,
        ..Bounds::default()
    };
    let (writer, _fatal) = spawn(committer, bounds);
    let (say, said): Answers = channel();
    let (gate, held) = (Arc::new(Barrier::new(2)), say.clone());
    let opened = Arc::clone(&gate);
    let hold = move |answer| {
        opened.wait();
        held.send(answer).unwrap();
    };
    assert!(writer.try_submit(note("1"), hold).is_ok());
    for _ in 0..5 {
        submit(&writer, note("behind"), &say);
    }
    gate.wait();
    let committer = writer.close().unwrap();
    assert_eq!(said.try_iter().filter(Result::is_ok).count(), 6);
    // At the start, after each second of six groups, and at the end.
    assert_eq!(committer.tidied, 5);
    assert_eq!(tidyings.try_iter().count(), 5);
}

#[test]
fn a_reader_that_panics_gives_its_connection_back() {
    let readers = Arc::new(notes(&Place::memory()).readers(1).unwrap());
    let theirs = Arc::clone(&readers);
    let panicked = thread::spawn(move || theirs.with(|_| panic!("a fault in a reader"))).join();
    assert!(panicked.is_err());
    assert_eq!(readers.with(count), 0);
}

#[test]
fn readers_wait_for_one_another_when_all_are_out() {
    let readers = Arc::new(notes(&Place::memory()).readers(2).unwrap());
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let readers = Arc::clone(&readers);
            thread::spawn(move || (0..50).map(|_| readers.with(count)).sum::<i64>())
        })
        .collect();
    for thread in threads {
        assert_eq!(thread.join().unwrap(), 0);
    }
}
