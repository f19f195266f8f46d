//! Lives as many pairs of worlds as one has patience for: `cargo xtask separation`.
//! Knows: how many. Never knows: what is compared.

use std::io::Write;
use std::ops::Range;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};

use partywall_test_separation::many::pairs;
use partywall_test_separation::{Side, process};

const HELP: &str = "\
usage: separation [--pairs N] [--converse N] [--processes N] [--from SEED]

  --pairs N       pairs whose peer side differs; the business side is compared (10000)
  --converse N    pairs whose business side differs; the peer side is compared (1000)
  --processes N   pairs of whole relays; the business side is compared (100)
  --from SEED     the first seed (0)";

struct Wanted {
    pairs: u64,
    converse: u64,
    processes: u64,
    from: u64,
}

fn main() -> ExitCode {
    let Some(wanted) = read(std::env::args().skip(1)) else {
        eprintln!("{HELP}");
        return ExitCode::from(2);
    };
    let seeds = |count: u64| wanted.from..wanted.from.saturating_add(count);
    let whole = in_memory("pairs", seeds(wanted.pairs), Side::Business)
        && in_memory("converse pairs", seeds(wanted.converse), Side::Peer)
        && as_processes(seeds(wanted.processes));
    if whole {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn read(mut arguments: impl Iterator<Item = String>) -> Option<Wanted> {
    let mut wanted = Wanted {
        pairs: 10_000,
        converse: 1_000,
        processes: 100,
        from: 0,
    };
    while let Some(argument) = arguments.next() {
        let number = arguments.next()?.parse().ok()?;
        match argument.as_str() {
            "--pairs" => wanted.pairs = number,
            "--converse" => wanted.converse = number,
            "--processes" => wanted.processes = number,
            "--from" => wanted.from = number,
            _ => return None,
        }
    }
    Some(wanted)
}

/// Says how far it is, a hundred times at the most.
fn progress(what: &str, count: u64) -> impl Fn(u64) + Sync {
    let step = (count / 100).max(1);
    let told = AtomicU64::new(0);
    move |done| {
        if (done.is_multiple_of(step) || done == count)
            && told.fetch_max(done, Ordering::Relaxed) < done
        {
            eprint!("\r{done} of {count} {what}");
            let _unseen = std::io::stderr().flush();
        }
    }
}

fn in_memory(what: &str, seeds: Range<u64>, side: Side) -> bool {
    let count = seeds.end - seeds.start;
    if count == 0 {
        return true;
    }
    let found = pairs(seeds, side, None, progress(what, count));
    eprintln!();
    match found {
        None => {
            println!("{count} {what}: 0 differences");
            true
        }
        Some(found) => {
            println!("a difference: {found}");
            false
        }
    }
}

/// One pair after the other: each has two relays with threads of their own.
fn as_processes(seeds: Range<u64>) -> bool {
    let count = seeds.end - seeds.start;
    if count == 0 {
        return true;
    }
    let told = progress("pairs of processes", count);
    for (done, seed) in (1..).zip(seeds) {
        match process::pair(seed) {
            Ok(None) => told(done),
            Ok(Some(difference)) => {
                println!("\na difference: seed {seed} as processes: {difference}");
                return false;
            }
            Err(error) => {
                println!("\nseed {seed} as processes could not be lived: {error:#}");
                return false;
            }
        }
    }
    eprintln!();
    println!("{count} pairs of processes: 0 differences");
    true
}
