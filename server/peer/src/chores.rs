//! What has to be done again and again: gathering deletes, expiry, erasing what has ended.
//! Knows: how often. Never knows: what is deleted.

use std::sync::Arc;

use partywall_world::{Day, Monotonic};
use tokio::sync::oneshot;
use tokio::time::{MissedTickBehavior, interval};

use crate::core::Core;
use crate::door::Street;
use crate::rules::limits::{DELETES, EXPIRE_EVERY, GATHER};
use crate::scribe::{Answer, Job};
use crate::store::{Expired, MailboxKey, Write};

/// Runs until it is aborted.
pub(crate) async fn run(street: Arc<Street>) {
    let mut beat = interval(GATHER);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut expiry = Expiry::default();
    loop {
        tokio::select! {
            _ = beat.tick() => street.core.router.gather(),
            () = street.core.chores.notified() => expiry.hurry(),
        }
        let (now, today) = (street.clock.monotonic(), street.clock.wall().day());
        if expiry.is_due(now, today) && touch(&street.core) {
            expiry.began(now, today);
            if let Some(expired) = round(&street.core).await {
                expiry.ended(&expired);
            }
        }
    }
}

/// When expiry has to look again.
#[derive(Default)]
struct Expiry {
    last: Option<(Monotonic, Day)>,
    hurry: bool,
}

impl Expiry {
    fn hurry(&mut self) {
        self.hurry = true;
    }

    fn is_due(&self, now: Monotonic, today: Day) -> bool {
        let waited =
            |(then, day): (Monotonic, Day)| today != day || now.since(then) >= EXPIRE_EVERY;
        self.hurry || self.last.is_none_or(waited)
    }

    fn began(&mut self, now: Monotonic, today: Day) {
        (self.last, self.hurry) = (Some((now, today)), false);
    }

    fn ended(&mut self, expired: &Expired) {
        self.hurry |= expired.more;
    }
}

/// Mailboxes that have been read since before midnight are read today as well. Nothing expires
/// unless this could be handed in before.
pub(crate) fn touch(core: &Core) -> bool {
    let read: Vec<MailboxKey> = core.router.read_now();
    read.chunks(DELETES).all(|mailboxes| {
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
        if let Ok(Answer::Expired(expired)) = said {
            let _aborted = told.send(expired);
        }
    };
    core.router
        .desk()
        .try_submit(Job::Expire(core.lifetimes()), answer)
        .ok()?;
    let expired = expired.await.ok()?;
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
