//! How long a policy takes to compile, and how long a permit takes to find.
//! `cargo bench -p partywall-business-plane --bench policy`
//! Knows: the shipped policies. Never knows: a store, a socket.

use partywall_business::consent::{Consent, Draft, Party, Refusal};
use partywall_business::field::Region;
use partywall_business::id::{BusinessId, PairwiseKey};
use partywall_business::permit::{Joined, Permit, Standing};
use partywall_business::table::{Row, Table};
use partywall_business_plane::policy::{WA2016, WA2021, compile};
use partywall_ground::Seconds;
use partywall_proof::SigningKey;
use partywall_world::{Clock, SystemClock};
use std::hint::black_box;
use std::num::NonZeroU64;

const NOW: Seconds = Seconds::new(1_800_000_000);

fn main() {
    let (accepted, current) = tables();
    let consent = customer(&accepted);
    let rows: Vec<Row> = Row::all().collect();

    say("compile wa2021 (ns)", 200, || {
        drop(black_box(compile(WA2021.text)))
    });
    say("join two tables (ns)", 2_000, || {
        black_box(Joined::of(&accepted, &current, Some(Region::Other)));
    });
    say("join two tables, region unknown (ns)", 2_000, || {
        black_box(Joined::of(&accepted, &current, None));
    });

    let joined = Joined::of(&accepted, &current, Some(Region::Other));
    let mut next = rows.iter().copied().cycle();
    say("permit, joined (ns)", 2_000_000, || {
        let row = next.next().expect("the rows go round");
        let _ = black_box(joined.permit(&consent, Standing::Verified, row, NOW));
    });
    let mut next = rows.iter().copied().cycle();
    say("permit, two tables (ns)", 2_000_000, || {
        let row = next.next().expect("the rows go round");
        let standing = Standing::Verified;
        let _ = black_box(Permit::find(
            &accepted, &current, &consent, standing, row, NOW,
        ));
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

fn customer(table: &Table) -> Consent {
    let key = SigningKey::from_seed(&[2; 32]);
    let party = Party {
        business: BusinessId::new([3; 32]),
        pairwise: PairwiseKey::new(*key.public().as_bytes()),
    };
    let region = Some(Region::Other);
    let draft = Draft {
        business: party.business,
        accepted: table,
        choices: table.choosable(region),
        region,
        counter: NonZeroU64::MIN,
        issued: Seconds::new(1),
        expiry: Seconds::new(u64::MAX),
        refusal: Refusal::None,
    };
    let signed = draft
        .sign(&key)
        .expect("the table offers what is choosable");
    signed
        .verify(&party, table)
        .expect("it was signed with this key")
}
