//! Serves a reader: what comes straight, pages of what lies there, and deletes of what it acknowledged.
//! Knows: tags and credit. Never knows: SQL.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, PoisonError};

use anyhow::{Context, Result};
use tokio::sync::mpsc;

use super::Kept;
use super::mailbox::{Behind, Mailbox, Parcel};
use crate::hello::{Hello, headed, numbers_of};
use crate::socket::Socket;
use crate::store::Job;
use crate::street::Stream;

/// Envelopes that a reader may have unacknowledged, and their bytes.
const CREDIT: usize = 64;
const CREDIT_BYTES: usize = 256 << 10;

/// A page is read once there is room for so many.
const WORTH_A_PAGE: usize = CREDIT / 2;

/// Envelopes that may wait for credit.
const QUEUE: usize = 256;

/// What one connection reads.
#[derive(Default)]
struct Reading {
    slots: BTreeMap<u32, Slot>,
    in_flight: usize,
    bytes: usize,
}

struct Slot {
    mailbox: Arc<Mailbox>,
    /// The tag of the first in flight.
    first: u32,
    in_flight: VecDeque<(i64, usize)>,
}

impl Kept {
    /// Serves a reader of one pair or many.
    pub(crate) async fn read<S: Stream>(&self, socket: &mut Socket<S>, hello: Hello) -> Result<()> {
        self.desk
            .hand_in(Job::Make(hello.pairs().collect()))
            .await?;
        let (queue, parcels) = mpsc::channel(QUEUE);
        let behind: Arc<Behind> = Arc::default();
        let mut reading = Reading::default();
        for pair in hello.pairs() {
            let mailbox = self.mailbox(pair);
            mailbox.attach(queue.clone(), Arc::clone(&behind));
            reading.slots.insert(pair, Slot::over(mailbox));
        }
        hello.answer(socket).await?;
        let ended = self.deliver(socket, &mut reading, parcels, &behind).await;
        for slot in reading.slots.values() {
            slot.mailbox.detach(&behind);
        }
        ended
    }

    async fn deliver<S: Stream>(
        &self,
        socket: &mut Socket<S>,
        reading: &mut Reading,
        mut parcels: mpsc::Receiver<Parcel>,
        behind: &Behind,
    ) -> Result<()> {
        let (mut came, mut goes) = (Vec::new(), Vec::new());
        let mut late = None;
        loop {
            while reading.worth_a_page() && parcels.is_empty() {
                late = late.or_else(|| behind.next());
                // What came straight before it fell behind goes first.
                let Some(pair) = late.take_if(|_| parcels.is_empty()) else {
                    break;
                };
                self.page(socket, reading, pair).await?;
            }
            let room = reading.room();
            tokio::select! {
                _ = parcels.recv_many(&mut goes, room), if room > 0 => {
                    for parcel in goes.drain(..) {
                        let message = reading.message(parcel.pair, parcel.place, &parcel.envelope)?;
                        socket.feed(message).await?;
                    }
                    socket.flush().await?;
                }
                taken = socket.take(&mut came) => {
                    taken?;
                    let mut gathered = self.gathered.lock().unwrap_or_else(PoisonError::into_inner);
                    for acknowledged in came.drain(..) {
                        let (pair, tag) = numbers_of(&acknowledged).context("numbers")?;
                        reading.acknowledge(pair, tag, &mut gathered);
                    }
                }
                () = behind.added() => {}
            }
        }
    }

    async fn page<S: Stream>(
        &self,
        socket: &mut Socket<S>,
        reading: &mut Reading,
        pair: u32,
    ) -> Result<()> {
        let mailbox = Arc::clone(&reading.slots.get(&pair).context("a slot")?.mailbox);
        let (rows, bytes) = (reading.room(), CREDIT_BYTES.saturating_sub(reading.bytes));
        let page = self.desk.page(pair, mailbox.given(), rows, bytes).await?;
        let last = page.last().map_or(0, |(place, _)| *place);
        for (place, envelope) in &page {
            let message = reading.message(pair, *place, envelope)?;
            socket.feed(message).await?;
        }
        if !page.is_empty() {
            socket.flush().await?;
        }
        mailbox.paged(last, page.len() < rows);
        Ok(())
    }
}

impl Slot {
    fn over(mailbox: Arc<Mailbox>) -> Self {
        Self {
            mailbox,
            first: 1,
            in_flight: VecDeque::new(),
        }
    }
}

impl Reading {
    fn room(&self) -> usize {
        if self.bytes >= CREDIT_BYTES {
            return 0;
        }
        CREDIT.saturating_sub(self.in_flight)
    }

    fn worth_a_page(&self) -> bool {
        self.in_flight == 0 || (self.room() >= WORTH_A_PAGE && self.bytes <= CREDIT_BYTES / 2)
    }

    fn message(&mut self, pair: u32, place: i64, envelope: &[u8]) -> Result<bytes::Bytes> {
        let slot = self.slots.get_mut(&pair).context("a slot")?;
        let ahead = u32::try_from(slot.in_flight.len())?;
        let message = headed(pair, slot.first.wrapping_add(ahead), envelope);
        slot.in_flight.push_back((place, envelope.len()));
        self.in_flight += 1;
        self.bytes += envelope.len();
        Ok(message)
    }

    fn acknowledge(&mut self, pair: u32, tag: u32, gathered: &mut Vec<i64>) {
        let Some(slot) = self.slots.get_mut(&pair) else {
            return;
        };
        while slot.first <= tag
            && let Some((place, size)) = slot.in_flight.pop_front()
        {
            slot.first += 1;
            self.in_flight -= 1;
            self.bytes -= size;
            gathered.push(place);
        }
    }
}
