//! What can go wrong, one sentence each, with what to do about it.
//! Knows: causes. Never knows: ids, keys, texts.

use partywall_business::certificate::CertificateError;
use partywall_business::consent::BadDraft;
use partywall_business::ledger::{Fork, LedgerError};
pub use partywall_business::{Refusal, Rule};
use partywall_session::{BundleError, HandshakeError};
pub use partywall_street::DownReason;
pub use partywall_vault::{StoreTrouble, VaultError};

/// The store could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The operating system gave no randomness.
    #[error(transparent)]
    NoEntropy(#[from] partywall_world::NoEntropy),
    /// The sealed file could not be opened: its passphrase, its lock, or the file itself.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A shop's store where a customer's is wanted, or the other way round.
    #[error("this store belongs to the other side of the counter; choose another file")]
    OtherSide,
}

impl From<StoreTrouble> for OpenError {
    fn from(trouble: StoreTrouble) -> Self {
        Self::Vault(VaultError::Store(trouble))
    }
}

/// It does not work any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Stopped {
    /// `close` was called.
    #[error("this store was closed; open it again")]
    Closed,
    /// The store failed. Everything acknowledged before is kept.
    #[error("the store failed, so nothing more was done; look at the disk and open it again")]
    Store,
}

/// The relay was asked and did not grant it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AskError {
    /// It cannot be reached, or not be trusted. Whether it heard the question is not known.
    #[error(transparent)]
    Down(#[from] DownReason),
    /// A rule forbids it; `until` says from when on it would be allowed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It answered what does not answer the question.
    #[error("the relay answered something else than was asked; tell its operator")]
    Nonsense,
    /// About this client.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// A relay's word was not believed. Nothing was sent because of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Distrust {
    /// The ledger has two histories. Both notes are in here and are kept in the store.
    #[error(transparent)]
    Fork(Box<Fork>),
    /// A proof does not hold.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The certificate does not hold. (SPEC B-8)
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The certificate is good, and somebody else's than was asked for.
    #[error("the relay showed another business's certificate; do not rely on it")]
    OtherBusiness,
    /// An entry of the ledger proves something else than it was shown for.
    #[error("what the relay shows is not what its ledger says; do not rely on it")]
    OtherEntry,
    /// The table is not the operator's, or not well made.
    #[error("the policy is not signed by this relay's operator; do not rely on it")]
    Table,
    /// An older table than one that was seen before, or another of the same number. (T-9)
    #[error("the relay shows an older policy than it showed before; do not rely on it")]
    RolledBack,
    /// The tables between what was seen and what is shown do not follow each other. (T-9)
    #[error("the relay's policies do not follow one another; do not rely on them")]
    Lineage,
    /// A consent, disclosure or receipt that is not this customer's.
    #[error("the relay shows what is not yours as yours; do not rely on it")]
    NotYours,
}

impl From<Box<Fork>> for Distrust {
    fn from(fork: Box<Fork>) -> Self {
        Self::Fork(fork)
    }
}

/// A business could not be found, or not be believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FindError {
    /// Not a domain.
    #[error(transparent)]
    Domain(#[from] partywall_business::BadDomain),
    /// About the relay.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// What it showed does not hold.
    #[error(transparent)]
    Distrust(#[from] Distrust),
}

/// A conversation was not begun.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BeginError {
    /// There is one already.
    #[error("you are talking to this business already; go on there, or leave first")]
    Already,
    /// The choices do not fit the table.
    #[error(transparent)]
    Choices(#[from] BadDraft),
    /// About the relay.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// What it showed does not hold.
    #[error(transparent)]
    Distrust(#[from] Distrust),
    /// No sealed line to the business could be made.
    #[error(transparent)]
    Line(#[from] LineError),
}

/// No session with the business's endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LineError {
    /// Its shelf is bare.
    #[error("the business has put no keys on its shelf; try again when it was online")]
    ShelfBare,
    /// The bundle is not of the certificate's endpoint. (B-1)
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// The endpoint's keys do not work.
    #[error(transparent)]
    Handshake(#[from] HandshakeError),
    /// The certificate's endpoint is no pair of keys.
    #[error("the business's certificate names keys that do not work; tell the business")]
    Endpoint,
}

/// Something was not said. Nothing has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SayError {
    /// Longer than the wire allows, or empty, or of a shape that it has not.
    #[error("this cannot be said: it is empty, too long, or has too many parts; say less at once")]
    Unfit,
    /// Only the other side may say that.
    #[error("only the other side of the counter can say this")]
    NotOurs,
    /// The conversation has ended.
    #[error("this conversation has ended; begin another to go on")]
    Ended,
    /// The customer has not said anything yet: there is no session to seal an answer in. (B-1)
    #[error("this customer has not said anything yet; wait for their first word and answer it")]
    NotSpokenYet,
    /// Hosting, endpoint or account key of the business changed. (B-8)
    #[error(
        "the business's keys or hosting changed; look at its new certificate and accept it before you say anything"
    )]
    CertificateChanged,
    /// The parameters do not fit the template's slots. (B-21)
    #[error("the parameters do not fit this template; look at its slots")]
    Parameters,
    /// No such template is known here.
    #[error("there is no such template here; hand it in first")]
    NoSuchTemplate,
    /// There is no such conversation.
    #[error("there is no such conversation")]
    NoSuchConversation,
    /// About this client.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// A choice was not changed at the relay.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChangeError {
    /// The conversation has ended.
    #[error("this conversation has ended; its consents have ended with it")]
    Ended,
    /// The choices do not fit the table.
    #[error(transparent)]
    Choices(#[from] BadDraft),
    /// A necessary or legal row, which no switch turns.
    #[error("this row is on as long as the chat exists; leave the chat to end it")]
    NoSwitch,
    /// There is nothing to accept.
    #[error("there is nothing new to accept")]
    NothingPending,
    /// A value that the relay sees by itself, or two of one field.
    #[error("only fields that the relay does not see by itself can be declared, each once")]
    Declaration,
    /// About the relay. What was chosen is signed and kept; where the relay was not reached it is
    /// said again by itself.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// What it showed does not hold.
    #[error(transparent)]
    Distrust(#[from] Distrust),
    /// No sealed line to the business could be made.
    #[error(transparent)]
    Line(#[from] LineError),
}

/// What is held was not shown, or not erased.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RightsError {
    /// About the relay.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// What it showed does not hold.
    #[error(transparent)]
    Distrust(#[from] Distrust),
}

/// A question about what is kept here was not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LookError {
    /// No conversation.
    #[error("you have no conversation of this name; find the business and begin one")]
    NoSuchChat,
    /// No message.
    #[error("there is no such message in this conversation")]
    NoSuchMessage,
    /// About this client.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// A message was not reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// There is no such message, or not one of the business.
    #[error("there is no such message of the business in this conversation")]
    NoSuchMessage,
    /// About the relay.
    #[error(transparent)]
    Ask(#[from] AskError),
}

macro_rules! stopped_through_ask {
    ($($name:ident),*) => {$(
        impl From<Stopped> for $name {
            fn from(stopped: Stopped) -> Self {
                Self::Ask(AskError::Stopped(stopped))
            }
        }
    )*};
}
stopped_through_ask!(FindError, BeginError, ChangeError, RightsError, ReportError);
