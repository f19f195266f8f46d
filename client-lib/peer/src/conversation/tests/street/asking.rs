//! What people ask of their engines: to say something, to show what is there; and what becomes of their files.
//! Knows: orders and their answers. Never knows: how effects are carried out.

use std::path::{Path, PathBuf};

use tokio::sync::oneshot;
use zeroize::Zeroizing;

use super::Street;
use crate::conversation::Input;
use crate::desk::{ContactRow, Order, Reply};
use crate::error::{AddError, InviteError, SayError};
use crate::event::{EventId, EventKind};
use crate::link::Link;
use crate::message::{Message, MessageId, Page, State};
use crate::peer::ContactCard;

impl Street {
    /// Gives an order and runs until nothing moves.
    pub(in crate::conversation::tests) fn asks<T>(
        &mut self,
        who: &'static str,
        order: impl FnOnce(Reply<T>) -> Order,
    ) -> Option<T> {
        let (reply, mut answer) = oneshot::channel();
        self.steps_with(who, vec![Input::Order(order(reply))]);
        self.runs();
        answer.try_recv().ok()
    }

    pub(in crate::conversation::tests) fn invites(
        &mut self,
        who: &'static str,
        name: &str,
        reusable: bool,
    ) -> Result<Link, InviteError> {
        let (relay, name) = (self.relay_link(), Some(name.to_owned()));
        let made = self.asks(who, |reply| Order::Invite {
            relay,
            name,
            reusable,
            reply,
        });
        made.expect("the relay answered")
    }

    pub(in crate::conversation::tests) fn adds(
        &mut self,
        who: &'static str,
        link: &Link,
        name: &str,
    ) -> Result<ContactRow, AddError> {
        let (link, name) = (link.clone(), name.to_owned());
        let collect_at = Some(self.relay_link());
        let added = self.asks(who, |reply| Order::Add {
            link,
            name,
            collect_at,
            reply,
        });
        added.expect("the relay answered")
    }

    pub(in crate::conversation::tests) fn contact(
        &mut self,
        who: &'static str,
        name: &str,
    ) -> ContactRow {
        let name = name.to_owned();
        self.asks(who, |reply| Order::Contact { name, reply })
            .expect("the engine lives")
            .expect("there is such a contact")
    }

    pub(in crate::conversation::tests) fn says(
        &mut self,
        who: &'static str,
        to: &str,
        text: &str,
    ) -> Result<MessageId, SayError> {
        let contact = self.contact(who, to);
        self.says_once(who, contact, None, text).map(|(id, _)| id)
    }

    pub(in crate::conversation::tests) fn says_once(
        &mut self,
        who: &'static str,
        contact: ContactRow,
        key: Option<&[u8]>,
        text: &str,
    ) -> Result<(MessageId, bool), SayError> {
        let texts = vec![(key.map(<[u8]>::to_vec), Zeroizing::new(text.to_owned()))];
        let said = self.asks(who, |reply| Order::Say {
            contact,
            texts,
            reply,
        });
        match said.ok_or(SayError::Forgotten)? {
            Ok(sent) => Ok((sent[0].id(), sent[0].repeated())),
            Err(said) => Err(said.why),
        }
    }

    /// Says a text as an app does that may crash: again with the same key until there is an answer.
    pub(in crate::conversation::tests) fn insists(
        &mut self,
        who: &'static str,
        to: &str,
        text: &str,
    ) -> MessageId {
        loop {
            let name = to.to_owned();
            let found = self.asks(who, |reply| Order::Contact { name, reply });
            let Some(contact) = found else { continue };
            let key = Some(text.as_bytes());
            if let Ok((id, _)) = self.says_once(who, contact.unwrap(), key, text) {
                return id;
            }
        }
    }

    pub(in crate::conversation::tests) fn state(
        &mut self,
        who: &'static str,
        to: &str,
        id: MessageId,
    ) -> State {
        let contact = self.contact(who, to);
        self.asks(who, |reply| Order::StateOf { contact, id, reply })
            .expect("the engine lives")
            .unwrap()
    }

    pub(in crate::conversation::tests) fn card(
        &mut self,
        who: &'static str,
        name: &str,
    ) -> ContactCard {
        let contact = self.contact(who, name);
        self.asks(who, |reply| Order::Card { contact, reply })
            .expect("the engine lives")
            .unwrap()
    }

    pub(in crate::conversation::tests) fn history(
        &mut self,
        who: &'static str,
        name: &str,
    ) -> Vec<Message> {
        let contact = self.contact(who, name);
        let page = Page::latest(500);
        let order = |reply| Order::History {
            contact,
            page,
            reply,
        };
        self.asks(who, order).expect("the engine lives").unwrap()
    }

    /// Every event that is not done.
    pub(in crate::conversation::tests) fn events(
        &mut self,
        who: &'static str,
    ) -> Vec<(EventId, EventKind)> {
        let mut all = Vec::new();
        let mut after = EventId(0);
        loop {
            let page = self.asks(who, |reply| Order::Events { after, reply });
            let page = page.expect("the engine lives");
            if page.events.is_empty() {
                return all;
            }
            after = page.read_to;
            all.extend(page.events);
        }
    }

    pub(in crate::conversation::tests) fn done(&mut self, who: &'static str, ids: Vec<EventId>) {
        self.asks(who, |reply| Order::Done { ids, reply });
    }

    /// The texts that wait for a person, in order.
    pub(in crate::conversation::tests) fn texts(&mut self, who: &'static str) -> Vec<String> {
        let events = self.events(who).into_iter();
        let texts = events.filter_map(|(_, kind)| match kind {
            EventKind::Message { text, .. } => Some(text),
            _ => None,
        });
        texts.collect()
    }

    /// Whether any waiting event fits.
    pub(in crate::conversation::tests) fn was_told(
        &mut self,
        who: &'static str,
        fits: impl Fn(&EventKind) -> bool,
    ) -> bool {
        self.events(who).iter().any(|(_, kind)| fits(kind))
    }

    /// Puts a copy of a person's store aside, the store closed.
    pub(in crate::conversation::tests) fn copies(&mut self, who: &'static str) -> PathBuf {
        self.dies(who);
        let aside = self.folder.path().join(format!("{who}.copy"));
        std::fs::copy(self.path(who), &aside).unwrap();
        self.opens(who);
        aside
    }

    /// Puts a copy in the place of a person's store.
    pub(in crate::conversation::tests) fn restores(&mut self, who: &'static str, copy: &Path) {
        self.dies(who);
        std::fs::copy(copy, self.path(who)).unwrap();
        self.opens(who);
    }
}
