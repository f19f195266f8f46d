//! Ends the mailboxes of a load, so that a relay which goes on running keeps nothing of it.
//! Knows: slots. Never knows: what still lies in them; it goes with them.

use partywall_peer::Slot;
use partywall_peer::collect::{self, CloseMailbox};

use crate::mailboxes::SLOTS;
use crate::wire::Wire;
use crate::{LoadError, Mailboxes};

impl Mailboxes {
    /// Reads all of them once more and closes them, whoever else reads them now. (SPEC P-6)
    ///
    /// At a yardstick, which has no mailboxes, nothing happens.
    ///
    /// # Errors
    /// The relay is gone, or does not answer.
    pub async fn close(self) -> Result<(), LoadError> {
        if !self.target().is_relay() {
            return Ok(());
        }
        let mut left = self.count();
        for share in self.shares(SLOTS) {
            let count = left.min(SLOTS);
            left -= count;
            let mut wire = share.reader().await?.wire;
            let slots: Vec<Slot> = (0..).take(count).map(Slot::new).collect();
            close(&mut wire, &slots).await?;
        }
        Ok(())
    }
}

/// Closes the mailboxes that one connection reads in these slots.
pub(crate) async fn close(wire: &mut Wire, slots: &[Slot]) -> Result<(), LoadError> {
    for slot in slots {
        let close: collect::FromClient = CloseMailbox { slot: *slot }.into();
        wire.put(&[&close.encode()]);
    }
    wire.flush().await?;
    let mut closed = 0;
    while closed < slots.len() {
        let said = wire.hear().await?;
        match collect::FromRelay::decode(&said).map_err(|_| LoadError::Nonsense)? {
            collect::FromRelay::Closed(_) => closed += 1,
            collect::FromRelay::Refused(refused) => {
                return Err(LoadError::Refused(refused.reason.to_string()));
            }
            _ => {} // mail that was on its way comes first
        }
    }
    Ok(())
}
