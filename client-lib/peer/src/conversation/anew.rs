//! This store, or the peer's, is an older copy of itself: the conversation begins anew. Before `unproven`, which is
//! the other side of it. (SPEC C-7, C-8)
//! Knows: renewals, which session seals. Never knows: sockets.

use partywall_ground::{LinkSecret, Peer, Seconds};
use partywall_session::{Binding, Identity, IdentityKeys, LinkKeys, Session, UnverifiedBundle};

use super::compose::{ACCEPTED, FAILED, QUEUED};
use super::records::{ContactRecord, EventRecord, Purpose};
use super::turn::{Begun, Turn};
use crate::error::StoreTrouble;

impl Turn<'_, '_> {
    /// The relay has seen more acknowledgements of a mailbox than this store made.
    pub(super) fn older_copy(&mut self, mailbox: i64) -> Result<(), StoreTrouble> {
        let record = self.mind.mailboxes.get(mailbox);
        let purpose = record.map(|record| record.purpose.clone());
        match purpose {
            Some(Purpose::Contact { contact, .. }) if self.mind.contacts.get(contact).is_some() => {
                self.rolled_back(contact)
            }
            Some(Purpose::Link(_)) => {
                // Bundles on the shelf may be ones whose secrets the copy does not have.
                self.clear_shelf(mailbox);
                let met = |record: &ContactRecord| {
                    record.came_by == Some(mailbox) && record.peer_moved.is_none()
                };
                for contact in self.mind.contacts.ids(|_, record| met(record)) {
                    self.rolled_back(contact)?;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The relay knows of no more acknowledgements than this store: it is no older copy.
    pub(super) fn newest_copy(&mut self, mailbox: i64) {
        let Some(record) = self.mind.mailboxes.get(mailbox) else {
            return;
        };
        let shows = |id: i64, known: &ContactRecord| match record.purpose {
            Purpose::Contact { contact, epoch } => contact == id && epoch == known.epoch,
            _ => known.came_by == Some(mailbox) && known.epoch == 0,
        };
        for contact in self.mind.contacts.ids(shows) {
            self.mind.trusted.insert(contact);
            let sealed = |known: &ContactRecord| !known.on_trust.is_empty();
            if self.mind.contacts.get(contact).is_some_and(sealed)
                && let Some(known) = self.mind.contacts.edit(contact)
            {
                known.on_trust.clear();
            }
        }
    }

    /// Something was sealed before it was known whether this store is an older copy.
    pub(super) fn sealed_on_trust(
        &mut self,
        contact: i64,
        row: i64,
        message: Option<i64>,
    ) -> Result<(), StoreTrouble> {
        if !self.mind.trusted.contains(&contact) {
            self.edit_contact(contact)?.on_trust.push((row, message));
        }
        Ok(())
    }

    /// What was sealed on trust cannot be opened by the peer, if it used the same keys before.
    fn take_back_what_was_sealed_on_trust(&mut self, contact: i64) -> Result<(), StoreTrouble> {
        let sealed = std::mem::take(&mut self.edit_contact(contact)?.on_trust);
        for (row, message) in sealed {
            self.hands.take_outbox_row(row)?;
            self.mind.moved += 1;
            let Some(message) = message else { continue };
            if matches!(self.hands.progress(message)?, Some(QUEUED | ACCEPTED)) {
                self.hands.set_progress(message, FAILED)?;
                self.hands.stop_waiting(message)?;
                self.tell(contact, &EventRecord::Failed(message))?;
            }
        }
        self.mind.trusted.insert(contact);
        Ok(())
    }

    /// Stops sealing in the contact's sessions, tells the person, and begins anew if it can.
    pub(super) fn rolled_back(&mut self, contact: i64) -> Result<(), StoreTrouble> {
        let record = self.contact(contact)?;
        let sending = self.mind.channels.get(record.sending);
        // Another sign of what is known already, until the peer has answered.
        let just_begun =
            self.mind.begun_anew.contains(&contact) && sending.is_some_and(|known| known.anew);
        if record.rolled_back || just_begun {
            return Ok(());
        }
        let record = self.edit_contact(contact)?;
        record.rolled_back = true;
        let begins_anew = record.has.is_some();
        self.tell(contact, &EventRecord::RolledBack(begins_anew))?;
        self.take_back_what_was_sealed_on_trust(contact)?;
        self.begin_anew(contact)
    }

    /// Begins anew with the bundle that the peer gave, if it did.
    pub(super) fn begin_anew(&mut self, contact: i64) -> Result<(), StoreTrouble> {
        let record = self.edit_contact(contact)?;
        let Some((bundle, secret)) = record.has.take() else {
            return Ok(());
        };
        let identity =
            Identity::<Peer>::from_bytes(&record.identity).map_err(|_| StoreTrouble::Damaged)?;
        let peer: &[u8; 64] = record.peer[..]
            .try_into()
            .map_err(|_| StoreTrouble::Damaged)?;
        let peer = IdentityKeys::<Peer>::from_bytes(peer).map_err(|_| StoreTrouble::Damaged)?;
        let bytes = bundle[..].try_into().map_err(|_| StoreTrouble::Damaged)?;
        let keys = LinkKeys::<Peer>::of(&LinkSecret::new(secret.0));
        let now = Seconds::new(self.now.wall.seconds());
        let verified =
            UnverifiedBundle::<Peer>::from_bytes(bytes).verify(&peer.id(), &keys.drop_id(), now);
        let Ok(verified) = verified else {
            return Ok(());
        };
        let mut dice = self.mind.dice.stream("peer/anew");
        let begun = Session::initiate(&identity, &verified, &keys, Binding::NONE, &mut dice);
        let Ok(session) = begun else {
            return Ok(());
        };
        let channel = self.keep_session(contact, session, Begun::Anew)?;
        self.mind.begun_anew.insert(contact);
        self.seal_in(contact, channel)?;
        self.introduce_again(contact)
    }

    /// One of a contact's sessions seals from now on.
    pub(super) fn seal_in(&mut self, contact: i64, channel: i64) -> Result<(), StoreTrouble> {
        self.retire_others(contact, channel);
        if let Some(known) = self.mind.channels.edit(channel) {
            known.until = None;
        }
        let record = self.edit_contact(contact)?;
        record.sending = channel;
        record.rolled_back = false;
        Ok(())
    }

    /// All but one of a contact's sessions only receive from now on, for a while.
    fn retire_others(&mut self, contact: i64, sealing: i64) {
        let until = self.keep_until();
        let others = self
            .mind
            .channels
            .ids(|id, known| known.contact == contact && id != sealing && known.until.is_none());
        for channel in others {
            if let Some(known) = self.mind.channels.edit(channel) {
                known.until = Some(until);
            }
        }
    }

    /// Tells again where we read: an older copy may not know.
    pub(super) fn introduce_again(&mut self, contact: i64) -> Result<(), StoreTrouble> {
        let epoch = self.contact(contact)?.epoch;
        let newest = self.mind.mailboxes.ids(|_, record| {
            matches!(record.purpose, Purpose::Contact { contact: of, epoch: at }
                if of == contact && at == epoch)
        });
        let record = self.edit_contact(contact)?;
        record.announce = newest.first().copied();
        record.announced = false;
        record.hello = true;
        Ok(())
    }
}
