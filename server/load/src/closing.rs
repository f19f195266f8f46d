//! Ends the mailboxes of a load, so that a relay which goes on running keeps nothing of it.
//! Knows: slots. Never knows: what still lies in them; it goes with them.

use partywall_peer::Slot;
use partywall_peer::collect::{self, CloseMailbox};

use crate::mailboxes::SLOTS;
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
            for slot in (0..).take(count) {
                let close = CloseMailbox {
                    slot: Slot::new(slot),
                };
                wire.put(&[&collect::FromClient::from(close).encode()]);
            }
            wire.flush().await?;
            let mut closed = 0;
            while closed < count {
                // Mail that was on its way comes first.
                if let Ok(collect::FromRelay::Closed(_)) =
                    collect::FromRelay::decode(&wire.hear().await?)
                {
                    closed += 1;
                }
            }
        }
        Ok(())
    }
}
