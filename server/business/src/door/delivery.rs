//! What one connection is delivered: pages of events, tags, credit, acknowledgements. (SPEC §11.5, B-16,
//! P-12)
//! Knows: places and how much is in flight. Never knows: what an event says.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use partywall_business::Tag;
use partywall_business::event::Event;
use partywall_ground::Close;
use tokio::sync::OwnedSemaphorePermit;

use crate::effects::Receiver;
use crate::limits::{ACK_AGAIN, UNACKNOWLEDGED, UNACKNOWLEDGED_BYTES};
use crate::lines::{InHand, Line, Reading};
use crate::refusal::Refusal;
use crate::talk::{self, Letter, Room};
use crate::wing::{NotDone, Wing};

type Page = (Vec<Letter>, bool, Held);
type Paging = Pin<Box<dyn Future<Output = Option<Page>> + Send>>;
type Acking = Pin<Box<dyn Future<Output = bool> + Send>>;

/// The reading half of a connection.
pub(super) struct Delivery {
    receiver: Receiver,
    reading: Reading,
    /// The place of the last event that was delivered here.
    after: i64,
    next: Tag,
    in_flight: VecDeque<InFlight>,
    bytes: usize,
    /// Something may lie behind what was delivered.
    more: bool,
    /// The credit for which the last page was read.
    asked: Room,
    /// The next event is larger than that: nothing is read before something was acknowledged.
    full: bool,
    paging: Option<Paging>,
    /// Up to which place the receiver has everything, and whether that is on disk.
    acked: i64,
    written: i64,
    acking: Option<(i64, Acking)>,
}

struct InFlight {
    tag: Tag,
    place: i64,
    size: usize,
}

/// What a page holds until it is handed to the socket.
pub(super) struct Held {
    hand: Option<InHand>,
    _memory: Option<OwnedSemaphorePermit>,
}

impl Held {
    /// Ends when somebody has waited for the page long enough. (B-23)
    pub(super) async fn cut_off(&self) {
        match &self.hand {
            Some(hand) => hand.cut_off().await,
            None => std::future::pending().await,
        }
    }
}

/// What happened on the reading half.
pub(super) enum News {
    Letters(Vec<Event>, Held),
    Nothing,
    /// Others took over.
    Over,
    /// The store has stopped.
    Stopped,
}

impl Delivery {
    pub(super) fn begin(wing: &Wing, receiver: Receiver) -> Self {
        Self {
            receiver,
            reading: wing.lines.read(receiver),
            after: 0,
            next: Tag::FIRST,
            in_flight: VecDeque::new(),
            bytes: 0,
            more: false,
            asked: Room {
                events: 0,
                bytes: 0,
            },
            full: false,
            paging: None,
            acked: 0,
            written: 0,
            acking: None,
        }
    }

    /// What to wait for; cancel safe. `proceed` first.
    pub(super) async fn happens(&mut self) -> News {
        let line: Arc<Line> = Arc::clone(&self.reading.line);
        tokio::select! {
            page = of(&mut self.paging) => {
                self.paging = None;
                match page {
                    Some((letters, more, held)) => self.deliver(letters, more, held),
                    None => News::Stopped,
                }
            }
            written = acked(&mut self.acking) => {
                if let Some((place, _)) = self.acking.take() && written {
                    self.written = self.written.max(place);
                }
                News::Nothing
            }
            () = line.rung() => {
                self.more = true;
                if line.is_over() { News::Over } else { News::Nothing }
            }
        }
    }

    /// Begins what can be begun: a page if there is credit, the writing of an acknowledgement.
    pub(super) fn proceed(&mut self, wing: &Arc<Wing>) {
        let room = self.room();
        let alone = self.in_flight.is_empty();
        let waits = self.full || self.paging.is_some();
        if self.more && !waits && (alone || (room.events > 0 && room.bytes > 0)) {
            (self.more, self.asked) = (false, room);
            self.paging = Some(self.page(wing, room, alone));
        }
        if self.acked > self.written && self.acking.is_none() {
            let (receiver, place) = (self.receiver, self.acked);
            let moved = UNACKNOWLEDGED_BYTES;
            let job =
                wing.judge_moving(moved, move |desk| talk::acknowledge(desk, receiver, place));
            self.acking = Some((place, Box::pin(written(job))));
        }
    }

    /// The receiver has everything up to a tag. (B-16)
    pub(super) fn ack(&mut self, tag: Tag) -> Result<(), Close> {
        if tag >= self.next {
            return Err(Close::Malformed);
        }
        while let Some(first) = self.in_flight.pop_front_if(|first| first.tag <= tag) {
            self.bytes = self.bytes.saturating_sub(first.size);
            self.acked = first.place;
            self.full = false;
        }
        Ok(())
    }

    fn deliver(&mut self, letters: Vec<Letter>, more: bool, held: Held) -> News {
        self.more |= more;
        self.full = more && letters.is_empty() && self.room() == self.asked;
        let mut events = Vec::with_capacity(letters.len());
        for letter in letters {
            let tag = self.next;
            self.next = tag.next();
            self.after = letter.place;
            self.bytes += letter.size;
            self.in_flight.push_back(InFlight {
                tag,
                place: letter.place,
                size: letter.size,
            });
            events.push(letter.tagged(tag));
        }
        News::Letters(events, held)
    }

    fn page(&self, wing: &Arc<Wing>, room: Room, alone: bool) -> Paging {
        let (wing, receiver, after) = (Arc::clone(wing), self.receiver, self.after);
        let line = Arc::clone(&self.reading.line);
        Box::pin(async move {
            let memory = wing.share(room.bytes.max(1)).await;
            // What is disclosed to a business may be barred while it is on its way.
            let hand = match receiver.is_business() {
                true => Some(line.takes_in_hand().await),
                false => None,
            };
            let page = wing.read(move |rows| talk::page(rows, receiver, after, room, alone));
            let (letters, more) = page.await?;
            Some((
                letters,
                more,
                Held {
                    hand,
                    _memory: memory,
                },
            ))
        })
    }

    fn room(&self) -> Room {
        Room {
            events: UNACKNOWLEDGED.saturating_sub(self.in_flight.len()),
            bytes: UNACKNOWLEDGED_BYTES.saturating_sub(self.bytes),
        }
    }
}

/// Whether an acknowledgement is on disk; if not, it is tried again in a while.
async fn written(job: impl Future<Output = Result<Result<u64, Refusal>, NotDone>>) -> bool {
    let written = matches!(job.await, Ok(Ok(_)));
    if !written {
        tokio::time::sleep(ACK_AGAIN).await;
    }
    written
}

async fn of(paging: &mut Option<Paging>) -> Option<Page> {
    match paging {
        Some(paging) => paging.await,
        None => std::future::pending().await,
    }
}

async fn acked(acking: &mut Option<(i64, Acking)>) -> bool {
    match acking {
        Some((_, acking)) => acking.await,
        None => std::future::pending().await,
    }
}
