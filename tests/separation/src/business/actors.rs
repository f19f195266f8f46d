//! Businesses and customers, with what their apps hold.
//! Knows: keys, lines, counters. Never knows: what is behind the door.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

use partywall_business::event::Event;
use partywall_business::field::Field;
use partywall_business::id::{BusinessId, ConversationId};
use partywall_business::request::{Ack, FromClient};
use partywall_business::{Number, Role, Tag, TemplateId};
use partywall_proof::SigningKey;

use super::BusinessWing;
use super::said::last_event;
use crate::line::Line;

/// A business.
pub struct Shop {
    pub(crate) key: SigningKey,
    pub(crate) id: BusinessId,
    pub(crate) domain: String,
    pub(crate) end: End,
    pub(crate) templates: Vec<TemplateId>,
}

/// A customer of one business.
pub struct Customer {
    pub(crate) key: SigningKey,
    pub(crate) rights: SigningKey,
    pub(crate) shop: usize,
    pub(crate) conversation: Option<ConversationId>,
    pub(crate) counter: u64,
    pub(crate) chosen: BTreeSet<Field>,
    pub(crate) end: End,
}

/// Somebody's end of a connection.
pub(crate) struct End {
    from: IpAddr,
    line: Option<Line>,
    next: Number,
    acked: usize,
}

impl End {
    pub(crate) fn from(number: usize) -> Self {
        let host = u8::try_from(number % 200).unwrap_or(0) + 1;
        Self {
            from: IpAddr::V4(Ipv4Addr::new(203, 0, 113, host)),
            line: None,
            next: Number::FIRST,
            acked: 0,
        }
    }

    /// All that was heard on the connection that is there.
    pub(crate) fn heard(&self) -> Vec<Vec<u8>> {
        let line = self.line.as_ref();
        line.map_or_else(Vec::new, |line| line.heard().frames.clone())
    }

    /// Comes from elsewhere the next time.
    pub(crate) const fn moves(&mut self, from: IpAddr) {
        self.from = from;
    }

    /// Hangs up without a word.
    pub(crate) fn vanish(&mut self) {
        self.line = None;
    }
}

/// Who somebody is, among all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    Shop(usize),
    Customer(usize),
}

impl BusinessWing {
    pub(crate) fn end(&mut self, who: Who) -> &mut End {
        match who {
            Who::Shop(shop) => &mut self.shops[shop].end,
            Who::Customer(customer) => &mut self.customers[customer].end,
        }
    }

    /// Connects somebody who is not connected.
    fn reach(&mut self, who: Who) -> bool {
        let end = self.end(who);
        if end.line.as_ref().is_some_and(|line| !line.is_over()) {
            return true;
        }
        let from = end.from;
        let (key, role) = match who {
            Who::Shop(shop) => (&self.shops[shop].key, Role::Business),
            Who::Customer(customer) => (&self.customers[customer].key, Role::Customer),
        };
        let key = SigningKey::from_seed(&key.to_seed());
        let line = self.log_in(from, &key, role);
        let end = self.end(who);
        (end.line, end.next, end.acked) = (line, Number::FIRST, 0);
        self.end(who).line.is_some()
    }

    /// Asks something, and gives the newest frame that is no event.
    pub(crate) fn asks(
        &mut self,
        who: Who,
        request: impl FnOnce(Number) -> FromClient,
    ) -> Option<Vec<u8>> {
        if !self.reach(who) {
            return None;
        }
        let end = self.end(who);
        let number = end.next;
        end.next = number.next();
        let line = end.line.as_ref()?;
        line.say(request(number).encode());
        self.rig.settle();
        let line = self.end(who).line.as_ref()?;
        let heard = line.heard();
        let mut answers = heard.frames.iter().rev();
        answers
            .find(|frame| frame.get(2..4) != Some(&[0x01, 0x42]))
            .cloned()
    }

    /// Acknowledges everything that was delivered on the connection.
    pub(crate) fn collects(&mut self, who: Who) {
        if !self.reach(who) {
            return;
        }
        let end = self.end(who);
        let Some(line) = &end.line else { return };
        let (count, last): (usize, Option<Tag>) = {
            let heard = line.heard();
            let events = heard.frames.iter().filter_map(|frame| last_event(frame));
            let tags: Vec<Tag> = events.map(|event: Event| event.tag).collect();
            (tags.len(), tags.last().copied())
        };
        if let Some(tag) = last.filter(|_| count > end.acked) {
            line.say(FromClient::from(Ack { tag }).encode());
            end.acked = count;
        }
        self.rig.settle();
    }
}
