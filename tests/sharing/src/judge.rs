//! Who looks at every sink after every deed: what arrived there, and whether it might.
//! Knows: pseudonyms, what was answered to whom. Never knows: why the relay let anything go.

use std::collections::{BTreeMap, BTreeSet};

use partywall_business::answer::Answer;
use partywall_business::ledger::{Hash, Index};
use partywall_business::rights::Record;
use partywall_business::{Count, More, request};

use crate::book::{Book, checkpoint};
use crate::oracle::{self, Agreed, Grant, Table, Told, permit};
use crate::relay::operator;
use crate::sinks::{Arrived, Mention, Sink};
use crate::world::{SINKS, Who, World};

/// What was seen, and what was wrong.
#[derive(Default)]
pub struct Judge {
    /// Every table that was published, by hash.
    pub tables: BTreeMap<String, Table>,
    seen: BTreeSet<Mention>,
    judged: BTreeSet<Mention>,
    /// What must never be, in sentences.
    pub violations: Vec<String>,
    /// Bars that were answered and looked behind.
    pub bars: u64,
    /// Records in files twice, whose first batch was uncertain.
    pub repeated: u64,
    /// Records that arrived, each once.
    pub records: u64,
    /// Entries of ledgers that were checked.
    pub entries: u64,
}

impl World {
    /// Looks at every sink as it is now.
    pub fn look(&mut self) {
        let whom = self.whom();
        for place in 0..self.sinks.len() {
            for mention in self.sinks[place].mentions(place) {
                if self.judge.seen.insert(mention.clone()) {
                    self.judge_mention(&mention, &whom);
                }
            }
            for arrived in self.sinks[place].arrived(place) {
                if self.judge.judged.insert(arrived.mention.clone()) {
                    self.judge_record(&arrived, &whom);
                }
            }
        }
    }

    fn whom(&self) -> BTreeMap<String, usize> {
        let customers = self.customers.iter().enumerate();
        customers
            .flat_map(|(place, customer)| customer.subjects().map(|subject| (subject, place)))
            .collect()
    }

    /// Nothing of who is barred arrives newly. (B-23)
    fn judge_mention(&mut self, mention: &Mention, whom: &BTreeMap<String, usize>) {
        let Some(&customer) = whom.get(&mention.subject) else {
            let what = format!("somebody unknown arrived in sink {}", mention.sink);
            return self.judge.violations.push(what);
        };
        let customer = &self.customers[customer];
        if customer.is_barred || self.shops[customer.shop].is_barred {
            let sink = SINKS[mention.sink].0;
            let what = format!(
                "(a) who was barred arrived in {sink}, request {}",
                mention.request
            );
            self.judge.violations.push(what);
        }
    }

    /// What arrived was permitted when it was claimed, and nothing newer forbids it. (T-16)
    fn judge_record(&mut self, arrived: &Arrived, whom: &BTreeMap<String, usize>) {
        self.judge.records += 1;
        let verdict = self.verdict(arrived, whom);
        if let Err(why) = verdict {
            let sink = SINKS[arrived.mention.sink].0;
            self.judge.violations.push(format!("(c) {why}, in {sink}"));
        }
    }

    fn verdict(&self, arrived: &Arrived, whom: &BTreeMap<String, usize>) -> Result<(), String> {
        let payload = payload(arrived).ok_or("a line without a payload")?;
        let told = Told::read(&payload).ok_or("a payload that is no disclosure")?;
        if told.row.1 != SINKS[arrived.mention.sink].1.code() {
            return Err("a record of another recipient".to_owned());
        }
        let customer = whom
            .get(&arrived.mention.subject)
            .ok_or("a record of nobody")?;
        let customer = &self.customers[*customer];
        let tables = &self.judge.tables;
        let current = tables
            .get(&told.table)
            .ok_or("a record under no known table")?;
        let newest = tables
            .values()
            .filter(|table| table.effective <= told.time)
            .max_by_key(|table| table.effective);
        // The hour in which a table becomes current belongs to both.
        if newest.is_none_or(|newest| newest.effective > current.effective) {
            return Err("a record under a table that was not current".to_owned());
        }
        let as_agreed = |agreed: &Agreed| -> Option<Grant> {
            permit(tables.get(&agreed.table)?, current, agreed, told.row)
        };
        let said = told.grant;
        let claimed = customer.history.iter();
        if !claimed
            .filter(|agreed| agreed.region == told.region)
            .any(|agreed| as_agreed(agreed) == said)
        {
            return Err(format!(
                "row {:?} was never permitted as {said:?}",
                told.row
            ));
        }
        let standing = &customer.history[customer.answered..];
        let (precision, keep) = said.map_or((0, 0), |grant| (grant.precision, grant.keep));
        let stands = standing.iter().filter_map(as_agreed);
        if !stands
            .into_iter()
            .any(|now| now.precision <= precision && now.keep >= keep)
        {
            return Err(format!("row {:?} is permitted no longer", told.row));
        }
        Ok(())
    }

    /// Compares everything, once all is at rest: sinks, customers' own ledgers, the tree, the operator's comparison.
    pub async fn reckon(&mut self) {
        self.look();
        let plane = self.plane();
        let book = match Book::fetch(&plane) {
            Ok(book) => book,
            Err(why) => return self.judge.violations.push(format!("(d) {why}")),
        };
        self.judge.entries += book.entries.len() as u64;
        let arrived: Vec<Arrived> = (0..self.sinks.len())
            .flat_map(|place| self.sinks[place].arrived(place))
            .collect();
        for one in &arrived {
            if !is_in(&book, one) {
                self.judge
                    .violations
                    .push("(d) a line is not in the ledger".to_owned());
            }
        }
        self.compare_ledgers(&book, &arrived).await;
        self.look_for_repetitions(&arrived);
        self.have_it_audited().await;
    }

    /// (b): what customers are shown is what arrived.
    async fn compare_ledgers(&mut self, book: &Book, arrived: &[Arrived]) {
        let mut said: BTreeMap<(String, String), u8> = BTreeMap::new();
        let mut erased = BTreeSet::new();
        for customer in 0..self.customers.len() {
            if self.customers[customer].is_erased {
                erased.extend(self.customers[customer].subjects());
                continue;
            }
            for record in self.own_ledger(customer).await {
                self.note(book, &record, &mut said);
            }
        }
        let mut there = BTreeSet::new();
        for one in arrived {
            let mention = &one.mention;
            there.insert((mention.batch.clone(), mention.record.clone()));
            if erased.contains(&mention.subject) {
                continue;
            }
            let told = said.get(&(mention.batch.clone(), mention.record.clone()));
            match told {
                Some(1 | 3) => {}
                other => self.judge.violations.push(format!(
                    "(b) a line whose outcome is {other:?} for its customer"
                )),
            }
        }
        for (which, _) in said.iter().filter(|(_, outcome)| **outcome == 1) {
            if !there.contains(which) {
                let what = "(b) sent, says the customer's ledger, and is in no sink";
                self.judge.violations.push(what.to_owned());
            }
        }
    }

    /// One record of a customer's ledger, its proofs verified.
    fn note(&mut self, book: &Book, record: &Record, said: &mut BTreeMap<(String, String), u8>) {
        let payload = record.disclosure.payload.as_bytes();
        let salt = record.disclosure.salt.as_bytes();
        if !book.holds(record.disclosure.index.value(), salt, payload) {
            self.judge
                .violations
                .push("(b) a record that the ledger does not hold".to_owned());
        }
        let told = Told::read(payload).unwrap_or_default();
        if told.row.1 == 1 {
            return;
        }
        let Some(closed) = &record.outcome else {
            self.judge
                .violations
                .push("(b) a record is open though all is at rest".to_owned());
            return;
        };
        let outcome = oracle::outcome(closed.payload.as_bytes());
        let key = oracle::record_key(payload);
        match (outcome, key) {
            (Some((batch, of, outcome)), Some(key)) if of == key => {
                if said.insert((batch, key), outcome).is_some() {
                    self.judge
                        .violations
                        .push("(b) two outcomes of one record and batch".into());
                }
            }
            _ => self
                .judge
                .violations
                .push("(b) an outcome of another record".to_owned()),
        }
    }

    /// Everything that the relay shows a customer of disclosures, each proof verified.
    pub async fn own_ledger(&mut self, customer: usize) -> Vec<Record> {
        let mut records = Vec::new();
        let mut after = 0;
        loop {
            let answer = self
                .ask(Who::Customer(customer), |number| {
                    let after = Count::new(after);
                    request::Disclosures { number, after }.into()
                })
                .await;
            let Answer::DisclosuresAre(page) = answer else {
                return records;
            };
            let Ok(note) = page.checkpoint.clone().verify(&operator()) else {
                self.judge
                    .violations
                    .push("(b) a checkpoint of somebody else".to_owned());
                return records;
            };
            for record in page.records {
                let proves =
                    |opening: &partywall_business::ledger::Opening,
                     inclusion: &partywall_business::ledger::Inclusion| {
                        let leaf = Hash::leaf(&opening.entry());
                        inclusion.index == opening.index
                            && inclusion.verify(leaf, note.root()).is_ok()
                    };
                let outcome = match (&record.outcome, &record.outcome_inclusion) {
                    (Some(opening), Some(inclusion)) => proves(opening, inclusion),
                    (None, None) => true,
                    _ => false,
                };
                if !outcome || !proves(&record.disclosure, &record.disclosure_inclusion) {
                    self.judge
                        .violations
                        .push("(b) a proof that does not verify".to_owned());
                }
                after = Index::value(record.disclosure.index) + 1;
                records.push(record);
            }
            if page.more == More::No {
                return records;
            }
        }
    }

    /// A file has no line twice, and a record twice only where nobody could know better.
    fn look_for_repetitions(&mut self, arrived: &[Arrived]) {
        for (place, sink) in self.sinks.iter().enumerate() {
            if !matches!(sink, Sink::File(_)) {
                continue;
            }
            let (mut lines, mut keys) = (BTreeSet::new(), BTreeSet::new());
            for one in arrived.iter().filter(|one| one.mention.sink == place) {
                if !lines.insert(one.mention.clone()) {
                    self.judge
                        .violations
                        .push("(b) a line stands twice in the file".to_owned());
                } else if !keys.insert(one.mention.record.clone()) {
                    self.judge.repeated += 1;
                }
            }
        }
    }

    /// (e): the operator's comparison finds nothing. What was uncertain at one sink may have gone to another of the same recipient: all of
    /// them are read by the key.
    async fn have_it_audited(&mut self) {
        let plane = self.plane();
        let mut all = Vec::new();
        for sink in &self.sinks {
            all.extend(sink.as_file());
        }
        match plane.audit(std::io::Cursor::new(by_key(&all))).await {
            Ok(report) => {
                let found = (
                    report.extra.len(),
                    report.missing.len(),
                    report.unproven.len(),
                );
                if found != (0, 0, 0) {
                    let what = format!("(e) extra, missing, unproven: {found:?}: {report:?}");
                    self.judge.violations.push(what);
                }
            }
            Err(error) => self.judge.violations.push(format!("(e) {error}")),
        }
    }
}

/// Lines without the repetitions of a key.
fn by_key(file: &[u8]) -> Vec<u8> {
    let (mut seen, mut kept) = (BTreeSet::new(), Vec::new());
    for line in file.split_inclusive(|byte| *byte == b'\n') {
        let object: serde_json::Value = serde_json::from_slice(line).unwrap_or_default();
        let key = object["record"].as_str().map(str::to_owned);
        if key.is_none_or(|key| seen.insert(key)) {
            kept.extend_from_slice(line);
        }
    }
    kept
}

fn payload(arrived: &Arrived) -> Option<Vec<u8>> {
    hex::decode(arrived.line["payload"].as_str()?).ok()
}

/// Whether a line's entry stands in the final tree, and its own checkpoint says what the tree was then.
fn is_in(book: &Book, arrived: &Arrived) -> bool {
    let line = &arrived.line;
    let read = || {
        let salt = hex::decode(line["salt"].as_str()?).ok()?;
        let (size, root) = checkpoint(line["checkpoint"].as_str()?.as_bytes())?;
        let index = line["index"].as_u64()?;
        let holds = book.holds(index, &salt, &payload(arrived)?);
        Some(holds && book.root_of(size)? == root && index < size as u64)
    };
    read().unwrap_or(false)
}
