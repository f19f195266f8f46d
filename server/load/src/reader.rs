//! Reads mailboxes: takes what is delivered, acknowledges it, notes how long it took.
//! Knows: slots and tags of one connection. Never knows: what is in an envelope but its first bytes,
//! which the load's own writer put there.

use partywall_peer::Slot;
use partywall_peer::collect::{self, Attach};
use partywall_proof::Greeting;
use partywall_world::Dice;

use crate::dialect::{self, Dialect, Heard, Role};
use crate::figures::Notes;
use crate::greeted::Greeted;
use crate::mailboxes::Mailbox;
use crate::wire::Wire;
use crate::writer::STAMP;
use crate::{LoadError, Target};

/// One connection that reads one mailbox or many.
pub(crate) struct Reader {
    pub(crate) wire: Wire,
    dialect: Dialect,
    /// By slot: the last tag that came, and the last that was acknowledged.
    tags: Vec<Tags>,
    /// Slots with something to acknowledge.
    fresh: Vec<u32>,
    first: u32,
    /// Envelopes that came while mailboxes were still being attached.
    early: u64,
}

#[derive(Clone, Copy, Default)]
struct Tags {
    came: u64,
    acknowledged: u64,
}

/// Requests that are open at once.
const OPEN: u32 = 16;

impl Reader {
    /// Reads these mailboxes, which must have been made one after the other.
    pub(crate) async fn attach(target: &Target, mailboxes: &[Mailbox]) -> Result<Self, LoadError> {
        let count = u32::try_from(mailboxes.len()).unwrap_or(u32::MAX);
        let over = |wire, first| Self {
            wire,
            dialect: target.dialect.clone(),
            tags: vec![Tags::default(); mailboxes.len()],
            fresh: Vec::new(),
            first,
            early: 0,
        };
        if matches!(target.dialect, Dialect::Relay(_)) {
            let Greeted { wire, greeting } = Greeted::enter(target, "/v1/collect").await?;
            let mut reader = over(wire, 0);
            reader.ask(&greeting, mailboxes).await?;
            return Ok(reader);
        }
        let first = mailboxes.first().map_or(0, |mailbox| mailbox.pair);
        let (stream, _) = target.connect().await?;
        let mut wire = Wire::upgrade(stream, &target.host, "/").await?;
        dialect::enter(&mut wire, Role::Reader, first, count).await?;
        Ok(over(wire, first))
    }

    /// Proves every mailbox, some at once. Mail may come before the last of them is there.
    async fn ask(&mut self, greeting: &Greeting, mailboxes: &[Mailbox]) -> Result<(), LoadError> {
        let mut dice = Dice::from_os().map_err(|error| LoadError::Machine(error.to_string()))?;
        let mut open = 0;
        for (slot, mailbox) in (0..).zip(mailboxes) {
            let keys = mailbox.keys.as_ref().ok_or(LoadError::Nonsense)?;
            let attach = Attach::sign(&keys.reader, greeting, Slot::new(slot), &mut dice);
            let attach: collect::FromClient = attach.into();
            self.wire.put(&[&attach.encode()]);
            open += 1;
            if open == OPEN {
                self.attached().await?;
                open -= 1;
            }
        }
        for _ in 0..open {
            self.attached().await?;
        }
        Ok(())
    }

    async fn attached(&mut self) -> Result<(), LoadError> {
        self.wire.flush().await?;
        loop {
            let message = self.wire.hear().await?;
            match self.dialect.hear(&message)? {
                Heard::Attached => return Ok(()),
                Heard::Refused => return Err(LoadError::Refused("a mailbox".to_owned())),
                Heard::Delivered { slot, tag } => {
                    self.note(slot, tag)?;
                    self.early += 1;
                }
                Heard::Accepted(_) | Heard::Other => {}
            }
        }
    }

    /// Everything that was taken off the wire so far: notes each by the age of its stamp, `now` being
    /// nanoseconds on the same stopwatch. How many there were.
    pub(crate) fn take(
        &mut self,
        size: usize,
        now: impl FnOnce() -> u64,
        notes: &Notes,
    ) -> Result<u64, LoadError> {
        let mut taken = std::mem::take(&mut self.early);
        let Some(first) = self.wire.next()? else {
            return Ok(taken);
        };
        // They arrived together: the clock is read once.
        let now = now();
        let mut notes = notes.open();
        let mut message = Some(first);
        while let Some(whole) = message {
            if let Heard::Delivered { slot, tag } = self.dialect.hear(&whole)? {
                taken += 1;
                self.note(slot, tag)?;
                let envelope = whole.len().checked_sub(size);
                let stamp = envelope.and_then(|at| whole.get(at..)?.first_chunk::<STAMP>());
                if let Some(stamp) = stamp {
                    notes.add(now.saturating_sub(u64::from_be_bytes(*stamp)));
                }
            }
            message = self.wire.next()?;
        }
        Ok(taken)
    }

    fn note(&mut self, slot: u32, tag: u64) -> Result<(), LoadError> {
        let at = slot.wrapping_sub(self.first) as usize;
        let tags = self.tags.get_mut(at).ok_or(LoadError::Nonsense)?;
        if tags.came == tags.acknowledged {
            self.fresh.push(slot);
        }
        tags.came = tag;
        Ok(())
    }

    /// Acknowledges all that was taken, once for each mailbox, as a client does whose app is quick.
    pub(crate) async fn acknowledge(&mut self) -> Result<(), LoadError> {
        for slot in self.fresh.drain(..) {
            let at = slot.wrapping_sub(self.first) as usize;
            if let Some(tags) = self.tags.get_mut(at) {
                tags.acknowledged = tags.came;
                self.dialect.acknowledge(&mut self.wire, slot, tags.came);
            }
        }
        self.wire.flush().await
    }
}
