//! A mailbox's reader: what it was handed, and how it keeps pace.
//! Knows: tags and credit. Never knows: who it is.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::rules::collect::Event;
use crate::rules::line::Line;
use crate::store::{Cargo, Place};

/// One reader's hold on one mailbox: void when it is replaced or its connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Attachment {
    /// Never given twice.
    pub(crate) number: u64,
    /// The client's name for it.
    pub(crate) slot: u32,
}

pub(super) struct Reader {
    pub(super) line: Arc<Line<Event>>,
    pub(super) attachment: Attachment,
    pub(super) next_tag: u64,
    pub(super) in_flight: VecDeque<Flight>,
    pub(super) pace: Pace,
    /// While it catches up: everything up to here was handed to it.
    pub(super) through: Option<Place>,
}

pub(super) struct Flight {
    pub(super) tag: u64,
    pub(super) size: usize,
    pub(super) lies: Lies,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lies {
    At(Place),
    /// Where the writer will say; this is its number in `pending`.
    Pending(u64),
    /// The disk had no room for it, or has it no longer.
    Nowhere,
}

pub(super) enum Pace {
    Live,
    Behind {
        /// The disk may hold something that was not delivered.
        news: bool,
        page: Paging,
    },
}

#[derive(PartialEq, Eq)]
pub(super) enum Paging {
    No,
    /// The connection was told that it should ask.
    Told,
    /// The connection is reading.
    Asked,
}

impl Reader {
    /// Hands an envelope over if there is credit for it. Its tag is the next of this attachment.
    pub(super) fn deliver(&mut self, cargo: &Arc<Cargo>, lies: Lies) -> bool {
        let (tag, attachment) = (self.next_tag, self.attachment);
        let size = cargo.size();
        let delivered = self.line.deliver(size, || Event::Deliver {
            attachment,
            tag,
            cargo: Arc::clone(cargo),
        });
        if delivered {
            self.next_tag += 1;
            self.in_flight.push_back(Flight { tag, size, lies });
        }
        delivered
    }

    /// That it lost the mailbox. What it was handed and not yet told would come after the next
    /// reader's acknowledgements.
    pub(super) fn is_told(&self) {
        let lost = self.attachment;
        let void = |told: &Event| match told {
            Event::Deliver { attachment, .. } => *attachment == lost,
            _ => false,
        };
        self.line.tell_instead(Event::Detached(lost), void);
    }

    /// The writer said what became of the pending envelope with this number.
    pub(super) fn lies(&mut self, number: u64, lies: Lies) {
        for flight in &mut self.in_flight {
            if flight.lies == Lies::Pending(number) {
                flight.lies = lies;
            }
        }
    }

    /// What lay here has expired.
    pub(super) fn gone(&mut self, place: Place) {
        for flight in &mut self.in_flight {
            if flight.lies == Lies::At(place) {
                flight.lies = Lies::Nowhere;
            }
        }
    }
}
