//! The judge judged: a good story passes, and every forged one is found out.

use super::*;

fn letter(number: u64) -> Letter {
    Letter {
        conversation: 1,
        sender: 1,
        number,
    }
}

/// A story of three letters: what the sender noted, what the reader noted.
fn good() -> [Vec<Note>; 2] {
    let sender = (1..=3).map(|number| Note::Accepted(letter(number)));
    let reader =
        (1..=3).flat_map(|number| [Note::Surfaced(letter(number)), Note::Done(letter(number))]);
    [sender.collect(), reader.collect()]
}

fn verdict(story: &[Vec<Note>]) -> Result<Judged, Violation> {
    let histories: Vec<_> = story.iter().cloned().map(History).collect();
    judge(&histories)
}

/// The good story, changed.
fn forged(change: impl FnOnce(&mut [Vec<Note>; 2])) -> Violation {
    let mut story = good();
    change(&mut story);
    verdict(&story).expect_err("a forged history")
}

#[test]
fn a_good_story_passes_and_is_counted() {
    let three = Judged {
        accepted: 3,
        surfaced: 3,
    };
    assert_eq!(verdict(&good()), Ok(three));
    assert_eq!(verdict(&[]), Ok(Judged::default()));
}

#[test]
fn a_letter_whose_acceptance_got_lost_may_arrive_and_one_that_failed_may_stay_away() {
    let [mut sender, reader] = good();
    sender.remove(2);
    sender.push(Note::Failed(letter(4)));
    let judged = verdict(&[sender, reader]).unwrap();
    assert_eq!((judged.accepted, judged.surfaced), (2, 3));
}

#[test]
fn whoever_dies_before_it_is_done_is_handed_the_same_again_and_in_order() {
    let [sender, _] = good();
    let (surfaced, done) = (
        |number| Note::Surfaced(letter(number)),
        |number| Note::Done(letter(number)),
    );
    let reader = vec![
        surfaced(1),
        done(1),
        surfaced(2),
        surfaced(3),
        Note::Restarted,
        surfaced(2),
        done(2),
        surfaced(3),
        done(3),
    ];
    verdict(&[sender, reader]).unwrap();
}

#[test]
fn others_may_come_in_between_in_any_order() {
    let mut other = letter(1);
    other.sender = 2;
    let [mut sender, mut reader] = good();
    sender.push(Note::Accepted(other));
    reader.splice(4..4, [Note::Surfaced(other), Note::Done(other)]);
    assert_eq!(verdict(&[sender, reader]).unwrap().accepted, 4);
}

#[test]
fn a_loss_is_found_wherever_it_is() {
    for lost in 1..=3 {
        let found = forged(|[_, reader]| {
            reader.retain(|note| *note != Note::Surfaced(letter(lost)));
            reader.retain(|note| *note != Note::Done(letter(lost)));
        });
        assert_eq!(found, Violation::Lost(letter(lost)));
    }
    let nobody_reads = verdict(&good()[..1]).unwrap_err();
    assert_eq!(nobody_reads, Violation::Lost(letter(1)));
}

#[test]
fn a_double_is_found_after_it_was_done_before_it_and_with_somebody_else() {
    for twice in 1..=3 {
        let after = forged(|[_, reader]| reader.push(Note::Surfaced(letter(twice))));
        assert_eq!(after, Violation::Doubled(letter(twice)));
        let after_a_restart = forged(|[_, reader]| {
            reader.extend([Note::Restarted, Note::Surfaced(letter(twice))]);
        });
        assert_eq!(after_a_restart, Violation::Doubled(letter(twice)));
    }
    let before = forged(|[_, reader]| reader.insert(1, Note::Surfaced(letter(1))));
    assert_eq!(before, Violation::Doubled(letter(1)));
    let [sender, reader] = good();
    let with_two = verdict(&[sender, reader.clone(), reader]).unwrap_err();
    assert_eq!(with_two, Violation::Doubled(letter(1)));
}

#[test]
fn another_order_is_found_in_one_life_and_over_two() {
    let swapped = forged(|[_, reader]| reader.rotate_left(2));
    assert_eq!(swapped, Violation::OutOfOrder(letter(1)));
    let over_two = forged(|[_, reader]| {
        reader.rotate_left(2);
        reader.insert(4, Note::Restarted);
    });
    assert_eq!(over_two, Violation::OutOfOrder(letter(1)));
}

#[test]
fn what_is_never_done_or_done_twice_or_before_it_was_surfaced_is_found() {
    let never = forged(|[_, reader]| reader.truncate(5));
    assert_eq!(never, Violation::NotOnce(letter(3)));
    let twice = forged(|[_, reader]| reader.push(Note::Done(letter(2))));
    assert_eq!(twice, Violation::NotOnce(letter(2)));
    let before = forged(|[_, reader]| reader.swap(0, 1));
    assert_eq!(before, Violation::NotOnce(letter(1)));
}

#[test]
fn a_false_failure_is_found() {
    let delivered = forged(|[sender, _]| sender[1] = Note::Failed(letter(2)));
    assert_eq!(delivered, Violation::FailedFalsely(letter(2)));
    let accepted = forged(|[sender, _]| sender.push(Note::Failed(letter(2))));
    assert_eq!(accepted, Violation::FailedFalsely(letter(2)));
    let twice = forged(|[sender, _]| sender.extend([Note::Failed(letter(4)); 2]));
    assert_eq!(twice, Violation::FailedFalsely(letter(4)));
    let accepted_twice = forged(|[sender, _]| sender.push(Note::Accepted(letter(1))));
    assert_eq!(accepted_twice, Violation::AcceptedTwice(letter(1)));
}
