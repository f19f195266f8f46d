//! What has to be done again and again: gathering deletes, expiry, erasing what has ended.
//! Knows: how often. Never knows: what is deleted.

use std::future::ready;
use std::sync::Arc;

use partywall_world::{Day, Monotonic};
use tokio::sync::oneshot;
use tokio::time::{MissedTickBehavior, interval};

use crate::core::Core;
use crate::door::Street;
use crate::rules::limits::{EXPIRE_EVERY, GATHER, SEEN};
use crate::scribe::{Answer, Job};
use crate::store::{Expired, MailboxKey, Write};

/// Runs until it is aborted.
pub(crate) async fn run(street: Arc<Street>) {
    let mut beat = interval(GATHER);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut expiry = Expiry::default();
    loop {
        tokio::select! {
            biased;
            _ = beat.tick() => street.core.router.gather(),
            () = street.core.chores.notified() => expiry.more = true,
            () = ready(()), if expiry.more => {}
        }
        let (now, today) = (street.clock.monotonic(), street.clock.wall().day());
        if expiry.is_due(now, today) {
            // Each round waits for its commit: mail goes in between.
            let began = expiry.knows(today) || touch(&street.core);
            let expired = if began {
                round(&street.core).await
            } else {
                None
            };
            expiry.went(now, today, expired.map(|expired| expired.more));
        }
    }
}

/// When expiry has to look again.
#[derive(Default)]
struct Expiry {
    last: Option<(Monotonic, Day)>,
    /// The last round left something to do.
    more: bool,
}

impl Expiry {
    fn is_due(&self, now: Monotonic, today: Day) -> bool {
        let waited =
            |(then, day): (Monotonic, Day)| today != day || now.since(then) >= EXPIRE_EVERY;
        self.more || self.last.is_none_or(waited)
    }

    /// Whether it has seen this day before: those who came since said so themselves.
    fn knows(&self, today: Day) -> bool {
        self.last.is_some_and(|(_, day)| day == today)
    }

    /// A round ended with more to do or not, or could not be handed in or done and waits for the next
    /// beat.
    fn went(&mut self, now: Monotonic, today: Day, more: Option<bool>) {
        if more.is_some() {
            self.last = Some((now, today));
        }
        self.more = more.unwrap_or(false);
    }
}

/// Mailboxes that have been read since before midnight are read today as well. Nothing expires
/// unless this could be handed in before.
pub(crate) fn touch(core: &Core) -> bool {
    let read: Vec<MailboxKey> = core.router.read_now();
    read.chunks(SEEN).all(|mailboxes| {
        let seen = Write::Seen {
            mailboxes: mailboxes.to_vec(),
        };
        core.router.submit(seen, |_| {}).is_ok()
    })
}

/// One round of expiry.
async fn round(core: &Arc<Core>) -> Option<Expired> {
    let (told, expired) = oneshot::channel();
    let answer = move |said| {
        let expired = match said {
            Ok(Answer::Expired(expired)) => Some(expired),
            _ => None,
        };
        let _aborted = told.send(expired);
    };
    core.router
        .desk()
        .try_submit(Job::Expire(core.lifetimes()), answer)
        .ok()?;
    let expired = expired.await.ok()??;
    account(core, &expired);
    Some(expired)
}

/// What has ended on disk ends in memory.
pub(crate) fn account(core: &Core, expired: &Expired) {
    core.router.expired(expired);
    core.counters.expired.add(expired.envelopes.len() as u64);
    core.counters.idle_ended.add(expired.mailboxes.len() as u64);
    core.counters.mailboxes.take(expired.mailboxes.len() as u64);
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn expiry_looks_at_midnight_once_a_minute_and_while_there_is_more() {
        let at = |seconds| Monotonic::from_start(Duration::from_secs(seconds));
        let (today, tomorrow) = (Day::from_number(1), Day::from_number(2));
        let mut expiry = Expiry::default();
        assert!(expiry.is_due(at(0), today) && !expiry.knows(today));
        expiry.went(at(0), today, Some(true));
        assert!(expiry.is_due(at(0), today) && expiry.knows(today));
        expiry.went(at(0), today, Some(false));
        assert!(!expiry.is_due(at(59), today));
        assert!(expiry.is_due(at(60), today));
        assert!(expiry.is_due(at(1), tomorrow) && !expiry.knows(tomorrow));
        expiry.went(at(1), tomorrow, None);
        assert!(expiry.is_due(at(2), tomorrow) && !expiry.knows(tomorrow));
    }
}
