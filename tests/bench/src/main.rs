//! How long a message takes: send → accepted and send → surfaced, beside a bare WebSocket echo; and what
//! storing it costs the writers of both wings, in one run.
//! Knows: two clients, a relay process, an echo, two planes. Never knows: anything inside them.
//! A benchmark, not a test: it prints what it saw and judges nothing.

mod echo;
mod figures;
mod stored;
mod talk;

use anyhow::{Context, Result, bail};

use crate::figures::Figures;

const HELP: &str = "\
partywall-bench [MESSAGES]
partywall-bench stored [GROUPS]

  One message at a time, MESSAGES times (default 1000, at most 100000), on loopback, TLS 1.3 on both:
  a 256-byte text through a real relay process, and 4,096 bytes through a bare WebSocket echo.
  Then what a message costs the writer of either wing, in GROUPS groups of 64 (default 400, at most 900).

  cargo xtask bench 2000
  cargo xtask bench stored";

fn main() -> Result<()> {
    let count: usize = match std::env::args().nth(1) {
        None => 1_000,
        Some(word) if word == "--help" || word == "-h" => {
            println!("{HELP}");
            return Ok(());
        }
        Some(word) if word == "stored" => {
            let groups = std::env::args().nth(2).map_or(Ok(GROUPS), |word| {
                word.parse()
                    .with_context(|| format!("`{word}` is not a number of groups"))
            })?;
            return stored(groups);
        }
        Some(word) => word
            .parse()
            .with_context(|| format!("`{word}` is not a number of messages"))?,
    };
    if !(1..=100_000).contains(&count) {
        bail!("from 1 to 100000 messages, not {count}");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    // Interleaved, so that a busy moment of the machine hits all of them.
    let (mut echoed, mut accepted, mut surfaced) = (Figures::new(), Figures::new(), Figures::new());
    runtime.block_on(async {
        let mut echo = echo::Echo::start().await?;
        let mut pair = talk::Pair::meet().await?;
        let rounds = count.div_ceil(100);
        for round in 0..rounds {
            let now = 100.min(count - round * 100);
            for _ in 0..now {
                echoed.add(echo.round_trip().await?);
            }
            for _ in 0..now {
                let (accept, surface) = pair.say().await?;
                accepted.add(accept);
                surfaced.add(surface);
            }
            eprint!("\r{} of {count}", round * 100 + now);
        }
        eprintln!();
        anyhow::Ok(())
    })?;
    println!("| one at a time, {count} times | p50 ms | p99 ms |");
    println!("|---|---|---|");
    println!("| bare WebSocket echo, 4,096 bytes there and back | {echoed} |");
    println!("| send → accepted (on disk, fsync) | {accepted} |");
    println!("| send → surfaced at the other client | {surfaced} |");
    println!();
    stored(GROUPS)
}

/// Groups that are written in either wing.
const GROUPS: usize = 400;

fn stored(groups: usize) -> Result<()> {
    if !(1..=900).contains(&groups) {
        bail!("from 1 to 900 groups, not {groups}");
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let stored = runtime.block_on(stored::Stored::measure(groups))?;
    println!("{stored}");
    Ok(())
}
