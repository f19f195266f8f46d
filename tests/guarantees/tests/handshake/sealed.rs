//! Everything that is ever sealed, in either wing, taken for everything else that is. (SPEC G-1, G-2, §4)
//! Knows: one pair in two wings with the same secrets. Never knows: a relay.

use partywall_ground::{Business, Peer};
use partywall_row::Row;

use crate::wings::Pair;

#[test]
fn what_was_sealed_for_one_purpose_and_wing_opens_for_no_other() {
    let mut row = Row::of("A22");
    for seed in 0..row.times(3, 200) {
        let people = Pair::<Peer>::with_seed(row.seed() + seed);
        let trade = Pair::<Business>::with_seed(row.seed() + seed);
        for (n, (thing, bytes)) in people.things.iter().chain(&trade.things).enumerate() {
            let of_people = n < people.things.len();
            for (purpose, _) in &people.things {
                let fits = thing == purpose;
                let taken = (people.takes(purpose, bytes), trade.takes(purpose, bytes));
                let right = (fits && of_people, fits && !of_people);
                assert_eq!(taken, right, "{thing} as {purpose}, peer: {of_people}");
                row.tried(u64::from(!right.0) + u64::from(!right.1));
            }
        }
    }
    row.figure("10 kinds of sealed thing in 10 places: 10 fit and 90 do not");
}

#[test]
fn the_same_secrets_have_other_names_in_the_other_wing() {
    let mut row = Row::of("A24");
    for seed in 0..row.times(3, 200) {
        let people = Pair::<Peer>::with_seed(row.seed() + seed);
        let trade = Pair::<Business>::with_seed(row.seed() + seed);
        for (one, other) in people.names.iter().zip(&trade.names) {
            assert_ne!(one, other);
            row.tried(1);
        }
    }
}
