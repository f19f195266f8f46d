//! Somebody's link is used: a mailbox for the answers, a bundle from the shelf, a session. (SPEC §4.2, C-1)
//! Knows: links of others, who waits. Never knows: sockets.

use partywall_ground::{DropId, Peer, Seconds};
use partywall_session::{
    Binding, BundleKind, Identity, LinkKeys, Session, UnverifiedBundle, VerifiedBundle,
};
use partywall_world::Monotonic;

use super::invite::{PATIENCE, relay_record};
use super::records::{Blob, ContactRecord, Key32, Purpose, RelayRecord, TargetRecord};
use super::turn::{Begun, Effect, Turn};
use crate::desk::{ContactRow, Reply};
use crate::error::{AddError, RelayTrouble, StoreTrouble};
use crate::link::{Link, RelayLink};
use crate::seam::{Deposit, DownReason};

/// Somebody waits for a contact.
pub(crate) struct Adding {
    pub(super) name: String,
    mailbox: i64,
    target: i64,
    link: Link,
    reply: Reply<Result<ContactRow, AddError>>,
    pub(super) deadline: Monotonic,
}

impl Turn<'_, '_> {
    pub(super) fn add(
        &mut self,
        link: Link,
        name: String,
        collect_at: Option<&RelayLink>,
        reply: Reply<Result<ContactRow, AddError>>,
    ) -> Result<(), StoreTrouble> {
        if let Err(refused) = self.may_add(&link, &name) {
            self.answer(reply, Err(refused));
            return Ok(());
        }
        let relay = match (collect_at, self.setting().home) {
            (Some(given), _) => self.relay_row(relay_record(given))?,
            (None, Some(home)) if self.mind.relays.get(home).is_some() => home,
            _ => self.relay_row(relay_of(&link))?,
        };
        if collect_at.is_some() {
            self.edit_setting().home = Some(relay);
        }
        let at = relay_of(&link);
        let keys = LinkKeys::<Peer>::of(link.parsed().secret());
        let target = TargetRecord {
            authorities: at.authorities,
            key: at.key,
            capability: Key32(*keys.capability().as_bytes()),
            contact: 0,
            gone: false,
        };
        let target = self.mind.targets.insert(target, self.hands)?;
        let capability = self.mind.dice.bytes();
        let mailbox = self.draw_mailbox(relay, capability, Purpose::Adding)?;
        let deadline = self.now.monotonic + PATIENCE;
        self.mind.adding.push(Adding {
            name,
            mailbox,
            target,
            link,
            reply,
            deadline,
        });
        Ok(())
    }

    fn may_add(&self, link: &Link, name: &str) -> Result<(), AddError> {
        self.name_is_free(name)?;
        let drop = drop_of(link);
        let ours = |purpose: &Purpose| match purpose {
            Purpose::Link(made) => made.secret.0 == *link.parsed().secret().as_bytes(),
            _ => false,
        };
        if self
            .mind
            .mailboxes
            .iter()
            .any(|(_, record)| ours(&record.purpose))
        {
            return Err(AddError::OwnLink);
        }
        let mut contacts = self.mind.contacts.iter();
        let used = contacts.find(|(_, record)| record.used_link.as_ref() == Some(&drop));
        match used {
            Some((_, record)) => Err(AddError::Used {
                name: record.name.clone(),
            }),
            None => Ok(()),
        }
    }

    /// Our mailbox is there: now a bundle may be taken, so that none is wasted before.
    pub(super) fn add_may_take(&mut self, mailbox: i64) -> Result<(), StoreTrouble> {
        let mut adding = self.mind.adding.iter();
        let Some(adding) = adding.find(|adding| adding.mailbox == mailbox) else {
            return Ok(());
        };
        let target = adding.target;
        self.open_drop(target);
        let line = self.mind.drops.entry(target).or_default();
        if !line.taking {
            line.taking = true;
            self.effect(Effect::Put(target, Deposit::Take));
        }
        Ok(())
    }

    /// A bundle came, or none.
    pub(super) fn taken(
        &mut self,
        target: i64,
        sealed: Option<Vec<u8>>,
    ) -> Result<(), StoreTrouble> {
        let Some(adding) = self.adding_at(target) else {
            return Ok(());
        };
        let begun = match sealed {
            None => Err(AddError::Gone),
            Some(sealed) => self.begin_session(&adding.link, &sealed),
        };
        match begun {
            Ok((identity, session, weak)) => {
                let contact = self.added(&adding, &identity, session, weak)?;
                self.answer(adding.reply, Ok(ContactRow(contact)));
                Ok(())
            }
            Err(refused) => self.drop_adding(adding, refused),
        }
    }

    fn begin_session(
        &mut self,
        link: &Link,
        sealed: &[u8],
    ) -> Result<(Identity<Peer>, Session<Peer>, bool), AddError> {
        let link = link.parsed();
        let keys = LinkKeys::<Peer>::of(link.secret());
        let now = Seconds::new(self.now.wall.seconds());
        let bundle: VerifiedBundle<Peer> = UnverifiedBundle::unseal(sealed, keys.shelf_key())
            .and_then(|bundle| bundle.verify(link.maker(), &keys.drop_id(), now))
            .map_err(AddError::NotTheirs)?;
        let mut dice = self.mind.dice.stream("peer/initiate");
        let identity = Identity::draw(&mut dice);
        let session = Session::initiate(&identity, &bundle, &keys, Binding::NONE, &mut dice)?;
        let weak = bundle.kind() == BundleKind::LastResort;
        Ok((identity, session, weak))
    }

    fn added(
        &mut self,
        adding: &Adding,
        identity: &Identity<Peer>,
        session: Session<Peer>,
        weak: bool,
    ) -> Result<i64, StoreTrouble> {
        let peer = Blob(session.peer().to_bytes().to_vec());
        let identity = Blob(identity.to_bytes().to_vec());
        let record = ContactRecord {
            name: adding.name.clone(),
            used_link: Some(drop_of(&adding.link)),
            target: adding.target,
            announce: Some(adding.mailbox),
            epoch: 1,
            hello: true,
            ..ContactRecord::blank(identity, peer)
        };
        let contact = self.mind.contacts.insert(record, self.hands)?;
        // Its mailbox was made just now.
        self.mind.trusted.insert(contact);
        let channel = self.keep_session(contact, session, Begun::OnLink { weak })?;
        self.edit_contact(contact)?.sending = channel;
        if let Some(target) = self.mind.targets.edit(adding.target) {
            target.contact = contact;
        }
        if let Some(mailbox) = self.mind.mailboxes.edit(adding.mailbox) {
            let epoch = 1;
            mailbox.purpose = Purpose::Contact { contact, epoch };
        }
        Ok(contact)
    }

    /// The mailbox for the answers will not come.
    pub(super) fn add_failed(
        &mut self,
        mailbox: i64,
        trouble: RelayTrouble,
    ) -> Result<(), StoreTrouble> {
        let waits = |adding: &Adding| adding.mailbox == mailbox;
        match self.mind.adding.iter().position(waits) {
            Some(at) => {
                let adding = self.mind.adding.remove(at);
                self.drop_adding(adding, trouble.into())
            }
            None => Ok(()),
        }
    }

    /// The link's relay cannot be reached.
    pub(super) fn add_failed_at(
        &mut self,
        target: i64,
        reason: DownReason,
    ) -> Result<(), StoreTrouble> {
        match self.adding_at(target) {
            Some(adding) => self.drop_adding(adding, RelayTrouble::Down(reason).into()),
            None => Ok(()),
        }
    }

    /// Nobody reads behind the link.
    pub(super) fn add_found_nobody(&mut self, target: i64) -> Result<(), StoreTrouble> {
        match self.adding_at(target) {
            Some(adding) => self.drop_adding(adding, AddError::Gone),
            None => Ok(()),
        }
    }

    /// Orders that a relay did not answer in time.
    pub(super) fn give_up_late_orders(&mut self) -> Result<(), StoreTrouble> {
        self.stop_waiting_for_revoked();
        let now = self.now.monotonic;
        let inviting = self.mind.inviting.iter();
        let late = inviting.filter(|inviting| inviting.deadline <= now);
        let mut late: Vec<i64> = late.map(|inviting| inviting.mailbox()).collect();
        let adding = self.mind.adding.iter();
        let slow = adding.filter(|adding| adding.deadline <= now);
        late.extend(slow.map(|adding| adding.mailbox));
        for mailbox in late {
            let down = self.why_down(mailbox).map(RelayTrouble::Down);
            self.give_up_on(mailbox, down.unwrap_or(RelayTrouble::TimedOut))?;
        }
        Ok(())
    }

    fn adding_at(&mut self, target: i64) -> Option<Adding> {
        let waits = |adding: &Adding| adding.target == target;
        let at = self.mind.adding.iter().position(waits)?;
        Some(self.mind.adding.remove(at))
    }

    fn drop_adding(&mut self, adding: Adding, refused: AddError) -> Result<(), StoreTrouble> {
        self.answer(adding.reply, Err(refused));
        self.leave_drop(adding.target);
        self.mind.targets.remove(adding.target, self.hands)?;
        self.close_mailbox(adding.mailbox)
    }
}

/// The drop behind a link.
fn drop_of(link: &Link) -> Key32 {
    let keys = LinkKeys::<Peer>::of(link.parsed().secret());
    let drop: DropId = keys.drop_id();
    Key32(drop.into_bytes())
}

fn relay_of(link: &Link) -> RelayRecord {
    let link = link.parsed();
    let authorities = std::iter::once(link.authority()).chain(link.further());
    RelayRecord {
        authorities: authorities.map(ToString::to_string).collect(),
        key: Key32(link.relay().into_bytes()),
        pass: None,
        credits: Vec::new(),
    }
}
