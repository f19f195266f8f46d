//! How the relay's tasks are told to stop: a sign that is raised once and seen by everybody, also by those who look late.
//! Knows: raised or not. Never knows: why.

use tokio::sync::watch;

/// Raised once. Dropping it raises it too.
pub struct Sign(watch::Sender<bool>);

/// Watches a sign.
#[derive(Clone)]
pub struct Watch(watch::Receiver<bool>);

/// A sign that is not raised yet, and somebody who watches it.
#[must_use]
pub fn sign() -> (Sign, Watch) {
    let (sender, receiver) = watch::channel(false);
    (Sign(sender), Watch(receiver))
}

impl Sign {
    /// Raises it.
    pub fn raise(&self) {
        self.0.send_replace(true);
    }
}

impl Watch {
    /// Waits until it is raised. Cancel safe.
    pub async fn raised(&mut self) {
        // An error means that the sign itself is gone: that is a stop too.
        let _seen = self.0.wait_for(|raised| *raised).await;
    }
}
