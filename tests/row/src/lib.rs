//! What a test that demonstrates a row of the guarantee catalogue says of itself: how often it tried, and what
//! it measured. `cargo xtask guarantees` reads it off the test's output.
//! Knows: a row's id, the depth and the seed of the run. Never knows: what is tested.
//!
//! ```
//! use partywall_row::Row;
//!
//! let mut row = Row::of("A11");
//! for _point in 0..row.times(31, 31) {
//!     // … the attack, and that it failed …
//!     row.tried(1);
//! }
//! row.figure("31 points at 4 places");
//! ```

/// How deep the run goes: `quick` (also when nothing is said) or `full`.
const DEPTH: &str = "PARTYWALL_DEPTH";
/// The seed of every draw.
const SEED: &str = "PARTYWALL_SEED";

/// One row, while its test runs. Says what was tried when it is dropped, unless the test failed.
#[derive(Debug)]
pub struct Row {
    id: &'static str,
    tried: u64,
    figures: Vec<String>,
}

impl Row {
    /// The row with this id, for example `A11`.
    #[must_use]
    pub fn of(id: &'static str) -> Self {
        Self {
            id,
            tried: 0,
            figures: Vec::new(),
        }
    }

    /// How often to try: so often in a quick run, and so often in a full one.
    #[must_use]
    pub fn times(&self, quick: u64, full: u64) -> u64 {
        if is_full() { full } else { quick }
    }

    /// The run's seed, printed so that a failure can be had again: `PARTYWALL_SEED=… cargo xtask guarantees ROW`.
    #[must_use]
    pub fn seed(&self) -> u64 {
        let seed = seed();
        println!("{}: seed {seed}", self.id);
        seed
    }

    /// So many attacks more were tried, and each failed as it should.
    pub fn tried(&mut self, attacks: u64) {
        self.tried += attacks;
    }

    /// Something measured, in a few words.
    pub fn figure(&mut self, words: impl Into<String>) {
        self.figures.push(words.into());
    }
}

impl Drop for Row {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        println!("\nguarantee {} tried {}", self.id, self.tried);
        for figure in &self.figures {
            println!("guarantee {} figure {figure}", self.id);
        }
    }
}

/// Whether the run is a full one.
#[must_use]
pub fn is_full() -> bool {
    std::env::var(DEPTH).is_ok_and(|depth| depth == "full")
}

/// The run's seed; 1 when nobody chose one.
#[must_use]
pub fn seed() -> u64 {
    let chosen = std::env::var(SEED).ok();
    chosen.and_then(|seed| seed.parse().ok()).unwrap_or(1)
}

/// Says that a test, or a part of it, is not run because this is missing; the words name where it is had.
///
/// # Panics
/// In CI, where nothing may be missing.
pub fn not_run(what_is_missing: &str) {
    assert!(
        std::env::var_os("CI").is_none(),
        "not run, and CI runs everything: {what_is_missing}"
    );
    println!("not run: {what_is_missing}");
}
