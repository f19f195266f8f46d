//! What the tour says, and whether it is so.
//! Knows: what was said and what was found. Never knows: how either is told.

use partywall_client::business::{Field, Purpose, Recipient};

use super::bakery::Errand;
use super::evidence::Evidence;
use super::notebooks::{BUSINESS, PEER, are_all_known, in_common};
use super::people::Script;
use super::policies::Policy;
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
        self.add_unmentioned("at that moment", &script.secrets(), waiting);
    }

    /// After everything was collected and the relay was stopped.
    pub(crate) fn afterwards(&mut self, script: &Script, waiting: &Evidence, left: &Evidence) {
        self.add_unmentioned("afterwards", &script.secrets(), left);
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

    /// While Anna is the bakery's customer, and her number may be told.
    pub(crate) fn at_the_counter(&mut self, errand: &Errand, open: &Evidence) {
        self.add_unmentioned("at the counter", &errand.secrets(), open);
        let number = errand.told();
        self.add(
            "the search finds what is told: her number is in the business notebook, and not in the peer one",
            open.holds_in(BUSINESS, &number) && !open.holds_in(PEER, &number),
        );
        let common = in_common(open.notebook(PEER), open.notebook(BUSINESS));
        self.add(
            "the two notebooks have no value of 8 bytes or more in common, although both are about Anna",
            common.is_empty(),
        );
        let both =
            [PEER, BUSINESS].map(|database| open.notebook(database).any(|table| table.count > 0));
        self.add(
            "the comparison finds what is shared: each notebook with itself has much in common, and so has a page of one with the other",
            both == [true, true] && finds_a_page(open),
        );
        self.add(
            "the tour has words for every table of both",
            are_all_known(open),
        );
    }

    /// After she left and erased, and the relay was stopped.
    pub(crate) fn after_the_errand(&mut self, errand: &Errand, left: &Evidence) {
        self.add_unmentioned("after the errand", &errand.secrets(), left);
        self.add(
            "after she erased, her number is in no file of the relay any more",
            !left.holds(&errand.told()),
        );
        let common = in_common(left.notebook(PEER), left.notebook(BUSINESS));
        self.add("nor is anything in both notebooks then", common.is_empty());
    }

    /// Of the two policies that are set against each other.
    pub(crate) fn of_policies(&mut self, there: &Policy, here: &Policy) {
        let may = |field, purpose, region| there.ground(field, Recipient::Parent, purpose, region);
        let (address, number) = (Field::IpAddress, Field::PhoneNumber);
        let (ads, service) = (Purpose::AdsProductImprovement, Purpose::ServiceOperation);
        self.add(
            "in the reconstruction of 2021 the parent company is told network addresses and numbers, but in the EU no address and nothing for advertising",
            may(address, ads, "other").is_some()
                && may(number, service, "eu") == Some("necessary")
                && may(address, service, "eu").is_none()
                && may(number, ads, "eu").is_none(),
        );
        self.add(
            "under the policy that this relay began with, the parent company is told nothing anywhere",
            there.to_the_parent("eu") > 0
                && ["eu", "uk", "us_ca", "in", "other"].iter().all(|region| here.to_the_parent(region) == 0),
        );
    }

    fn add_unmentioned(&mut self, when: &str, secrets: &[String], evidence: &Evidence) {
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

/// The control: a row of the one, written into the other, is found.
fn finds_a_page(open: &Evidence) -> bool {
    let page = open.notebook(BUSINESS).filter(|table| table.count > 0);
    let planted = open.notebook(PEER).chain(page.take(1));
    !in_common(planted, open.notebook(BUSINESS)).is_empty()
        && !in_common(open.notebook(PEER), open.notebook(PEER)).is_empty()
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

    /// Two notebooks, each with one value; what each file holds besides.
    fn notebooks(values: [&[u8]; 2], besides: [&[u8]; 2]) -> Evidence {
        let table = |database: &str, name: &str, value: &[u8]| Table {
            database: database.into(),
            name: name.into(),
            columns: vec!["value".into()],
            rows: vec![vec![Cell::Bytes(value.to_vec())]],
            count: 1,
        };
        Evidence {
            files: vec![
                (PEER.into(), [values[0], besides[0]].concat()),
                (BUSINESS.into(), [values[1], besides[1]].concat()),
            ],
            tables: vec![
                table(PEER, "mailboxes", values[0]),
                table(BUSINESS, "conversations", values[1]),
            ],
            log: String::new(),
        }
    }

    #[test]
    fn every_lie_about_the_other_wing_is_found_by_a_claim_of_its_own() {
        let errand = Errand::with(&mut Dice::seeded(6), "a passphrase of both");
        let (one, other) = (&b"a reader's key"[..], &b"another's pseudonym"[..]);
        let number = errand.told();
        let judged = |open: &Evidence, left: &Evidence| {
            let mut claims = Claims::default();
            claims.at_the_counter(&errand, open);
            claims.after_the_errand(&errand, left);
            claims.0.iter().map(|(_, holds)| *holds).collect::<Vec<_>>()
        };
        let open = || notebooks([one, other], [b"", &number]);
        let left = || notebooks([one, other], [b"", b""]);
        assert_eq!(judged(&open(), &left()), [true; 8]);
        let secret = errand.secrets()[1].clone();
        let mut strange = open();
        strange.tables[0].name = "people".into();
        let lies = [
            (
                0,
                notebooks([one, other], [secret.as_bytes(), &number]),
                left(),
            ),
            (1, notebooks([one, other], [&number, &number]), left()),
            (1, left(), left()),
            (2, notebooks([other, other], [b"", &number]), left()),
            (3, notebooks([b"", other], [b"", &number]), left()),
            (4, strange, left()),
            (5, open(), notebooks([one, other], [b"", secret.as_bytes()])),
            (6, open(), open()),
            (7, open(), notebooks([one, one], [b"", b""])),
        ];
        for (claim, open, left) in lies {
            assert!(!judged(&open, &left)[claim], "{claim}");
        }
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
