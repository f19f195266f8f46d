//! The statistical disclosure attack (NDSS 2021) on what our own relay sees of a population. Bounded, not defeated.
//! (docs/guarantees.md, row D01)
//!
//! The attacker is an `Eavesdropper`: the relay. It is given, to the microsecond: when an envelope came to which
//! drop, and when the mailbox's reader had it. It knows how long receipts wait, and how busy each drop is. Given one
//! mailbox to which somebody writes, it looks for the drop to which the answers go: the mailbox that its peer reads.
//! It is not told which mailboxes one connection reads; that joins a person's mailboxes to one another and does not
//! help to find the peer's. After a move it begins anew.
//! Knows: arrivals and reads. Never knows: who belongs to whom, but to score the attacker.

mod attack;
mod curve;
mod population;

use partywall_peer_client::sign_waits;
use partywall_row::{Row, is_full};
use partywall_test_street::house;
use partywall_world::Dice;

use self::attack::{Attacker, MESSAGES};
use self::curve::Curve;
use self::population::{DROPS, Day, Receipts, USERS};

/// Ranks of the true peer after 1, 2, … messages, and how they are called.
fn ranks(
    name: &'static str,
    receipts: Receipts<'_>,
    seed: u64,
    (targets, days): (usize, u64),
) -> Curve {
    let mut after = vec![Vec::new(); MESSAGES];
    for day in 0..days {
        let seen = Day::lived(seed + day, receipts);
        let attacker = Attacker::of(&seen, receipts);
        for target in seen.busy(targets) {
            let ranks = attacker.ranks(target);
            after
                .iter_mut()
                .zip(ranks)
                .for_each(|(all, rank)| all.push(rank));
        }
    }
    Curve::of(name, after)
}

#[test]
fn a_receipt_lies_among_others_of_its_time_and_the_peer_is_found_by_several_messages_not_by_one() {
    let mut row = Row::of("D01");
    let (seed, days) = (row.seed(), row.times(1, 5));
    let targets = usize::try_from(row.times(60, 200)).expect("small");
    // The product's own waiting, as often as it takes to know its bounds.
    let mut dice = Dice::seeded(seed).stream("waits");
    let waits: Vec<f64> = (0..5_000)
        .map(|_| sign_waits(&mut dice).as_secs_f64())
        .collect();
    let on = ranks(
        "receipts as they are",
        Receipts::on(&waits),
        seed,
        (targets, days),
    );
    let off = ranks("receipts off", Receipts::Off, seed, (targets, days));
    let at_once = ranks("receipts at once", Receipts::AT_ONCE, seed, (targets, days));
    let curves = [on, off, at_once];
    for curve in &curves {
        println!("{}: {:?}", curve.name, curve.median);
    }
    let [on, off, at_once] = &curves;

    assert!(
        at_once.median[0] < 4.0 && at_once.median[2] < 2.0,
        "the control: the attack works, {:?}",
        at_once.median
    );
    assert!(
        on.median[0] > 2.0 * at_once.median[0],
        "after one message: {} and {}",
        on.median[0],
        at_once.median[0]
    );
    assert!(
        off.median[4] > 10.0 * on.median[4],
        "without receipts, after five: {}",
        off.median[4]
    );
    row.tried(on.attacked as u64 * MESSAGES as u64);
    let chance = DROPS as f64 / 2.0;
    let told = |curve: &Curve| {
        let (one, five, most) = (curve.median[0], curve.median[4], curve.median[MESSAGES - 1]);
        let until = curve.messages_until(0.9).map_or_else(
            || format!("more than {MESSAGES}"),
            |messages| messages.to_string(),
        );
        format!(
            "{}: median rank {one:.1} after 1 message, {five:.1} after 5, {most:.1} after {MESSAGES}; nine of ten found after {until}",
            curve.name
        )
    };
    row.figure(format!(
        "{USERS} users, {DROPS} drops, chance is rank {chance:.0}. {}; {}. docs/guarantees/disclosure.svg",
        told(on),
        told(off)
    ));
    if is_full() {
        let folder = house::root().join("docs/guarantees");
        std::fs::create_dir_all(&folder).expect("docs can be written");
        let picture = curve::picture(&curves, chance);
        std::fs::write(folder.join("disclosure.svg"), picture).expect("docs can be written");
    }
}
