//! Who uses the relay: owners of mailboxes, their connections, and those who write to them.

mod reader;
mod writer;

pub(crate) use reader::Reader;
pub(crate) use writer::Writer;

use partywall_ground::{Capability, DropId, Pass};
use partywall_peer::proofs::Admission;
use partywall_peer::{SealedBundle, drop_id};
use partywall_proof::SigningKey;

use super::world::World;
use crate::store::Reading;

/// The secrets of one mailbox.
pub(crate) struct Owner {
    pub(crate) reader: SigningKey,
    pub(crate) capability: [u8; 32],
}

impl Owner {
    pub(crate) fn number(number: u8) -> Self {
        Self {
            reader: SigningKey::from_seed(&[number; 32]),
            capability: [number ^ 0x80; 32],
        }
    }

    pub(crate) fn drop(&self) -> DropId {
        drop_id(&Capability::new(self.capability))
    }
}

/// A connection at either door.
pub(crate) trait Connection {
    /// Tells it what happened; says whether anything had.
    fn pump(&mut self, world: &mut World) -> bool;
}

/// Lets everything happen until nothing more does.
pub(crate) fn settle(world: &mut World, connections: &mut [&mut dyn Connection]) {
    loop {
        let mut moved = false;
        for connection in connections.iter_mut() {
            moved |= connection.pump(world);
        }
        while world.answer_one() {
            moved = true;
        }
        moved |= world.commit();
        if !moved {
            return;
        }
    }
}

fn open(world: &World, mailbox: crate::store::MailboxKey) {
    let opened = world.reading.open(mailbox).unwrap();
    world.core.router.opened(mailbox, opened);
}

/// A bundle that says its number.
pub(crate) fn bundle(number: u8) -> SealedBundle {
    SealedBundle::try_from(vec![number; SealedBundle::LENGTH]).unwrap()
}

pub(crate) fn by_pass(pass: &[u8; 32]) -> Admission {
    Admission::Pass(Pass::new(*pass))
}
