//! How the exporter is told to end: first to finish, then to call off.
//! Knows: three phases, in order. Never knows: signals, and what is being finished.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

/// How far the end has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Running,
    Finishing,
    CallingOff,
}

/// Whoever holds it says when to end.
pub struct Stop(watch::Sender<Phase>);

/// Whoever holds it is told.
#[derive(Clone)]
pub struct Stopping(watch::Receiver<Phase>);

impl Stop {
    /// Nothing is to end yet.
    #[must_use]
    pub fn new() -> (Self, Stopping) {
        let (stop, stopping) = watch::channel(Phase::Running);
        (Self(stop), Stopping(stopping))
    }

    /// Claim nothing more; what was begun may be finished.
    pub fn finish(&self) {
        self.reach(Phase::Finishing);
    }

    /// Call off what was begun as well.
    pub fn call_off(&self) {
        self.reach(Phase::CallingOff);
    }

    /// Phases only go forward.
    fn reach(&self, phase: Phase) {
        self.0.send_if_modified(|now| {
            let further = phase > *now;
            *now = phase.max(*now);
            further
        });
    }
}

impl Stopping {
    pub(crate) fn is_finishing(&self) -> bool {
        *self.0.borrow() >= Phase::Finishing
    }

    pub(crate) fn is_calling_off(&self) -> bool {
        *self.0.borrow() >= Phase::CallingOff
    }

    /// Ends when nothing more may be claimed. Cancel safe.
    pub(crate) async fn finishing(&mut self) {
        self.reached(Phase::Finishing).await;
    }

    /// Ends when what was begun is called off. Cancel safe.
    pub(crate) async fn calling_off(&mut self) {
        self.reached(Phase::CallingOff).await;
    }

    async fn reached(&mut self, phase: Phase) {
        if self.0.wait_for(|now| *now >= phase).await.is_err() {
            // Nobody is left who could say it.
            std::future::pending::<()>().await;
        }
    }
}

/// How long what was begun may be finished after a signal to end.
const FINISHING: Duration = Duration::from_secs(7);
/// How long closing what was called off may take.
const CLOSING: Duration = Duration::from_millis(2_500);

/// From the signal to the end: 7 s to finish, then everything is called off, and 2.5 s later it is over, whatever still hangs.
pub async fn wind_down(stop: &Stop) {
    stop.finish();
    sleep(FINISHING).await;
    stop.call_off();
    sleep(CLOSING).await;
}
