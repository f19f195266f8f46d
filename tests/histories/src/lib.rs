//! An independent judge of what the delivery contract promises: it reads only what clients noted when it
//! happened to them, and says whether anything that was accepted was lost, surfaced twice or out of order.
//! (Invariants I1, I2, I3, I4 and I11 of the guarantee catalogue)
//! Knows: notes of clients. Never knows: relays, disks, sockets, what was done to them.
//!
//! ```
//! use partywall_test_histories::{History, Letter, judge};
//!
//! let (mut alice, mut bob) = (History::default(), History::default());
//! let letter = Letter { conversation: 1, sender: 1, number: 1 };
//! alice.accepted(letter);
//! bob.surfaced(letter);
//! bob.done(letter);
//! assert_eq!(judge(&[alice, bob]).unwrap().accepted, 1);
//! ```

mod judge;

pub use judge::{Judged, Violation, judge};

/// One message, as its people tell it from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Letter {
    /// Between whom.
    pub conversation: u64,
    /// Who wrote it.
    pub sender: u64,
    /// Which of the sender's in this conversation, in the order in which they were said.
    pub number: u64,
}

/// What one client noted, in the order in which it happened to it. One person is one client, however
/// often it is started again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History(Vec<Note>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    Accepted(Letter),
    Failed(Letter),
    Surfaced(Letter),
    Done(Letter),
    Restarted,
}

impl History {
    /// The sender was told that the relay has it.
    pub fn accepted(&mut self, letter: Letter) {
        self.0.push(Note::Accepted(letter));
    }

    /// The sender was told that it will never arrive.
    pub fn failed(&mut self, letter: Letter) {
        self.0.push(Note::Failed(letter));
    }

    /// The reader's app was handed it.
    pub fn surfaced(&mut self, letter: Letter) {
        self.0.push(Note::Surfaced(letter));
    }

    /// The reader's app said that it is done with it.
    pub fn done(&mut self, letter: Letter) {
        self.0.push(Note::Done(letter));
    }

    /// The client died and was started again. What was surfaced and not done may be surfaced again.
    pub fn restarted(&mut self) {
        self.0.push(Note::Restarted);
    }

    pub(crate) fn notes(&self) -> &[Note] {
        &self.0
    }
}

#[cfg(test)]
mod tests;
