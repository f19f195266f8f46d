//! What a client is given to live in: a clock, dice, a street.
//! Knows: that they are three. Never knows: what is done with them.

use std::fmt;
use std::sync::Arc;

use partywall_world::{Clock, Dice, NoEntropy, SystemClock};

use crate::seam::Street;

/// A clock, dice and a street. In production the machine's own; in tests made by hand.
pub struct World {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) dice: Dice,
    pub(crate) street: Arc<dyn Street>,
}

impl World {
    /// The machine's clock and randomness, and real sockets.
    ///
    /// # Errors
    /// [`NoEntropy`].
    pub fn from_os() -> Result<World, NoEntropy> {
        let mut dice = Dice::from_os()?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let street = crate::street::Sockets::new(clock.clone(), dice.stream("peer/street"));
        Ok(World {
            clock,
            dice,
            street: Arc::new(street),
        })
    }

    /// A world made by hand.
    pub fn of(clock: Arc<dyn Clock>, dice: Dice, street: Arc<dyn Street>) -> World {
        World {
            clock,
            dice,
            street,
        }
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("World")
    }
}
