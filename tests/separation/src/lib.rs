//! The wall's tests: worlds that are lived through twice, the same but for what happens on one side.
//! Knows: both wings, as only the relay's binary and tests do. Is no part of any binary that is shipped.
//!
//! A [`House`] holds both planes as `server/relay` does: own dice, writer, gate, log and numbers for
//! each wing, one clock. A [`Script`] says what happens, turn by turn. [`pair`] lives one world and
//! its twin, whose one side was mutated, and says where the other side differs: nowhere. A
//! [`Leak`] breaks the wall in the house's assembly, so that it is seen that a difference is found.

mod dump;
mod line;
mod log;
mod rig;
mod view;

pub mod business;
pub mod peer;

mod house;
mod leak;
mod pair;
mod script;

pub mod many;
pub mod process;

pub use dump::{line as row, schema, tables};
pub use house::House;
pub use leak::Leak;
pub use pair::{Found, Side, pair};
pub use script::{Script, Turn};
pub use view::{Difference, View};
