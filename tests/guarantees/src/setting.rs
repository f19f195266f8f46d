//! How a run is meant: how deep, from which seed, which rows, what is kept.
//! Knows: the command line. Never knows: what comes of it.

use std::time::Duration;

use clap::Parser;

/// Every attack and fault of the guarantee catalogue: its test, and the break under which the test fails.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "cargo xtask guarantees",
    after_help = "examples:\n  cargo xtask guarantees --quick\n  cargo xtask guarantees A11 B08\n  cargo xtask guarantees P --no-mutants\n  cargo xtask guarantees --full --write"
)]
pub(crate) struct Setting {
    /// Only these rows (`A11`) or chapters (`A`); all if none is named
    pub(crate) rows: Vec<String>,
    /// Few tries of each: minutes (this is so unless --full is said)
    #[arg(long, conflicts_with = "full")]
    pub(crate) quick: bool,
    /// As many tries as the catalogue asks for; goes on where an interrupted full run of the same build stopped
    #[arg(long)]
    pub(crate) full: bool,
    /// Forget what an interrupted run has seen already
    #[arg(long)]
    pub(crate) anew: bool,
    /// Do not break anything: says whether the tests pass, and counts nothing
    #[arg(long)]
    pub(crate) no_mutants: bool,
    /// The seed of every draw
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Rows at once
    #[arg(long, default_value_t = 2)]
    pub(crate) at_once: usize,
    /// Write the table into docs/guarantees.md, which says how deep the run was; only a run of all rows may
    #[arg(long, conflicts_with_all = ["rows", "no_mutants"])]
    pub(crate) write: bool,
    /// List the rows and end
    #[arg(long)]
    pub(crate) list: bool,
}

impl Setting {
    /// Whether this row is asked for.
    pub(crate) fn wants(&self, id: &str) -> bool {
        self.rows.is_empty()
            || self
                .rows
                .iter()
                .any(|wanted| id.starts_with(wanted.as_str()))
    }
}

/// What tests are told.
pub(crate) fn depth(full: bool) -> &'static str {
    if full { "full" } else { "quick" }
}

/// A quick test that takes longer is hanging; so is a mutant.
pub(crate) fn limit(full: bool) -> Duration {
    Duration::from_secs(if full { 7_200 } else { 120 })
}
