//! The policy compiler: one file of rows in, one answer for each of 3,150 cells out. (SPEC §12.3)
//! Knows: the operator's file. Never knows: customers, consents, keys, the clock.

mod date;
mod fault;
mod file;
mod lay;
mod publication;
mod read;
pub mod schema;
mod shipped;

pub use fault::{Place, PolicyError, Warning};
pub use publication::{Publication, Unpublishable};
pub use shipped::{EXAMPLE, STRICT, Shipped, WA2016, WA2021};

use partywall_business::id::TableHash;
use partywall_business::table::{Draft, Table};

/// A policy that was read and found to be whole.
#[derive(Clone, Debug)]
pub struct Compiled {
    draft: Draft,
    warnings: Vec<Warning>,
}

/// Compiles a policy file. The same text gives the same bytes each time.
///
/// # Errors
/// Everything that is wrong with it, in the order of the lines.
pub fn compile(text: &str) -> Result<Compiled, Vec<PolicyError>> {
    let policy = file::Policy::read(text)?;
    let (draft, warnings) = lay::lay(text, &policy)?;
    Ok(Compiled { draft, warnings })
}

impl Compiled {
    /// What an operator may have meant otherwise.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The policy's number.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.draft.version.get()
    }

    /// The table to sign, as the successor of what is published. A policy with the published
    /// version comes out as that version anew, so that it can be seen whether it is the same.
    #[must_use]
    pub fn after(&self, published: Option<&Table>) -> Draft {
        let predecessor = published.and_then(|table| {
            if table.version() == self.draft.version {
                table.predecessor()
            } else {
                Some(table.hash())
            }
        });
        self.draft.behind(predecessor)
    }

    /// The table to sign, behind a table of which only the hash is known.
    #[must_use]
    pub fn behind(&self, predecessor: Option<TableHash>) -> Draft {
        self.draft.behind(predecessor)
    }
}

#[cfg(test)]
mod tests;
