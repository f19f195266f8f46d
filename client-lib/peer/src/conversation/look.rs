//! Orders from handles, and questions answered from memory and rows.
//! Knows: what a person may ask. Never knows: sockets.

use partywall_ground::Peer;
use partywall_session::{Identity, IdentityKeys, safety_number};
use partywall_world::Wall;

use super::compose::{ACCEPTED, DELIVERED, EXPIRED, FAILED, name_of};
use super::records::{Blob, BundleOwner, EventRecord, MessageRecord, Purpose};
use super::rows::read;
use super::turn::Turn;
use crate::contact::Safety;
use crate::desk::{ContactRow, EventPage, Order};
use crate::error::{GREATEST_NOTE, LookError, StoreTrouble};
use crate::event::{EventId, EventKind};
use crate::message::{Direction, Message, MessageId, Page, Place, State};
use crate::peer::ContactCard;
use crate::store::{MessageRow, Table};

/// Durable events in one page.
const EVENTS: u32 = 256;

type Looked<T> = Result<Result<T, LookError>, StoreTrouble>;

impl Turn<'_, '_> {
    pub(super) fn order(&mut self, order: Order) -> Result<(), StoreTrouble> {
        match order {
            Order::Invite {
                relay,
                name,
                reusable,
                reply,
            } => return self.invite(&relay, name.as_deref(), reusable, reply),
            Order::Add {
                link,
                name,
                collect_at,
                reply,
            } => return self.add(link, name, collect_at.as_ref(), reply),
            Order::Revoke { link, reply } => {
                return self.revoke(&link, reply);
            }
            Order::Links { reply } => {
                let links = self.links();
                self.answer(reply, links);
            }
            Order::Contacts { reply } => {
                let ids = self.mind.contacts.ids(|_, _| true);
                let cards: Result<Vec<_>, _> = ids.into_iter().map(|id| self.card(id)).collect();
                let mut cards: Vec<ContactCard> = cards?.into_iter().flatten().collect();
                cards.sort_by(|one, other| one.name.cmp(&other.name));
                self.answer(reply, cards);
            }
            Order::Contact { name, reply } => {
                let found = self.mind.contacts.ids(|_, record| record.name == name);
                let found = found.first().copied().map(ContactRow);
                self.answer(reply, found.ok_or(LookError::NoSuchContact));
            }
            Order::Card { contact, reply } => {
                let card = self.card(contact.0)?;
                self.answer(reply, card);
            }
            Order::Say {
                contact,
                texts,
                reply,
            } => {
                let said = self.say(contact.0, texts)?;
                self.answer(reply, said);
            }
            other => return self.order_about_one(other),
        }
        Ok(())
    }

    fn order_about_one(&mut self, order: Order) -> Result<(), StoreTrouble> {
        match order {
            Order::Queued { contact, reply } => {
                let queued = self.card(contact.0)?.map(|card| card.queued);
                self.answer(reply, queued);
            }
            Order::StateOf { contact, id, reply } => {
                let state = self.state_of_message(contact.0, id)?;
                self.answer(reply, state);
            }
            Order::History {
                contact,
                page,
                reply,
            } => {
                let page = self.history(contact.0, page)?;
                self.answer(reply, page);
            }
            Order::Safety { contact, reply } => {
                let safety = self.safety(contact.0)?;
                self.answer(reply, safety);
            }
            Order::Verify {
                contact,
                verified,
                reply,
            } => {
                let record = self.mind.contacts.edit(contact.0);
                let known = record.map(|record| record.verified = verified);
                self.answer(reply, known.ok_or(LookError::NoSuchContact));
            }
            Order::Note { contact, reply } => {
                let record = self.mind.contacts.get(contact.0);
                let note = record.map(|record| record.note.as_ref().map(|note| note.to_vec()));
                let note = note.map(Option::unwrap_or_default);
                self.answer(reply, note.ok_or(LookError::NoSuchContact));
            }
            Order::KeepNote {
                contact,
                note,
                reply,
            } => {
                let kept = self.keep_note(contact.0, note);
                self.answer(reply, kept);
            }
            Order::Forget { contact, reply } => {
                let forgotten = self.forget(contact.0)?;
                self.answer(reply, forgotten);
            }
            Order::SetReceipts { on, reply } => {
                self.edit_setting().receipts = on;
                self.answer(reply, ());
            }
            Order::Events { after, reply } => {
                let page = self.events(after)?;
                self.answer(reply, page);
            }
            Order::Done { ids, reply } => {
                for id in ids {
                    self.hands.delete(Table::Event, id.0)?;
                }
                self.mind.deleted = true;
                self.answer(reply, ());
            }
            _ => {}
        }
        Ok(())
    }

    fn card(&mut self, contact: i64) -> Looked<ContactCard> {
        let today = self.today();
        let Some(record) = self.mind.contacts.get(contact) else {
            return Ok(Err(LookError::NoSuchContact));
        };
        let sending = self.mind.channels.get(record.sending);
        let card = ContactCard {
            name: record.name.clone(),
            confirmed: self.is_confirmed(record),
            verified: record.verified,
            weak: sending.is_some_and(|known| known.weak_until >= Some(today)),
            rolled_back: record.rolled_back,
            queued: 0,
        };
        let queued = self.hands.queued(contact)?;
        let queued = usize::try_from(queued).unwrap_or(usize::MAX);
        Ok(Ok(ContactCard { queued, ..card }))
    }

    fn state_of_message(&mut self, contact: i64, id: MessageId) -> Looked<State> {
        let found = self.hands.message_named(contact, &id.0)?;
        let progress = found.and_then(|row| row.progress);
        Ok(progress.map(state).ok_or(LookError::NoSuchMessage))
    }

    fn history(&mut self, contact: i64, page: Page) -> Looked<Vec<Message>> {
        if self.mind.contacts.get(contact).is_none() {
            return Ok(Err(LookError::NoSuchContact));
        }
        let before = page.before.map_or(i64::MAX, |place| place.0);
        let count = u32::try_from(page.count).unwrap_or(u32::MAX);
        let mut rows = self.hands.messages_before(contact, before, count)?;
        rows.reverse();
        rows.into_iter()
            .map(|row| shown(&row))
            .collect::<Result<_, _>>()
            .map(Ok)
    }

    fn safety(&self, contact: i64) -> Looked<Safety> {
        let Some(record) = self.mind.contacts.get(contact) else {
            return Ok(Err(LookError::NoSuchContact));
        };
        let damaged = StoreTrouble::Damaged;
        let ours =
            Identity::<Peer>::from_bytes(&record.identity).map_err(|_| StoreTrouble::Damaged)?;
        let theirs: &[u8; 64] = record.peer[..].try_into().map_err(|_| damaged)?;
        let theirs = IdentityKeys::<Peer>::from_bytes(theirs).map_err(|_| StoreTrouble::Damaged)?;
        let number = safety_number::<Peer>(&ours.id(), &theirs.id());
        Ok(Ok(Safety {
            digits: number.to_string(),
            verified: record.verified,
        }))
    }

    fn keep_note(&mut self, contact: i64, note: Vec<u8>) -> Result<(), LookError> {
        if note.len() > GREATEST_NOTE {
            return Err(LookError::NoteTooLong);
        }
        let record = self.mind.contacts.edit(contact);
        let record = record.ok_or(LookError::NoSuchContact)?;
        record.note = (!note.is_empty()).then_some(Blob(note));
        Ok(())
    }

    fn events(&mut self, after: EventId) -> Result<EventPage, StoreTrouble> {
        let mut page = EventPage {
            events: Vec::new(),
            read_to: after,
        };
        for (id, contact, plain) in self.hands.events(after.0, EVENTS)? {
            page.read_to = EventId(id);
            if let Some(kind) = self.event(contact, &read(&plain)?)? {
                page.events.push((EventId(id), kind));
            }
        }
        if page.read_to == after {
            page.read_to = EventId(self.mind.newest);
        }
        Ok(page)
    }

    fn event(
        &mut self,
        contact: i64,
        event: &EventRecord,
    ) -> Result<Option<EventKind>, StoreTrouble> {
        if let EventRecord::Quarantined(kept) = event {
            let kept = usize::try_from(*kept).unwrap_or(usize::MAX);
            return Ok(Some(EventKind::Quarantined { kept }));
        }
        let Some(name) = self.name(contact) else {
            return Ok(None);
        };
        Ok(Some(match *event {
            EventRecord::Message(row) => {
                let Some(row) = self.hands.message(row)? else {
                    return Ok(None);
                };
                let record: MessageRecord = read(&row.plain)?;
                EventKind::Message {
                    from: name,
                    id: name_of(&record)?,
                    sent: Wall::from_millis(record.milliseconds),
                    late: record.late,
                    crossed: record.crossed == Some(true),
                    text: record.text,
                }
            }
            EventRecord::Gap(missing) => EventKind::Gap {
                from: name,
                missing,
            },
            EventRecord::NewContact(weak) => EventKind::NewContact { name, weak },
            EventRecord::Confirmed => EventKind::Confirmed { name },
            EventRecord::Failed(row) => match self.id_of(row)? {
                Some(id) => EventKind::Failed { to: name, id },
                None => return Ok(None),
            },
            EventRecord::Expired(row) => match self.id_of(row)? {
                Some(id) => EventKind::Expired { to: name, id },
                None => return Ok(None),
            },
            EventRecord::RolledBack(begins_anew) => EventKind::RolledBack { name, begins_anew },
            EventRecord::SkippedDropped(keys) => EventKind::SkippedDropped {
                from: name,
                keys: usize::try_from(keys).unwrap_or(usize::MAX),
            },
            EventRecord::Quarantined(_) => return Ok(None),
        }))
    }

    /// Erases a contact; its handshakes stay behind as tombstones. (S-5)
    fn forget(&mut self, contact: i64) -> Looked<()> {
        let Some(record) = self.mind.contacts.get(contact) else {
            return Ok(Err(LookError::NoSuchContact));
        };
        let came_by = record.came_by;
        let channels = self.mind.channels.ids(|_, known| known.contact == contact);
        self.end_channels(&channels)?;
        self.erase_bundles(BundleOwner::Contact(contact))?;
        for target in self.mind.targets.ids(|_, to| to.contact == contact) {
            self.leave_drop(target);
            self.mind.targets.remove(target, self.hands)?;
        }
        self.hands.delete_contact(contact)?;
        self.mind.contacts.remove(contact, self.hands)?;
        self.mind.held.remove(&contact);
        self.mind.due.remove(&contact);
        let left = self
            .mind
            .mailboxes
            .ids(|id, mailbox| match &mailbox.purpose {
                Purpose::Contact { contact: of, .. } => *of == contact,
                Purpose::Link(link) => Some(id) == came_by && !link.reusable,
                Purpose::Adding => false,
            });
        for mailbox in left {
            self.close_mailbox(mailbox)?;
        }
        self.mind.moved += 1;
        Ok(Ok(()))
    }
}

fn state(progress: u8) -> State {
    match progress {
        ACCEPTED => State::Accepted,
        DELIVERED => State::Delivered,
        FAILED => State::Failed,
        EXPIRED => State::Expired,
        _ => State::Queued,
    }
}

fn shown(row: &MessageRow) -> Result<Message, StoreTrouble> {
    let record: MessageRecord = read(&row.plain)?;
    Ok(Message {
        id: name_of(&record)?,
        direction: match row.progress {
            Some(progress) => Direction::Sent(state(progress)),
            None => Direction::Received {
                late: record.late,
                crossed: record.crossed == Some(true),
            },
        },
        sent: Wall::from_millis(record.milliseconds),
        text: record.text,
        place: Place(row.id),
    })
}
