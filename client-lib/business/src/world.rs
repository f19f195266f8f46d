//! What a customer or a shop is given to live in: a clock, dice, a way to relays.
//! Knows: that they are three. Never knows: what is done with them.

use std::fmt;
use std::sync::Arc;

use partywall_street::{Dialler, Direct, Way};
use partywall_world::{Clock, Dice, NoEntropy, SystemClock};

/// A clock, dice and a way. In production the machine's own; in tests made by hand.
pub struct World {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) dice: Dice,
    pub(crate) dialler: Dialler,
}

impl World {
    /// The machine's clock and randomness, and TCP.
    ///
    /// # Errors
    /// [`NoEntropy`].
    pub fn from_os() -> Result<World, NoEntropy> {
        let dice = Dice::from_os()?;
        Ok(World::of(
            Arc::new(SystemClock::new()),
            dice,
            Arc::new(Direct),
        ))
    }

    /// A world made by hand.
    #[must_use]
    pub fn of(clock: Arc<dyn Clock>, dice: Dice, way: Arc<dyn Way>) -> World {
        let dialler = Dialler::new(way, Arc::clone(&clock));
        World {
            clock,
            dice,
            dialler,
        }
    }
}

/// The type's name and nothing of the dice.
impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("World")
    }
}
