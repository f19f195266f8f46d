//! How long a message takes: send → accepted and send → surfaced, beside a bare WebSocket echo, in one run.
//! Knows: two clients, a relay process, an echo. Never knows: anything inside them.
//! A benchmark, not a test: it prints what it saw and judges nothing.

mod echo;
mod figures;
mod talk;

use anyhow::{Context, Result, bail};

use crate::figures::Figures;

const HELP: &str = "\
partywall-latency [MESSAGES]

  One message at a time, MESSAGES times (default 1000, at most 100000), on loopback, TLS 1.3 on both:
  a 256-byte text through a real relay process, and 4,096 bytes through a bare WebSocket echo.

  cargo xtask bench 2000";

fn main() -> Result<()> {
    let count: usize = match std::env::args().nth(1) {
        None => 1_000,
        Some(word) if word == "--help" || word == "-h" => {
            println!("{HELP}");
            return Ok(());
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
    Ok(())
}
