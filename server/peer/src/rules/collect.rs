//! The collect door's rules: proofs, slots, shelves, deliveries and acknowledgements. (SPEC §5.3 to
//! §5.5)
//! Knows: one connection and its slots. Never knows: who reads, who wrote, what mailboxes of one
//! connection have to do with each other.

mod event;
mod pages;
mod requests;
mod slots;

pub(crate) use event::{Effect, Event, Input};

use std::collections::VecDeque;
use std::sync::Arc;

use partywall_ground::Close;
use partywall_peer::collect::{Ack, FromClient, FromRelay, Refused};
use partywall_peer::{Reason, Slot};
use partywall_proof::Hello;
use partywall_world::Day;

use self::slots::{Found, Slots};
use super::limits::OPEN_REQUESTS;
use super::line::Line;
use super::mailbox::Attachment;
use crate::core::Core;

/// One collect connection.
pub(crate) struct Collect {
    core: Arc<Core>,
    line: Arc<Line<Event>>,
    /// What this connection was told, against which signatures are held.
    hello: Hello,
    slots: Slots,
    /// Requests whose answer is not known yet.
    open: usize,
    /// Whose mail lies on disk, in the order in which they asked.
    hungry: VecDeque<Attachment>,
    /// A page is being read.
    paging: bool,
    ended: bool,
    effects: Vec<Effect>,
}

impl Collect {
    pub(crate) fn new(core: Arc<Core>, line: Arc<Line<Event>>, hello: Hello) -> Self {
        Self {
            core,
            line,
            hello,
            slots: Slots::default(),
            open: 0,
            hungry: VecDeque::new(),
            paging: false,
            ended: false,
            effects: Vec::new(),
        }
    }

    /// Whether the connection is read: not while too many requests are open.
    pub(crate) fn reads(&self) -> bool {
        self.reads_beyond(0)
    }

    /// The same, with so many requests read already and not stepped yet.
    pub(crate) fn reads_beyond(&self, requests: usize) -> bool {
        !self.ended && self.open + requests < OPEN_REQUESTS
    }

    /// Takes everything that came, in order.
    pub(crate) fn step(
        &mut self,
        inputs: impl IntoIterator<Item = Input>,
        today: Day,
    ) -> Vec<Effect> {
        for input in inputs {
            if self.ended {
                break;
            }
            let went = match input {
                Input::Request(request) => self.request(*request),
                Input::Event(event) => {
                    self.event(event, today);
                    Ok(())
                }
            };
            if let Err(close) = went {
                self.ended = true;
                self.effects.push(Effect::Close(close));
            }
        }
        if !self.ended {
            self.ask_for_page();
        }
        std::mem::take(&mut self.effects)
    }

    fn request(&mut self, request: FromClient) -> Result<(), Close> {
        match request {
            FromClient::Create(create) => self.create(create),
            FromClient::Attach(attach) => self.attach(attach),
            FromClient::Shelve(shelve) => self.shelve(shelve),
            FromClient::CloseMailbox(close) => self.close(close.slot),
            FromClient::Ack(ack) => self.acknowledge(ack),
        }
    }

    /// P-11: up to a tag that was said here.
    fn acknowledge(&mut self, ack: Ack) -> Result<(), Close> {
        let tag = ack.tag.value().get();
        match self.slots.find(ack.slot)? {
            Found::Lost => Ok(()),
            Found::Read(read) if tag > read.said => Err(Close::Malformed),
            Found::Read(read) => self
                .core
                .router
                .acknowledge(read.mailbox, read.attachment, tag)
                .map_err(|_| Close::Malformed),
        }
    }

    fn say(&mut self, word: impl Into<FromRelay>) {
        self.effects.push(Effect::Say(word.into()));
    }

    fn refuse(&mut self, slot: u32, reason: Reason) {
        let slot = Slot::new(slot);
        self.say(Refused {
            slot,
            reason,
            try_again_after: None,
        });
    }
}

/// The connection has ended: nothing is read here any more, and what was not acknowledged goes to
/// the next reader.
impl Drop for Collect {
    fn drop(&mut self) {
        for (key, attachment) in self.slots.drain_read() {
            self.core.router.detach(key, attachment);
        }
    }
}
