//! One wing's own runtime, writer and log: moved until it is at rest, and not before it is asked.
//! Knows: tasks and one writer. Never knows: a plane's rules, or that there is another wing.
//!
//! Time in here is tokio's, paused: it goes on by itself when nothing else is left to do, so that
//! waiting a millisecond of it means that everything has come to rest. No wall clock is looked at.

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use partywall_store::Hand;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;
use tokio::time::sleep;
use tracing_subscriber::util::SubscriberInitExt;

use crate::log::Log;

/// The shortest that the simulated time waits.
const MOMENT: Duration = Duration::from_millis(1);

/// A wing's runtime and what moves it.
pub struct Rig {
    runtime: Runtime,
    hand: Option<Hand>,
    log: Log,
}

impl Default for Rig {
    fn default() -> Self {
        Self::new()
    }
}

impl Rig {
    /// A runtime with nothing in it.
    ///
    /// # Panics
    /// When the operating system gives no thread.
    #[must_use]
    pub fn new() -> Self {
        let runtime = Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .max_blocking_threads(1)
            .build()
            .expect("a runtime without sockets needs nothing that can fail");
        Self {
            runtime,
            hand: None,
            log: Log::default(),
        }
    }

    /// Opens a plane in this runtime.
    pub fn open<P>(&mut self, open: impl FnOnce() -> (P, Hand)) -> Arc<P> {
        let (plane, hand) = {
            let _inside = self.runtime.enter();
            let _log = self.log.subscriber().set_default();
            open()
        };
        self.hand = Some(hand);
        let plane = Arc::new(plane);
        self.settle();
        plane
    }

    /// The plane is gone: what waits is refused.
    pub fn let_go(&mut self) {
        self.hand = None;
        self.settle();
    }

    /// Everything that can happen without time passing happens.
    pub fn settle(&mut self) {
        self.rest(MOMENT);
    }

    /// Lets so much of the runtime's own time pass, and everything happen that follows.
    ///
    /// # Panics
    /// When the writer fails: no world here breaks its disk.
    pub fn rest(&mut self, time: Duration) {
        let _log = self.log.subscriber().set_default();
        self.runtime.block_on(async { sleep(time).await });
        while let Some(hand) = &mut self.hand {
            if hand.work().expect("the disk of a simulated world is whole") == 0 {
                return;
            }
            self.runtime.block_on(async { sleep(MOMENT).await });
        }
    }

    /// Has a task begin; it goes on when the rig is moved.
    pub fn spawn<T: Send + 'static>(
        &self,
        task: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        self.runtime.spawn(task)
    }

    /// Asks something and waits until everything is at rest; `None` if the answer has to wait longer.
    pub fn ask<T: Send + 'static>(
        &mut self,
        question: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        let answer: Arc<Mutex<Option<T>>> = Arc::default();
        let said = Arc::clone(&answer);
        let _running = self.spawn(async move {
            let told = question.await;
            *said.lock().expect("nobody panics with the lock") = Some(told);
        });
        self.settle();
        answer.lock().expect("nobody panics with the lock").take()
    }

    /// What the wing logged.
    #[must_use]
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Writes a line into the wing's log, as code of the wing's would.
    pub fn logs(&self, line: impl FnOnce()) {
        let _log = self.log.subscriber().set_default();
        line();
    }
}
