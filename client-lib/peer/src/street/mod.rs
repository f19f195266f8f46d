//! The street outside: TLS, WebSockets, reconnecting. Offers what `seam` asks for.
//! Knows: sockets, frames, relay keys. Never knows: contacts, sessions, texts, the store.
//!
//! In the order in which a line comes to stand: `way` brings bytes to a host, `tls` looks at its
//! certificate, `dial` joins the two and asks for a door, `greet` proves that it is the relay of the
//! link, and then `collect` or `deposit` speaks. `probe` walks the same way and reports on it.

mod trouble;

mod tls;
mod way;

mod dial;
mod greet;

mod outbox;
mod pace;

mod collect;
mod deposit;

pub mod probe;

#[cfg(test)]
mod scripted;

use std::sync::{Arc, Mutex, PoisonError};

use partywall_world::{Clock, Dice};

pub use trouble::{Mismatch, Trouble, WrongRelay};
pub use way::{Direct, Duplex, Opening, Way};

use crate::seam::{CollectLine, DepositLine, DropPlace, RelayPlace, Street};
use dial::Dialler;

/// Lines over real sockets.
pub struct Sockets {
    dialler: Dialler,
    dice: Mutex<Dice>,
}

impl Sockets {
    /// Lines that tell the time by `clock` and draw from `dice`, over TCP.
    pub fn new(clock: Arc<dyn Clock>, dice: Dice) -> Self {
        Self::by(Arc::new(Direct), clock, dice)
    }

    /// The same over another way, such as a proxy's.
    pub fn by(way: Arc<dyn Way>, clock: Arc<dyn Clock>, dice: Dice) -> Self {
        Self {
            dialler: Dialler::new(way, clock),
            dice: Mutex::new(dice),
        }
    }

    /// Dice of its own for each line, so that no line's timing says anything about another's.
    fn stream(&self, purpose: &str) -> Dice {
        let mut dice = self.dice.lock().unwrap_or_else(PoisonError::into_inner);
        dice.stream(purpose)
    }
}

impl Street for Sockets {
    fn collect(&self, relay: RelayPlace) -> CollectLine {
        collect::spawn(self.dialler.clone(), relay, self.stream("collect"))
    }

    fn deposit(&self, to: DropPlace) -> DepositLine {
        deposit::spawn(self.dialler.clone(), to, self.stream("deposit"))
    }
}
