//! The write-ahead log under a flood, and under readers who never finish: F13.
//! Knows: the length of a file. Never knows: what is in it.

use partywall_row::Row;

use crate::people::Pair;
use crate::target::Target;

/// What the log may grow to, in MiB: it is moved into the database at 16, and a group more may come.
const MOST: u64 = 32;
/// Of the largest size.
const ENVELOPE: u64 = 65_536;

/// A reader has this much credit; what is left beyond it waits on the disk.
const WINDOW: u64 = 32;

#[tokio::test]
async fn a_flood_beside_readers_who_never_finish_does_not_make_the_log_grow() {
    let mut row = Row::of("F13");
    let target = Target::start(&["--quota-bytes", "1GiB"]);
    let log = target.relay.folder().join("peer.db-wal");
    let length = || std::fs::metadata(&log).map_or(0, |file| file.len()) >> 20;
    // Each has a reader who is connected, takes nothing and acknowledges nothing.
    let mut pairs = Vec::new();
    for seed in 0..4 {
        pairs.push(Pair::meet(&target, 130 + seed, 65_536).await);
    }
    let each = row.times(24, 192) * 1024 * 1024 / ENVELOPE;
    let (mut left, mut most) = (0, 0);
    while left < each {
        for pair in &mut pairs {
            for _ in 0..WINDOW.min(64) {
                pair.leave().await;
            }
        }
        left += WINDOW;
        for pair in &mut pairs {
            while pair.accepted().await < left {}
        }
        most = most.max(length());
    }
    let written = left * 4 * ENVELOPE >> 20;
    assert!(most > 0, "the control: there is a log");
    assert!(most <= MOST, "{most} MiB after {written} MiB were written");
    row.tried(left * 4);
    row.figure(format!(
        "{written} MiB of mail that nobody takes, four readers attached: the log was {most} MiB at the most"
    ));
}
