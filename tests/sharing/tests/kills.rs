//! What leaves is permitted, proven and told to the customer, and nothing leaves after it was barred, whoever dies when.
//! Knows: seeds. `SHARING_KILLS` and `SHARING_SEED` ask for more; see `cargo xtask sharing`.

use partywall_row::Row;
use partywall_test_sharing::story::{Figures, play};

/// Kills of one world.
const EACH: u64 = 10;

fn from_environment(name: &str, otherwise: u64) -> u64 {
    let asked = std::env::var(name).ok();
    asked
        .and_then(|asked| asked.parse().ok())
        .unwrap_or(otherwise)
}

#[tokio::test]
async fn nothing_leaves_after_it_was_barred_and_every_ledger_agrees_whoever_dies_when() {
    let mut row = Row::of("P28");
    let kills = from_environment("SHARING_KILLS", row.times(20, 1_000));
    let seed = from_environment("SHARING_SEED", 1);
    let mut all = Figures::default();
    let mut world = 0;
    while all.kills < kills {
        let of_world = play(seed + world, EACH.min(kills - all.kills)).await;
        for violation in &of_world.violations {
            eprintln!("seed {}: {violation}", seed + world);
        }
        all.add(of_world);
        world += 1;
        eprintln!(
            "seed {seed}, world {world}: {} kills, {} bars, {} records, {} entries, {} repeated after an uncertain batch, {} violations",
            all.kills,
            all.bars,
            all.records,
            all.entries,
            all.repeated,
            all.violations.len()
        );
    }
    assert!(all.records > kills / 2, "something left at all");
    assert!(all.bars > kills / 20, "somebody was barred");
    assert!(
        all.violations.is_empty(),
        "{} violations",
        all.violations.len()
    );
    row.tried(all.kills);
    row.figure(format!(
        "{} kills, {} records taken, {} again after an uncertain batch and asked back, 0 violations",
        all.kills, all.records, all.repeated
    ));
}
