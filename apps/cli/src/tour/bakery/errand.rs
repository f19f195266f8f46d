//! What is said at the bakery's counter, with marks drawn for one tour, and a number that nobody has.
//! Knows: words. Never knows: who says them to whom.

use partywall_client::business::value::PhoneNumber;
use partywall_world::Dice;

use crate::tour::people::Line;

/// Everything that will be said, with marks drawn for this tour, and a number that nobody has.
pub(crate) struct Errand {
    pub(super) passphrase: String,
    pub(super) item: Line,
    pub(super) lines: [Line; 3],
    pub(super) number: PhoneNumber,
}

impl Errand {
    /// Draws the marks. Anna's stores of both wings have one passphrase.
    pub(crate) fn with(dice: &mut Dice, passphrase: &str) -> Self {
        let mut line = |who, words: &str| Line {
            who,
            text: format!("{words} [{}]", hex::encode(dice.bytes::<8>())),
        };
        Self {
            item: line("Anna", "Rye bread"),
            lines: [
                line("Bakery", "It is in the oven."),
                line("Anna", "Call me when it is ready."),
                line("Anna", "No need to call, I am on my way."),
            ],
            number: PhoneNumber::new(100_000_000_000_000 + dice.below(800_000_000_000_000))
                .expect("fifteen digits are a number"),
            passphrase: passphrase.to_owned(),
        }
    }

    /// Every word that the relay must never see.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let mut secrets = vec![self.passphrase.clone()];
        for line in self.lines.iter().chain([&self.item]) {
            if let Some((_words, mark)) = line.text.rsplit_once(" [") {
                secrets.push(line.text.clone());
                secrets.push(mark.trim_end_matches(']').to_owned());
            }
        }
        secrets
    }

    /// Her number as it is written in what is told: the one value that she lets the relay know.
    pub(crate) fn told(&self) -> [u8; 8] {
        self.number.value().to_be_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_said_has_a_mark_and_is_a_secret_but_not_the_number() {
        let errand = Errand::with(&mut Dice::seeded(4), "a passphrase of both");
        let secrets = errand.secrets();
        let distinct: std::collections::BTreeSet<_> = secrets.iter().collect();
        assert_eq!((secrets.len(), distinct.len()), (9, 9));
        assert!(secrets.iter().all(|secret| secret.len() >= 13));
        assert!(
            errand.told().iter().filter(|byte| **byte != 0).count() >= 5,
            "too short to be no chance"
        );
    }
}
