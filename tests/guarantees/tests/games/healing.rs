//! Healing: a state was copied, the two go on, and after so many steps the copy is worth nothing.
//! Knows: states and envelopes. Never knows: what is in a turn.

use partywall_ground::Peer;
use partywall_row::Row;
use partywall_session::Session;
use partywall_world::Dice;

use crate::people::{Pair, TODAY, copy, seal};
use crate::thief::{Key, Recorded};

/// Messages that are watched one by one after the copy was made.
const WATCHED: usize = 5;

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

    /// With the copy as it is.
    fn opens(&mut self, envelope: &[u8]) -> bool {
        self.state.open(envelope, TODAY).is_ok()
    }

    /// With the copy after a turn of its own, if one is due.
    fn opens_after_a_turn(&mut self, envelope: &[u8], dice: &mut Dice) -> bool {
        let mut turned = copy(&self.state);
        let opens = turned.seal(b"", dice).is_ok() && turned.open(envelope, TODAY).is_ok();
        if opens {
            self.state = turned;
        }
        opens
    }

    fn reads(&mut self, recorded: &Recorded, dice: &mut Dice) -> bool {
        let by_window = |image: &[u8]| {
            let found = recorded.opened_from(image);
            found.iter().any(|found| *found != Key::Header)
        };
        self.opens(&recorded.envelope)
            || self.opens_after_a_turn(&recorded.envelope, dice)
            || by_window(&self.image)
            || by_window(&self.state.to_bytes())
    }
}

#[test]
fn after_one_round_trip_a_copied_state_opens_none_of_the_next_thousand() {
    let (mut row, mut guarantee) = (Row::of("B12"), Row::of("G04"));
    let mut dice = Dice::seeded(row.seed());
    let round_trips = row.times(60, 500);
    let mut latest = 0;
    // Whose state is copied, who spoke last before that, and who speaks first after it.
    for case in 0..8 {
        let [of_alice, last_by_alice, alice_first] = [1, 2, 4].map(|bit| case & bit != 0);
        let mut pair = Pair::answered(&mut dice);
        pair.forth(b"so far", &mut dice);
        if !last_by_alice {
            pair.back(b"so far", &mut dice);
        }
        let mut thief = Thief::of(if of_alice { &pair.alice } else { &pair.bob });
        let read = watched(&mut pair, &mut thief, alice_first, &mut dice);
        println!(
            "of Alice {of_alice}, she spoke last {last_by_alice}, first {alice_first}: {read:?}"
        );
        let last = read.iter().rposition(|opened| *opened);
        latest = latest.max(last.map_or(0, |at| at + 1));
        assert!(latest <= 2, "read after a round trip");
        for n in 0..round_trips {
            let (forth, back) = (
                pair.forth(&n.to_be_bytes(), &mut dice),
                pair.back(&n.to_be_bytes(), &mut dice),
            );
            for envelope in [&forth, &back] {
                assert!(!thief.opens(envelope), "case {case}: {n}");
                row.tried(1);
            }
            if n < row.times(1, 100) {
                let recorded = Recorded::of(&forth, &pair.bob, true);
                assert!(!thief.reads(&recorded, &mut dice), "case {case}: {n}");
            }
        }
    }
    assert!(
        latest > 0,
        "the control: at first the copy does open something"
    );
    for row in [&mut row, &mut guarantee] {
        row.figure(format!(
        "8 copies, both sides at each moment: {latest} messages at most were read after the copy (one round trip), 0 of the next {}",
        2 * round_trips
    ));
    }
    guarantee.tried(16 * round_trips);
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
        read.push(thief.reads(&recorded, dice));
    }
    read
}
