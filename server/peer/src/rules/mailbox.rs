//! One mailbox in memory: what waits for the disk, what its reader has, what may be deleted.
//! A reader is *live* (mail is handed over as it comes) or *behind* (mail goes to disk only, and
//! pages come back from disk until level). Without a reader the mailbox is detached.
//! Knows: order. Never knows: bytes on disk, sockets, who reads or writes.

mod pending;
mod reader;

use std::collections::{BTreeSet, VecDeque};
use std::ops::Bound::{Excluded, Unbounded};
use std::sync::Arc;

use self::pending::{Fate, Pending};
pub(crate) use self::reader::Attachment;
use self::reader::{Lies, Pace, Paging, Reader};
use super::collect::Event;
use super::limits::BRIM;
use super::line::Line;
use crate::store::{Held, MailboxKey, Opened, Place, Room, Rows, Shown};

/// What an acknowledgement came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Acknowledged {
    pub(crate) envelopes: u64,
    /// Of them never written, because their batch had not been put together.
    pub(crate) left_out: u64,
}

/// What was acknowledged and is to be told to the disk.
#[derive(Clone, Default)]
pub(crate) struct Handful {
    /// To be deleted, each with its size; each counts for one acknowledgement.
    pub(crate) rows: Vec<(Place, usize)>,
    /// Acknowledgements of what the disk never had.
    pub(crate) counts: u64,
}

/// The tag was not delivered. (P-11)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotDelivered;

pub(crate) struct Mailbox {
    key: MailboxKey,
    acks: u64,
    /// Neither acknowledged nor expired, whether written yet or not.
    held: Held,
    /// Queued to the writer and not answered, in order.
    pending: VecDeque<Pending>,
    /// Which one stands at the front of `pending`.
    front: u64,
    /// Of them in a reader's hands or acknowledged, and going to a place nobody knows yet. While
    /// there are any, a page could show them a second time.
    unplaced: usize,
    /// Acknowledged, and to be deleted.
    gathered: Handful,
    /// Acknowledged, and not known to be deleted; contains `gathered`.
    leaving: BTreeSet<Place>,
    reader: Option<Reader>,
    closing: bool,
    touched: bool,
}

impl Mailbox {
    pub(crate) fn new(key: MailboxKey, opened: Opened) -> Self {
        Self {
            key,
            acks: opened.acks,
            held: opened.held,
            pending: VecDeque::new(),
            front: 0,
            unplaced: 0,
            gathered: Handful::default(),
            leaving: BTreeSet::new(),
            reader: None,
            closing: false,
            touched: true,
        }
    }

    /// How much lies there.
    pub(crate) fn held(&self) -> Held {
        self.held
    }

    /// How many were ever acknowledged.
    pub(crate) fn acks(&self) -> u64 {
        self.acks
    }

    /// The newest reader has the mailbox; an older one gets `detached`. (P-7) Begins behind.
    pub(crate) fn attach(&mut self, line: Arc<Line<Event>>, attachment: Attachment) {
        self.touched = true;
        if let Some(older) = self.let_go() {
            older.is_told();
        }
        self.reader = Some(Reader {
            line,
            attachment,
            next_tag: 1,
            in_flight: VecDeque::new(),
            pace: Pace::Behind {
                news: true,
                page: Paging::No,
            },
            through: None,
        });
        self.ask_for_page();
    }

    /// The reader's connection has ended, unless another has the mailbox already.
    pub(crate) fn detach(&mut self, attachment: Attachment) {
        if self.is_read_by(attachment) {
            self.touched = true;
            self.let_go();
        }
    }

    /// The mailbox is no more: tells its reader, unless it is the one who ended it.
    pub(crate) fn end(mut self) {
        let closing = self.closing;
        if let Some(reader) = self.let_go()
            && !closing
        {
            reader.is_told();
        }
    }

    /// Wakes the reader for what it was handed.
    pub(crate) fn ring(&self) {
        if let Some(reader) = &self.reader {
            reader.line.ring();
        }
    }

    /// Everything delivered up to `tag` is with the reader. Void after the attachment's end.
    ///
    /// # Errors
    /// [`NotDelivered`] for a tag that was never given.
    pub(crate) fn acknowledge(
        &mut self,
        attachment: Attachment,
        tag: u64,
    ) -> Result<Acknowledged, NotDelivered> {
        let mut done = Acknowledged::default();
        let Some(reader) = self
            .reader
            .as_mut()
            .filter(|reader| reader.attachment == attachment)
        else {
            return Ok(done);
        };
        if tag == 0 || tag >= reader.next_tag {
            return Err(NotDelivered);
        }
        let mut freed = Room {
            envelopes: 0,
            bytes: 0,
        };
        let mut rows = Vec::new();
        while let Some(flight) = reader.in_flight.pop_front_if(|flight| flight.tag <= tag) {
            freed.envelopes += 1;
            freed.bytes += flight.size;
            self.acks += 1;
            done.envelopes += 1;
            if flight.lies != Lies::Nowhere {
                self.held.remove(flight.size);
            }
            match flight.lies {
                Lies::At(place) => rows.push((place, flight.size)),
                Lies::Nowhere => self.gathered.counts += 1,
                Lies::Pending(number) => {
                    let at = number.wrapping_sub(self.front);
                    let at = usize::try_from(at).unwrap_or(usize::MAX);
                    let Some(pending) = self.pending.get_mut(at) else {
                        continue;
                    };
                    pending.fate = Fate::Acknowledged;
                    if pending.ticket.leave_out() {
                        pending.fate = Fate::LeftOut;
                        self.unplaced -= 1;
                        done.left_out += 1;
                    }
                }
            }
        }
        reader.line.release(freed);
        for (place, size) in rows {
            self.delete(place, size);
        }
        self.ask_for_page();
        Ok(done)
    }

    /// The connection is about to read a page: what it must not show.
    pub(crate) fn page_wanted(&mut self, attachment: Attachment) -> Option<Shown> {
        let reader = self
            .reader
            .as_mut()
            .filter(|reader| reader.attachment == attachment)?;
        let Pace::Behind { news, page } = &mut reader.pace else {
            return None;
        };
        (*news, *page) = (false, Paging::Asked);
        let in_flight = reader
            .in_flight
            .iter()
            .filter_map(|flight| match flight.lies {
                Lies::At(place) => Some(place),
                Lies::Pending(_) | Lies::Nowhere => None,
            });
        let through = reader.through;
        let behind = (through.map_or(Unbounded, Excluded), Unbounded);
        let leaving = self.leaving.range(behind).copied();
        let places = in_flight.filter(|place| Some(*place) > through);
        let places = places.chain(leaving).collect();
        Some(Shown { through, places })
    }

    /// A page came from disk. Level when it was the last, left nothing out unseen, and nothing was
    /// written since it was asked for or is about to be.
    pub(crate) fn page_arrived(&mut self, attachment: Attachment, rows: Rows, more: bool) {
        let Some(reader) = self
            .reader
            .as_mut()
            .filter(|reader| reader.attachment == attachment)
        else {
            return;
        };
        let by_shortcut = reader.through.is_some();
        let all = rows.iter().all(|(place, cargo)| {
            let delivered = reader.deliver(cargo, Lies::At(*place));
            if delivered {
                reader.through = Some(*place);
            }
            delivered
        });
        reader.line.ring();
        let Pace::Behind { news, page } = &mut reader.pace else {
            return;
        };
        *page = Paging::No;
        *news |= more || !all;
        if !*news {
            reader.through = None;
            *news = by_shortcut;
        }
        let waits_for_disk = self
            .pending
            .iter()
            .any(|pending| pending.fate == Fate::ForDisk);
        if !*news && !waits_for_disk {
            reader.pace = Pace::Live;
        }
        self.ask_for_page();
    }

    /// Takes what is to be told to the disk.
    pub(crate) fn gather(&mut self) -> Handful {
        std::mem::take(&mut self.gathered)
    }

    /// Whether there is so much to be told that it need not wait for others.
    pub(crate) fn brims(&self) -> bool {
        self.gathered.rows.len() >= BRIM
    }

    /// It could not be told; gather it again.
    pub(crate) fn ungather(&mut self, handful: Handful) {
        self.gathered.rows.splice(..0, handful.rows);
        self.gathered.counts += handful.counts;
    }

    /// Whether something is to be gathered.
    pub(crate) fn has_gathered(&self) -> bool {
        !self.gathered.is_empty()
    }

    /// They are gone from the disk.
    pub(crate) fn deleted(&mut self, handful: &Handful) {
        for (place, _) in &handful.rows {
            self.leaving.remove(place);
        }
        self.rest();
    }

    /// Gives back what nothing lies in: an empty collection keeps its last allocation.
    fn rest(&mut self) {
        if self.leaving.is_empty() {
            self.leaving = BTreeSet::new();
        }
        if self.pending.is_empty() {
            self.pending = VecDeque::new();
        }
        if let Some(reader) = &mut self.reader
            && reader.in_flight.is_empty()
        {
            reader.in_flight = VecDeque::new();
        }
    }

    /// An envelope had its time. What a reader has in hand lies nowhere from now on, and what is on its way
    /// out was counted when it was acknowledged.
    pub(crate) fn expired(&mut self, place: Place, size: usize) {
        if self.leaving.contains(&place) {
            return;
        }
        self.held.remove(size);
        if let Some(reader) = &mut self.reader {
            reader.gone(place);
        }
    }

    /// While it is closing nothing is taken in.
    pub(crate) fn set_closing(&mut self, closing: bool) {
        self.closing = closing;
    }

    /// Whether its reader is ending it.
    pub(crate) fn is_closing(&self) -> bool {
        self.closing
    }

    pub(crate) fn is_read(&self) -> bool {
        self.reader.is_some()
    }

    pub(crate) fn is_read_by(&self, attachment: Attachment) -> bool {
        self.reader
            .as_ref()
            .is_some_and(|reader| reader.attachment == attachment)
    }

    /// Nobody reads it, nothing waits for the disk: it need not be in memory.
    pub(crate) fn is_idle(&self) -> bool {
        let settled = self.pending.is_empty() && self.leaving.is_empty() && !self.has_gathered();
        self.reader.is_none() && settled && !self.closing
    }

    /// Whether anything happened since this was last asked.
    pub(crate) fn was_touched(&mut self) -> bool {
        std::mem::replace(&mut self.touched, false)
    }

    pub(crate) fn key(&self) -> MailboxKey {
        self.key
    }

    fn delete(&mut self, place: Place, size: usize) {
        self.leaving.insert(place);
        self.gathered.rows.push((place, size));
    }

    /// The reader is no more: its credit goes back, and what it had to the next one, whose first
    /// page waits until all of it has a place.
    fn let_go(&mut self) -> Option<Reader> {
        let reader = self.reader.take()?;
        let bytes = reader.in_flight.iter().map(|flight| flight.size).sum();
        reader.line.release(Room {
            envelopes: reader.in_flight.len(),
            bytes,
        });
        Some(reader)
    }

    fn ask_for_page(&mut self) {
        let Some(reader) = &mut self.reader else {
            return;
        };
        if self.unplaced == 0
            && let Pace::Behind { news: true, page } = &mut reader.pace
            && *page == Paging::No
        {
            *page = Paging::Told;
            reader.line.tell(Event::Behind(reader.attachment));
        }
    }
}

impl Handful {
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.counts == 0
    }
}
