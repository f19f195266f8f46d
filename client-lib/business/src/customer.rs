//! The customer's side of the counter: find a business, know what it may be told, talk, leave.
//! Knows: everything its owner knows of the businesses they talk to. Never knows: the peer wing,
//! other customers.
//!
//! In the order of a first visit: [`Customer::find`] looks a business up and believes only what
//! the ledger proves; [`Found::terms`] says what may be told; [`Found::begin`] signs the choices
//! and opens a conversation; [`Chat`] is that conversation, from the first word to
//! [`Chat::erase`].

mod begin;
mod cards;
mod changes;
mod chat;
mod declared;
mod event;
mod export;
mod find;
mod held;
mod news;
mod pending;
mod pump;
mod shared;
mod tell;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

pub use crate::choices::Choices;
pub use crate::terms::{Terms, TermsRow};
pub use cards::{ChatCard, Message, MessageId, Progress, Standing};
pub use chat::Chat;
pub use event::EventKind;
pub use export::{
    ConsentRecord, ConsentStatus, Controller, DisclosureRecord, Export, LedgerProof, Process,
    StorageCondition, Term, Values, export_schema,
};
pub use find::Found;
pub use held::{ErasureReceipt, Held};
pub use pending::{ChangedCertificate, PendingTerms, TermsChange};
pub use shared::{Disclosed, Outcome, Proof, Shared, Switch, Switched};

use crate::core::{Core, Front};
use crate::error::{FindError, LookError, OpenError, Stopped};
use crate::event::Events;
use crate::link::BusinessLink;
use crate::records::{self, Side};
use crate::store::{Cost, StoreTrouble};
use crate::world::World;

/// The business wing of an open client: the customer's side. Cheap to clone.
#[derive(Clone)]
pub struct Customer {
    pub(crate) front: Arc<Front>,
}

impl Customer {
    /// Opens a store, or makes one where there is none, and goes on with the conversations in it.
    /// Must be called inside a tokio runtime. Apps call `Client::open` of `partywall-client`.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(path: &Path, passphrase: &str, world: World) -> Result<Customer, OpenError> {
        Customer::open_at(path, passphrase, world, Cost::PERSON).await
    }

    pub(crate) async fn open_at(
        path: &Path,
        passphrase: &str,
        world: World,
        cost: Cost,
    ) -> Result<Customer, OpenError> {
        let core = Core::open(path, passphrase, world, cost, "business/customer").await?;
        records::claim(&core, Side::Customer).await?;
        let front = Arc::new(Front(core));
        if let Err(_stopped) = pump::resume(&front.0).await {
            return Err(StoreTrouble::Damaged.into());
        }
        Ok(Customer { front })
    }

    /// Looks a business up at a relay, and believes only what holds: the operator's signatures,
    /// the certificate's dates, its place in the ledger, that the ledger only grew since it was
    /// last seen, and that the table is not older than one seen before. (SPEC B-8)
    ///
    /// # Errors
    /// [`FindError`]; a ledger with two histories is a [`Distrust::Fork`] with both notes.
    ///
    /// [`Distrust::Fork`]: crate::error::Distrust::Fork
    pub async fn find(&self, link: &BusinessLink, domain: &str) -> Result<Found, FindError> {
        find::find(&self.front, link, domain).await
    }

    /// All conversations, ended ones too, the oldest first.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn chats(&self) -> Result<Vec<ChatCard>, Stopped> {
        cards::all(&self.front.0).await
    }

    /// The newest conversation with the business of this domain.
    ///
    /// # Errors
    /// [`LookError::NoSuchChat`].
    pub async fn chat(&self, domain: &str) -> Result<Chat, LookError> {
        cards::named(&self.front, domain).await
    }

    /// What happened, from the oldest that is not done.
    #[must_use]
    pub fn events(&self) -> Events<EventKind> {
        Events::new(&self.front.0)
    }

    /// Wraps the store's key under a new passphrase.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn change_passphrase(&self, new: &str) -> Result<(), Stopped> {
        self.front.0.change_passphrase(new).await
    }

    /// Stops: connections are closed, the store is let go. What is in the outbox is sent when the
    /// store is opened again.
    ///
    /// # Errors
    /// [`Stopped`] when it had failed before.
    pub async fn close(&self) -> Result<(), Stopped> {
        self.front.0.close().await
    }
}

/// The type's name and nothing of what is inside.
impl fmt::Debug for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Customer")
    }
}
