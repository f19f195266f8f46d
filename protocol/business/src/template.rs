//! Templates: texts that a business may send outside the window once the operator approved them.
//! (SPEC §11.6, B-20 to B-22) Knows: their shape, what is wrong with them, how a customer's client
//! sets the parameters in. Never knows: who sends them to whom.

mod approved;
mod draft;
mod lint;
mod parameter;
mod render;

pub use approved::{Approved, BadApproval, UnverifiedApproval};
pub use draft::{Draft, Slot, Template, TemplateBytes};
pub use lint::Lint;
pub use parameter::{BadCode, Parameter, ParameterKind, ShortCode};
pub use render::{Rendered, Unfit};
