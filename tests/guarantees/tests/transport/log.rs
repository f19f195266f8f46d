//! The write-ahead log under a flood, and under readers who never finish: F13.
//! Knows: the length of a file. Never knows: what is in it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use partywall_peer::Slot;
use partywall_peer::collect::{self, Attach};
use partywall_proof::SigningKey;
use partywall_row::Row;
use partywall_world::Dice;
use tokio::task::JoinSet;

use crate::people::{Pair, heard, reader};
use crate::target::Target;

/// What the log may grow to, in MiB: it is moved into the database at 16, and a group more may come.
const MOST: u64 = 32;
/// Of the largest size.
const ENVELOPE: u64 = 65_536;
/// What each of the writers leaves before it waits for all of it.
const TURN: u64 = 32;

/// Comes, has mail read to it from the disk, acknowledges nothing, goes, and comes again.
async fn never_finishes(target: Arc<Target>, key: SigningKey, over: Arc<AtomicBool>) -> u64 {
    let mut dice = Dice::seeded(13);
    let mut read = 0;
    while !over.load(Ordering::Relaxed) {
        let (mut socket, greeting) = reader(&target).await;
        let attach = Attach::sign(&key, &greeting, Slot::new(1), &mut dice);
        let attach = collect::FromClient::from(attach).encode();
        socket.send(attach).await.expect("the relay reads");
        for _ in 0..4 {
            heard(&mut socket).await;
            read += 1;
        }
    }
    read
}

#[tokio::test]
async fn a_flood_beside_readers_who_never_finish_does_not_make_the_log_grow() {
    let mut row = Row::of("F13");
    let target = Arc::new(Target::start(&["--quota-bytes", "1GiB"]));
    let log = target.relay.folder().join("peer.db-wal");
    let length = || std::fs::metadata(&log).map_or(0, |file| file.len());
    let mut pairs = Vec::new();
    for seed in 0..4 {
        pairs.push(Pair::meet(&target, 130 + seed, 65_536).await);
    }
    let over = Arc::new(AtomicBool::new(false));
    let mut readers = JoinSet::new();
    let each = row.times(24, 192) * 1024 * 1024 / ENVELOPE;
    let (mut left, mut most) = (0, 0);
    while left < each {
        for pair in &mut pairs {
            for _ in 0..TURN {
                pair.leave().await;
            }
            most = most.max(length());
        }
        left += TURN;
        for pair in &mut pairs {
            while pair.accepted().await < left {
                most = most.max(length());
            }
        }
        if readers.is_empty() {
            // There is more for each of them now than they take at once.
            for pair in &pairs {
                readers.spawn(never_finishes(
                    Arc::clone(&target),
                    pair.key(),
                    Arc::clone(&over),
                ));
            }
        }
    }
    over.store(true, Ordering::Relaxed);
    let mut read = 0;
    while let Some(more) = readers.join_next().await {
        read += more.expect("a reader reads until it is over");
    }
    let written = (left * 4 * ENVELOPE) >> 20;
    assert!(
        read > 100 && most > 0,
        "the control: {read} were read, and there is a log"
    );
    assert!(most >> 20 <= MOST, "{} MiB after {written} MiB", most >> 20);
    row.tried(left * 4);
    row.figure(format!(
        "{written} MiB of mail beside four readers who came and went and took nothing ({read} frames read to them): the log was {} MiB at the most",
        most >> 20
    ));
}
