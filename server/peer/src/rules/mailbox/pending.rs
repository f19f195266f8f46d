//! What a mailbox has queued to the writer: how it got there, and what the writer's answer means.
//! Knows: an order, who has what in hand. Never knows: the writer, the disk.

use std::sync::Arc;

use super::Mailbox;
use super::reader::{Lies, Pace, Paging, Reader};
use crate::rules::ticket::Ticket;
use crate::store::{Cargo, Place};

pub(super) struct Pending {
    pub(super) ticket: Arc<Ticket>,
    pub(super) fate: Fate,
    size: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// For the disk; a page will bring it.
    ForDisk,
    /// The reader has it.
    InFlight,
    /// The reader acknowledged it while it was being written.
    Acknowledged,
    /// The reader acknowledged it in time.
    LeftOut,
}

impl Mailbox {
    /// An envelope was queued to the writer. Hands it to a live reader with credit, who is woken by
    /// [`Mailbox::ring`].
    pub(crate) fn queued(&mut self, cargo: &Arc<Cargo>, ticket: Arc<Ticket>) {
        self.touched = true;
        self.held.add(cargo.size());
        let number = self.front + self.pending.len() as u64;
        let mut fate = Fate::ForDisk;
        if let Some(reader) = &mut self.reader
            && matches!(reader.pace, Pace::Live)
        {
            if reader.deliver(cargo, Lies::Pending(number)) {
                fate = Fate::InFlight;
                self.unplaced += 1;
            } else {
                reader.pace = Pace::Behind {
                    news: false,
                    page: Paging::No,
                };
            }
        }
        self.pending.push_back(Pending {
            ticket,
            fate,
            size: cargo.size(),
        });
    }

    /// The writer answered the oldest pending envelope: it lies at `place`, or nowhere, because it
    /// was left out.
    pub(crate) fn written(&mut self, place: Option<Place>) {
        let Some(pending) = self.pending.pop_front() else {
            return;
        };
        let number = self.front;
        self.front += 1;
        match (pending.fate, place) {
            (Fate::ForDisk, _) => self.has_news(),
            (Fate::InFlight, Some(place)) => {
                self.unplaced -= 1;
                if let Some(reader) = &mut self.reader {
                    reader.lies(number, Lies::At(place));
                }
            }
            (Fate::Acknowledged, Some(place)) => {
                self.unplaced -= 1;
                self.delete(place, pending.size);
            }
            (Fate::InFlight | Fate::Acknowledged, None) => self.unplaced -= 1,
            (Fate::LeftOut, _) => {}
        }
        self.ask_for_page();
    }

    /// The writer answered the oldest pending envelope: the disk had no room, and it lies nowhere.
    /// Who wrote it will say it again; a reader that has it already gets it twice. (P-17, P-19)
    pub(crate) fn not_written(&mut self) {
        let Some(pending) = self.pending.pop_front() else {
            return;
        };
        let number = self.front;
        self.front += 1;
        match pending.fate {
            Fate::ForDisk => {
                self.held.remove(pending.size);
                self.has_news();
            }
            Fate::InFlight => {
                self.unplaced -= 1;
                self.held.remove(pending.size);
                if let Some(reader) = &mut self.reader {
                    reader.lies(number, Lies::Nowhere);
                }
            }
            Fate::Acknowledged => {
                self.unplaced -= 1;
                self.gathered.counts += 1;
            }
            Fate::LeftOut => self.gathered.counts += 1,
        }
        self.ask_for_page();
    }

    /// A reader that is behind has to look at the disk, be it to find that it is level.
    fn has_news(&mut self) {
        if let Some(Reader {
            pace: Pace::Behind { news, .. },
            ..
        }) = &mut self.reader
        {
            *news = true;
        }
    }
}
