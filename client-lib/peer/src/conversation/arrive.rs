//! A content has opened: what it settles, beside its text. Between `inbox` and `sequence`.
//! Knows: moves, receipts, renewals, confirmation. Never knows: envelopes' bytes, sockets. (SPEC C-1, C-5, C-7, C-8)

use super::chores::engaged;
use super::compose::{ACCEPTED, DELIVERED, EXPIRED, QUEUED, Saying, message_id};
use super::content::{Content, Moved, Renewal, ReplyTo, Span};
use super::inbox::Arrival;
use super::records::{Blob, EventRecord, HeldRecord, Key32, TargetRecord};
use super::turn::{Effect, Turn};
use crate::error::StoreTrouble;
use crate::event::EventKind;
use crate::message::MessageId;

/// Sequences that one content may mark as delivered.
const MOST_DELIVERED: u64 = 25_000;
/// Runs of sequences that wait for a receipt, at most; beyond it the oldest go untold.
const MOST_WAITING_SPANS: usize = 256;

impl Turn<'_, '_> {
    /// Takes a content in.
    pub(super) fn arrived(
        &mut self,
        mailbox: i64,
        envelope: &[u8],
        arrival: Arrival,
    ) -> Result<(), StoreTrouble> {
        let Arrival {
            contact,
            channel,
            opened,
        } = arrival;
        let waits = self
            .mind
            .channels
            .get(channel)
            .map(|known| known.unproven.is_some());
        if waits == Some(true) && !partywall_mutant::is("A23") {
            if !self.proves_itself(channel)? {
                return self.keep_unproven(channel, envelope, &opened);
            }
            return self.hand_over(contact, channel, mailbox, envelope, &opened);
        }
        if opened.forgotten > 0 {
            let keys = u64::try_from(opened.forgotten).unwrap_or(u64::MAX);
            self.tell(contact, &EventRecord::SkippedDropped(keys))?;
        }
        let first_answer = self.answered(contact, channel, mailbox)?;
        let Ok(content) = Content::from_bytes(&opened.content) else {
            return self.keep_aside(envelope);
        };
        if self.contact(contact)?.sending == channel && !first_answer {
            self.noticed(contact, content.seen)?;
        }
        if first_answer && content.text.is_none() {
            // The probe: it has no place in the order. (C-7)
            self.shown(contact, content.seen)?;
        } else {
            self.take_in(contact, channel, message_id(envelope), content)?;
        }
        if first_answer {
            // The peer waits for it, also in a session that another has replaced meanwhile.
            let _ = self.compose_in(contact, channel, Saying::Sign)?;
        }
        Ok(())
    }

    /// Does what a content says.
    pub(super) fn take_in(
        &mut self,
        contact: i64,
        channel: i64,
        id: MessageId,
        content: Content,
    ) -> Result<(), StoreTrouble> {
        self.shown(contact, content.seen)?;
        self.agree_on_one(contact, channel, content.seen)?;
        if let Some(to) = &content.reply_to {
            self.peer_reads_at(contact, to)?;
        }
        if let Some(moved) = content.moved {
            let record = self.edit_contact(contact)?;
            if record
                .peer_moved
                .is_none_or(|before| before.epoch <= moved.epoch)
            {
                record.peer_moved = Some(moved);
            }
        }
        if let Some(renewal) = content.renewal {
            self.keep_renewal(contact, &renewal)?;
        }
        if let Some(spans) = &content.taken {
            self.mark_delivered(contact, spans)?;
        }
        let record = self.edit_contact(contact)?;
        record.unanswered += 1;
        record.seen = record.seen.max(content.sequence);
        note_taken(&mut record.receipts, content.sequence);
        record.receipt_due |= content.text.is_some();
        let held = HeldRecord {
            sequence: content.sequence,
            id: Blob(id.0.to_vec()),
            milliseconds: content.milliseconds,
            text: content.text,
            seen: Some(content.seen),
        };
        if self.was_said_before(contact, &held)? {
            return Ok(());
        }
        self.arrived_in_sequence(contact, held)
    }

    /// What a sign of the peer settles, whatever it says; and whether it is the first answer to a
    /// session that we began anew.
    fn answered(&mut self, contact: i64, channel: i64, mailbox: i64) -> Result<bool, StoreTrouble> {
        let Some(known) = self.mind.channels.get(channel) else {
            return Ok(false);
        };
        let (row, first, confirmed) = (known.session, known.anew, known.confirmed);
        let confirms = !confirmed && self.session(row)?.confirmed();
        if (first || confirms)
            && let Some(known) = self.mind.channels.edit(channel)
        {
            known.anew = false;
            known.confirmed |= confirms;
        }
        let record = self.edit_contact(contact)?;
        if record.announce == Some(mailbox) {
            record.announce = None;
        }
        let seals = record.sending == channel;
        if seals && confirms {
            record.confirmed = true;
            self.tell(contact, &EventRecord::Confirmed)?;
        }
        Ok(first)
    }

    /// The peer has shown a sequence: if we never said it, this store is an older copy. (C-7)
    fn noticed(&mut self, contact: i64, seen: u64) -> Result<(), StoreTrouble> {
        // Who was never told anything has seen nothing, whatever it claims: to begin anew would be a sign. (C-5)
        if !engaged(self.contact(contact)?) {
            return Ok(());
        }
        let unnoticed = partywall_mutant::is("B12") || partywall_mutant::is("X19");
        if seen > self.contact(contact)?.sent && !unnoticed {
            self.edit_contact(contact)?.sent = seen;
            self.rolled_back(contact)?;
        }
        Ok(())
    }

    /// The peer has shown the highest sequence of ours that it saw. (C-1)
    fn shown(&mut self, contact: i64, seen: u64) -> Result<(), StoreTrouble> {
        let record = self.edit_contact(contact)?;
        if engaged(record) {
            record.sent = record.sent.max(seen);
        }
        record.shown = record.shown.max(seen);
        if record.moved_told.is_some_and(|told| seen >= told) {
            record.moved = None;
            record.moved_told = None;
        }
        Ok(())
    }

    /// The highest epoch wins, a lower one is ignored. (C-1)
    fn peer_reads_at(&mut self, contact: i64, to: &ReplyTo) -> Result<(), StoreTrouble> {
        let record = self.contact(contact)?;
        if to.epoch <= record.target_epoch {
            return Ok(());
        }
        let (before, sent) = (record.target, record.sent);
        let target = TargetRecord {
            authorities: to.authorities.iter().map(ToString::to_string).collect(),
            key: Key32(to.relay.into_bytes()),
            capability: Key32(*to.capability.as_bytes()),
            contact,
            gone: false,
        };
        let target = self.mind.targets.insert(target, self.hands)?;
        let record = self.edit_contact(contact)?;
        record.target = target;
        record.target_epoch = to.epoch;
        record.moved = Some(Moved {
            epoch: to.epoch,
            last: sent,
        });
        record.moved_told = None;
        if self.mind.targets.get(before).is_some_and(|old| old.gone) {
            self.mind.targets.remove(before, self.hands)?;
        }
        Ok(())
    }

    /// Keeps what the peer gave to begin anew with. (C-8)
    fn keep_renewal(&mut self, contact: i64, renewal: &Renewal) -> Result<(), StoreTrouble> {
        let secret = Key32(*renewal.secret.as_bytes());
        let record = self.edit_contact(contact)?;
        record.has = Some((renewal.bundle.clone(), secret));
        if record.rolled_back {
            return self.begin_anew(contact);
        }
        Ok(())
    }

    fn mark_delivered(&mut self, contact: i64, spans: &[Span]) -> Result<(), StoreTrouble> {
        let sent = self.contact(contact)?.sent;
        let mut left = MOST_DELIVERED;
        for span in spans {
            for sequence in span.first..=span.last.min(sent) {
                if left == 0 {
                    return Ok(());
                }
                left -= 1;
                self.mark_one_delivered(contact, sequence)?;
            }
        }
        Ok(())
    }

    fn mark_one_delivered(&mut self, contact: i64, sequence: u64) -> Result<(), StoreTrouble> {
        let Some(message) = self.hands.message_sent(contact, sequence)? else {
            return Ok(());
        };
        // Of what was taken for expired by a wrong date, the peer knows better.
        let progress = self.hands.progress(message)?;
        if !matches!(progress, Some(QUEUED | ACCEPTED | EXPIRED)) {
            return Ok(());
        }
        self.hands.set_progress(message, DELIVERED)?;
        self.hands.stop_waiting(message)?;
        self.mind.moved += 1;
        if let (Some(to), Some(id)) = (self.name(contact), self.id_of(message)?) {
            self.effect(Effect::Fleeting(EventKind::Delivered { to, id }));
        }
        Ok(())
    }
}

/// Adds a sequence to the runs that wait for a receipt.
fn note_taken(spans: &mut Vec<Span>, sequence: u64) {
    let here = |span: &Span| span.first <= sequence && sequence <= span.last;
    if spans.iter().any(here) {
        return;
    }
    let before = spans
        .iter()
        .position(|span| span.last.checked_add(1) == Some(sequence));
    let after = spans
        .iter()
        .position(|span| sequence.checked_add(1) == Some(span.first));
    match (before, after) {
        (Some(before), Some(after)) => {
            spans[before].last = spans[after].last;
            spans.remove(after);
        }
        (Some(before), None) => spans[before].last = sequence,
        (None, Some(after)) => spans[after].first = sequence,
        (None, None) => {
            if spans.len() >= MOST_WAITING_SPANS {
                spans.remove(0);
            }
            let (first, last) = (sequence, sequence);
            spans.push(Span { first, last });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_for_a_receipt_is_kept_in_as_few_runs_as_there_are() {
        let mut spans = Vec::new();
        for sequence in [1, 2, 5, 4, 3, 9, 5] {
            note_taken(&mut spans, sequence);
        }
        assert_eq!(
            spans,
            [Span { first: 1, last: 5 }, Span { first: 9, last: 9 }]
        );
    }
}
