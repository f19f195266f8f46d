//! What the log answers to GET. (SPEC §13.6, L-12; C2SP tlog-tiles)
//! Knows: paths and what lies behind them. Never knows: HTTP beyond that, who asks.

use super::{LedgerFault, entries, newest, tile};
use partywall_business::ledger::{Entry, Hash, Resource};
use partywall_store::sql::Connection;

/// How long a copy of an answer is as good as the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Not at all: the next may be another.
    Never,
    /// For good: what lies there never changes.
    Forever,
}

/// What is answered with status 200.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The value of `Content-Type`.
    pub content_type: &'static str,
    /// The body.
    pub bytes: Vec<u8>,
    /// What `Cache-Control` is to say.
    pub keep: Keep,
}

/// What lies behind a request's path, which begins with a slash; `None` (404) for every path that is not exactly one of a thing that
/// there is.
///
/// # Errors
/// When the rows cannot be read.
pub fn answer(connection: &Connection, path: &str) -> Result<Option<Answer>, LedgerFault> {
    let resource = path.strip_prefix('/').and_then(Resource::parse);
    let Some(resource) = resource else {
        return Ok(None);
    };
    Ok(match resource {
        Resource::Checkpoint => newest(connection)?.map(|bytes| Answer {
            content_type: "text/plain; charset=utf-8",
            bytes,
            keep: Keep::Never,
        }),
        Resource::Tile {
            level,
            number,
            width,
        } => tile(connection, level, number, width)?
            .map(|hashes| forever(hashes.iter().flat_map(Hash::as_bytes).copied().collect())),
        Resource::Entries { number, width } => {
            entries(connection, number, width)?.map(|entries| forever(bundle(&entries)))
        }
    })
}

fn forever(bytes: Vec<u8>) -> Answer {
    Answer {
        content_type: "application/octet-stream",
        bytes,
        keep: Keep::Forever,
    }
}

/// Each entry behind its length.
fn bundle(entries: &[Entry]) -> Vec<u8> {
    const LENGTH: [u8; 2] = (Entry::LENGTH as u16).to_be_bytes();
    let joined = |entry: &Entry| [&LENGTH[..], entry.as_bytes()].concat();
    entries.iter().flat_map(joined).collect()
}
