//! Who waits until a mailbox is in memory.
//! Knows: a list of people to wake. Never knows: who they are.

/// Woken with whether the mailbox exists.
pub(crate) type Waiter = Box<dyn FnOnce(bool) + Send>;

/// A mailbox whose numbers are being read from disk. Nothing of it is pending then.
#[derive(Default)]
pub(crate) struct Opening {
    waiters: Vec<Waiter>,
    ended: bool,
}

impl Opening {
    pub(crate) fn wait(&mut self, waiter: Waiter) {
        self.waiters.push(waiter);
    }

    /// Whatever is read: it has ended meanwhile.
    pub(crate) fn end(&mut self) {
        self.ended = true;
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.ended
    }

    pub(crate) fn wake(self, exists: bool) {
        for waiter in self.waiters {
            waiter(exists);
        }
    }
}
