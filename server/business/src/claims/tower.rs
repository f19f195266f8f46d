//! Which exporter carries which sink now, so that one can be ended. (SPEC X-4)
//! Knows: names of sinks, a way to end each connection. Never knows: credentials, batches.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// How an exporter is ended that does not stop by itself.
pub trait EndExporter: Send + Sync + 'static {
    /// Ends it: kills it if it is a child of this process. Its connection is closed in any case. Must
    /// not block.
    fn end(&self);
}

/// For an exporter that is nobody's child: its connection is closed, and that is all.
#[derive(Clone, Copy, Debug, Default)]
pub struct OnlyClose;

impl EndExporter for OnlyClose {
    fn end(&self) {}
}

/// Every exporter that is connected.
#[derive(Default)]
pub(crate) struct Tower {
    sinks: Mutex<BTreeMap<String, Arc<Exporter>>>,
    left: Notify,
}

/// One exporter's connection.
pub(crate) struct Exporter {
    ending: Box<dyn EndExporter>,
    over: Notify,
}

/// A connection that carries these sinks, for as long as this lives.
pub(crate) struct Carrying<'t> {
    tower: &'t Tower,
    exporter: Arc<Exporter>,
}

impl Tower {
    /// Takes in an exporter; `None` when another carries one of its sinks.
    pub(crate) fn carry(
        &self,
        sinks: impl IntoIterator<Item = String> + Clone,
        ending: impl EndExporter,
    ) -> Option<Carrying<'_>> {
        let mut carried = self.sinks();
        if sinks
            .clone()
            .into_iter()
            .any(|sink| carried.contains_key(&sink))
        {
            return None;
        }
        let exporter = Arc::new(Exporter {
            ending: Box::new(ending),
            over: Notify::new(),
        });
        carried.extend(sinks.into_iter().map(|sink| (sink, Arc::clone(&exporter))));
        Some(Carrying {
            tower: self,
            exporter,
        })
    }

    /// Ends whoever carries a sink, and waits until its connection is closed.
    pub(crate) async fn end(&self, sink: &str) {
        let carrier = self.sinks().get(sink).cloned();
        let Some(exporter) = carrier else { return };
        exporter.ending.end();
        exporter.over.notify_one();
        loop {
            let left = self.left.notified();
            let still = self
                .sinks()
                .get(sink)
                .is_some_and(|now| Arc::ptr_eq(now, &exporter));
            if !still {
                return;
            }
            left.await;
        }
    }

    fn sinks(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Exporter>>> {
        self.sinks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Carrying<'_> {
    /// Ends when the connection has to be closed.
    pub(crate) async fn over(&self) {
        self.exporter.over.notified().await;
    }
}

impl Drop for Carrying<'_> {
    fn drop(&mut self) {
        self.tower
            .sinks()
            .retain(|_, exporter| !Arc::ptr_eq(exporter, &self.exporter));
        self.tower.left.notify_waiters();
    }
}
