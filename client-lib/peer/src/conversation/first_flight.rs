//! A first flight: somebody used a link of ours, or begins anew with our renewal. (SPEC §4.2, S-2, S-4, S-5)
//! Knows: bundles' secrets, links. Never knows: sockets.

use partywall_ground::{LinkSecret, Peer};
use partywall_session::{
    Binding, BundleSecret, FirstFlight, HandshakeId, Identity, IdentityKeys, LinkKeys, Opened,
    PreambleId, Session,
};

use super::inbox::Arrival;
use super::records::{
    Blob, BundleOwner, BundleRecord, ContactRecord, EventRecord, HandshakeRecord, Key32,
    LinkRecord, Purpose,
};
use super::rows::written;
use super::turn::{Begun, Turn};
use crate::error::StoreTrouble;
use crate::store::Table;

/// A first flight that opened.
struct Flown {
    session: Session<Peer>,
    opened: Opened,
    peer: IdentityKeys<Peer>,
    h1: HandshakeId<Peer>,
}

impl Turn<'_, '_> {
    pub(super) fn first_flight(
        &mut self,
        mailbox: i64,
        row: i64,
        bundle: &BundleRecord,
        envelope: &[u8],
    ) -> Result<Option<Arrival>, StoreTrouble> {
        let identity = match bundle.owner {
            BundleOwner::Mailbox(owner) => match self.link(owner) {
                Some(link) if owner == mailbox && !link.used => link.identity.clone(),
                _ => return Ok(None),
            },
            BundleOwner::Contact(owner) => self.contact(owner)?.identity.clone(),
        };
        let Some(flown) = self.unlock(bundle, &identity, envelope)? else {
            return Ok(None);
        };
        let (peer, h1) = (flown.peer, flown.h1);
        let contact = match bundle.owner {
            BundleOwner::Mailbox(_) => self.meet(mailbox, bundle, &peer)?,
            BundleOwner::Contact(owner) => {
                if self.contact(owner)?.peer[..] != peer.to_bytes() {
                    return Ok(None);
                }
                owner
            }
        };
        let begun = match bundle.owner {
            BundleOwner::Mailbox(_) => Begun::OnLink {
                weak: !bundle.one_time,
            },
            BundleOwner::Contact(_) => Begun::AnewByPeer,
        };
        let channel = self.keep_session(contact, flown.session, begun)?;
        let preamble = PreambleId::<Peer>::of(envelope).ok_or(StoreTrouble::Damaged)?;
        let known = HandshakeRecord {
            channel: Some(channel),
            h1: Key32(*h1.as_bytes()),
        };
        self.hands
            .put_handshake(preamble.as_bytes(), u32::MAX, &written(&known))?;
        self.use_up(row, bundle)?;
        match bundle.owner {
            BundleOwner::Mailbox(_) => self.edit_contact(contact)?.sending = channel,
            BundleOwner::Contact(_) => self.peer_began_anew(contact, channel)?,
        }
        Ok(Some(Arrival {
            contact,
            channel,
            opened: flown.opened,
        }))
    }

    fn unlock(
        &self,
        bundle: &BundleRecord,
        identity: &Blob,
        envelope: &[u8],
    ) -> Result<Option<Flown>, StoreTrouble> {
        let damaged = |_| StoreTrouble::Damaged;
        let secret = BundleSecret::<Peer>::from_bytes(&bundle.secret).map_err(damaged)?;
        let identity = Identity::from_bytes(identity).map_err(damaged)?;
        let link = LinkKeys::<Peer>::of(&LinkSecret::new(bundle.link.0));
        let Ok(flight) = FirstFlight::unlock(envelope, &secret, &identity, &link, Binding::NONE)
        else {
            return Ok(None);
        };
        let (peer, h1) = (flight.peer(), flight.handshake());
        let Ok((session, opened)) = flight.begin(self.day()) else {
            return Ok(None);
        };
        Ok(Some(Flown {
            session,
            opened,
            peer,
            h1,
        }))
    }

    fn link(&self, mailbox: i64) -> Option<&LinkRecord> {
        match &self.mind.mailboxes.get(mailbox)?.purpose {
            Purpose::Link(link) => Some(link),
            _ => None,
        }
    }

    pub(super) fn edit_link(&mut self, mailbox: i64) -> Result<&mut LinkRecord, StoreTrouble> {
        let record = self.mind.mailboxes.edit(mailbox);
        match &mut record.ok_or(StoreTrouble::Damaged)?.purpose {
            Purpose::Link(link) => Ok(link),
            _ => Err(StoreTrouble::Damaged),
        }
    }

    /// Somebody new has come by a link of ours.
    fn meet(
        &mut self,
        mailbox: i64,
        bundle: &BundleRecord,
        peer: &IdentityKeys<Peer>,
    ) -> Result<i64, StoreTrouble> {
        let link = self.link(mailbox).ok_or(StoreTrouble::Damaged)?.clone();
        let weak = !bundle.one_time;
        let record = ContactRecord {
            name: self.free_contact_name(&link.name),
            came_by: Some(mailbox),
            invited: !link.reusable,
            ..ContactRecord::blank(link.identity.clone(), Blob(peer.to_bytes().to_vec()))
        };
        let contact = self.mind.contacts.insert(record, self.hands)?;
        self.mind.touched.insert(contact);
        // The link's mailbox was attached before it delivered.
        self.mind.trusted.insert(contact);
        self.tell(contact, &EventRecord::NewContact(weak))?;
        if !link.reusable {
            self.edit_link(mailbox)?.used = true;
            self.erase_bundles(BundleOwner::Mailbox(mailbox))?;
            self.clear_shelf(mailbox);
        }
        Ok(contact)
    }

    /// A one-time bundle dies at once, a last-resort one when retention and a week have passed. (S-2)
    fn use_up(&mut self, row: i64, bundle: &BundleRecord) -> Result<(), StoreTrouble> {
        self.mind.deleted = true;
        let dies_at_once = bundle.one_time && !partywall_mutant::is("A07");
        if dies_at_once {
            self.hands.delete(Table::Bundle, row)?;
        } else if bundle.until.is_none() {
            let dying = BundleRecord {
                owner: bundle.owner,
                secret: bundle.secret.clone(),
                one_time: false,
                link: bundle.link.clone(),
                until: Some(self.keep_until()),
            };
            self.hands.update(Table::Bundle, row, &written(&dying))?;
        }
        match bundle.owner {
            BundleOwner::Mailbox(mailbox) => {
                let link = self.edit_link(mailbox)?;
                link.last_resort = link.last_resort.filter(|there| *there != row);
                self.fill_shelf(mailbox)
            }
            BundleOwner::Contact(contact) => {
                let record = self.edit_contact(contact)?;
                record.gave = record.gave.filter(|there| *there != row);
                Ok(())
            }
        }
    }
}
