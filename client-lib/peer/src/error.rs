//! What can go wrong for the person, one sentence each, with what to do about it.
//! Knows: causes. Never knows: ids, texts, keys, network addresses.

use crate::seam::DownReason;

/// The greatest length of a text in bytes of UTF-8. (SPEC §6)
pub const GREATEST_TEXT: usize = 60_000;

/// The greatest length of an app's note beside a contact, in bytes.
pub const GREATEST_NOTE: usize = 4_096;

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
}

/// The file, when a record in it was read.
impl From<StoreTrouble> for OpenError {
    fn from(trouble: StoreTrouble) -> Self {
        Self::Vault(trouble.into())
    }
}

/// The client does not work any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Stopped {
    /// `close` was called.
    #[error("this client was closed; open it again")]
    Closed,
    /// The disk is full. Everything acknowledged before is kept.
    #[error(
        "the disk with the store is full, so nothing more was done; free some space and open it again"
    )]
    DiskFull,
    /// The store cannot be written.
    #[error(
        "the store cannot be written, so nothing more was done; make the file and its folder writable and open it again"
    )]
    ReadOnly,
    /// The store failed. Everything acknowledged before is kept.
    #[error("the store failed, so nothing more was done; look at the disk and open it again")]
    Store,
}

/// A name for a contact cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Another contact or open link has it.
    #[error("you have a contact or an open invitation of this name already; choose another name")]
    Taken,
    /// Empty, longer than 64 bytes, or with control characters.
    #[error("a name has 1 to 64 bytes and no control characters; choose another name")]
    Unusable,
}

/// A relay did not do what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RelayTrouble {
    /// It cannot be reached, or not be trusted.
    #[error(transparent)]
    Down(#[from] DownReason),
    /// It makes mailboxes only for those who hold a pass.
    #[error(
        "this relay makes mailboxes only for holders of a pass; ask its operator for a relay link with a pass, and give that link"
    )]
    NeedsPass,
    /// The pass in the link has nothing left or was revoked.
    #[error(
        "the pass in this relay link is used up or revoked; ask the relay's operator for another"
    )]
    PassSpent,
    /// It makes no new mailboxes at the moment.
    #[error("the relay has no room for new mailboxes at the moment; try again later")]
    NoRoom,
    /// It did not answer in time.
    #[error("the relay did not answer in time; try again")]
    TimedOut,
}

/// No invitation was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InviteError {
    /// About the name.
    #[error(transparent)]
    Name(#[from] NameError),
    /// About the relay.
    #[error(transparent)]
    Relay(#[from] RelayTrouble),
    /// About this client.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// A link could not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddError {
    /// About the name.
    #[error(transparent)]
    Name(#[from] NameError),
    /// You made this link yourself.
    #[error("this is your own link; give it to somebody else")]
    OwnLink,
    /// You used it before.
    #[error("you have used this link already; your contact is {name}")]
    Used {
        /// The contact's name.
        name: String,
    },
    /// The invitation was used by somebody, revoked or has ended.
    #[error("this link was used or revoked; ask for a new one")]
    Gone,
    /// What lies behind the link is not its maker's.
    #[error(transparent)]
    NotTheirs(partywall_session::BundleError),
    /// A key behind the link does not work.
    #[error(transparent)]
    BadKey(#[from] partywall_session::HandshakeError),
    /// About the relay.
    #[error(transparent)]
    Relay(#[from] RelayTrouble),
    /// About this client.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// A text was not taken. Nothing has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SayError {
    /// Longer than [`GREATEST_TEXT`].
    #[error(
        "this text has {length} bytes and at most {GREATEST_TEXT} fit in one message; send it in parts"
    )]
    TooLong {
        /// Its length in bytes of UTF-8.
        length: usize,
    },
    /// 20,000 messages went out without an answer. (SPEC S-9)
    #[error("20,000 messages wait for a sign of the other side; go on when they were online")]
    Unanswered,
    /// This store is an older copy, and the conversation has not begun anew yet. (SPEC C-7)
    #[error(
        "this store is an older copy of itself, so this conversation must begin anew; make a new invitation, or wait if one is under way"
    )]
    RolledBack,
    /// The contact was forgotten.
    #[error("this contact was forgotten; make a new invitation")]
    Forgotten,
    /// The other side's mailbox has ended, and it has told of no other.
    #[error("the other side's mailbox has ended; ask for a new link, or make a new invitation")]
    Ended,
    /// About this client.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// A question about a contact or message was not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LookError {
    /// There is no contact of this name.
    #[error("you have no contact of this name; see your contacts, or add one with a link")]
    NoSuchContact,
    /// There is no such message here.
    #[error("there is no such message in this conversation")]
    NoSuchMessage,
    /// Longer than [`GREATEST_NOTE`].
    #[error("a note beside a contact has at most {GREATEST_NOTE} bytes; keep less")]
    NoteTooLong,
    /// There is no such open link here.
    #[error("this is not an open link of yours; it was revoked or used already, or made elsewhere")]
    NoSuchLink,
    /// About this client.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}
