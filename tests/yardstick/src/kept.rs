//! The forwarder with a table: what comes is handed to the writer, then to the reader if it is level; it
//! is accepted once it is durable, and deleted after it was acknowledged. A reader that is behind gets
//! pages from the table until it is level.
//! Knows: mailboxes by number. Never knows: SQL.

mod mailbox;
mod reading;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::sync::Notify;
use tokio::time::{MissedTickBehavior, interval};

pub(crate) use self::mailbox::Mailbox;
use crate::hello::{Hello, numbers_of, two};
use crate::socket::Socket;
use crate::store::{Desk, Job};
use crate::street::Stream;

/// How long acknowledgements are gathered before they are deleted.
const GATHER: Duration = Duration::from_millis(250);

/// Rows deleted in one job.
const DELETES: usize = 1_024;

pub(crate) struct Kept {
    desk: Arc<Desk>,
    mailboxes: Mutex<BTreeMap<u32, Arc<Mailbox>>>,
    gathered: Arc<Mutex<Vec<i64>>>,
}

/// The last envelope of a connection that is durable.
#[derive(Default)]
pub(crate) struct Answer {
    number: AtomicU32,
    wake: Notify,
}

impl Answer {
    pub(crate) fn up_to(&self, number: u32) {
        self.number.store(number, Ordering::Release);
    }

    pub(crate) fn wake(&self) {
        self.wake.notify_one();
    }
}

impl Kept {
    /// Inside a runtime, on which deletes are gathered from now on.
    pub(crate) fn over(desk: Desk) -> Self {
        let (desk, gathered) = (Arc::new(desk), Arc::default());
        tokio::spawn(gather(Arc::clone(&desk), Arc::clone(&gathered)));
        Self {
            desk,
            mailboxes: Mutex::default(),
            gathered,
        }
    }

    fn mailbox(&self, pair: u32) -> Arc<Mailbox> {
        let mut mailboxes = self
            .mailboxes
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mailbox = mailboxes
            .entry(pair)
            .or_insert_with(|| Arc::new(Mailbox::numbered(pair)));
        Arc::clone(mailbox)
    }

    /// Serves a writer of one pair.
    pub(crate) async fn write<S: Stream>(
        &self,
        socket: &mut Socket<S>,
        hello: Hello,
    ) -> Result<()> {
        let mailbox = self.mailbox(hello.first);
        hello.answer(socket).await?;
        let answer = Arc::new(Answer::default());
        let mut came = Vec::new();
        loop {
            tokio::select! {
                taken = socket.take(&mut came) => {
                    taken?;
                    for message in came.drain(..) {
                        let (_, number) = numbers_of(&message).context("numbers")?;
                        let (place, envelope) = (self.desk.place(), message.slice(8..));
                        mailbox.expect(place);
                        let job = Job::Keep {
                            mailbox: Arc::clone(&mailbox),
                            place,
                            envelope: envelope.clone(),
                            number,
                            answer: Arc::clone(&answer),
                        };
                        self.desk.hand_in(job).await?;
                        mailbox.deliver(place, envelope);
                    }
                }
                () = answer.wake.notified() => {
                    let number = answer.number.load(Ordering::Acquire);
                    socket.feed(two(hello.first, number)).await?;
                    socket.flush().await?;
                }
            }
        }
    }
}

/// Hands in what was acknowledged, sorted.
async fn gather(desk: Arc<Desk>, gathered: Arc<Mutex<Vec<i64>>>) -> Result<()> {
    let mut beat = interval(GATHER);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        beat.tick().await;
        let mut places = {
            let mut gathered = gathered.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *gathered)
        };
        places.sort_unstable();
        for some in places.chunks(DELETES) {
            desk.hand_in(Job::Delete(some.to_vec())).await?;
        }
    }
}
