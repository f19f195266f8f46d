//! How long a policy takes to compile, and two tables to join. (A permit: `cargo xtask bench business`)
//! `cargo bench -p partywall-business-plane --bench policy`
//! Knows: the shipped policies. Never knows: a store, a socket.

use partywall_business::field::Region;
use partywall_business::permit::Joined;
use partywall_business::table::Table;
use partywall_business_plane::policy::{WA2016, WA2021, compile};
use partywall_proof::SigningKey;
use partywall_world::{Clock, SystemClock};
use std::hint::black_box;

fn main() {
    let (accepted, current) = tables();

    say("compile wa2021 (ns)", 200, || {
        drop(black_box(compile(WA2021.text)))
    });
    say("join two tables (ns)", 2_000, || {
        black_box(Joined::of(&accepted, &current, Some(Region::Other)));
    });
    say("join two tables, region unknown (ns)", 2_000, || {
        black_box(Joined::of(&accepted, &current, None));
    });
}

/// The best of seven runs, a call.
fn say(what: &str, calls: u32, mut call: impl FnMut()) {
    let clock = SystemClock::new();
    let run = || {
        let begun = clock.monotonic();
        (0..calls).for_each(|_| call());
        clock.monotonic().since(begun).as_nanos() / u128::from(calls)
    };
    let best = std::iter::repeat_with(run).take(7).min();
    println!("{what}: {}", best.unwrap_or_default());
}

fn tables() -> (Table, Table) {
    let key = SigningKey::from_seed(&[1; 32]);
    let table = |text, after: Option<&Table>| {
        let draft = compile(text)
            .expect("a shipped policy compiles")
            .after(after);
        let table = draft.sign(&key).expect("a compiled policy is a table");
        table
            .verify(&key.public())
            .expect("it was signed with this key")
    };
    let accepted = table(WA2016.text, None);
    let current = table(WA2021.text, Some(&accepted));
    (accepted, current)
}
