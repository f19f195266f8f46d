//! What a message costs the client: sealed, opened, turned upon; a session begun; what came, stored. (target 7)
//! Knows: a pair of sessions, a client and a relay process. Never knows: their insides.

mod drain;

use anyhow::Result;
use partywall_instructions::pair::Pair;
use partywall_world::{Clock, SystemClock};

use self::drain::drained;
use crate::row::{Amount, Limit, Row, median};
use crate::setting::Setting;

/// Envelopes of one look at seal and open, and turns or sessions of one look at the rest.
const ENVELOPES: usize = 64;
const TURNS: usize = 16;
/// Looks at each, in turn with all others.
const LOOKS: u64 = 100;

/// What is measured, its limit in µs, and what vodozemac was measured to take on such a machine: without header
/// encryption, post-quantum keys and padding.
const ENDS: [(&str, f64, &str); 6] = [
    (
        "seal a 256-byte text into 4 KiB",
        8.0,
        "15.9 µs (vodozemac)",
    ),
    ("open it", 8.0, "1.9 µs (vodozemac)"),
    (
        "a full turn: seal and open, KEM included",
        600.0,
        "219 µs (vodozemac)",
    ),
    (
        "begin a session, from a verified bundle",
        700.0,
        "163 µs (vodozemac)",
    ),
    (
        "reach somebody, from a sealed bundle to the first envelope",
        700.0,
        "163 µs (vodozemac)",
    ),
    (
        "respond: from the first envelope to a session and its text",
        600.0,
        "154 µs (vodozemac)",
    ),
];

pub(crate) async fn run(setting: &Setting) -> Result<Vec<Row>> {
    let mut rows = ends(setting);
    rows.extend(drained(setting).await?);
    Ok(rows)
}

/// Medians over looks that take turns.
fn ends(setting: &Setting) -> Vec<Row> {
    let mut pair = Pair::meet();
    let mut seen: [Vec<f64>; 6] = Default::default();
    for look in 0..setting.many(LOOKS) {
        if look % 20 == 0 {
            setting.tell("seal, open, turn, begin");
        }
        for (seen, took) in seen.iter_mut().zip(looked(&mut pair)) {
            seen.push(took);
        }
    }
    ENDS.iter()
        .zip(&seen)
        .map(|((what, most, beside), seen)| {
            let measured = Amount(median(seen), "µs");
            let row = Row::alone("7", *what, measured, Limit::AtMost(*most));
            Row {
                yardstick: (*beside).to_owned(),
                ..row
            }
        })
        .collect()
}

/// Microseconds of each, in the order of [`ENDS`].
fn looked(pair: &mut Pair) -> [f64; 6] {
    let mut chain = pair.chain();
    let seal = micros(ENVELOPES, || chain.seal(ENVELOPES));
    // What was sealed and thrown away is missing, which would cost the reader: another chain.
    let mut chain = pair.chain();
    let envelopes = chain.sealed(ENVELOPES);
    let open = micros(ENVELOPES, || chain.open(&envelopes));
    let turn = micros(TURNS, || (0..TURNS).for_each(|_| pair.turn()));
    let begin = micros(TURNS, || (0..TURNS).for_each(|_| pair.initiate()));
    let reach = micros(TURNS, || (0..TURNS).for_each(|_| drop(pair.reach())));
    let first = pair.reach();
    let respond = micros(TURNS, || (0..TURNS).for_each(|_| pair.respond(&first)));
    [seal, open, turn, begin, reach, respond]
}

fn micros(times: usize, work: impl FnOnce()) -> f64 {
    let clock = SystemClock::new();
    let begun = clock.monotonic();
    work();
    clock.monotonic().since(begun).as_secs_f64() * 1e6 / times as f64
}
