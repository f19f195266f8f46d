//! A person's side of the peer wing: contacts, sealed store, outbox, inbox, events.
//! Knows: everything its owner knows. Never knows: the business wing, other people's secrets.
//!
//! Apps use this crate through `partywall-client`. Inside, in the order in which a text goes:
//! a handle ([`Contact`]) hands an order to the desk; the driver gives it to the engine
//! (`conversation`), which works on the sealed `store` and nothing else; what leaves goes over the
//! lines of the [`seam`] to the [`street`].

mod error;
mod link;
mod message;
mod waits;
mod world;

mod contact;
mod event;
mod peer;

mod desk;
mod driver;

mod conversation;
mod store;

pub mod seam;
pub mod street;

pub use contact::{Contact, Safety, Said};
pub use error::{
    AddError, GREATEST_NOTE, GREATEST_TEXT, InviteError, LookError, NameError, OpenError,
    RelayTrouble, SayError, Stopped, StoreTrouble, VaultError,
};
pub use event::{Event, EventId, EventKind, Events};
pub use link::{Link, LinkError, RelayLink};
pub use message::{Direction, Message, MessageId, NotAMessageId, Page, Place, Sent, State};
pub use peer::{Add, ContactCard, Invite, LinkCard, Peer, Receipts, Revoked};
pub use seam::DownReason;
pub use waits::sign_waits;
pub use world::World;
