//! There is nothing to time on a token: what is looked up is its hash. (SPEC P-16; row D14)
//! Knows: capabilities and the names that a relay has for them. Never knows: a clock.

use partywall_ground::Capability;
use partywall_peer::drop_id;
use partywall_row::Row;
use partywall_world::Dice;

/// How many bytes two names have in common from the front: all that a comparison's or an index's time could tell.
fn in_common(one: &[u8; 32], other: &[u8; 32]) -> usize {
    one.iter().zip(other).take_while(|(a, b)| a == b).count()
}

#[test]
fn a_guess_that_is_nearly_right_is_looked_up_where_any_other_is() {
    let mut row = Row::of("D14");
    let mut dice = Dice::seeded(row.seed()).stream("guesses");
    let tries = row.times(300, 30_000);
    // Of guesses that are right in their first bytes, how many bytes of the name are right.
    let mut most = [0; 32];
    for _ in 0..tries {
        let real: [u8; 32] = dice.bytes();
        let name = *drop_id(&Capability::new(real)).as_bytes();
        for (right, most) in most.iter_mut().enumerate() {
            let mut guess: [u8; 32] = dice.bytes();
            guess[..right].copy_from_slice(&real[..right]);
            guess[right] = real[right].wrapping_add(1);
            let of_guess = *drop_id(&Capability::new(guess)).as_bytes();
            *most = (*most).max(in_common(&name, &of_guess));
        }
    }
    // By chance 4 bytes agree once in 4,294,967,296.
    let worst = most.iter().max().copied().unwrap_or(0);
    assert!(worst <= 3, "guesses with 0 to 31 right bytes: {most:?}");
    row.tried(tries * 32);
    row.figure(format!(
        "{} guesses right in their first 0 to 31 bytes: {worst} bytes of the looked-up name agree at most, as by chance",
        tries * 32
    ));
}
