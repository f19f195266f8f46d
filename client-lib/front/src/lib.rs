//! Partywall's client library: from nothing to a sealed message in ten lines.
//! Knows: which wings there are. Never knows: how either works inside.
//!
//! ```no_run
//! use partywall_client::{Client, EventKind, RelayLink, Store};
//!
//! # async fn hello(relay: &str, passphrase: &str) -> Result<(), Box<dyn std::error::Error>> {
//! let relay: RelayLink = relay.parse()?;                       // printed by `partywall-relay`
//! let me = Client::open(Store::default_path("alice")?, passphrase).await?;
//! let invitation = me.peer().invite(&relay).named("bob").await?;   // give it to Bob: text or `.qr()`
//!
//! let bob = Client::open(Store::default_path("bob")?, passphrase).await?;   // on Bob's machine
//! let alice = bob.peer().add(&invitation, "alice").await?;
//! let sent = alice.say("hello").await?;                        // sealed, on Bob's disk, under way
//!
//! let mut events = me.peer().events();
//! while let Some(event) = events.next().await {
//!     if let EventKind::Message { from, text, .. } = event.kind() { println!("{from}: {text}"); }
//!     event.done().await?;                                     // until then it is told again
//! }
//! # Ok(()) }
//! ```

mod client;
mod store;

pub mod business;
pub mod shop;

/// Looks at a relay as a client would, and reports: reachability, TLS, identity, clock, latency.
pub use partywall_peer_client::street::probe as doctor;

pub use client::{Client, Worlds};
pub use store::{NoPath, Store};

pub use partywall_peer_client::{
    Add, AddError, Contact, ContactCard, Direction, DownReason, Event, EventId, EventKind, Events,
    GREATEST_NOTE, GREATEST_TEXT, Invite, InviteError, Link, LinkCard, LinkError, LookError,
    Message, MessageId, NameError, NotAMessageId, OpenError, Page, Peer, Place, Receipts,
    RelayLink, RelayTrouble, Revoked, Safety, Said, SayError, Sent, State, Stopped, StoreTrouble,
    VaultError, World,
};
