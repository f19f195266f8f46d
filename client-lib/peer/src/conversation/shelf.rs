//! Shelves of our links: how many bundles lie there, and drawing more. (SPEC §5.4, S-2)
//! Knows: links, bundles' secrets. Never knows: who takes a bundle.

use partywall_ground::{LinkSecret, Peer, Seconds};
use partywall_session::{BundleKind, BundleSecret, Identity, LinkKeys};
use partywall_world::{Dice, Wall};

use super::records::{Blob, BundleOwner, BundleRecord, Key32, LinkRecord, MailboxState, Purpose};
use super::rows::{read, written};
use super::turn::Turn;
use crate::error::StoreTrouble;
use crate::peer::Revoked;
use crate::seam::Collect;
use crate::store::Table;

/// One-time bundles for a contact link, as many as one `shelve` carries.
const MANY: u32 = 32;
/// A bundle is good for a year, and to the end of that day.
const BUNDLE_DAYS: u64 = 366;
const DAY: u64 = 86_400;

impl Turn<'_, '_> {
    /// Puts on a link's shelf what is missing there.
    pub(super) fn fill_shelf(&mut self, mailbox: i64) -> Result<(), StoreTrouble> {
        let Some(record) = self.mind.mailboxes.get(mailbox) else {
            return Ok(());
        };
        let Purpose::Link(link) = &record.purpose else {
            return Ok(());
        };
        let Some((relay, slot, shelf)) = self.slot_and_shelf(mailbox) else {
            return Ok(());
        };
        if record.state != MailboxState::Open || (link.used && !link.clear) {
            return Ok(());
        }
        let link = link.clone();
        let there = if link.clear { 0 } else { shelf };
        let wanted = match (link.used, link.reusable) {
            (true, _) => 0,
            (false, true) => MANY,
            (false, false) => 1,
        };
        let mut dice = self.mind.dice.stream("peer/bundles");
        let mut one_time = Vec::new();
        for _ in there..wanted {
            let (_, sealed) = self.draw_bundle(mailbox, &link, BundleKind::OneTime, &mut dice)?;
            one_time.push(sealed);
        }
        let mut last_resort = None;
        if !link.used && (link.clear || link.last_resort.is_none()) {
            let kind = BundleKind::LastResort;
            let (row, sealed) = self.draw_bundle(mailbox, &link, kind, &mut dice)?;
            self.edit_link(mailbox)?.last_resort = Some(row);
            last_resort = Some(sealed);
        }
        if one_time.is_empty() && last_resort.is_none() && !link.clear {
            return Ok(());
        }
        // Counted as there from now on: the answer is a matter of the line, which starts over.
        self.set_shelf(relay, mailbox, wanted.max(there));
        let clear = link.clear;
        self.command(
            relay,
            Collect::Shelve {
                slot,
                clear,
                one_time,
                last_resort,
            },
        );
        Ok(())
    }

    fn draw_bundle(
        &mut self,
        mailbox: i64,
        link: &LinkRecord,
        kind: BundleKind,
        dice: &mut Dice,
    ) -> Result<(i64, Vec<u8>), StoreTrouble> {
        let identity = Identity::from_bytes(&link.identity).map_err(|_| StoreTrouble::Damaged)?;
        let keys = LinkKeys::<Peer>::of(&LinkSecret::new(link.secret.0));
        let until = good_until(self.now.wall);
        let secret = BundleSecret::<Peer>::draw(kind, until, dice);
        let bundle = secret.publish(&identity, &keys.drop_id());
        let record = BundleRecord {
            owner: BundleOwner::Mailbox(mailbox),
            secret: Blob(secret.to_bytes().to_vec()),
            one_time: kind == BundleKind::OneTime,
            link: Key32(link.secret.0),
            until: None,
        };
        let bid = secret.id();
        let row = self
            .hands
            .insert_bundle(bid.as_bytes(), &written(&record))?;
        let sealed = bundle.seal(keys.shelf_key(), dice);
        Ok((row, sealed.to_vec()))
    }

    /// The relay has the bundles on disk.
    pub(super) fn shelved(
        &mut self,
        relay: i64,
        mailbox: i64,
        shelf: u32,
    ) -> Result<(), StoreTrouble> {
        self.set_shelf(relay, mailbox, shelf);
        let Ok(link) = self.edit_link(mailbox) else {
            return Ok(());
        };
        link.clear = false;
        link.ready = true;
        if link.used {
            self.link_has_ended(mailbox, Revoked::AtTheRelay);
        }
        self.invitation_is_ready(mailbox);
        self.fill_shelf(mailbox)
    }

    /// Has a shelf thrown away, now or when the relay is reached again.
    pub(super) fn clear_shelf(&mut self, mailbox: i64) {
        if let Ok(link) = self.edit_link(mailbox) {
            link.clear = true;
            link.last_resort = None;
        }
    }

    /// Erases the secrets of bundles that were not used.
    pub(super) fn erase_bundles(&mut self, owner: BundleOwner) -> Result<(), StoreTrouble> {
        self.mind.deleted = true;
        for (row, plain) in self.hands.all(Table::Bundle)? {
            let record: BundleRecord = read(&plain)?;
            if record.owner == owner && record.until.is_none() {
                self.hands.delete(Table::Bundle, row)?;
            }
        }
        Ok(())
    }
}

/// When a bundle of now ends: at midnight, for whoever takes it sees it and is to learn the day on which it was drawn
/// at most, not the second in which its maker was there.
fn good_until(now: Wall) -> Seconds {
    if partywall_mutant::is("D03") {
        return Seconds::new(now.seconds() + BUNDLE_DAYS * DAY);
    }
    Seconds::new((now.seconds() / DAY + BUNDLE_DAYS) * DAY)
}
