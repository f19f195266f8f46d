//! The peer has begun anew, or somebody who read our store once says so: nothing is believed before
//! it is proven. After `first_flight`, between `inbox` and `arrive`. (SPEC C-7, S-13, §4.5)
//! Knows: what waits for a proof, which session follows which. Never knows: sockets.

use partywall_proof::sha256;
use partywall_session::Opened;

use super::compose::{ACCEPTED, QUEUED, message_id};
use super::content::Content;
use super::records::{Blob, EventRecord, HeldRecord, MessageRecord, Unproven, UnprovenRecord};
use super::rows::{read, written};
use super::turn::Turn;
use crate::error::StoreTrouble;
use crate::message::MessageId;

/// Sessions of one contact that wait for a proof, at most; beyond it the oldest go.
const MOST_UNPROVEN: usize = 16;
/// Contents that are kept for one of them, at most: as many as a chain has (S-9).
const MOST_KEPT: u32 = 20_000;
const MOST_KEPT_BYTES: u64 = 64 << 20;
/// Texts that are said again, at most. (C-7)
const MOST_SAID_AGAIN: u64 = 4_096;

impl Turn<'_, '_> {
    /// A first flight on our renewal opened. It changes nothing yet but that a probe is owed.
    pub(super) fn peer_began_anew(
        &mut self,
        contact: i64,
        channel: i64,
    ) -> Result<(), StoreTrouble> {
        let until = self.keep_until();
        let record = self.edit_contact(contact)?;
        let (since, sending) = (record.sent, record.sending);
        let ours = self.mind.channels.get(sending);
        let both = ours.is_some_and(|known| known.anew);
        if let Some(theirs) = self.mind.channels.edit(channel) {
            theirs.until = Some(until);
            theirs.unproven = Some(Unproven {
                since,
                both,
                probe: true,
                kept: 0,
                bytes: 0,
            });
        }
        let mut waiting = self
            .mind
            .channels
            .ids(|_, known| known.contact == contact && known.unproven.is_some());
        let left = waiting.len().saturating_sub(MOST_UNPROVEN);
        waiting.truncate(left);
        self.end_channels(&waiting)
    }

    /// Whether the peer is confirmed in a session now. (S-13)
    pub(super) fn proves_itself(&mut self, channel: i64) -> Result<bool, StoreTrouble> {
        match self.mind.channels.get(channel).map(|known| known.session) {
            Some(row) => Ok(self.session(row)?.confirmed()),
            None => Ok(false),
        }
    }

    /// Keeps a content of a session in which nothing is proven, without acting on it.
    pub(super) fn keep_unproven(
        &mut self,
        channel: i64,
        envelope: &[u8],
        opened: &Opened,
    ) -> Result<(), StoreTrouble> {
        let length = u64::try_from(opened.content.len()).unwrap_or(u64::MAX);
        let known = self.mind.channels.get(channel);
        let Some(waiting) = known.and_then(|known| known.unproven.as_ref()) else {
            return Ok(());
        };
        let full =
            waiting.kept >= MOST_KEPT || waiting.bytes.saturating_add(length) > MOST_KEPT_BYTES;
        if full || Content::from_bytes(&opened.content).is_err() {
            return self.keep_aside(envelope);
        }
        let record = UnprovenRecord {
            id: Blob(message_id(envelope).0.to_vec()),
            content: Blob(opened.content.to_vec()),
        };
        self.hands.keep_unproven(channel, &written(&record))?;
        let known = self.mind.channels.edit(channel);
        if let Some(waiting) = known.and_then(|known| known.unproven.as_mut()) {
            waiting.kept += 1;
            waiting.bytes += length;
        }
        Ok(())
    }

    /// Sends the probes that a contact is owed: nobody but the peer itself can answer one.
    pub(super) fn probe(&mut self, contact: i64) -> Result<(), StoreTrouble> {
        let record = self.contact(contact)?;
        let target = record.target;
        if self.mind.targets.get(target).is_none_or(|to| to.gone) {
            return Ok(());
        }
        let (sequence, seen) = (record.sent.max(1), record.seen);
        let owed = self.mind.channels.ids(|_, known| {
            let waiting = known.unproven.as_ref();
            known.contact == contact && waiting.is_some_and(|waiting| waiting.probe)
        });
        for channel in owed {
            let probe = Content::bare(sequence, self.now.wall.millis(), seen);
            if self.put(contact, channel, None, &probe)?
                && let Some(known) = self.mind.channels.edit(channel)
                && let Some(waiting) = &mut known.unproven
            {
                waiting.probe = false;
            }
        }
        Ok(())
    }

    /// The peer has proven itself: its session replaces the older one, and everything that waited
    /// for that is done, in one transaction.
    pub(super) fn hand_over(
        &mut self,
        contact: i64,
        channel: i64,
        mailbox: i64,
        envelope: &[u8],
        opened: &Opened,
    ) -> Result<(), StoreTrouble> {
        let known = self.mind.channels.edit(channel);
        let known = known.ok_or(StoreTrouble::Damaged)?;
        let waiting = known.unproven.take().ok_or(StoreTrouble::Damaged)?;
        known.confirmed = true;
        let record = self.contact(contact)?;
        let (before, was_noticed) = (record.sent, record.rolled_back);
        let was_confirmed = self.is_confirmed(record);
        self.seal_in(contact, channel)?;
        self.introduce_again(contact)?;
        let record = self.edit_contact(contact)?;
        if record.announce == Some(mailbox) {
            record.announce = None;
        }
        if !was_confirmed {
            record.confirmed = true;
            self.tell(contact, &EventRecord::Confirmed)?;
        }
        self.take_in_what_was_kept(contact, channel)?;
        match Content::from_bytes(&opened.content) {
            Ok(content) => self.take_in(contact, channel, message_id(envelope), content)?,
            Err(_) => self.keep_aside(envelope)?,
        }
        if self.contact(contact)?.sent > before && !waiting.both && !was_noticed {
            // So this store is an older copy, too; it goes on in the peer's new session.
            self.tell(contact, &EventRecord::RolledBack(true))?;
        }
        self.say_again(contact, channel, waiting.since)
    }

    fn is_lower(&mut self, one: i64, other: i64) -> Result<bool, StoreTrouble> {
        let row = |id| self.mind.channels.get(id).map(|known| known.session);
        let (Some(one), Some(other)) = (row(one), row(other)) else {
            return Ok(false);
        };
        Ok(self.session(one)?.handshake() < self.session(other)?.handshake())
    }

    /// The peer knows the session that we seal in and seals in another: the lower h1 for both. (§4.5)
    pub(super) fn agree_on_one(
        &mut self,
        contact: i64,
        channel: i64,
        seen: u64,
    ) -> Result<(), StoreTrouble> {
        let sending = self.contact(contact)?.sending;
        if sending == channel {
            return Ok(());
        }
        let renewed = |id| {
            let known = self.mind.channels.get(id);
            known.filter(|known| known.renewed && known.confirmed)
        };
        let (Some(ours), Some(_)) = (renewed(sending), renewed(channel)) else {
            return Ok(());
        };
        if ours.first.is_none_or(|first| seen < first) {
            return Ok(());
        }
        if self.is_lower(channel, sending)? {
            return self.seal_in(contact, channel);
        }
        // The peer sees it by the next sign of ours.
        self.edit_contact(contact)?.hello = true;
        Ok(())
    }

    fn take_in_what_was_kept(&mut self, contact: i64, channel: i64) -> Result<(), StoreTrouble> {
        let mut after = 0;
        while let Some((row, plain)) = self.hands.next_unproven(channel, after)? {
            after = row;
            let kept: UnprovenRecord = read(&plain)?;
            let id: [u8; 16] = kept.id[..].try_into().map_err(|_| StoreTrouble::Damaged)?;
            let content = Content::from_bytes(&kept.content);
            let content = content.map_err(|_| StoreTrouble::Damaged)?;
            self.take_in(contact, channel, MessageId(id), content)?;
        }
        self.mind.deleted = true;
        self.hands.drop_unproven(channel)
    }

    /// What we said meanwhile in a session that the peer may have lost is said again in this one.
    fn say_again(&mut self, contact: i64, channel: i64, since: u64) -> Result<(), StoreTrouble> {
        let record = self.contact(contact)?;
        let (sent, seen, target) = (record.sent, record.seen, record.target);
        if self.mind.targets.get(target).is_none_or(|to| to.gone) {
            return Ok(());
        }
        let first = since.max(sent.saturating_sub(MOST_SAID_AGAIN));
        for sequence in first.saturating_add(1)..=sent {
            let Some(message) = self.hands.message_sent(contact, sequence)? else {
                continue;
            };
            if !matches!(self.hands.progress(message)?, Some(QUEUED | ACCEPTED)) {
                continue;
            }
            let row = self.hands.message(message)?.ok_or(StoreTrouble::Damaged)?;
            let said: MessageRecord = read(&row.plain)?;
            let mut content = Content::bare(sequence, said.milliseconds, seen);
            content.text = Some(said.text);
            if !self.put(contact, channel, Some(message), &content)? {
                break;
            }
        }
        Ok(())
    }

    /// Seals a content in a session and puts it in the outbox; whether that could be done.
    fn put(
        &mut self,
        contact: i64,
        channel: i64,
        message: Option<i64>,
        content: &Content,
    ) -> Result<bool, StoreTrouble> {
        let target = self.contact(contact)?.target;
        let known = self.mind.channels.get(channel);
        let session = known.ok_or(StoreTrouble::Damaged)?.session;
        let mut dice = self.mind.dice.stream("peer/seal");
        let sealed = self.session(session)?.seal(&content.to_bytes(), &mut dice);
        let Ok(envelope) = sealed else {
            return Ok(false);
        };
        self.mind.stepped.insert(session);
        self.hands
            .insert_outbox(target, contact, message, &envelope)?;
        self.mind.drops.entry(target).or_default().waiting = true;
        Ok(true)
    }

    /// Whether a text arrived before in another session of the same peer. Asked, and remembered,
    /// only while there is more than one.
    pub(super) fn was_said_before(
        &mut self,
        contact: i64,
        held: &HeldRecord,
    ) -> Result<bool, StoreTrouble> {
        let Some(text) = &held.text else {
            return Ok(false);
        };
        let sessions = self.mind.channels.ids(|_, known| known.contact == contact);
        if sessions.len() < 2 {
            return Ok(false);
        }
        let digest = sha256(
            &[
                &contact.to_be_bytes(),
                &held.sequence.to_be_bytes(),
                &held.milliseconds.to_be_bytes(),
                text.as_bytes(),
            ]
            .concat(),
        );
        if self.hands.knows_digest(&digest)? {
            return Ok(true);
        }
        let until = self.keep_until();
        self.hands.remember_digest(&digest, until)?;
        Ok(false)
    }
}
