//! How the exporter is, in numbers.
//! Knows: counts. Never knows: which exporter, what it carries.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Shared by the hatch and whoever looks at it.
#[derive(Clone)]
pub struct ExporterWatch(Arc<Counts>);

struct Counts {
    has_child: bool,
    connected: AtomicBool,
    starts: AtomicU64,
    refused: AtomicU64,
}

impl ExporterWatch {
    pub(super) fn new(has_child: bool) -> Self {
        Self(Arc::new(Counts {
            has_child,
            connected: AtomicBool::new(false),
            starts: AtomicU64::new(0),
            refused: AtomicU64::new(0),
        }))
    }

    /// Whether one is connected.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.0.connected.load(Ordering::Relaxed)
    }

    /// How often the relay started its own.
    #[must_use]
    pub fn starts(&self) -> u64 {
        self.0.starts.load(Ordering::Relaxed)
    }

    /// How many were turned away because there was one.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.0.refused.load(Ordering::Relaxed)
    }

    /// `connected`, `starting` (the relay has one of its own that is not connected) or `none`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match (self.is_connected(), self.0.has_child) {
            (true, _) => "connected",
            (false, true) => "starting",
            (false, false) => "none",
        }
    }

    pub(super) fn connects(&self, connected: bool) {
        self.0.connected.store(connected, Ordering::Relaxed);
    }

    pub(super) fn starts_one(&self) {
        self.0.starts.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn refuses_one(&self) {
        self.0.refused.fetch_add(1, Ordering::Relaxed);
    }
}
