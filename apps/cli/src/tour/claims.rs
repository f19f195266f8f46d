//! What the tour says, and whether it is so.
//! Knows: what was said and what was found. Never knows: how either is told.

use super::evidence::Evidence;
use super::people::Script;
use crate::trouble::Trouble;

/// As much of a sealed message as is looked for: more than chance could make.
const PART: std::ops::Range<usize> = 64..128;

/// Sentences, and whether they hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Claims(Vec<(String, bool)>);

impl Claims {
    /// Adds a sentence.
    pub(crate) fn add(&mut self, claim: impl Into<String>, holds: bool) {
        self.0.push((claim.into(), holds));
    }

    /// The sentences in order.
    pub(crate) fn all(&self) -> &[(String, bool)] {
        &self.0
    }

    /// At the moment at which Ben is away.
    pub(crate) fn while_mail_waits(&mut self, script: &Script, waiting: &Evidence) {
        let envelopes = waiting.envelopes();
        let said = script.while_away().len();
        self.add(
            format!(
                "while Ben was away, at least {said} sealed messages lay in the relay's database"
            ),
            envelopes.len() >= said,
        );
        let found =
            !envelopes.is_empty() && envelopes.iter().all(|sealed| waiting.holds(part(sealed)));
        self.add(
            "the search finds what is there: the sealed bytes of every waiting message are in the relay's files",
            found,
        );
        self.add_unmentioned("at that moment", script, waiting);
    }

    /// After everything was collected and the relay was stopped.
    pub(crate) fn afterwards(&mut self, script: &Script, waiting: &Evidence, left: &Evidence) {
        self.add_unmentioned("afterwards", script, left);
        let gone = waiting
            .envelopes()
            .iter()
            .all(|sealed| !left.holds(part(sealed)));
        self.add(
            "the sealed bytes that waited were collected, and are in no file any more",
            gone,
        );
        self.add(
            "the search still finds what is there: the relay's own rows are in its files",
            left.tables.iter().any(|table| table.count > 0) && holds_a_row(left),
        );
    }

    /// Exit code 0 only if every sentence holds.
    ///
    /// # Errors
    /// One does not.
    pub(crate) fn verdict(&self) -> Result<(), Trouble> {
        match self.0.iter().find(|(_claim, holds)| !holds) {
            None => Ok(()),
            Some((claim, _)) => Err(Trouble::failure(
                format!("this is not true: {claim}"),
                "run the tour again with --keep, look at its folder, and report what you find",
            )),
        }
    }

    fn add_unmentioned(&mut self, when: &str, script: &Script, evidence: &Evidence) {
        let secrets = script.secrets();
        let found = secrets
            .iter()
            .filter(|secret| evidence.mentions(secret.as_bytes()))
            .count();
        self.add(
            format!(
                "{when}, none of the {} texts, names and marks is in the {} bytes of the relay's files and log, in plain letters, UTF-16, hex or base64",
                secrets.len(),
                evidence.size()
            ),
            found == 0,
        );
    }
}

fn part(sealed: &[u8]) -> &[u8] {
    sealed.get(PART).unwrap_or(sealed)
}

/// Whether the first blob of some row is found in the files, as it must be.
fn holds_a_row(evidence: &Evidence) -> bool {
    let mut cells = evidence
        .tables
        .iter()
        .flat_map(|table| &table.rows)
        .flatten();
    cells.any(|cell| match cell {
        super::dump::Cell::Bytes(bytes) => bytes.len() >= 16 && evidence.holds(bytes),
        super::dump::Cell::Plain(_) => false,
    })
}

#[cfg(test)]
mod tests {
    use partywall_world::Dice;

    use super::super::dump::{Cell, Table};
    use super::*;

    fn script() -> Script {
        Script::with(&mut Dice::seeded(5))
    }

    fn evidence(rows: &[Vec<u8>], extra: &str, log: &str) -> Evidence {
        let table = Table {
            database: "peer.db".into(),
            name: "envelopes".into(),
            columns: vec!["bytes".into()],
            rows: rows
                .iter()
                .map(|bytes| vec![Cell::Bytes(bytes.clone())])
                .collect(),
            count: rows.len(),
        };
        let file = [rows.concat(), extra.as_bytes().to_vec()].concat();
        Evidence {
            files: vec![("relay.db".into(), file)],
            tables: vec![table],
            log: log.into(),
        }
    }

    fn sealed(count: u8) -> Vec<Vec<u8>> {
        (1..=count)
            .map(|seed| Dice::seeded(seed.into()).bytes::<4_096>().to_vec())
            .collect()
    }

    fn judged(waiting: &Evidence, left: &Evidence) -> Vec<bool> {
        let mut claims = Claims::default();
        claims.while_mail_waits(&script(), waiting);
        claims.afterwards(&script(), waiting, left);
        claims.all().iter().map(|(_claim, holds)| *holds).collect()
    }

    #[test]
    fn an_honest_relay_passes() {
        let left = evidence(&[vec![7; 32]], "", "stopped");
        assert_eq!(
            judged(&evidence(&sealed(3), "", "started"), &left),
            [true; 6]
        );
    }

    #[test]
    fn every_kind_of_lie_is_found_by_a_claim_of_its_own() {
        let secret = script().all()[0].text.clone();
        let honest = evidence(&sealed(3), "", "");
        let left = || evidence(&[vec![7; 32]], "", "");
        let lies = [
            (0, evidence(&sealed(2), "", ""), left()),
            (2, evidence(&sealed(3), &secret, ""), left()),
            (2, evidence(&sealed(3), "", &hex::encode(&secret)), left()),
            (
                3,
                evidence(&sealed(3), "", ""),
                evidence(&[vec![7; 32]], "", &format!("said {secret}")),
            ),
            (
                4,
                evidence(&sealed(3), "", ""),
                evidence(&sealed(1), "", ""),
            ),
            (5, evidence(&sealed(3), "", ""), evidence(&[], "", "")),
        ];
        for (claim, waiting, left) in lies {
            assert!(!judged(&waiting, &left)[claim], "{claim}");
        }
        let mut blind = honest;
        blind.files.clear();
        assert!(
            !judged(&blind, &left())[1],
            "a search that finds nothing proves nothing"
        );
    }

    #[test]
    fn one_false_sentence_fails_the_tour() {
        let mut claims = Claims::default();
        claims.add("water is wet", true);
        assert!(claims.verdict().is_ok());
        claims.add("pigs fly", false);
        assert_eq!(
            claims.verdict().unwrap_err().what,
            "this is not true: pigs fly"
        );
    }
}
