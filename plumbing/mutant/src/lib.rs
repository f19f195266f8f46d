//! One deliberate break for each row of the guarantee catalogue, so that the row's test can be seen to
//! fail. (docs/decisions/a-mutant-for-every-row.md)
//! Knows: which row is broken, in a build with `cfg(mutants)`. In every other build it knows nothing:
//! [`is`] is `false` before the program is compiled, and no trace of a break is left in it.
//!
//! A break stands where the defence stands, in the same line if it can:
//! ```
//! # use std::io::{Error, Result};
//! # fn agreed(secret: [u8; 32]) -> Result<[u8; 32]> {
//! if secret == [0; 32] && !partywall_mutant::is("A11") {
//!     return Err(Error::other("the other side contributed nothing"));
//! }
//! # Ok(secret)
//! # }
//! # assert!(agreed([0; 32]).is_err());
//! ```

#[cfg(mutants)]
mod chosen;

#[cfg(mutants)]
pub use chosen::is;

/// Whether this row's defence is broken in this process. (Never, in this build.)
#[cfg(not(mutants))]
#[must_use]
#[inline(always)]
pub const fn is(_row: &str) -> bool {
    false
}
