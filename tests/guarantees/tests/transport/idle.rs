//! What a connection that only stays costs the relay: F15.
//! Knows: /proc. Never knows: what connections are for.

use partywall_row::Row;

use crate::guest::Guest;
use crate::people::Pair;
use crate::target::Target;

/// More than a connection at rest may cost, in bytes: rustls alone is about half of it.
const EACH: u64 = 24 * 1024;

#[tokio::test]
async fn a_connection_that_only_stays_costs_a_few_kibibytes() {
    let mut row = Row::of("F15");
    let target = Target::start(&[]);
    let (first, more) = (row.times(300, 500), row.times(1_200, 8_000));
    // What the allocator and the runtime take once, they have taken by then.
    let mut guests = Vec::new();
    for _ in 0..first {
        guests.push(stays(&target).await);
    }
    let before = target.resident();
    for _ in 0..more {
        guests.push(stays(&target).await);
    }
    // Two people are served among them; and everything is at rest after that.
    let mut pair = Pair::meet(&target, 15, 4_096).await;
    for _ in 0..20 {
        pair.exchange().await;
    }
    let each = (target.resident() - before) * 1024 / more;
    assert!(each <= EACH, "{each} bytes for each");
    row.tried(first + more);
    row.figure(format!(
        "{:.1} KiB for each of {more} idle TLS connections",
        each as f64 / 1024.0
    ));
}

/// At a door, greeted, and silent from then on.
async fn stays(target: &Target) -> Guest {
    let mut guest = Guest::at((target.peer(), "/v1/collect")).await;
    let hello = guest.ear.frame().await;
    assert!(hello.is_some(), "the relay says hello");
    guest
}
