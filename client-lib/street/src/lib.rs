//! The street between a client and a relay, the same for both wings: TLS, WebSockets, patience.
//! Knows: sockets, relay keys, the relay's first words. Never knows: what either wing says after
//! them, contacts, sessions, texts, the store.
//!
//! In the order in which a line comes to stand: a [`Way`] brings bytes to a host, TLS looks at its
//! certificate, the [`Dialler`] joins the two and asks for a [`Door`] of its wing, and whoever
//! answers there proves that it is the relay of the link ([`Dialled`], [`Introduced`], [`Greeted`]).
//! Only what is greeted has a socket, so that nothing can be sent to anybody else. [`Backoff`] and
//! [`Quiet`] say how long a line waits.

mod place;

mod down;
mod trouble;

mod tls;
mod way;

mod door;

mod dial;
mod greet;

mod pace;

#[cfg(any(test, feature = "scripted"))]
pub mod scripted;

pub use dial::{Dialler, Secured, Stream, host_of};
pub use door::Door;
pub use down::DownReason;
pub use greet::{Dialled, Greeted, Introduced, closed, say_malformed};
pub use pace::{Backoff, Quiet, until_rest};
pub use place::RelayPlace;
pub use trouble::{Mismatch, Trouble, WrongRelay};
pub use way::{Direct, Duplex, Opening, Way};
