//! How long to wait: before the next attempt, before a ping, before an unused line is put down.
//! Knows: dice, durations, what went wrong and how often. Never knows: for which relay.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use partywall_ground::Close;
use partywall_ground::limits::{PING_SECONDS, SILENCE_SECONDS};
use partywall_socket::FrameSocket;
use partywall_world::{Clock, Dice, Monotonic};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Sleep, sleep};

use crate::trouble::Trouble;

/// The ceiling of the first wait.
const FIRST: Duration = Duration::from_millis(200);
/// The ceiling of every wait.
const LONGEST: Duration = Duration::from_secs(60);
/// A relay that restarts is looked for again within this time.
const SOON: Duration = Duration::from_secs(2);
/// A connection that held this long was a good one.
const GOOD: Duration = Duration::from_secs(60);

/// Where waiting cannot help by itself, it is looked once in a while whether somebody helped.
const RARELY: Duration = Duration::from_secs(3_600);
const RARELY_SPREAD_PERCENT: u8 = 33;

/// Pings keep a quiet connection open. (SPEC P-3)
const QUIET: Duration = Duration::from_secs(PING_SECONDS);
const QUIET_SPREAD_PERCENT: u8 = 33;
/// A relay of which nothing was heard for so long is not there any more.
const SILENCE: Duration = Duration::from_secs(SILENCE_SECONDS);

/// An anonymous connection without work is put down after 20 to 40 s.
const IDLE: Duration = Duration::from_secs(30);
const IDLE_SPREAD_PERCENT: u8 = 33;

/// Waits between attempts: full jitter under a ceiling that doubles from 0.2 s to 60 s.
///
/// Full jitter, so that thousands of clients of a relay that came back do not come back together.
pub struct Backoff {
    failures: u32,
    good_since: Option<Monotonic>,
    dice: Dice,
}

impl Backoff {
    /// Nothing has gone wrong yet. `dice` are this line's own.
    #[must_use]
    pub fn new(dice: Dice) -> Self {
        Self {
            failures: 0,
            good_since: None,
            dice,
        }
    }

    /// A connection stands since `now`.
    pub fn connected(&mut self, now: Monotonic) {
        self.good_since = Some(now);
    }

    /// The wait after that trouble at `now`. A connection that held a good minute wipes out the
    /// past.
    pub fn after(&mut self, trouble: &Trouble, now: Monotonic) -> Duration {
        let usual = self.failed(now);
        match trouble {
            // So that a relay that only ever says so is not run against, it counts all the same.
            Trouble::Closed(Close::ComeBack) => usual.max(self.below(SOON)),
            trouble if trouble.passes() => usual,
            _ => self.dice.jitter(RARELY, RARELY_SPREAD_PERCENT),
        }
    }

    fn failed(&mut self, now: Monotonic) -> Duration {
        let held = self.good_since.take().map(|since| now.since(since));
        if held.is_some_and(|held| held >= GOOD) {
            self.failures = 0;
        }
        let ceiling = FIRST
            .saturating_mul(2u32.saturating_pow(self.failures))
            .min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        self.below(ceiling)
    }

    /// Between a tenth of the first ceiling and `ceiling`.
    fn below(&mut self, ceiling: Duration) -> Duration {
        let least = FIRST / 10;
        let room = ceiling.saturating_sub(least);
        let nanos = u64::try_from(room.as_nanos()).unwrap_or(u64::MAX);
        least + Duration::from_nanos(self.dice.below(nanos.saturating_add(1)))
    }
}

/// Sees to it that a connection is never silent for long, and notices when the other end is.
/// (SPEC P-3)
pub struct Quiet {
    timer: Pin<Box<Sleep>>,
    clock: Arc<dyn Clock>,
    spoke: bool,
    looked: Monotonic,
    /// Since when the relay could have been heard.
    listening: Monotonic,
}

impl Quiet {
    /// A connection begins.
    pub fn new(clock: Arc<dyn Clock>, dice: &mut Dice) -> Self {
        let now = clock.monotonic();
        Self {
            timer: Box::pin(sleep(until_ping(dice))),
            clock,
            spoke: false,
            looked: now,
            listening: now,
        }
    }

    /// We said something.
    pub fn spoke(&mut self) {
        self.spoke = true;
    }

    /// We do not listen at the moment: then nothing can be heard.
    pub fn deaf(&mut self) {
        self.listening = self.clock.monotonic();
    }

    /// Ends when it is time to [`look`](Self::look). Cancel safe.
    pub async fn over(&mut self) {
        self.timer.as_mut().await;
    }

    /// Pings, if either side has been silent since the last look.
    ///
    /// # Errors
    /// [`Trouble::Silent`] when nothing was heard for 100 s, pongs included; what the socket says.
    pub async fn look<S: AsyncRead + AsyncWrite + Unpin + Send>(
        &mut self,
        socket: &mut FrameSocket<S>,
        dice: &mut Dice,
    ) -> Result<(), Trouble> {
        let now = self.clock.monotonic();
        let heard = socket.heard();
        if now.since(heard.max(self.listening)) >= SILENCE {
            return Err(Trouble::Silent);
        }
        if !self.spoke || heard <= self.looked {
            socket.ping().await?;
        }
        self.spoke = false;
        self.looked = now;
        self.timer.set(sleep(until_ping(dice)));
        Ok(())
    }
}

/// The time until somebody looks whether the connection has been silent: 30 s ± a third. (SPEC P-3)
fn until_ping(dice: &mut Dice) -> Duration {
    dice.jitter(QUIET, QUIET_SPREAD_PERCENT)
}

/// The time for which an unused anonymous connection is kept: 30 s ± a third.
pub fn until_rest(dice: &mut Dice) -> Duration {
    dice.jitter(IDLE, IDLE_SPREAD_PERCENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Monotonic {
        Monotonic::from_start(Duration::from_secs(seconds))
    }

    #[test]
    fn waits_grow_from_a_fifth_of_a_second_to_a_minute_and_never_beyond() {
        let mut longest = [Duration::ZERO; 12];
        for seed in 0..200 {
            let mut backoff = Backoff::new(Dice::seeded(seed));
            for seen in &mut longest {
                *seen = backoff.failed(at(0)).max(*seen);
            }
        }
        for (failures, seen) in longest.iter().enumerate() {
            let ceiling = Duration::from_millis(200 << failures).min(LONGEST);
            assert!(*seen <= ceiling, "{failures}: {seen:?}");
            assert!(*seen > ceiling / 2, "{failures}: {seen:?}");
        }
    }

    #[test]
    fn no_two_clients_wait_alike() {
        let mut one = Backoff::new(Dice::seeded(1));
        let mut other = Backoff::new(Dice::seeded(2));
        assert_ne!(one.failed(at(0)), other.failed(at(0)));
    }

    #[test]
    fn a_connection_that_held_a_minute_wipes_out_the_past_and_a_shorter_one_does_not() {
        let mut backoff = Backoff::new(Dice::seeded(3));
        for _ in 0..20 {
            let _ = backoff.failed(at(0));
        }
        backoff.connected(at(100));
        let _ = backoff.failed(at(159));
        assert_eq!(backoff.failures, 21);
        backoff.connected(at(200));
        assert!(backoff.failed(at(260)) <= FIRST);
        assert_eq!(backoff.failures, 1);
    }

    #[test]
    fn a_relay_that_comes_back_is_looked_for_within_two_seconds() {
        for seed in 0..100 {
            let mut backoff = Backoff::new(Dice::seeded(seed));
            backoff.connected(at(0));
            let comes_back = Trouble::Closed(Close::ComeBack);
            assert!(backoff.after(&comes_back, at(90)) <= SOON);
        }
    }

    #[test]
    fn what_waiting_cannot_help_is_tried_again_rarely() {
        let mut backoff = Backoff::new(Dice::seeded(5));
        let old = Trouble::Closed(Close::Version);
        assert!(backoff.after(&old, at(0)) > Duration::from_secs(2_000));
        assert!(backoff.after(&Trouble::Lost, at(0)) < Duration::from_secs(1));
    }

    #[test]
    fn pings_and_rest_are_spread_by_a_third() {
        let mut dice = Dice::seeded(4);
        let (low, high) = (Duration::from_secs(20), Duration::from_secs(40));
        for _ in 0..500 {
            assert!((low..=high).contains(&until_ping(&mut dice)));
            assert!((low..=high).contains(&until_rest(&mut dice)));
        }
    }
}
