//! An envelope came: known already, opened by a session, or kept aside. Before `arrive`.
//! Knows: digests, which sessions may open what. Never knows: what a content means. (SPEC C-2, S-5)

use partywall_ground::Peer;
use partywall_session::{Opened, PreambleId, bundle_id_of};

use super::records::{EventRecord, HandshakeRecord, MailboxState, Purpose};
use super::rows::read;
use super::turn::Turn;
use crate::error::StoreTrouble;
use crate::seam::{Slot, Tag};

/// Envelopes that are kept aside at most.
const QUARANTINE: u32 = 256;

/// What opened an envelope.
pub(super) struct Arrival {
    pub(super) contact: i64,
    pub(super) channel: i64,
    pub(super) opened: Opened,
}

impl Turn<'_, '_> {
    /// Takes in one envelope and means to acknowledge it.
    pub(super) fn delivered(
        &mut self,
        relay: i64,
        slot: Slot,
        tag: Tag,
        envelope: &[u8],
    ) -> Result<(), StoreTrouble> {
        let Some(mailbox) = self.mailbox_at(relay, slot, tag) else {
            return Ok(());
        };
        let digest = partywall_proof::sha256(envelope);
        let unlooked = partywall_mutant::is("B01");
        if self.hands.knows_digest(&digest)? && !unlooked {
            return Ok(());
        }
        let until = self.keep_until();
        if !partywall_mutant::is("X30") {
            self.hands.remember_digest(&digest, until)?;
        }
        let today = self.today();
        if let Some(record) = self.mind.mailboxes.edit(mailbox) {
            record.last_day = today;
            if record.state == MailboxState::Closing {
                return Ok(());
            }
        }
        match self.opened(mailbox, envelope)? {
            Some(arrival) => self.arrived(mailbox, envelope, arrival),
            None if partywall_mutant::is("B09") => self.older_copy(mailbox),
            None if partywall_mutant::is("X28") => Err(StoreTrouble::Damaged),
            None => self.keep_aside(envelope),
        }
    }

    fn opened(&mut self, mailbox: i64, envelope: &[u8]) -> Result<Option<Arrival>, StoreTrouble> {
        if let Some(preamble) = PreambleId::<Peer>::of(envelope)
            && let Some(plain) = self.hands.handshake(preamble.as_bytes())?
        {
            let known: HandshakeRecord = read(&plain)?;
            return match known.channel {
                Some(channel) => self.open_with(channel, envelope),
                None => Ok(None),
            };
        }
        if let Some(bid) = bundle_id_of(envelope)
            && let Some((row, plain)) = self.hands.bundle(bid.as_bytes())?
        {
            return self.first_flight(mailbox, row, &read(&plain)?, envelope);
        }
        for channel in self.may_open(mailbox) {
            if let Some(arrival) = self.open_with(channel, envelope)? {
                return Ok(Some(arrival));
            }
        }
        Ok(None)
    }

    /// Opens with one session. A failure has changed nothing. (S-11)
    fn open_with(
        &mut self,
        channel: i64,
        envelope: &[u8],
    ) -> Result<Option<Arrival>, StoreTrouble> {
        let Some(known) = self.mind.channels.get(channel) else {
            return Ok(None);
        };
        let (contact, row) = (known.contact, known.session);
        let today = self.day();
        let Ok(opened) = self.session(row)?.open(envelope, today) else {
            return Ok(None);
        };
        self.mind.stepped.insert(row);
        Ok(Some(Arrival {
            contact,
            channel,
            opened,
        }))
    }

    /// The channels whose peers may write to a mailbox, the newest first.
    fn may_open(&self, mailbox: i64) -> Vec<i64> {
        let Some(record) = self.mind.mailboxes.get(mailbox) else {
            return Vec::new();
        };
        let writes_here = |contact: i64| match &record.purpose {
            Purpose::Contact { contact: whose, .. } => *whose == contact,
            Purpose::Link(_) => self
                .mind
                .contacts
                .get(contact)
                .is_some_and(|known| known.came_by == Some(mailbox)),
            Purpose::Adding => false,
        };
        let mut channels = self
            .mind
            .channels
            .ids(|_, known| writes_here(known.contact));
        channels.reverse();
        channels
    }

    /// Keeps what no session opens aside for a while, and tells of it once. (C-2)
    pub(super) fn keep_aside(&mut self, envelope: &[u8]) -> Result<(), StoreTrouble> {
        let until = self.keep_until();
        let kept = self.hands.quarantine(envelope, until, QUARANTINE)?;
        let told = self.hands.events(self.mind.newest - 1, 1)?;
        let last: Option<EventRecord> =
            told.first().map(|(_, _, plain)| read(plain)).transpose()?;
        if matches!(last, Some(EventRecord::Quarantined(_))) {
            return Ok(());
        }
        self.tell(0, &EventRecord::Quarantined(kept))
    }
}
