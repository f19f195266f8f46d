//! The sealed channel between two clients: hidden-initiator handshake, hybrid ratchet, constant envelopes. (SPEC §4)
//! Knows: identities, bundles, keys, envelopes. Never knows: sockets, mailboxes, relays, clocks, where randomness comes from.
//!
//! Read in the order of the `mod` lines. One conversation goes: `bundle` (B publishes) → `handshake` (A initiates) →
//! `ratchet` (a key for each message) → `seal` → the street → `handshake` or `ratchet` again → `open`.

mod derive;
mod fields;
mod labels;
mod wiped;

pub mod dh;
pub mod kem;

mod identity;
mod secret;

mod binding;
mod bundle;
mod first_flight;
mod handshake;
mod names;

mod chain;
mod clear;
mod header;
mod padding;
mod root;
mod seal;
mod skipped;

mod envelope;
mod ratchet;
mod turn;

mod session;
mod simulate;
mod state;

mod error;
#[cfg(test)]
mod hostile;
mod safety;
#[cfg(test)]
mod vectors;

pub use binding::Binding;
pub use bundle::{
    BUNDLE_LENGTH, Bundle, BundleKind, BundleSecret, SEALED_BUNDLE_LENGTH, UnverifiedBundle,
    VerifiedBundle,
};
pub use clear::Clear;
pub use error::{
    BadDhKey, BadKemKey, BundleError, ClearTooLong, HandshakeError, OpenError, SealError,
    StateError,
};
pub use first_flight::FirstFlight;
pub use identity::{Identity, IdentityKeys};
pub use names::{HandshakeId, PreambleId, bundle_id_of};
pub use safety::{SafetyNumber, safety_number};
pub use secret::{LinkKeys, ShelfKey, draw_link_secret};
pub use session::{Opened, Session};
pub use simulate::{Line, Simulated, Speaker, simulate_transcript};
