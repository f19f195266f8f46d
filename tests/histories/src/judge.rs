//! The judgement: each rule once, over all histories of a story that has ended.
//! Knows: notes. Never knows: who took them, when.

use std::collections::{BTreeMap, BTreeSet};

use crate::{History, Letter, Note};

/// What was judged, when nothing is wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// Letters that were accepted: each was surfaced, and once.
    pub accepted: u64,
    /// Letters that were surfaced, accepted or not: an answer may get lost where the letter does not.
    pub surfaced: u64,
}

/// What is wrong, of one letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// I1
    #[error("{0:?} was accepted and never surfaced")]
    Lost(Letter),
    /// I2
    #[error("{0:?} was surfaced again")]
    Doubled(Letter),
    /// I3
    #[error("{0:?} was surfaced after a later one of its sender")]
    OutOfOrder(Letter),
    /// I4
    #[error(
        "{0:?} was surfaced and is not done, or done without having been surfaced, or done twice"
    )]
    NotOnce(Letter),
    /// I11
    #[error("{0:?} was called failed and is there, or was called failed twice")]
    FailedFalsely(Letter),
    /// A note that nobody can have taken twice.
    #[error("{0:?} was accepted twice")]
    AcceptedTwice(Letter),
}

/// Judges the histories of everybody in a story, when it has ended: when whoever reads has been handed
/// everything there is.
///
/// # Errors
/// The first violation that is found.
pub fn judge(histories: &[History]) -> Result<Judged, Violation> {
    let mut senders = Senders::default();
    let mut surfaced = BTreeSet::new();
    for history in histories {
        senders.read(history)?;
        let mut reader = Reader::default();
        reader.read(history)?;
        for letter in reader.ended()? {
            // Two people never share a mailbox: whoever else was handed it was handed it twice.
            if !surfaced.insert(letter) {
                return Err(Violation::Doubled(letter));
            }
        }
    }
    if let Some(lost) = senders.accepted.difference(&surfaced).next() {
        return Err(Violation::Lost(*lost));
    }
    let falsely = |failed: &&Letter| surfaced.contains(failed) || senders.accepted.contains(failed);
    if let Some(failed) = senders.failed.iter().find(falsely) {
        return Err(Violation::FailedFalsely(*failed));
    }
    Ok(Judged {
        accepted: senders.accepted.len() as u64,
        surfaced: surfaced.len() as u64,
    })
}

/// What senders were told.
#[derive(Default)]
struct Senders {
    accepted: BTreeSet<Letter>,
    failed: BTreeSet<Letter>,
}

impl Senders {
    fn read(&mut self, history: &History) -> Result<(), Violation> {
        for note in history.notes() {
            match *note {
                Note::Accepted(letter) if !self.accepted.insert(letter) => {
                    return Err(Violation::AcceptedTwice(letter));
                }
                Note::Failed(letter) if !self.failed.insert(letter) => {
                    return Err(Violation::FailedFalsely(letter));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// What one reader was handed.
#[derive(Default)]
struct Reader {
    /// In this life.
    now: BTreeSet<Letter>,
    ever: BTreeSet<Letter>,
    done: BTreeSet<Letter>,
    /// Of each sender in each conversation: the last in this life, the last of all.
    last: BTreeMap<(u64, u64), u64>,
    last_ever: BTreeMap<(u64, u64), u64>,
}

impl Reader {
    fn read(&mut self, history: &History) -> Result<(), Violation> {
        for note in history.notes() {
            match *note {
                Note::Surfaced(letter) => self.surfaced(letter)?,
                Note::Done(letter) => {
                    if !self.now.contains(&letter) || !self.done.insert(letter) {
                        return Err(Violation::NotOnce(letter));
                    }
                }
                Note::Restarted => {
                    self.now.clear();
                    self.last.clear();
                }
                Note::Accepted(_) | Note::Failed(_) => {}
            }
        }
        Ok(())
    }

    fn surfaced(&mut self, letter: Letter) -> Result<(), Violation> {
        if self.done.contains(&letter) || !self.now.insert(letter) {
            return Err(Violation::Doubled(letter));
        }
        let whose = (letter.conversation, letter.sender);
        let before = self.last.insert(whose, letter.number);
        if before.is_some_and(|before| before > letter.number) {
            return Err(Violation::OutOfOrder(letter));
        }
        if self.ever.insert(letter) {
            let before = self.last_ever.insert(whose, letter.number);
            if before.is_some_and(|before| before > letter.number) {
                return Err(Violation::OutOfOrder(letter));
            }
        }
        Ok(())
    }

    fn ended(self) -> Result<BTreeSet<Letter>, Violation> {
        match self.ever.difference(&self.done).next() {
            Some(letter) => Err(Violation::NotOnce(*letter)),
            None => Ok(self.ever),
        }
    }
}
