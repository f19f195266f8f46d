//! What leaves, and that nothing leaves after: as many kills as asked for.
//! Knows: one test and the two numbers it takes. Never knows: what it kills.

use crate::run::{Failed, cargo_with, say};

/// Plays so many kills (1,000) from a seed (drawn from the process's number).
pub(crate) fn sharing(rest: &[String]) -> Result<(), Failed> {
    let kills = number(rest, "--kills")?.unwrap_or(1_000);
    let seed = number(rest, "--seed")?.unwrap_or_else(|| u64::from(std::process::id()) << 16);
    say(&format!("{kills} kills from seed {seed}"));
    let (kills, seed) = (kills.to_string(), seed.to_string());
    cargo_with(
        &[
            "test",
            "--quiet",
            "--package",
            "partywall-test-sharing",
            "--test",
            "kills",
            "--",
            "--nocapture",
        ],
        &[("SHARING_KILLS", &kills), ("SHARING_SEED", &seed)],
    )
}

fn number(rest: &[String], name: &str) -> Result<Option<u64>, Failed> {
    let Some(at) = rest.iter().position(|word| word == name) else {
        return Ok(None);
    };
    let word = rest.get(at + 1).map_or("", String::as_str);
    let parsed = word.parse();
    parsed
        .map(Some)
        .map_err(|_| Failed(format!("`{name} {word}` is not a number")))
}
