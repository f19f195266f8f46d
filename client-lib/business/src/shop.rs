//! The shop's side of the counter: enrol, keep keys on the shelf, hear customers, answer them.
//! Knows: everything its owner knows of its customers: pseudonyms and what they say. Never knows:
//! who they are, the peer wing.

mod enrol;
mod event;
mod news;
mod pump;
mod shelf;
mod standing;
mod talk;
mod templates;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use partywall_business::TemplateId;
use partywall_business::certificate::{Hosting, Industry};
use partywall_business::id::ConversationId;
use partywall_business::template::Parameter;

pub use crate::customer::{Message, MessageId, Progress};
pub use event::EventKind;
pub use standing::Standing;
pub use talk::{Disclosed, TalkCard};
pub use templates::{Finding, Submitted, TemplateCard, TemplateError};

use crate::core::{Core, Front};
use crate::error::{AskError, DownReason, LookError, OpenError, SayError, Stopped};
use crate::event::Events;
use crate::link::BusinessLink;
use crate::outbox::Words;
use crate::records::{self, Side};
use crate::store::{Cost, StoreTrouble};
use crate::what::What;
use crate::world::World;

/// A business, at one relay. Cheap to clone.
#[derive(Clone)]
pub struct Shop {
    pub(crate) front: Arc<Front>,
}

/// As what a business wants to be verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its name, 1 to 80 characters.
    pub name: String,
    /// The DNS name by which it is found.
    pub domain: String,
    /// What it does.
    pub industry: Industry,
    /// On whose machines this shop runs.
    pub hosting: Hosting,
}

/// A business was not enrolled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EnrolError {
    /// Not a name.
    #[error("a business's name has 1 to 80 characters on one line")]
    Name,
    /// Not a domain.
    #[error(transparent)]
    Domain(#[from] partywall_business::BadDomain),
    /// This store is enrolled at another relay.
    #[error("this store belongs to a shop at another relay; use a store of its own for this one")]
    OtherRelay,
    /// About the relay.
    #[error(transparent)]
    Ask(#[from] AskError),
}

/// Which conversation: the customer's pseudonym. The same as long as the conversation lives, and
/// nobody else's pseudonym for them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, minicbor::Encode, minicbor::Decode)]
#[cbor(transparent)]
pub struct Pseudonym(#[n(0)] pub(crate) ConversationId);

impl Shop {
    /// Opens a shop's store, or makes one where there is none, and goes on with what is in it.
    /// Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(path: &Path, passphrase: &str, world: World) -> Result<Shop, OpenError> {
        Shop::open_at(path, passphrase, world, Cost::PERSON).await
    }

    pub(crate) async fn open_at(
        path: &Path,
        passphrase: &str,
        world: World,
        cost: Cost,
    ) -> Result<Shop, OpenError> {
        let core = Core::open(path, passphrase, world, cost, "business/shop").await?;
        records::claim(&core, Side::Shop).await?;
        let front = Arc::new(Front(core));
        if let Err(_stopped) = pump::resume(&front.0).await {
            return Err(StoreTrouble::Damaged.into());
        }
        Ok(Shop { front })
    }

    /// Asks to be a business at this relay, or changes what it is there. Keys are drawn the first
    /// time and kept. From then on the shelf is kept full and customers are heard, by themselves;
    /// this waits a few seconds at most for the first keys to lie there.
    /// The operator verifies it after seeing [`Shop::well_known`] on the domain.
    ///
    /// # Errors
    /// [`EnrolError`].
    pub async fn enrol(&self, link: &BusinessLink, profile: Profile) -> Result<(), EnrolError> {
        enrol::enrol(&self.front.0, link, profile).await
    }

    /// The text to publish at `https://DOMAIN/.well-known/partywall-business`; `None` before
    /// [`Shop::enrol`]. (SPEC B-10)
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn well_known(&self) -> Result<Option<String>, Stopped> {
        enrol::well_known(&self.front.0).await
    }

    /// How it stands with the operator, asked now. Waits a few seconds at most until its shelf is
    /// full, so that customers can begin when this returns.
    ///
    /// # Errors
    /// [`AskError`].
    pub async fn standing(&self) -> Result<Standing, AskError> {
        standing::standing(&self.front.0).await
    }

    /// What happened, from the oldest that is not done.
    #[must_use]
    pub fn events(&self) -> Events<EventKind> {
        Events::new(&self.front.0)
    }

    /// All conversations, ended ones too, the oldest first.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn conversations(&self) -> Result<Vec<TalkCard>, Stopped> {
        talk::all(&self.front.0).await
    }

    /// Messages of a conversation, the newest last; at most `most`, before a message or from the
    /// end.
    ///
    /// # Errors
    /// [`LookError`].
    pub async fn history(
        &self,
        conversation: Pseudonym,
        before: Option<MessageId>,
        most: u32,
    ) -> Result<Vec<Message>, LookError> {
        talk::history(&self.front.0, conversation, before, most).await
    }

    /// Answers. When this returns it is in the outbox, durably; [`EventKind::Accepted`] or
    /// [`EventKind::Refused`] follows, with the rule and the time from which on it would be
    /// allowed.
    ///
    /// # Errors
    /// [`SayError`]; nothing has changed then. [`SayError::NotSpokenYet`] before the customer's
    /// first word.
    pub async fn answer(&self, conversation: Pseudonym, what: What) -> Result<MessageId, SayError> {
        pump::say(&self.front.0, conversation, Words::Plain(what)).await
    }

    /// Sends an approved template, also outside the window. The parameters are checked here
    /// against the template that was handed in.
    ///
    /// # Errors
    /// [`SayError::NoSuchTemplate`], [`SayError::Parameters`].
    pub async fn send_template(
        &self,
        conversation: Pseudonym,
        template: TemplateId,
        parameters: Vec<Parameter>,
    ) -> Result<MessageId, SayError> {
        let words = templates::words(&self.front.0, template, parameters).await?;
        pump::say(&self.front.0, conversation, words).await
    }

    /// Hands a template in. What lint finds comes back either way; rules that no operator lifts
    /// are found before anything is sent.
    ///
    /// # Errors
    /// [`TemplateError`].
    pub async fn submit_template(
        &self,
        template: partywall_business::template::Draft,
    ) -> Result<Submitted, TemplateError> {
        templates::submit(&self.front.0, template).await
    }

    /// Its templates and how they stand, asked now.
    ///
    /// # Errors
    /// [`AskError`].
    pub async fn templates(&self) -> Result<Vec<TemplateCard>, AskError> {
        templates::all(&self.front.0).await
    }

    /// Why the relay is not connected now, or `None` when it is.
    #[must_use]
    pub fn down(&self) -> Option<DownReason> {
        self.front.0.talks.down(pump::SHOP)
    }

    /// Wraps the store's key under a new passphrase.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn change_passphrase(&self, new: &str) -> Result<(), Stopped> {
        self.front.0.change_passphrase(new).await
    }

    /// Stops: the connection is closed, the store is let go. What is in the outbox is sent when
    /// the store is opened again.
    ///
    /// # Errors
    /// [`Stopped`] when it had failed before.
    pub async fn close(&self) -> Result<(), Stopped> {
        self.front.0.close().await
    }
}

/// The type's name and nothing of what is inside.
impl fmt::Debug for Shop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shop")
    }
}

/// In hexadecimal: 64 characters.
impl fmt::Display for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0.as_bytes()))
    }
}

/// The type's name and nothing of whom it names.
impl fmt::Debug for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pseudonym")
    }
}

/// Not a pseudonym.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a customer's pseudonym is 64 hexadecimal characters, as an event shows it")]
pub struct NotAPseudonym;

impl std::str::FromStr for Pseudonym {
    type Err = NotAPseudonym;

    fn from_str(text: &str) -> Result<Self, NotAPseudonym> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_not_hex| NotAPseudonym)?;
        Ok(Self(ConversationId::new(bytes)))
    }
}
