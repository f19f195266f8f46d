//! A real relay in this process, behind a proxy that misbehaves on demand: for tests.
//! Knows: a temporary folder, two ports, faults. Never knows: what frames say; and never leaves
//! anything behind.
//!
//! ```no_run
//! # async fn story() {
//! use partywall_test_relay::{Direction, Door, TestRelay, When};
//!
//! let mut relay = TestRelay::start().await;
//! let link = relay.relay_link();
//! relay.knobs().of(Door::Deposit, Direction::ToRelay).drop_frames(When::nth(3));
//! relay.kill().await;
//! relay.restart().await;
//! assert_eq!(relay.relay_link(), link);
//! # }
//! ```
//!
//! The relay speaks plain HTTP to the proxy (`tls = "proxy"`), which terminates TLS under a
//! certificate of its own that the relay vouches for. So every test that passes here also shows that
//! a proxy is possible.

mod life;
mod relay;

mod knobs;
mod when;

mod certificate;
mod passage;
mod proxy;
mod road;
mod tearing;

mod dial;

pub use dial::{tls, tls_over};
pub use knobs::{Direction, Door, Knob, Knobs, Visitors};
pub use relay::{Builder, TestRelay};
pub use road::Road;
pub use when::When;
