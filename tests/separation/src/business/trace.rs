//! What happens in the business wing, step by step, drawn from dice.
//! Knows: deeds and their doers by number. Never knows: what comes of them.

use partywall_business::export::Outcome;
use partywall_world::Dice;

/// One thing that somebody does. Numbers are taken by the remainder of how many there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A new business enrols and shelves some bundles.
    Enrol,
    /// The operator verifies a business.
    Verify(usize),
    /// The operator publishes the next policy.
    Publish,
    /// A business hands in a template of a category, and the operator decides.
    Template(usize, u64),
    /// A new customer finds a business and begins.
    Begin(usize),
    /// A customer says something.
    Say(usize),
    /// A customer's business answers.
    Answer(usize),
    /// A customer's business sends a template.
    SendTemplate(usize),
    /// A customer chooses anew.
    Consent(usize),
    /// A customer declares other values.
    Declare(usize),
    /// A customer opts in or out.
    Opt(usize),
    /// A customer blocks or unblocks.
    Block(usize),
    /// A customer leaves.
    Leave(usize),
    /// A customer erases everything.
    Erase(usize),
    /// A customer asks what is held, agreed and told.
    Rights(usize),
    /// A customer or a business acknowledges what it has.
    Collect(usize),
    /// A customer hangs up without a word.
    Vanish(usize),
    /// Somebody without a name takes a bundle.
    Take(usize),
    /// The operator suspends a business for an hour.
    Suspend(usize),
    /// The operator revokes a business.
    Revoke(usize),
    /// The exporter connects anew.
    Exporter,
    /// The exporter claims for a sink so many records.
    Claim(usize, u16),
    /// The exporter closes what it was offered for a sink.
    Close(usize, Outcome),
    /// Anybody reads the ledger.
    Ledger,
    /// Somebody sends what is no frame.
    Nonsense,
    /// The operator looks at everything.
    Look,
}

/// What every world begins with: a policy on its way, two businesses, an exporter.
#[must_use]
pub fn dawn() -> Vec<Step> {
    vec![
        Step::Publish,
        Step::Enrol,
        Step::Enrol,
        Step::Verify(0),
        Step::Verify(1),
    ]
}

/// What every world goes on with: customers of both businesses.
#[must_use]
pub fn morning() -> Vec<Step> {
    use Step::{Begin, Exporter, Look, Say, Template};
    vec![
        Exporter,
        Template(0, 2),
        Begin(0),
        Begin(1),
        Begin(0),
        Say(0),
        Say(1),
        Look,
    ]
}

/// So many deeds as they come.
#[must_use]
pub fn day(dice: &mut Dice, deeds: usize) -> Vec<Step> {
    (0..deeds).map(|_| deed(dice)).collect()
}

fn deed(dice: &mut Dice) -> Step {
    let who = dice.below(6) as usize;
    match dice.below(100) {
        0..22 => Step::Say(who),
        22..32 => Step::Answer(who),
        32..36 => Step::SendTemplate(who),
        36..40 => Step::Begin(who),
        40..44 => Step::Consent(who),
        44..48 => Step::Declare(who),
        48..50 => Step::Opt(who),
        50..52 => Step::Block(who),
        52..54 => Step::Leave(who),
        54..56 => Step::Erase(who),
        56..59 => Step::Rights(who),
        59..65 => Step::Collect(who),
        65..67 => Step::Vanish(who),
        67..69 => Step::Take(who),
        69..82 => Step::Claim(who, 1 + dice.below(20) as u16),
        82..91 => Step::Close(who, outcome(dice)),
        91 => Step::Suspend(who),
        92 => Step::Exporter,
        93 => Step::Template(who, dice.below(3)),
        94 => Step::Nonsense,
        95..97 => Step::Ledger,
        97 => Step::Enrol,
        98 => Step::Verify(who),
        _ if dice.below(4) == 0 => Step::Revoke(who),
        _ => Step::Look,
    }
}

fn outcome(dice: &mut Dice) -> Outcome {
    match dice.below(6) {
        0 => Outcome::Void,
        1 => Outcome::Uncertain,
        _ => Outcome::Sent,
    }
}
