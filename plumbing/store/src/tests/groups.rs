//! Groups, order, bounds and death, stepped through without a thread.
//! Knows: the inline writer. Never knows: threads.

use std::sync::{Arc, Mutex};

use super::{Kept, Note, Notes, count, note, notes};
use crate::{Bounds, Committer, Failed, Inline, Place, Refused, StoreError, Submitter, Tidy};

/// Answers in the order they were said.
#[derive(Clone, Default)]
struct Answers(Arc<Mutex<Vec<Result<Kept, Failed>>>>);

impl Answers {
    fn submit(&self, to: &Submitter<Note, Kept>, write: Note) -> Result<(), Refused<Note>> {
        let answers = Arc::clone(&self.0);
        to.try_submit(write, move |answer| answers.lock().unwrap().push(answer))
    }

    fn all(&self) -> Vec<Result<Kept, Failed>> {
        self.0.lock().unwrap().clone()
    }
}

fn writer(bounds: Bounds) -> (Inline<Notes>, Submitter<Note, Kept>, Answers) {
    let writer = Inline::new(Notes::over(notes(&Place::memory())), bounds);
    let submitter = writer.submitter();
    (writer, submitter, Answers::default())
}

#[test]
fn what_waits_is_committed_in_one_group_and_answered_in_order() {
    let (mut writer, submitter, answers) = writer(Bounds::default());
    for body in ["one", "two", "three"] {
        answers.submit(&submitter, note(body)).unwrap();
    }
    assert!(
        answers.all().is_empty(),
        "nothing is said before it is durable"
    );
    assert_eq!(writer.step().unwrap(), 3);
    let kept = |place| Ok(Kept { place, group: 3 });
    assert_eq!(answers.all(), [kept(1), kept(2), kept(3)]);
    assert_eq!(writer.committer().commits, 1);
    assert_eq!(writer.step().unwrap(), 0);
    assert_eq!(writer.committer().commits, 1, "no empty transaction");
}

#[test]
fn a_group_has_at_most_so_many_rows_and_bytes() {
    let bounds = Bounds {
        group_rows: 3,
        group_bytes: 10,
        ..Bounds::default()
    };
    let (mut writer, submitter, answers) = writer(bounds);
    for body in [
        "1",
        "2",
        "3",
        "4",
        "12345",
        "12345",
        "1",
        "more than ten bytes",
        "1",
    ] {
        answers.submit(&submitter, note(body)).unwrap();
    }
    let groups: Vec<_> =
        std::iter::from_fn(|| Some(writer.step().unwrap()).filter(|&n| n > 0)).collect();
    assert_eq!(groups, [3, 2, 2, 1, 1]);
    let places: Vec<_> = answers
        .all()
        .into_iter()
        .map(|kept| kept.unwrap().place)
        .collect();
    assert_eq!(places, (1..=9).collect::<Vec<_>>());
}

#[test]
fn a_full_queue_hands_the_write_back_and_takes_again_when_there_is_room() {
    let bounds = Bounds {
        queue_rows: 2,
        queue_bytes: 10,
        ..Bounds::default()
    };
    let (mut writer, submitter, answers) = writer(bounds);
    answers.submit(&submitter, note("1")).unwrap();
    answers.submit(&submitter, note("2")).unwrap();
    let refused = answers.submit(&submitter, note("3")).unwrap_err();
    assert!(matches!(refused.into_write(), Note::Keep(body) if body == b"3"));

    assert_eq!(writer.step().unwrap(), 2);
    answers.submit(&submitter, note("12345678")).unwrap();
    let by_bytes = answers.submit(&submitter, note("123"));
    assert!(matches!(by_bytes, Err(Refused::Full(_))));
    assert_eq!(writer.step().unwrap(), 1);

    answers
        .submit(&submitter, note("longer than the whole queue"))
        .unwrap();
    let behind_it = answers.submit(&submitter, note("1"));
    assert!(matches!(behind_it, Err(Refused::Full(_))));
    assert_eq!(writer.step().unwrap(), 1);
    assert_eq!(answers.all().len(), 4, "a refused write is never answered");
}

#[test]
fn a_failed_commit_answers_nothing_kept_and_ends_the_writer() {
    let bounds = Bounds {
        group_rows: 3,
        ..Bounds::default()
    };
    let (mut writer, submitter, answers) = writer(bounds);
    answers.submit(&submitter, note("good")).unwrap();
    answers.submit(&submitter, Note::Misplaced).unwrap();
    answers.submit(&submitter, note("good")).unwrap();
    answers
        .submit(&submitter, note("in the next group"))
        .unwrap();

    assert!(matches!(writer.step(), Err(StoreError::Sql(_))));
    assert_eq!(answers.all(), [Err(Failed); 4]);
    assert!(submitter.is_dead());
    let later = answers.submit(&submitter, note("later"));
    assert!(matches!(later, Err(Refused::Stopped(_))));
    assert_eq!(writer.step().unwrap(), 0);
    let committer = writer.into_committer();
    assert_eq!(committer.commits, 1, "never retried");
    assert_eq!(
        count(&committer.connection),
        0,
        "nothing of the group is there"
    );
}

#[test]
fn an_error_while_tidying_ends_the_writer_too() {
    let (mut writer, submitter, answers) = fussy(Vec::new());
    submitter.try_submit((), answers).unwrap();
    assert!(matches!(writer.tidy(), Err(StoreError::DiskFull)));
    assert!(submitter.is_dead());
}

#[test]
fn an_answer_too_many_or_too_few_ends_the_writer() {
    for outcomes in [vec![], vec![1, 2]] {
        let (mut writer, submitter, _) = fussy(outcomes);
        let said = Arc::new(Mutex::new(None));
        let answer = Arc::clone(&said);
        submitter
            .try_submit((), move |a| *answer.lock().unwrap() = Some(a))
            .unwrap();
        assert!(matches!(
            writer.step(),
            Err(StoreError::Miscounted { writes: 1, .. })
        ));
        assert_eq!(*said.lock().unwrap(), Some(Err(Failed)));
        assert!(submitter.is_dead());
    }
}

#[test]
fn what_still_waits_when_a_writer_ends_is_refused() {
    let (writer, submitter, answers) = writer(Bounds::default());
    answers.submit(&submitter, note("waiting")).unwrap();
    drop(writer.into_committer());
    assert_eq!(answers.all(), [Err(Failed)]);
}

/// A committer that notes what it does, each group's answers beside it, and fails after the second.
struct Settles(Arc<Mutex<Vec<&'static str>>>);

impl Committer for Settles {
    type Write = ();
    type Outcome = ();

    fn commit(&mut self, group: &[()]) -> Result<Vec<()>, StoreError> {
        self.0.lock().unwrap().push("committed");
        Ok(group.to_vec())
    }

    fn answered(&mut self) -> Result<(), StoreError> {
        let mut done = self.0.lock().unwrap();
        done.push("settles");
        let settled = done.iter().filter(|what| **what == "settles").count();
        if settled < 2 {
            Ok(())
        } else {
            Err(StoreError::DiskFull)
        }
    }

    fn size(_write: &()) -> usize {
        1
    }
}

#[test]
fn a_group_is_answered_before_the_files_are_settled_and_what_fails_then_ends_the_writer() {
    let done = Arc::new(Mutex::new(Vec::new()));
    let one = Bounds {
        group_rows: 1,
        ..Bounds::default()
    };
    let mut writer = Inline::new(Settles(Arc::clone(&done)), one);
    let submitter = writer.submitter();
    for _ in 0..3 {
        let said = Arc::clone(&done);
        let answer = move |said_what: Result<(), Failed>| {
            let what = said_what.map_or("refused", |()| "answered");
            said.lock().unwrap().push(what);
        };
        submitter.try_submit((), answer).unwrap();
    }
    assert_eq!(writer.step().unwrap(), 1);
    assert!(matches!(writer.step(), Err(StoreError::DiskFull)));
    let [first, second] = [["committed", "answered", "settles"]; 2];
    assert_eq!(
        *done.lock().unwrap(),
        [&first[..], &second[..], &["refused"]].concat()
    );
    assert!(submitter.is_dead());
    assert_eq!(writer.step().unwrap(), 0, "nothing is written any more");
}

/// A committer that answers what it was told and cannot tidy.
struct Fussy(Vec<u8>);

type FussyWriter = (Inline<Fussy>, Submitter<(), u8>, fn(Result<u8, Failed>));

fn fussy(outcomes: Vec<u8>) -> FussyWriter {
    let writer = Inline::new(Fussy(outcomes), Bounds::default());
    let submitter = writer.submitter();
    (writer, submitter, |answer| assert_eq!(answer, Err(Failed)))
}

impl Committer for Fussy {
    type Write = ();
    type Outcome = u8;

    fn commit(&mut self, _group: &[()]) -> Result<Vec<u8>, StoreError> {
        Ok(std::mem::take(&mut self.0))
    }

    fn size(_write: &()) -> usize {
        1
    }

    fn tidy(&mut self) -> Result<Tidy, StoreError> {
        Err(StoreError::DiskFull)
    }
}
