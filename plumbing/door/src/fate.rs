//! How the wing ends, and how everybody learns of it.
//! Knows: one code for all connections, and whom to tell that the store failed.

use std::sync::{Mutex, PoisonError};

use partywall_ground::Close;
use tokio::sync::watch;

type OnFatal<E> = Box<dyn FnOnce(E) + Send>;

/// A wing's fate: alive until it says otherwise. `E` is what the store fails with.
pub struct Fate<E> {
    end: watch::Sender<Option<Close>>,
    on_fatal: Mutex<Option<OnFatal<E>>>,
}

impl<E> Fate<E> {
    /// Alive. `on_fatal` is told once, should the store fail.
    #[must_use]
    pub fn new(on_fatal: impl FnOnce(E) + Send + 'static) -> Self {
        let (end, _) = watch::channel(None);
        Self {
            end,
            on_fatal: Mutex::new(Some(Box::new(on_fatal))),
        }
    }

    /// The store failed: everybody is told `fault`, and the owner once.
    pub fn fail(&self, error: E) {
        self.end.send_replace(Some(Close::Fault));
        let told = self
            .on_fatal
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(on_fatal) = told {
            on_fatal(error);
        }
    }

    /// The relay stops.
    pub fn come_back(&self) {
        self.end.send_if_modified(|end| {
            let first = end.is_none();
            if first {
                *end = Some(Close::ComeBack);
            }
            first
        });
    }

    /// For one connection: tells when the end has come.
    #[must_use]
    pub fn follow(&self) -> watch::Receiver<Option<Close>> {
        self.end.subscribe()
    }

    /// Ends when no connection is left.
    pub async fn all_left(&self) {
        self.end.closed().await;
    }
}
