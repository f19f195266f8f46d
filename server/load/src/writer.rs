//! Writes to one mailbox: envelopes that carry the moment at which they ought to leave, and how long it
//! takes until they are accepted.
//! Knows: numbers of one connection. Never knows: who reads.

use std::collections::VecDeque;

use partywall_ground::Capability;
use partywall_peer::deposit::{self, Use};

use crate::dialect::{self, Dialect, Heard, Role};
use crate::figures::Notes;
use crate::greeted::Greeted;
use crate::mailboxes::Mailbox;
use crate::wire::Wire;
use crate::{LoadError, Target};

/// Bytes at the beginning of an envelope: nanoseconds on the load's stopwatch.
pub(crate) const STAMP: usize = 8;

/// A connection that writes to one mailbox.
pub(crate) struct Writer {
    pub(crate) wire: Wire,
    dialect: Dialect,
    pair: u32,
    number: u64,
    /// When what is unanswered ought to have left, in order.
    unanswered: VecDeque<u64>,
    answered: u64,
    rest: Vec<u8>,
}

impl Writer {
    pub(crate) async fn open(target: &Target, mailbox: &Mailbox) -> Result<Self, LoadError> {
        let wire = match (&target.dialect, &mailbox.keys) {
            (Dialect::Relay(_), Some(keys)) => {
                let capability = Capability::new(*keys.capability.as_bytes());
                let Greeted { mut wire, .. } = Greeted::enter(target, "/v1/deposit").await?;
                let using: deposit::FromClient = Use { capability }.into();
                wire.put(&[&using.encode()]);
                wire.flush().await?;
                match deposit::FromRelay::decode(&wire.hear().await?) {
                    Ok(deposit::FromRelay::Opened(_)) => wire,
                    _ => return Err(LoadError::Nonsense),
                }
            }
            _ => {
                let (stream, _) = target.connect().await?;
                let mut wire = Wire::upgrade(stream, &target.host, "/").await?;
                dialect::enter(&mut wire, Role::Writer, mailbox.pair, 1).await?;
                wire
            }
        };
        Ok(Self {
            wire,
            dialect: target.dialect.clone(),
            pair: mailbox.pair,
            number: 0,
            unanswered: VecDeque::new(),
            answered: 0,
            rest: Vec::new(),
        })
    }

    /// How many wait for their answer.
    pub(crate) fn unanswered(&self) -> usize {
        self.unanswered.len()
    }

    /// Takes an envelope of so many bytes, which ought to leave at `due`, to the next flush.
    pub(crate) fn put(&mut self, size: usize, due: u64) {
        if self.rest.len() + STAMP != size {
            self.rest = noise(size.saturating_sub(STAMP));
        }
        self.number += 1;
        let stamp = due.to_be_bytes();
        let parts = [&stamp[..], &self.rest];
        self.dialect
            .deposit(&mut self.wire, self.pair, self.number, &parts);
        self.unanswered.push_back(due);
    }

    /// Every answer that was taken off the wire so far. How many messages were accepted.
    pub(crate) fn take(
        &mut self,
        now: impl FnOnce() -> u64,
        notes: &Notes,
    ) -> Result<u64, LoadError> {
        let mut up_to = self.answered;
        while let Some(message) = self.wire.next()? {
            if let Heard::Accepted(number) = self.dialect.hear(&message)? {
                up_to = number;
            }
        }
        if up_to == self.answered {
            return Ok(0);
        }
        let (now, mut notes) = (now(), notes.open());
        let before = self.answered;
        while self.answered < up_to {
            let due = self.unanswered.pop_front().ok_or(LoadError::Nonsense)?;
            notes.add(now.saturating_sub(due));
            self.answered += 1;
        }
        Ok(self.answered - before)
    }
}

/// Bytes without a pattern, so that nothing on the way could make them fewer.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_be_bytes());
    }
    bytes.truncate(length);
    bytes
}
