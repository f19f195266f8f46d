//! One life of a consent: the wing, its customer, its exporter and its sink, step by step.
//! Knows: what is promised. Never knows: how it is done.

use std::collections::{BTreeMap, BTreeSet};

use partywall_business::consent::Choices;
use partywall_business::export::Outcome;
use partywall_business::field::{Basis, Field, Recipient, Region};
use partywall_business::id::{BatchId, RecordKey};
use partywall_business::table::Row as Cell;
use partywall_business::value::{Locale, PhoneNumber, Value};
use partywall_store::Place;

use super::super::house::{Customer, DAY, House, WIDE};
use crate::claims::claim::Claim;
use crate::sharing::Observed;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Step {
    /// The customer says something: records are made.
    Says,
    Claims,
    /// The exporter is offered the open batch, and sends it.
    Sends,
    Closes(Ending),
    Withdraws,
    AgreesToAll,
    /// To everything but the phone number.
    AgreesToLess,
    /// A policy without the phone number takes effect.
    PolicyChanges,
    /// The receipt's time is over.
    Expires,
    /// Relay and exporter die, and come back.
    Dies,
    Leaves,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Ending {
    Sent,
    Void,
    Uncertain,
}

pub(super) type Wrong = &'static str;

/// A record as the sink sees it: its key, and what it says.
type Told = (RecordKey, Cell, Value);

/// What somebody outside knows: what the customer chose, and what the sink was sent.
pub(super) struct World {
    folder: tempfile::TempDir,
    house: Option<House>,
    customer: Customer,
    chosen: BTreeSet<Cell>,
    /// Until when, in seconds.
    until: u64,
    gone: bool,
    /// The batch that is open, whether or not the exporter remembers it, whether it was sent, and its records.
    flight: Option<(BatchId, bool, Vec<Told>)>,
    is_remembered: bool,
    /// What each key was seen to mean.
    meanings: BTreeMap<RecordKey, (Cell, Value)>,
    pub(super) taken: Vec<Told>,
    /// Barred while they were on their way: never sent again.
    dead: BTreeSet<RecordKey>,
    pub(super) aborted: u64,
}

fn values() -> Vec<Value> {
    vec![
        Value::PhoneNumber(PhoneNumber::new(431_000_001).unwrap()),
        Value::Locale(Locale::new("de").unwrap()),
    ]
}

/// Everything may be told, and nothing without being chosen.
fn policy(phone: bool) -> String {
    let mut policy = WIDE.replace("basis = \"necessary\"", "basis = \"consent\"");
    if !phone {
        let rows = policy.split("[[share]]");
        let kept = rows.filter(|row| !row.contains("field = \"phone_number\""));
        policy = kept.collect::<Vec<_>>().join("[[share]]");
    }
    assert_ne!(policy, WIDE);
    policy
}

impl World {
    pub(super) fn begins() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut house = House::at(&place(&folder));
        house.follow(&policy(true));
        let customer = house.customer(values());
        let chosen = house.current().choosable(Some(Region::Other));
        let until = house.now().value() + 400 * 86_400;
        Self {
            folder,
            house: Some(house),
            customer,
            chosen: chosen.iter().collect(),
            until,
            gone: false,
            flight: None,
            is_remembered: false,
            meanings: BTreeMap::new(),
            taken: Vec::new(),
            dead: BTreeSet::new(),
            aborted: 0,
        }
    }

    fn house(&mut self) -> &mut House {
        self.house.as_mut().expect("there is always one")
    }

    pub(super) fn does(&mut self, step: Step) -> Result<(), Wrong> {
        match step {
            Step::Claims => self.claims(),
            Step::Sends => self.sends(),
            Step::Closes(ending) => self.closes(ending),
            Step::Dies => {
                let house = self.house.take().expect("there is always one");
                self.house = Some(house.restart(&place(&self.folder)));
                self.is_remembered = false;
                Ok(())
            }
            Step::PolicyChanges => {
                self.house().follow(&policy(false));
                Ok(())
            }
            Step::Expires => {
                self.house().clock.advance(DAY * 401);
                Ok(())
            }
            _ if self.gone => Ok(()),
            Step::Says => {
                let house = self.house.as_mut().expect("there is always one");
                house.says(&self.customer, Observed::default());
                Ok(())
            }
            Step::Withdraws => self.agrees(|_| false),
            Step::AgreesToAll => self.agrees(|_| true),
            Step::AgreesToLess => self.agrees(|cell| cell.field != Field::PhoneNumber),
            Step::Leaves => {
                let house = self.house.as_mut().expect("there is always one");
                let _flights = house.leaves(&self.customer);
                self.gone = true;
                self.bars(&BTreeSet::new());
                Ok(())
            }
        }
    }

    fn agrees(&mut self, wants: impl Fn(&Cell) -> bool) -> Result<(), Wrong> {
        let house = self.house.as_mut().expect("there is always one");
        let table = house.current();
        let all = table.choosable(Some(Region::Other));
        let chosen: BTreeSet<Cell> = all.iter().filter(wants).collect();
        let choices: Choices = chosen.iter().copied().collect();
        let until = house.now().value() + 400 * 86_400;
        let signed = house.receipt(&mut self.customer, &table, choices);
        let is_chosen = |value: &Value| chosen.iter().any(|cell| cell.field == value.field());
        let declared = values().into_iter().filter(is_chosen).collect();
        let taken = house.consents(&self.customer, signed, declared);
        let _flights = taken.map_err(|_| "an honest receipt was refused")?;
        self.bars(&chosen);
        self.until = until;
        Ok(())
    }

    /// Only this may be told from now on.
    fn bars(&mut self, chosen: &BTreeSet<Cell>) {
        if let Some((_, _, records)) = &self.flight {
            let barred = records.iter().filter(|(_, cell, _)| !chosen.contains(cell));
            let before = self.dead.len();
            self.dead.extend(barred.map(|(key, _, _)| *key));
            self.aborted += u64::from(self.dead.len() > before);
        }
        self.chosen.clone_from(chosen);
    }

    fn claims(&mut self) -> Result<(), Wrong> {
        match self.house().claim("parent", Recipient::Parent, 4) {
            Claim::Fresh(batch) => {
                let now = self.house().now().value();
                let current = self.house().current();
                let records = self.records(batch).ok_or("a fresh batch is not offered")?;
                for (_, cell, _) in &records {
                    if !self.chosen.contains(cell) || now > self.until || self.gone {
                        return Err("a record was claimed without a consent that holds");
                    }
                    let granted = current.grant(*cell, Basis::Consent, Some(Region::Other));
                    if granted.is_none() {
                        return Err("a record was claimed that the policy does not allow");
                    }
                }
                if self.flight.is_some() {
                    return Err("two batches are open");
                }
                self.flight = Some((batch, false, records));
                self.is_remembered = true;
            }
            Claim::Offered(batch) | Claim::Aborted(batch) => {
                if self.flight.as_ref().map(|(open, ..)| *open) != Some(batch) {
                    return Err("another batch is open than was");
                }
                self.is_remembered = true;
            }
            Claim::Idle => {}
            Claim::Strange => return Err("the sink is known"),
        }
        Ok(())
    }

    fn sends(&mut self) -> Result<(), Wrong> {
        let Some(batch) = self.remembered() else {
            return Ok(());
        };
        let Some(records) = self.records(batch) else {
            return Ok(());
        };
        for (key, cell, value) in &records {
            if !self.chosen.contains(cell) || self.gone || self.dead.contains(key) {
                return Err("a record left after its consent was taken back");
            }
            let is_declared = match cell.field {
                Field::PhoneNumber | Field::Locale => values().contains(value),
                _ => true,
            };
            if !is_declared {
                return Err("what left is not what was declared");
            }
            let meaning = self.meanings.entry(*key).or_insert((*cell, *value));
            if *meaning != (*cell, *value) {
                return Err("one key stands for two records");
            }
        }
        self.flight = Some((batch, true, records));
        Ok(())
    }

    fn closes(&mut self, ending: Ending) -> Result<(), Wrong> {
        let Some(batch) = self.remembered() else {
            return Ok(());
        };
        let (_, was_sent, records) = self.flight.take().ok_or("a batch is open")?;
        // What was never offered cannot have been sent.
        let outcome = match ending {
            _ if !was_sent => Outcome::Void,
            Ending::Sent => Outcome::Sent,
            Ending::Void => Outcome::Void,
            Ending::Uncertain => Outcome::Uncertain,
        };
        if outcome == Outcome::Sent {
            for (key, cell, value) in records {
                // What was told although it was barred on its way is forgotten here, and made anew by a new consent.
                let same =
                    |told: &Told| (told.1, told.2) == (cell, value) && !self.dead.contains(&told.0);
                if self.taken.iter().any(|told| told.0 == key || same(told)) {
                    return Err("a record that was told was told again");
                }
                self.taken.push((key, cell, value));
            }
        }
        self.is_remembered = false;
        self.house().close(batch, outcome);
        Ok(())
    }

    /// The open batch, if the exporter has heard of it since it started.
    fn remembered(&self) -> Option<BatchId> {
        let open = self.flight.as_ref().map(|(batch, ..)| *batch);
        open.filter(|_| self.is_remembered)
    }

    /// What the exporter is offered, if it is offered anything.
    fn records(&mut self, batch: BatchId) -> Option<Vec<Told>> {
        self.house().frame(batch)?;
        let proven = self.house().offered(batch);
        let records = proven.records().iter().map(|record| {
            let record = record.record();
            let cell = Cell::new(record.value.field(), record.recipient, record.purpose);
            (record.key, cell, record.value)
        });
        Some(records.collect())
    }
}

fn place(folder: &tempfile::TempDir) -> Place {
    Place::file(folder.path().join("business.db"))
}
