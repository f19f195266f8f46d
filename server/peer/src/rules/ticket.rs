//! The race between a reader's acknowledgement and the writer, decided once for each envelope.
//! Knows: who came first. Never knows: which envelope.

use std::sync::atomic::{AtomicU8, Ordering};

const WAITING: u8 = 0;
const WRITTEN: u8 = 1;
const LEFT_OUT: u8 = 2;

/// Lies in the writer's queue with an envelope, and with its mailbox. (DESIGN §4, delivery contract)
pub(crate) struct Ticket(AtomicU8);

impl Ticket {
    pub(crate) const fn new() -> Self {
        Self(AtomicU8::new(WAITING))
    }

    /// The reader has it before its batch is put together: true if it will be left out.
    pub(crate) fn leave_out(&self) -> bool {
        self.first(LEFT_OUT)
    }

    /// Its batch is put together: true if it is part of it.
    pub(crate) fn write(&self) -> bool {
        self.first(WRITTEN)
    }

    fn first(&self, fate: u8) -> bool {
        self.0
            .compare_exchange(WAITING, fate, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::Ticket;

    #[test]
    fn an_envelope_is_either_written_or_left_out_and_never_both() {
        let ticket = Ticket::new();
        assert!(ticket.leave_out());
        assert!(!ticket.write());
        let ticket = Ticket::new();
        assert!(ticket.write());
        assert!(!ticket.leave_out());
    }
}
