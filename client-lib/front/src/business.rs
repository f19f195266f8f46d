//! People and businesses, from the customer's side: [`Client::business`](crate::Client::business).
//! Knows: names. Never knows: the peer wing.
//!
//! ```no_run
//! use partywall_client::business::{BusinessLink, Choices, EventKind};
//! use partywall_client::{Client, Store};
//!
//! # async fn visit(link: &str, passphrase: &str) -> Result<(), Box<dyn std::error::Error>> {
//! let link: BusinessLink = link.parse()?;                      // printed by `partywall-relay`
//! let me = Client::open(Store::default_path("alice")?, passphrase).await?;
//! let bakery = me.business().find(&link, "bakery.example").await?;   // proven by the ledger
//! for row in bakery.terms().rows { println!("{}", row.sentence); }
//! let chat = bakery.begin(Choices::essential_only()).await?;
//! chat.say("two rye, please").await?;                          // sealed, on this disk, under way
//!
//! let mut events = me.business().events();
//! while let Some(event) = events.next().await {
//!     if let EventKind::Message { chat, what, .. } = event.kind() { println!("{chat}: {what:?}"); }
//!     event.done().await?;                                     // until then it is told again
//! }
//! # Ok(()) }
//! ```

pub use partywall_business_client::customer::*;
pub use partywall_business_client::{
    Basis, BusinessLink, Category, Event, EventId, EventNumber, Events, Field, Hosting, Industry,
    Parameter, Purpose, Reason, Recipient, Region, Row, Seconds, TableHash, TemplateId, Why, World,
    error, value, what,
};
