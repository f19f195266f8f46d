//! The peer wing's front desk: invitations, contacts, events.
//! Knows: what can be asked for. Never knows: how it is done.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use tokio::sync::{broadcast, watch};
use zeroize::Zeroizing;

use crate::contact::Contact;
use crate::desk::{Desk, Order};
use crate::error::{AddError, InviteError, LookError, Stopped};
use crate::event::{EventId, EventKind, Events};
use crate::link::{Link, RelayLink};

/// The peer wing of an open client. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Peer {
    pub(crate) desk: Desk,
    pub(crate) newest: watch::Receiver<i64>,
    pub(crate) fleeting: broadcast::WeakSender<EventKind>,
}

/// What is known of a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactCard {
    /// The name you gave.
    pub name: String,
    /// The contact has proven to hold its keys, in the session that texts go into now. (SPEC S-13)
    pub confirmed: bool,
    /// You compared the safety number.
    pub verified: bool,
    /// The session that texts go into now began on a key that lies, or lay, for long. (SPEC S-2, C-7)
    pub weak: bool,
    /// This store is an older copy, and the conversation has not begun anew yet. (SPEC C-7)
    pub rolled_back: bool,
    /// Messages of yours that are not yet on the relay's disk.
    pub queued: usize,
}

/// An open link of yours.
#[derive(Clone, Debug)]
pub struct LinkCard {
    /// The name that whoever uses it will get.
    pub name: String,
    /// For many people, not one.
    pub reusable: bool,
    /// The link itself.
    pub link: Link,
}

/// How far a link has been taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revoked {
    /// The relay hands out nothing for it any more.
    AtTheRelay,
    /// The relay could not be reached; it is told as soon as a client on this store reaches it. Until
    /// then somebody may still use the link, and what they send is not opened.
    WhenReached,
}

impl Peer {
    /// Makes an invitation for one person: a mailbox on the relay with one single-use bundle on its
    /// shelf. Await it; name the contact first with [`Invite::named`].
    ///
    /// When it returns, the relay has everything on disk and the link works.
    pub fn invite(&self, relay: &RelayLink) -> Invite {
        self.invite_how(relay, false)
    }

    /// Makes a contact link for many people, up to 32 single-use bundles on its shelf. The contacts
    /// are called NAME, NAME-2, NAME-3, … in the order in which they come.
    pub fn invite_reusable(&self, relay: &RelayLink) -> Invite {
        self.invite_how(relay, true)
    }

    fn invite_how(&self, relay: &RelayLink, reusable: bool) -> Invite {
        Invite {
            desk: self.desk.clone(),
            relay: relay.clone(),
            name: None,
            reusable,
        }
    }

    /// Ends an open link of yours: nothing opens here any more that comes by it, and the relay hands
    /// out nothing for it as soon as it is reached; waits up to 30 s for that. Conversations begun
    /// over it go on.
    ///
    /// # Errors
    /// [`LookError::NoSuchLink`], [`LookError::Stopped`].
    pub async fn revoke(&self, link: &Link) -> Result<Revoked, LookError> {
        let link = link.clone();
        self.desk.ask(|reply| Order::Revoke { link, reply }).await?
    }

    /// Your open links.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn links(&self) -> Result<Vec<LinkCard>, Stopped> {
        self.desk.ask(|reply| Order::Links { reply }).await
    }

    /// Uses somebody's link: takes and checks a bundle, makes a mailbox for the answers and puts
    /// the first, empty message in the outbox. Await it. The mailbox is made at the relay named with
    /// [`Add::collecting_at`], else at the relay used last, else at the link's own.
    pub fn add(&self, link: &Link, name: &str) -> Add {
        Add {
            desk: self.desk.clone(),
            link: link.clone(),
            name: name.to_owned(),
            collect_at: None,
        }
    }

    /// The contact of this name.
    ///
    /// # Errors
    /// [`LookError::NoSuchContact`], [`LookError::Stopped`].
    pub async fn contact(&self, name: &str) -> Result<Contact, LookError> {
        let name = name.to_owned();
        let row = self
            .desk
            .ask(|reply| Order::Contact { name, reply })
            .await??;
        Ok(Contact {
            desk: self.desk.clone(),
            row,
        })
    }

    /// All contacts, by name.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn contacts(&self) -> Result<Vec<ContactCard>, Stopped> {
        self.desk.ask(|reply| Order::Contacts { reply }).await
    }

    /// The events, from the oldest that is not done.
    pub fn events(&self) -> Events {
        Events {
            desk: self.desk.clone(),
            after: EventId(0),
            ready: Default::default(),
            newest: self.newest.clone(),
            fleeting: match self.fleeting.upgrade() {
                Some(sender) => sender.subscribe(),
                // The driver has stopped: a stream that has ended.
                None => broadcast::channel(1).1,
            },
        }
    }

    /// Whether confirmed contacts are told that their messages arrived (SPEC C-5). On at first;
    /// kept in the store.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn set_receipts(&self, receipts: Receipts) -> Result<(), Stopped> {
        let on = receipts == Receipts::On;
        self.desk
            .ask(|reply| Order::SetReceipts { on, reply })
            .await
    }

    /// Wraps the store's key under a new passphrase. Copies of the file made before still open
    /// with the old one.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn change_passphrase(&self, new: &str) -> Result<(), Stopped> {
        let new = Zeroizing::new(new.to_owned());
        self.desk
            .ask(|reply| Order::ChangePassphrase { new, reply })
            .await
    }

    /// Stops: what is under way is committed, connections are closed, the store is let go. What is
    /// in the outbox is sent when the store is opened again. Dropping all handles does the same, without
    /// waiting for it.
    ///
    /// # Errors
    /// [`Stopped`] when it had failed before.
    pub async fn close(&self) -> Result<(), Stopped> {
        self.desk.ask(|reply| Order::Close { reply }).await
    }
}

/// Whether receipts are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receipts {
    /// Batched, delayed by 1 to 5 s, to confirmed contacts.
    On,
    /// Never.
    Off,
}

/// An invitation about to be made. Await it. Fails with [`InviteError`].
#[must_use = "nothing happens until it is awaited"]
#[derive(Debug)]
pub struct Invite {
    desk: Desk,
    relay: RelayLink,
    name: Option<String>,
    reusable: bool,
}

impl Invite {
    /// What the contact will be called; the first free of `contact`, `contact-2`, … if not said.
    pub fn named(mut self, name: &str) -> Self {
        self.name = Some(name.to_owned());
        self
    }
}

impl IntoFuture for Invite {
    type Output = Result<Link, InviteError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        let Invite {
            desk,
            relay,
            name,
            reusable,
        } = self;
        Box::pin(async move {
            desk.ask(|reply| Order::Invite {
                relay,
                name,
                reusable,
                reply,
            })
            .await?
        })
    }
}

/// A contact about to be added. Await it. Fails with [`AddError`].
#[must_use = "nothing happens until it is awaited"]
#[derive(Debug)]
pub struct Add {
    desk: Desk,
    link: Link,
    name: String,
    collect_at: Option<RelayLink>,
}

impl Add {
    /// The relay at which answers are to be collected.
    pub fn collecting_at(mut self, relay: &RelayLink) -> Self {
        self.collect_at = Some(relay.clone());
        self
    }
}

impl IntoFuture for Add {
    type Output = Result<Contact, AddError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        let Add {
            desk,
            link,
            name,
            collect_at,
        } = self;
        Box::pin(async move {
            let row = desk
                .ask(|reply| Order::Add {
                    link,
                    name,
                    collect_at,
                    reply,
                })
                .await??;
            Ok(Contact { desk, row })
        })
    }
}
