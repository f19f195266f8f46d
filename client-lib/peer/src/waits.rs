//! How long a sign of our own waits before it goes: a receipt, a move that is told, a renewal. (SPEC C-5)
//! Knows: a toss of the dice. Never knows: for whom, or of what it is a sign.

use std::time::Duration;

use partywall_world::Dice;

const LEAST: Duration = Duration::from_secs(1);
const SPREAD: Duration = Duration::from_secs(4);

/// 1 to 5 s, in whole milliseconds, every one of them as likely as another: at a relay where others are busy, a sign
/// lies among what else comes in that time. Public, so that what it hides can be measured. (SPEC C-5)
#[must_use]
pub fn sign_waits(dice: &mut Dice) -> Duration {
    if partywall_mutant::is("D01") {
        return Duration::ZERO;
    }
    let spread = u64::try_from(SPREAD.as_millis()).unwrap_or(u64::MAX);
    LEAST + Duration::from_millis(dice.below(spread))
}
