//! How a wing of the relay is: counted in numbers that say nothing about anybody, told on `/ready`, `/metrics` and by `status`.
//! Knows: counts and states of this process. Never knows: an id, an address, a name. No label anywhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use partywall_world::{Clock, Monotonic};
use serde::{Deserialize, Serialize};

use crate::disk::Disk;
use crate::listener::gate::Gate;
use crate::opening::Failure;

/// One wing's state, shared by everything that changes or tells it.
pub struct Vitals {
    clock: Arc<dyn Clock>,
    started: Monotonic,
    gate: Arc<Gate>,
    draining: AtomicBool,
    failure: Failure,
    disk_low: AtomicBool,
    disk_free: AtomicU64,
    handshakes_failed: AtomicU64,
    certificates: AtomicU64,
}

/// What `/ready` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Readiness {
    /// Whether new connections are served.
    pub ready: bool,
    /// Whether the disk is low: what is there is served, and nothing new is begun.
    pub low_disk: bool,
    /// Why not ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Vitals {
    /// A wing that just started.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, gate: Arc<Gate>, failure: Failure) -> Arc<Self> {
        let started = clock.monotonic();
        Arc::new(Self {
            clock,
            started,
            gate,
            draining: AtomicBool::new(false),
            failure,
            disk_low: AtomicBool::new(false),
            disk_free: AtomicU64::new(0),
            handshakes_failed: AtomicU64::new(0),
            certificates: AtomicU64::new(0),
        })
    }

    /// The wing stops taking connections.
    pub fn drains(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// The disk was looked at.
    pub fn disk_is(&self, disk: Disk, free: u64) {
        self.disk_low.store(disk == Disk::Low, Ordering::Relaxed);
        self.disk_free.store(free, Ordering::Relaxed);
    }

    /// A connection did not come to a door or a page: it gave up, was too slow or was refused.
    pub fn handshake_failed(&self) {
        self.handshakes_failed.fetch_add(1, Ordering::Relaxed);
    }

    /// Another certificate is served from now on.
    pub fn certificate_replaced(&self) {
        self.certificates.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether the process can go on at all.
    pub fn is_healthy(&self) -> bool {
        self.failure.borrow().is_none()
    }

    /// What `/ready` says.
    pub fn readiness(&self) -> Readiness {
        let reason = if !self.is_healthy() {
            Some("the store failed")
        } else if self.draining.load(Ordering::Relaxed) {
            Some("the relay is stopping")
        } else {
            None
        };
        Readiness {
            ready: reason.is_none(),
            low_disk: self.disk_low.load(Ordering::Relaxed),
            reason: reason.map(str::to_owned),
        }
    }

    /// How long it has been running.
    pub fn uptime(&self) -> Duration {
        self.clock.monotonic().since(self.started)
    }

    /// Free bytes, when last looked at.
    pub fn disk_free(&self) -> u64 {
        self.disk_free.load(Ordering::Relaxed)
    }

    /// How many handshakes came to nothing.
    pub fn handshakes_failed_so_far(&self) -> u64 {
        self.handshakes_failed.load(Ordering::Relaxed)
    }

    /// How often the certificate was replaced.
    pub fn certificates_so_far(&self) -> u64 {
        self.certificates.load(Ordering::Relaxed)
    }

    /// Who is inside, in numbers.
    pub fn gate(&self) -> &Gate {
        &self.gate
    }
}
