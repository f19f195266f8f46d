//! What one deposit line was given and has no answer to. Pure. (SPEC §5.6, P-15 to P-19)
//! Knows: envelopes in their order, and how far this connection got. Never knows: sockets, whose
//! they are, other drops.

use std::collections::VecDeque;
use std::num::NonZeroU64;

use partywall_ground::limits::{UNANSWERED, UNANSWERED_BYTES};
use partywall_peer::deposit::{Deposit, FromClient, Take};
use partywall_peer::{Envelope, Number};

use super::Trouble;
use crate::seam::OutboxId;

/// Bundles that may be asked for at once.
const TAKES: usize = 8;

/// Envelopes without an answer, the oldest first, and requests for bundles.
pub(super) struct Window {
    unanswered: VecDeque<Row>,
    bytes: usize,
    /// Of them, the first so many were said on this connection.
    said: usize,
    /// The number that the first of them has, or would have, on this connection.
    first: u64,
    /// Bundles asked for, in all, and said on this connection.
    takes: usize,
    takes_said: usize,
}

struct Row {
    id: OutboxId,
    envelope: Envelope,
}

impl Window {
    pub(super) const fn empty() -> Self {
        Self {
            unanswered: VecDeque::new(),
            bytes: 0,
            said: 0,
            first: 1,
            takes: 0,
            takes_said: 0,
        }
    }

    /// Whether everything was answered.
    pub(super) fn is_empty(&self) -> bool {
        self.unanswered.is_empty() && self.takes == 0
    }

    /// Whether an envelope fits: at most 64, and 256 KiB. (P-18)
    pub(super) fn has_room_for(&self, envelope: &Envelope) -> bool {
        let bytes = self.bytes + envelope.size().bytes();
        self.unanswered.len() < UNANSWERED && bytes <= UNANSWERED_BYTES
    }

    /// Whether another bundle may be asked for.
    pub(super) const fn has_room_for_take(&self) -> bool {
        self.takes < TAKES
    }

    /// Takes an envelope in, behind the others.
    pub(super) fn submit(&mut self, id: OutboxId, envelope: Envelope) {
        self.bytes += envelope.size().bytes();
        self.unanswered.push_back(Row { id, envelope });
    }

    /// Takes a request for a bundle in.
    pub(super) fn take(&mut self) {
        self.takes += 1;
    }

    /// A new connection: nothing was said on it. Envelopes are said again, the same bytes in the
    /// same order (P-19); bundles are not asked for again, since one may be gone for good.
    ///
    /// Tells whether a bundle was asked for and will not be answered.
    pub(super) fn broken(&mut self) -> bool {
        self.said = 0;
        self.first = 1;
        self.takes_said = 0;
        if partywall_mutant::is("X13") || partywall_mutant::is("X14") {
            self.unanswered.clear();
            self.bytes = 0;
        }
        std::mem::take(&mut self.takes) > 0
    }

    /// The next frame to say on this connection.
    pub(super) fn next(&mut self) -> Option<FromClient> {
        if self.takes_said < self.takes {
            self.takes_said += 1;
            return Some(Take {}.into());
        }
        let row = self.unanswered.get(self.said)?;
        let number = self.first + u64::try_from(self.said).expect("a window is small");
        let number = Number::new(NonZeroU64::new(number).expect("numbers begin at 1"));
        self.said += 1;
        let envelope = row.envelope.clone();
        Some(Deposit { number, envelope }.into())
    }

    /// Everything up to this number is on the relay's disk: tells the last of it.
    ///
    /// # Errors
    /// [`Trouble::Misbehaved`] for a number that was not said, or was answered.
    pub(super) fn accepted(&mut self, number: Number) -> Result<OutboxId, Trouble> {
        let answered = number.value().get().checked_sub(self.first);
        let answered = answered.and_then(|behind| usize::try_from(behind).ok());
        let last = answered.filter(|last| *last < self.said);
        let last = last.ok_or(Trouble::Misbehaved)?;
        let mut id = Err(Trouble::Misbehaved);
        for row in self.unanswered.drain(..=last) {
            self.bytes -= row.envelope.size().bytes();
            id = Ok(row.id);
        }
        self.said -= last + 1;
        self.first = number.value().get() + 1;
        id
    }

    /// A bundle came, or word that there is none.
    ///
    /// # Errors
    /// [`Trouble::Misbehaved`] when none was asked for.
    pub(super) const fn taken(&mut self) -> Result<(), Trouble> {
        if self.takes_said == 0 {
            return Err(Trouble::Misbehaved);
        }
        self.takes_said -= 1;
        self.takes -= 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn envelope(fill: u8, bytes: usize) -> Envelope {
        Envelope::try_from(vec![fill; bytes]).unwrap()
    }

    fn number(number: u64) -> Number {
        Number::new(NonZeroU64::new(number).unwrap())
    }

    /// What the window says next: the deposits' numbers and first bytes; 0 and 0 for a take.
    fn said(window: &mut Window) -> Vec<(u64, u8)> {
        let mut said = Vec::new();
        while let Some(frame) = window.next() {
            said.push(match frame {
                FromClient::Deposit(deposit) => {
                    let first = deposit.envelope.as_bytes()[0];
                    (deposit.number.value().get(), first)
                }
                _ => (0, 0),
            });
        }
        said
    }

    #[test]
    fn what_was_not_answered_is_said_again_in_order_with_new_numbers_and_the_same_bytes() {
        let mut window = Window::empty();
        for fill in 1..=4 {
            window.submit(OutboxId(u64::from(fill) * 10), envelope(fill, 4_096));
        }
        assert_eq!(said(&mut window), [(1, 1), (2, 2), (3, 3), (4, 4)]);
        assert_eq!(window.accepted(number(2)), Ok(OutboxId(20)));
        assert!(!window.broken());
        window.submit(OutboxId(50), envelope(5, 4_096));
        assert_eq!(said(&mut window), [(1, 3), (2, 4), (3, 5)]);
        assert_eq!(window.accepted(number(1)), Ok(OutboxId(30)));
        assert_eq!(window.accepted(number(3)), Ok(OutboxId(50)));
        assert!(window.is_empty());
    }

    #[test]
    fn an_answer_to_what_was_never_said_is_not_believed() {
        let mut window = Window::empty();
        assert_eq!(window.accepted(number(1)), Err(Trouble::Misbehaved));
        window.submit(OutboxId(1), envelope(1, 4_096));
        assert_eq!(
            window.accepted(number(1)),
            Err(Trouble::Misbehaved),
            "not said yet"
        );
        assert_eq!(said(&mut window).len(), 1);
        assert_eq!(window.accepted(number(2)), Err(Trouble::Misbehaved));
        assert_eq!(window.accepted(number(1)), Ok(OutboxId(1)));
        assert_eq!(
            window.accepted(number(1)),
            Err(Trouble::Misbehaved),
            "answered"
        );
        assert_eq!(window.taken(), Err(Trouble::Misbehaved));
    }

    #[test]
    fn a_window_holds_64_envelopes_and_256_kib() {
        let mut small = Window::empty();
        let mut count = 0;
        while small.has_room_for(&envelope(0, 4_096)) {
            small.submit(OutboxId(count), envelope(0, 4_096));
            count += 1;
        }
        assert_eq!(count, 64);
        let mut large = Window::empty();
        for place in 0..4 {
            assert!(large.has_room_for(&envelope(0, 65_536)), "{place}");
            large.submit(OutboxId(place), envelope(0, 65_536));
        }
        assert!(!large.has_room_for(&envelope(0, 4_096)));
        assert_eq!(said(&mut large).len(), 4);
        assert_eq!(large.accepted(number(1)), Ok(OutboxId(0)));
        assert!(large.has_room_for(&envelope(0, 65_536)));
    }

    #[test]
    fn a_bundle_is_not_asked_for_twice() {
        let mut window = Window::empty();
        window.take();
        assert_eq!(said(&mut window), [(0, 0)]);
        assert!(window.broken(), "it will not be answered");
        assert_eq!(said(&mut window), []);
        assert!(window.is_empty());
        window.take();
        assert_eq!(said(&mut window), [(0, 0)]);
        assert_eq!(window.taken(), Ok(()));
        assert!(window.is_empty());
    }
}
