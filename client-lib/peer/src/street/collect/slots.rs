//! The slots of one collect connection: turns commands into frames and frames into events.
//! Pure. (SPEC §5.3 to §5.5) Knows: which slots are in use and how far their deliveries went.
//! Never knows: sockets, other connections.

use std::collections::BTreeMap;
use std::num::NonZeroU64;

use partywall_ground::{AtMost, Credit, DropId, Pass};
use partywall_peer::collect::{
    Ack, Attach, Attached, CloseMailbox, Closed, Create, Deliver, Detached, FromClient, FromRelay,
    Refused, Shelve, Shelved,
};
use partywall_peer::proofs::Admission;
use partywall_peer::{Reason, SealedBundle, ShelfBefore, Slot, Tag};
use partywall_proof::{Greeting, SigningKey};
use partywall_world::Dice;

use super::Trouble;
use crate::seam::{self, Collect, CollectEvent, Refusal};

/// What was asked for on a slot, and what came of it.
enum Standing {
    /// Asked for; not answered.
    Asked,
    /// Read here; so many deliveries came.
    Attached(u64),
    /// Its end was asked for. Deliveries that were under way may still come; nothing more is said.
    Closing(u64),
}

/// The slots in use.
pub(super) struct Slots(BTreeMap<u32, Standing>);

impl Slots {
    /// None in use: a new connection.
    pub(super) const fn none() -> Self {
        Self(BTreeMap::new())
    }

    /// The frame for a command; none for an acknowledgement that has become void.
    ///
    /// # Errors
    /// The refusal of what the relay would close the connection for.
    pub(super) fn told(
        &mut self,
        what: Collect,
        greeting: &Greeting,
        dice: &mut Dice,
    ) -> Result<Option<FromClient>, CollectEvent> {
        let frame: FromClient = match what {
            Collect::Create {
                slot,
                reader,
                drop,
                pass,
                credit,
            } => {
                self.begin(slot)?;
                let admission = match (pass, credit) {
                    (_, Some(credit)) => Admission::Credit(Credit::new(*credit)),
                    (Some(pass), None) => Admission::Pass(Pass::new(*pass)),
                    (None, None) => Admission::Open,
                };
                let reader = SigningKey::from_seed(&reader);
                let (name, drop) = (Slot::new(slot.0), DropId::new(drop));
                Create::sign(&reader, greeting, name, drop, admission, dice).into()
            }
            Collect::Attach { slot, reader } => {
                self.begin(slot)?;
                let reader = SigningKey::from_seed(&reader);
                Attach::sign(&reader, greeting, Slot::new(slot.0), dice).into()
            }
            Collect::Shelve {
                slot,
                clear,
                one_time,
                last_resort,
            } => {
                self.in_use(slot)?;
                shelve(slot, clear, one_time, last_resort)
                    .ok_or_else(|| refused(slot, Refusal::ShelfFull))?
                    .into()
            }
            Collect::Close { slot } => {
                self.in_use(slot)?;
                self.end(slot);
                let slot = Slot::new(slot.0);
                CloseMailbox { slot }.into()
            }
            Collect::Ack { slot, tag } => return Ok(self.ack(slot, tag).map(FromClient::from)),
        };
        Ok(Some(frame))
    }

    /// The event that a frame makes.
    ///
    /// # Errors
    /// [`Trouble::Misbehaved`] for what a relay does not say at this point.
    pub(super) fn heard(&mut self, said: FromRelay) -> Result<CollectEvent, Trouble> {
        let event = match said {
            FromRelay::Hello(_) => return Err(Trouble::Misbehaved),
            FromRelay::Attached(Attached {
                slot,
                acks,
                one_time_left,
            }) => {
                match self.0.get_mut(&slot.value()) {
                    Some(standing @ Standing::Asked) => *standing = Standing::Attached(0),
                    _ => return Err(Trouble::Misbehaved),
                }
                CollectEvent::Attached {
                    slot: named(slot),
                    acks: acks.value(),
                    shelf: counted(one_time_left.value()),
                }
            }
            FromRelay::Refused(Refused { slot, reason, .. }) => {
                // Refused to attach: the slot is free. Refused to shelve: it stays.
                if let Some(Standing::Asked) = self.0.get(&slot.value()) {
                    self.0.remove(&slot.value());
                }
                refused(named(slot), why(reason))
            }
            FromRelay::Detached(Detached { slot }) => {
                self.0.remove(&slot.value());
                CollectEvent::Detached { slot: named(slot) }
            }
            FromRelay::Closed(Closed { slot, credit }) => {
                self.0.remove(&slot.value());
                CollectEvent::Closed {
                    slot: named(slot),
                    credit: credit.map(|credit| *credit.as_bytes()),
                }
            }
            FromRelay::Shelved(Shelved {
                slot,
                one_time_left,
            }) => {
                let shelf = counted(one_time_left.value());
                let slot = named(slot);
                CollectEvent::Shelved { slot, shelf }
            }
            FromRelay::Deliver(Deliver {
                slot,
                tag,
                envelope,
            }) => {
                let tag = self.deliver(slot, tag)?;
                CollectEvent::Delivered {
                    slot: named(slot),
                    tag,
                    envelope: envelope.as_bytes().to_vec(),
                }
            }
        };
        Ok(event)
    }
}

impl Slots {
    fn begin(&mut self, slot: seam::Slot) -> Result<(), CollectEvent> {
        if self.0.contains_key(&slot.0) {
            return Err(refused(slot, Refusal::Taken));
        }
        self.0.insert(slot.0, Standing::Asked);
        Ok(())
    }

    fn in_use(&self, slot: seam::Slot) -> Result<(), CollectEvent> {
        match self.0.contains_key(&slot.0) {
            true => Ok(()),
            false => Err(refused(slot, Refusal::NoSuchMailbox)),
        }
    }

    /// From here on an acknowledgement would be out of turn: what it is about goes with the mailbox.
    fn end(&mut self, slot: seam::Slot) {
        if let Some(standing) = self.0.get_mut(&slot.0)
            && let Standing::Attached(delivered) = *standing
        {
            *standing = Standing::Closing(delivered);
        }
    }

    /// Only of what was delivered here: anything else would close the connection. (P-11)
    fn ack(&self, slot: seam::Slot, tag: seam::Tag) -> Option<Ack> {
        let Some(Standing::Attached(delivered)) = self.0.get(&slot.0) else {
            return None;
        };
        let tag = NonZeroU64::new(tag.0).filter(|tag| tag.get() <= *delivered)?;
        let (slot, tag) = (Slot::new(slot.0), Tag::new(tag));
        Some(Ack { slot, tag })
    }

    /// Deliveries are counted 1, 2, 3, …; an acknowledgement means all before it. (P-11)
    fn deliver(&mut self, slot: Slot, tag: Tag) -> Result<seam::Tag, Trouble> {
        match self.0.get_mut(&slot.value()) {
            Some(Standing::Attached(delivered) | Standing::Closing(delivered))
                if tag.value().get() == *delivered + 1 =>
            {
                *delivered += 1;
                Ok(seam::Tag(*delivered))
            }
            _ => Err(Trouble::Misbehaved),
        }
    }
}

/// None when a bundle has another length than bundles have, or there are more than fit.
fn shelve(
    slot: seam::Slot,
    clear: bool,
    one_time: Vec<Vec<u8>>,
    last_resort: Option<Vec<u8>>,
) -> Option<Shelve> {
    let sealed = |bundle: Vec<u8>| SealedBundle::try_from(bundle).ok();
    let one_time: Option<Vec<_>> = one_time.into_iter().map(sealed).collect();
    let last_resort = match last_resort {
        Some(bundle) => Some(sealed(bundle)?),
        None => None,
    };
    Some(Shelve {
        slot: Slot::new(slot.0),
        before: match clear {
            true => ShelfBefore::Cleared,
            false => ShelfBefore::Kept,
        },
        one_time: AtMost::try_from(one_time?).ok()?,
        last_resort,
    })
}

const fn named(slot: Slot) -> seam::Slot {
    seam::Slot(slot.value())
}

fn counted(bundles: u64) -> u32 {
    u32::try_from(bundles).unwrap_or(u32::MAX)
}

const fn refused(slot: seam::Slot, reason: Refusal) -> CollectEvent {
    CollectEvent::Refused { slot, reason }
}

const fn why(reason: Reason) -> Refusal {
    match reason {
        Reason::NoSuchMailbox => Refusal::NoSuchMailbox,
        Reason::Taken => Refusal::Taken,
        Reason::Admission => Refusal::Admission,
        Reason::LowDisk => Refusal::LowDisk,
        Reason::TooMany => Refusal::TooMany,
        Reason::ShelfFull => Refusal::ShelfFull,
        Reason::Busy => Refusal::Busy,
    }
}
