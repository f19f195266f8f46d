//! Who waits until a mailbox is in memory.
//! Knows: a list of people to wake. Never knows: who they are.

/// Woken with whether the mailbox exists.
pub(crate) type Waiter = Box<dyn FnOnce(bool) + Send>;

/// A mailbox whose numbers are being read from disk. Nothing of it is pending then.
#[derive(Default)]
pub(crate) struct Opening(Vec<Waiter>);

impl Opening {
    pub(crate) fn wait(&mut self, waiter: Waiter) {
        self.0.push(waiter);
    }

    pub(crate) fn wake(self, exists: bool) {
        for waiter in self.0 {
            waiter(exists);
        }
    }
}
