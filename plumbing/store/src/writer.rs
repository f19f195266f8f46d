//! The group-commit writer: one thread that takes what is there, commits it, and answers.
//! Knows: when to work, when to tidy, when to die. Never knows: what is written, or an async runtime.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use crate::inline::Turn;
use crate::queue::Queue;
use crate::{Bounds, Committer, Failed, Hand, Inline, Refused, StoreError, Tidy};

/// A writer on a thread of its own. Dropping it is [`Writer::close`] without the result.
pub struct Writer<C: Committer> {
    queue: Arc<Queue<C::Write, C::Outcome>>,
    thread: Option<JoinHandle<Option<C>>>,
}

/// The end of a writer at which writes are submitted. Clones lead to the same queue.
pub struct Submitter<W, O> {
    queue: Arc<Queue<W, O>>,
}

impl<C: Committer> Writer<C> {
    /// Starts the thread.
    ///
    /// `on_fatal` is called once, on that thread, if the writer dies: when a commit or a tidying
    /// fails or something on the thread panics. By then everything waiting has been refused and
    /// nothing will be taken again; a commit that failed is never retried, because after a failed
    /// fsync only a fresh process may say what is on disk. So the callback ends the process.
    ///
    /// # Errors
    /// [`StoreError::Io`] when the operating system gives no thread.
    pub fn spawn(
        committer: C,
        bounds: Bounds,
        on_fatal: impl FnOnce(StoreError) + Send + 'static,
    ) -> Result<Self, StoreError> {
        let writer = Inline::new(committer, bounds);
        let queue = Arc::clone(writer.queue());
        let thread = thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || live(writer, bounds, on_fatal))?;
        Ok(Self {
            queue,
            thread: Some(thread),
        })
    }

    /// A writer without a thread, for simulated worlds: nothing is written but when the hand says so.
    pub fn by_hand(committer: C, bounds: Bounds) -> (Self, Hand) {
        let writer = Inline::new(committer, bounds);
        let queue = Arc::clone(writer.queue());
        let thread = None;
        (Self { queue, thread }, Hand::of(writer))
    }

    /// The end to submit writes at.
    pub fn submitter(&self) -> Submitter<C::Write, C::Outcome> {
        Submitter::to(Arc::clone(&self.queue))
    }

    /// Queues a write; see [`Submitter::try_submit`].
    ///
    /// # Errors
    /// The write, handed back.
    pub fn try_submit(
        &self,
        write: C::Write,
        answer: impl FnOnce(Result<C::Outcome, Failed>) + Send + 'static,
    ) -> Result<(), Refused<C::Write>> {
        self.queue.submit(write, answer)
    }

    /// Takes no more, writes and answers what waits, tidies, and gives the committer back. Blocks
    /// until then.
    ///
    /// # Errors
    /// [`Failed`] when the writer was dead, or died over what waited.
    pub fn close(mut self) -> Result<C, Failed> {
        self.finish().ok_or(Failed)
    }

    fn finish(&mut self) -> Option<C> {
        self.queue.close();
        self.thread.take()?.join().ok().flatten()
    }
}

impl<C: Committer> Drop for Writer<C> {
    fn drop(&mut self) {
        self.finish();
    }
}

impl<W, O> Submitter<W, O> {
    pub(crate) fn to(queue: Arc<Queue<W, O>>) -> Self {
        Self { queue }
    }

    /// Queues a write without waiting.
    ///
    /// `answer` is called exactly once if this returns `Ok`: with the outcome once it is durable, or
    /// with [`Failed`] if it is not known to be. It is called on the writer's thread, in the order
    /// of submission, and must neither block nor panic.
    ///
    /// # Errors
    /// The write, handed back: [`Refused::Full`] or [`Refused::Stopped`]. `answer` is dropped.
    pub fn try_submit(
        &self,
        write: W,
        answer: impl FnOnce(Result<O, Failed>) + Send + 'static,
    ) -> Result<(), Refused<W>> {
        self.queue.submit(write, answer)
    }

    /// Whether the writer died. Once true, true for ever.
    pub fn is_dead(&self) -> bool {
        self.queue.is_dead()
    }
}

impl<W, O> Clone for Submitter<W, O> {
    fn clone(&self) -> Self {
        Self::to(Arc::clone(&self.queue))
    }
}

/// The thread's whole life. The committer comes back unless it died.
fn live<C: Committer>(
    writer: Inline<C>,
    bounds: Bounds,
    on_fatal: impl FnOnce(StoreError),
) -> Option<C> {
    let queue = Arc::clone(writer.queue());
    let lived = catch_unwind(AssertUnwindSafe(|| work(writer, bounds)));
    let error = match lived {
        Ok(Ok(committer)) => return Some(committer),
        Ok(Err(error)) => error,
        Err(_panic) => StoreError::Panicked,
    };
    queue.kill();
    on_fatal(error);
    None
}

fn work<C: Committer>(mut writer: Inline<C>, bounds: Bounds) -> Result<C, StoreError> {
    let queue = Arc::clone(writer.queue());
    let mut tidied = writer.tidy()?; // what a crash left behind
    let mut groups_since = 0;
    loop {
        match writer.turn()? {
            Turn::Committed(_) => {
                groups_since += 1;
                if groups_since < bounds.groups_between_tidies.max(1) {
                    continue;
                }
            }
            Turn::Nothing if groups_since > 0 => {}
            Turn::Nothing if tidied == Tidy::Again => queue.wait(Some(bounds.tidy_again)),
            Turn::Nothing => {
                queue.wait(None);
                continue;
            }
            Turn::Closed => {
                let _last_chance = writer.tidy()?;
                return Ok(writer.into_committer());
            }
        }
        tidied = writer.tidy()?;
        groups_since = 0;
    }
}
