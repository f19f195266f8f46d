//! The peer wing's lines on the street outside. Offers what `seam` asks for.
//! Knows: frames, proven relays. Never knows: contacts, sessions, texts, the store.
//!
//! `partywall_street` dials one of the `doors` and proves that it is the relay of the link, and then
//! `collect` or `deposit` speaks. `probe` walks the same way and reports on it.

mod doors;

mod outbox;

mod collect;
mod deposit;

pub mod probe;

use std::sync::{Arc, Mutex, PoisonError};

use partywall_street::{Dialler, Direct, Way};
use partywall_world::{Clock, Dice};

use crate::seam::{CollectLine, DepositLine, DropPlace, RelayPlace, Street};

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
