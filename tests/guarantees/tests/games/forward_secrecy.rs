//! Forward secrecy: a complete image of both states after message n opens nothing of messages 1 to n.
//! Knows: images and envelopes. Never knows: where keys lie.

use partywall_ground::Day;
use partywall_row::Row;
use partywall_world::Dice;

use crate::people::{Pair, TODAY, copy, seal};
use crate::thief::{Key, Recorded};

/// Chains of three messages each way.
const IN_A_CHAIN: usize = 3;

#[test]
fn no_window_of_a_state_opens_what_was_read_and_a_withheld_one_opens() {
    let (mut row, mut guarantee) = (Row::of("B07"), Row::of("G03"));
    let mut dice = Dice::seeded(row.seed());
    let mut pair = Pair::answered(&mut dice);
    let mut recorded = Vec::new();
    for turn in 0..row.times(1, 20) {
        for n in 0..IN_A_CHAIN {
            let text = format!("{turn} {n}");
            let (forth, back) = (
                pair.forth(text.as_bytes(), &mut dice),
                pair.back(text.as_bytes(), &mut dice),
            );
            recorded.push(Recorded::of(&forth, &pair.bob, true));
            recorded.push(Recorded::of(&back, &pair.bob, false));
        }
    }
    let withheld = seal(&mut pair.alice, b"withheld", &mut dice);
    let overtaken = seal(&mut pair.alice, b"overtaken", &mut dice);
    recorded.push(Recorded::of(
        &pair.forth(b"read", &mut dice),
        &pair.bob,
        true,
    ));
    // One that came after a later one: its key was kept, and used.
    let opened = pair.bob.open(&overtaken, TODAY);
    opened.expect("an honest envelope opens");
    recorded.push(Recorded::of(&overtaken, &pair.bob, true));
    let coming = seal(&mut pair.alice, b"not yet delivered", &mut dice);
    let [withheld, coming] =
        [&withheld, &coming].map(|envelope| Recorded::of(envelope, &pair.bob, true));

    // The library's own way: both sides' copies, each envelope.
    for recorded in &recorded {
        for state in [&pair.alice, &pair.bob] {
            assert!(copy(state).open(&recorded.envelope, TODAY).is_err());
            row.tried(1);
        }
    }
    // And each 32 bytes of both images, as a key of each kind.
    let images = [pair.alice.to_bytes(), pair.bob.to_bytes()];
    let mut headers = 0;
    for (n, recorded) in recorded.iter().enumerate() {
        for image in &images {
            for found in recorded.opened_from(image) {
                assert_eq!(found, Key::Header, "envelope {n}");
                headers += 1;
            }
            row.tried(image.len() as u64 - 31);
        }
    }
    // Header keys of the chains that are still in use are there, as they have to be: the thief reads counters.
    assert!(headers > 0, "the windows do find keys");
    let kept = withheld.opened_from(&images[1]);
    assert!(kept.contains(&Key::Message), "the control: {kept:?}");
    let next = coming.opened_from(&images[1]);
    assert!(next.contains(&Key::Chain(0)), "the control: {next:?}");

    // After its days the withheld one is closed like the others.
    let mut later = copy(&pair.bob);
    let with_two_first_flights = 3;
    assert_eq!(
        later.expire(Day::new(TODAY.value() + 37), 37),
        with_two_first_flights
    );
    let left = withheld.opened_from(&later.to_bytes());
    assert!(left.iter().all(|found| *found == Key::Header), "{left:?}");
    for row in [&mut row, &mut guarantee] {
        row.figure(format!(
            "{} envelopes against every window of both states: 0 texts; a withheld one: opened",
            recorded.len()
        ));
    }
    guarantee.tried(recorded.len() as u64);
}
