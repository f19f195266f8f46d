//! What is counted, as a program of its own: the same work, a number of times that the caller chooses.
//! Knows: pairs and towns. Never knows: who counts.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Subcommand;
use partywall_instructions::pair::Pair;
use partywall_instructions::town::{ACTIVE, EACH, Town};

/// One piece of work.
#[derive(Subcommand)]
pub(crate) enum Program {
    /// Seals so many envelopes along a chain.
    Seal { times: usize },
    /// Opens so many; seals two hundred in any case.
    Open { times: usize },
    /// Takes so many turns.
    Turn { times: usize },
    /// Makes a wing with so many mailboxes, so much mail in those nobody touches, and so much in each of the others.
    Prepare {
        folder: PathBuf,
        mailboxes: u32,
        stored: u64,
        waiting: u64,
    },
    /// Leaves so many rounds of envelopes.
    Deposit { folder: PathBuf, times: u64 },
    /// Takes and acknowledges so many rounds, of more that lie there.
    Deliver { folder: PathBuf, times: u64 },
}

/// Envelopes of one round.
pub(crate) const ROUND: u64 = ACTIVE as u64 * EACH as u64;
/// As many as are ever opened.
pub(crate) const SEALED: usize = 200;

impl Program {
    pub(crate) fn run(self) -> Result<()> {
        match self {
            Self::Seal { times } => Pair::meet().chain().seal(times),
            Self::Open { times } => {
                let mut chain = Pair::meet().chain();
                let envelopes = chain.sealed(SEALED);
                chain.open(&envelopes[..times.min(SEALED)]);
            }
            Self::Turn { times } => {
                let mut pair = Pair::meet();
                (0..times).for_each(|_| pair.turn());
            }
            Self::Prepare {
                folder,
                mailboxes,
                stored,
                waiting,
            } => prepare(&folder, mailboxes, stored, waiting)?,
            Self::Deposit { folder, times } => deposit(&folder, times)?,
            Self::Deliver { folder, times } => deliver(&folder, times)?,
        }
        Ok(())
    }
}

fn prepare(folder: &Path, mailboxes: u32, stored: u64, waiting: u64) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    runtime()?.block_on(async {
        let mut town = Town::open(folder)?;
        town.settle(mailboxes).await?;
        // Nobody touches the last ones, unless there are no others.
        let first = if mailboxes > ACTIVE { ACTIVE } else { 0 };
        town.fill((first, mailboxes), stored).await?;
        town.fill((0, ACTIVE), waiting * ROUND).await
    })
}

fn deposit(folder: &Path, times: u64) -> Result<()> {
    runtime()?.block_on(async {
        let mut town = Town::open(folder)?;
        let mut writers = town.writers().await?;
        for _ in 0..times {
            town.deposit(&mut writers).await?;
        }
        Ok(())
    })
}

fn deliver(folder: &Path, times: u64) -> Result<()> {
    runtime()?.block_on(async { Town::open(folder)?.deliver(times * ROUND).await })
}

/// One thread, one more that reads for it, and where it was built so, a time that goes on only when both wait: what is
/// counted does not depend on who is faster.
fn runtime() -> Result<tokio::runtime::Runtime> {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().max_blocking_threads(1);
    #[cfg(feature = "still")]
    builder.start_paused(true);
    Ok(builder.build()?)
}
