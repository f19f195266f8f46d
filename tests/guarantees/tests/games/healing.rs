//! Healing: a state was copied, the two go on, and after so many steps the copy is worth nothing.
//! Knows: states and envelopes. Never knows: what is in a turn.

use partywall_ground::Peer;
use partywall_row::Row;
use partywall_session::Session;
use partywall_world::Dice;

use crate::people::{Pair, TODAY, copy, seal};
use crate::thief::{Found, Recorded};

/// Messages that are watched one by one after the copy was made.
const WATCHED: usize = 6;

/// A passive thief: follows with the copy what can be followed, and takes every window of it for a key.
struct Thief {
    state: Session<Peer>,
    image: Vec<u8>,
}

impl Thief {
    fn of(state: &Session<Peer>) -> Self {
        Self {
            state: copy(state),
            image: state.to_bytes().to_vec(),
        }
    }

    fn opens(&mut self, envelope: &[u8]) -> bool {
        self.state.open(envelope, TODAY).is_ok()
    }

    fn reads(&mut self, recorded: &Recorded) -> bool {
        let by_window = |image: &[u8]| {
            let found = recorded.opened_from(image);
            found.iter().any(|found| *found != Found::HeaderKey)
        };
        self.opens(&recorded.envelope)
            || by_window(&self.image)
            || by_window(&self.state.to_bytes())
    }
}

#[test]
fn after_one_round_trip_a_copied_state_opens_none_of_the_next_thousand() {
    let mut row = Row::of("B12");
    let mut dice = Dice::seeded(row.seed());
    let mut latest = 0;
    for (of_alice, alice_first) in [(true, true), (true, false), (false, true), (false, false)] {
        let case = match (of_alice, alice_first) {
            (true, true) => "Alice's state, and she speaks first",
            (true, false) => "Alice's state, and Bob speaks first",
            (false, true) => "Bob's state, and Alice speaks first",
            (false, false) => "Bob's state, and he speaks first",
        };
        let mut pair = Pair::answered(&mut dice);
        pair.forth(b"so far", &mut dice);
        if !alice_first {
            // Whoever was heard last owes the turn: Bob now, Alice otherwise.
            pair.back(b"so far", &mut dice);
            pair.forth(b"so far", &mut dice);
        } else {
            pair.back(b"so far", &mut dice);
        }
        let stolen = if of_alice { &pair.alice } else { &pair.bob };
        let mut thief = Thief::of(stolen);
        let read = watched(&mut pair, &mut thief, alice_first, &mut dice);
        println!("{case}: {read:?}");
        let last = read
            .iter()
            .rposition(|opened| *opened)
            .map_or(0, |at| at + 1);
        latest = latest.max(last);
        assert!(last <= 2, "{case}: {read:?}");
        for n in 0..500_u32 {
            let (forth, back) = (
                pair.forth(&n.to_be_bytes(), &mut dice),
                pair.back(&n.to_be_bytes(), &mut dice),
            );
            for envelope in [&forth, &back] {
                assert!(!thief.opens(envelope), "{case}: {n}");
                row.tried(1);
            }
            if u64::from(n) < row.times(1, 100) {
                let recorded = Recorded::of(&forth, &pair.bob, true);
                assert!(!thief.reads(&recorded), "{case}: {n}");
            }
        }
    }
    assert!(
        latest > 0,
        "the control: at first the copy does open something"
    );
    row.figure(format!(
        "4 copies: {latest} messages at most were read after the copy, 0 of the next 1,000"
    ));
}

/// Of the first messages after the copy, one each way in turn: which ones the thief reads.
fn watched(pair: &mut Pair, thief: &mut Thief, alice_first: bool, dice: &mut Dice) -> Vec<bool> {
    let mut read = Vec::new();
    for n in 0..WATCHED {
        let by_alice = (n % 2 == 0) == alice_first;
        let (from, to) = match by_alice {
            true => (&mut pair.alice, &mut pair.bob),
            false => (&mut pair.bob, &mut pair.alice),
        };
        let envelope = seal(from, &n.to_be_bytes(), dice);
        to.open(&envelope, TODAY).expect("an honest envelope opens");
        let recorded = Recorded::of(&envelope, &pair.bob, by_alice);
        read.push(thief.reads(&recorded));
    }
    read
}
