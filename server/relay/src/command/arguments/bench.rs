//! What may be said to `bench`.
//! Knows: flags, bounds, examples. Never knows: how anything is measured.

use std::path::PathBuf;

use clap::{Args, value_parser};

/// `bench`.
#[derive(Debug, Args)]
pub struct Bench {
    /// Measure a relay that runs already, by its link (with its pass, if it asks for one), instead of one started for this
    #[arg(long, value_name = "LINK")]
    pub relay: Option<String>,
    /// Allow `--relay` to name a relay that is not on this machine
    #[arg(long, requires = "relay")]
    pub remote: bool,
    /// About 15 seconds instead of a minute: fewer steps, rougher figures
    #[arg(long, conflicts_with = "seconds")]
    pub quick: bool,
    /// About how long it takes, from 5 to 600 [default: 60]
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(5..=600))]
    pub seconds: Option<u32>,
    /// Writers, each with a mailbox and a reader of its own, from 1 to 200
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = value_parser!(u32).range(1..=200))]
    pub pairs: u32,
    /// The most idle connections whose memory is looked at, from 0 to 10000 [default: 2000, below 30 seconds 500]
    #[arg(long, value_name = "N", conflicts_with = "relay", value_parser = value_parser!(u32).range(0..=10_000))]
    pub connections: Option<u32>,
    /// The data folder whose disk is measured; a private folder is made in it and removed again [env: PARTYWALL_RELAY_DATA] [default: ./partywall-data]
    #[arg(long, value_name = "DIR")]
    pub data: Option<String>,
    /// The configuration file that names the data folder [env: PARTYWALL_RELAY_CONFIG]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Write everything that was measured as one JSON object; `-` is standard output, and nothing else is then written there
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Draw throughput against latency and memory against connections
    #[arg(long, value_name = "FILE.svg")]
    pub plot: Option<PathBuf>,
}

pub(super) const BENCH_EXAMPLES: &str = "\
Examples:
  partywall-relay bench                               about a minute; what this machine carries
  partywall-relay bench --quick --plot bench.svg      a quarter of that, with a drawing
  partywall-relay bench --data /srv/relay             on the disk where the relay keeps its mail
  partywall-relay bench --seconds 300 --connections 10000 --json bench.json
  partywall-relay bench --data /srv/relay --relay LINK
                                                      the relay that runs there, with its CPU time;
                                                      LINK is what `partywall-relay pass` prints

Without `--relay` it starts a relay of its own, with TLS, on free ports of 127.0.0.1, and removes
all of it at the end, also after Ctrl-C. A relay that runs already is loaded in earnest: whoever
uses it meanwhile waits. What --json holds is in docs/measuring.md.";
