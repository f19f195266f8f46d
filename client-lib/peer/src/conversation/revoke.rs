//! Links that we take back: here at once, at the relay when it is reached. (SPEC §5.3, §5.4)
//! Knows: links, who came by them, who waits to hear that it is done. Never knows: sockets.

use partywall_world::Monotonic;

use super::invite::PATIENCE;
use super::records::{BundleOwner, ContactRecord, MailboxState, Purpose};
use super::turn::Turn;
use crate::desk::Reply;
use crate::error::{LookError, StoreTrouble};
use crate::link::Link;
use crate::peer::Revoked;

/// Somebody waits until the relay has taken a link back.
pub(crate) struct Revoking {
    mailbox: i64,
    reply: Reply<Result<Revoked, LookError>>,
    pub(super) deadline: Monotonic,
}

impl Turn<'_, '_> {
    pub(super) fn revoke(
        &mut self,
        link: &Link,
        reply: Reply<Result<Revoked, LookError>>,
    ) -> Result<(), StoreTrouble> {
        let same = |purpose: &Purpose| match purpose {
            Purpose::Link(made) => !made.used && link.is(&made.text),
            _ => false,
        };
        let open = self
            .mind
            .mailboxes
            .ids(|_, record| record.state != MailboxState::Closing && same(&record.purpose));
        let Some(mailbox) = open.first().copied() else {
            self.answer(reply, Err(LookError::NoSuchLink));
            return Ok(());
        };
        let deadline = self.now.monotonic + PATIENCE;
        self.mind.revoking.push(Revoking {
            mailbox,
            reply,
            deadline,
        });
        self.erase_bundles(BundleOwner::Mailbox(mailbox))?;
        // Whoever came by it may not have heard yet where we are now: their way stays until they have moved.
        let came = |_, record: &ContactRecord| record.came_by == Some(mailbox);
        if self.mind.contacts.ids(came).is_empty() {
            return self.close_mailbox(mailbox);
        }
        self.edit_link(mailbox)?.used = true;
        self.clear_shelf(mailbox);
        self.fill_shelf(mailbox)
    }

    /// The relay hands nothing out for this link any more: tells whoever waits for that.
    pub(super) fn link_has_ended(&mut self, mailbox: i64, how: Revoked) {
        let waits = |revoking: &Revoking| revoking.mailbox == mailbox;
        if let Some(at) = self.mind.revoking.iter().position(waits) {
            let revoking = self.mind.revoking.remove(at);
            self.answer(revoking.reply, Ok(how));
        }
    }

    /// Whoever has waited long enough for a relay hears that it will be told later.
    pub(super) fn stop_waiting_for_revoked(&mut self) {
        let now = self.now.monotonic;
        let late = self.mind.revoking.iter();
        let late = late.filter(|revoking| revoking.deadline <= now);
        let late: Vec<i64> = late.map(|revoking| revoking.mailbox).collect();
        for mailbox in late {
            self.link_has_ended(mailbox, Revoked::WhenReached);
        }
    }
}
