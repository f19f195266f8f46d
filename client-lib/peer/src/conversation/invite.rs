//! Links that we make and take back. (SPEC §2.2, §3, §5.3, §5.4)
//! Knows: names, links, who waits for one. Never knows: sockets.

use std::time::Duration;

use partywall_ground::{LinkSecret, Pass, Peer, RelayKey};
use partywall_peer::{ContactLink, Uses};
use partywall_proof::link::Authority;
use partywall_session::{Identity, LinkKeys, draw_link_secret};
use partywall_world::Monotonic;

use super::records::{Blob, BundleOwner, Key32, LinkRecord, MailboxState, Purpose, RelayRecord};
use super::turn::Turn;
use crate::desk::Reply;
use crate::error::{InviteError, NameError, RelayTrouble, StoreTrouble};
use crate::link::{Link, RelayLink};
use crate::peer::LinkCard;

/// How long a person waits for a relay.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
const LONGEST_NAME: usize = 64;

/// Somebody waits for a link.
pub(crate) struct Inviting {
    mailbox: i64,
    reply: Reply<Result<Link, InviteError>>,
    pub(super) deadline: Monotonic,
}

impl Inviting {
    pub(super) fn mailbox(&self) -> i64 {
        self.mailbox
    }
}

impl Turn<'_, '_> {
    pub(super) fn invite(
        &mut self,
        relay: &RelayLink,
        name: Option<&str>,
        reusable: bool,
        reply: Reply<Result<Link, InviteError>>,
    ) -> Result<(), StoreTrouble> {
        let name = match name {
            Some(name) => name.to_owned(),
            None => self.free_name("contact"),
        };
        if let Err(refused) = self.name_is_free(&name) {
            self.answer(reply, Err(refused.into()));
            return Ok(());
        }
        let relay = self.relay_row(relay_record(relay))?;
        self.edit_setting().home = Some(relay);
        let mut dice = self.mind.dice.stream("peer/link");
        let (identity, secret) = (Identity::draw(&mut dice), draw_link_secret(&mut dice));
        let capability = *LinkKeys::<Peer>::of(&secret).capability().as_bytes();
        let link = LinkRecord {
            name,
            reusable,
            text: self.link_text(relay, &identity, &secret, reusable)?,
            secret: Key32(*secret.as_bytes()),
            identity: Blob(identity.to_bytes().to_vec()),
            ready: false,
            used: false,
            clear: false,
            last_resort: None,
        };
        let mailbox = self.draw_mailbox(relay, capability, Purpose::Link(link))?;
        let deadline = self.now.monotonic + PATIENCE;
        self.mind.inviting.push(Inviting {
            mailbox,
            reply,
            deadline,
        });
        Ok(())
    }

    fn link_text(
        &self,
        relay: i64,
        identity: &Identity<Peer>,
        secret: &LinkSecret,
        reusable: bool,
    ) -> Result<String, StoreTrouble> {
        let record = self.mind.relays.get(relay).ok_or(StoreTrouble::Damaged)?;
        let mut authorities = record
            .authorities
            .iter()
            .filter_map(|text| Authority::parse(text).ok());
        let first = authorities.next().ok_or(StoreTrouble::Damaged)?;
        let uses = if reusable { Uses::Many } else { Uses::Once };
        let maker = identity.id();
        let secret = LinkSecret::new(*secret.as_bytes());
        let link = ContactLink::new(first, RelayKey::new(record.key.0), maker, secret, uses)
            .with_further(authorities.collect())
            .map_err(|_| StoreTrouble::Damaged)?;
        Ok(partywall_peer::Link::from(link).as_web_link().to_string())
    }

    /// The shelf is filled: the link works, whoever waits for it gets it.
    pub(super) fn invitation_is_ready(&mut self, mailbox: i64) {
        let waits = |inviting: &Inviting| inviting.mailbox == mailbox;
        let Some(at) = self.mind.inviting.iter().position(waits) else {
            return;
        };
        let inviting = self.mind.inviting.remove(at);
        if let Ok(link) = self.edit_link(mailbox) {
            let link = Link::of(&link.text);
            self.answer(inviting.reply, Ok(link));
        }
    }

    /// Tells whoever waits for a mailbox that it will not come, and has it erased.
    pub(super) fn give_up_on(
        &mut self,
        mailbox: i64,
        trouble: RelayTrouble,
    ) -> Result<(), StoreTrouble> {
        let waits = |inviting: &Inviting| inviting.mailbox == mailbox;
        if let Some(at) = self.mind.inviting.iter().position(waits) {
            let inviting = self.mind.inviting.remove(at);
            self.answer(inviting.reply, Err(trouble.into()));
            self.erase_bundles(BundleOwner::Mailbox(mailbox))?;
            return self.close_mailbox(mailbox);
        }
        self.add_failed(mailbox, trouble)
    }

    pub(super) fn links(&self) -> Vec<LinkCard> {
        let open = self.mind.mailboxes.iter();
        let open = open.filter(|(_, record)| record.state == MailboxState::Open);
        open.filter_map(|(_, record)| match &record.purpose {
            Purpose::Link(link) if link.ready && !link.used => Some(LinkCard {
                name: link.name.clone(),
                reusable: link.reusable,
                link: Link::of(&link.text),
            }),
            _ => None,
        })
        .collect()
    }

    pub(super) fn name_is_free(&self, name: &str) -> Result<(), NameError> {
        let usable = !name.trim().is_empty()
            && name.len() <= LONGEST_NAME
            && !name.chars().any(char::is_control);
        if !usable {
            return Err(NameError::Unusable);
        }
        let taken = self.is_contact_name(name) || self.is_link_name(name);
        if taken { Err(NameError::Taken) } else { Ok(()) }
    }

    /// NAME, or NAME-2, NAME-3, … : the first that no contact has.
    pub(super) fn free_contact_name(&self, name: &str) -> String {
        first_free(name, |name| self.is_contact_name(name))
    }

    fn free_name(&self, name: &str) -> String {
        first_free(name, |name| self.name_is_free(name).is_err())
    }

    fn is_contact_name(&self, name: &str) -> bool {
        let mut contacts = self.mind.contacts.iter();
        contacts.any(|(_, record)| record.name == name)
            || self.mind.adding.iter().any(|adding| adding.name == name)
    }

    fn is_link_name(&self, name: &str) -> bool {
        let mut mailboxes = self.mind.mailboxes.iter();
        mailboxes.any(|(_, record)| match &record.purpose {
            Purpose::Link(link) => {
                !link.used && record.state != MailboxState::Closing && link.name == name
            }
            _ => false,
        })
    }
}

fn first_free(name: &str, taken: impl Fn(&str) -> bool) -> String {
    if !taken(name) {
        return name.to_owned();
    }
    let numbered = (2u64..).map(|number| format!("{name}-{number}"));
    let mut free = numbered.filter(|name| !taken(name));
    free.next().expect("there are more numbers than contacts")
}

/// What a relay link says, to be kept.
pub(super) fn relay_record(link: &RelayLink) -> RelayRecord {
    let link = link.parsed();
    let authorities = std::iter::once(link.authority()).chain(link.further());
    RelayRecord {
        authorities: authorities.map(ToString::to_string).collect(),
        key: Key32(link.relay().into_bytes()),
        pass: link.pass().map(|pass: &Pass| Key32(*pass.as_bytes())),
        credits: Vec::new(),
    }
}
