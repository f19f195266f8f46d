//! Withdrawing, leaving and erasing at every step of a claim: whatever came before, nothing of the
//! customer leaves after the answer.

use std::collections::BTreeMap;

use partywall_business::export::Outcome;
use partywall_business::field::Recipient;
use partywall_business::id::{BatchId, RecordKey, Subject};
use partywall_business::value::{Locale, PhoneNumber, Value};
use partywall_row::Row;
use proptest::prelude::*;

use super::house::{Customer, House};
use crate::claims;
use crate::claims::claim::Claim;
use crate::sharing::Observed;

#[derive(Clone, Copy, Debug)]
enum Step {
    Says(usize),
    Claims(usize),
    /// The exporter is offered what is open, and begins to send it.
    Offered,
    Closes(Outcome),
    Withdraws(usize),
    Agrees(usize),
    Leaves(usize),
    Erases(usize),
    /// The operator revokes the business.
    Revokes,
    Time,
    Restarts,
}

fn step() -> impl Strategy<Value = Step> {
    let who = || 0..3_usize;
    let outcome = prop::sample::select(vec![Outcome::Sent, Outcome::Void, Outcome::Uncertain]);
    prop_oneof![
        3 => who().prop_map(Step::Says),
        3 => (1..5_usize).prop_map(Step::Claims),
        3 => Just(Step::Offered),
        3 => outcome.prop_map(Step::Closes),
        1 => who().prop_map(Step::Withdraws),
        1 => who().prop_map(Step::Agrees),
        1 => who().prop_map(Step::Leaves),
        1 => who().prop_map(Step::Erases),
        1 => Just(Step::Time),
        1 => Just(Step::Restarts),
    ]
}

/// What somebody outside knows.
#[derive(Default)]
struct Street {
    /// Requests that are not answered yet, with the batches they wait for.
    waiting: Vec<(Subject, Vec<BatchId>)>,
    /// Whose withdrawal was answered, and not taken back since.
    barred: Vec<Subject>,
    open: Option<BatchId>,
    /// Batches as they were first offered.
    offers: BTreeMap<BatchId, Vec<u8>>,
    /// What the sink took, by record.
    taken: BTreeMap<RecordKey, u32>,
}

impl Street {
    fn answer(&mut self, house: &House) {
        let open = |batch: &BatchId| {
            house.rows(|rows| crate::claims::batch::of_id(rows, batch).unwrap().is_some())
        };
        let (answered, waiting) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition(|(_, flights)| !flights.iter().any(open));
        self.waiting = waiting;
        let answered: Vec<(Subject, Vec<BatchId>)> = answered;
        self.barred
            .extend(answered.into_iter().map(|(subject, _)| subject));
    }
}

/// As the wide one, with nothing necessary for the parent: what is withdrawn is all there is.
fn policy() -> String {
    let necessary =
        "with = [\"business\", \"parent\"]\nfor = \"service_operation\"\nbasis = \"necessary\"";
    let chosen =
        "with = [\"business\", \"parent\"]\nfor = \"service_operation\"\nbasis = \"consent\"";
    let policy = super::house::WIDE.replace(necessary, chosen);
    assert_ne!(policy, super::house::WIDE);
    policy
}

fn values(number: usize) -> Vec<Value> {
    let number = 431_000_000 + u64::try_from(number).unwrap();
    vec![
        Value::PhoneNumber(PhoneNumber::new(number).unwrap()),
        Value::Locale(Locale::new("de").unwrap()),
    ]
}

fn play(steps: &[Step]) {
    let folder = tempfile::tempdir().unwrap();
    let place = partywall_store::Place::file(folder.path().join("business.db"));
    let mut house = House::at(&place);
    house.follow(&policy());
    let mut customers: Vec<Customer> = (0..3)
        .map(|number| house.customer(values(number)))
        .collect();
    let mut gone = [false; 3];
    let mut street = Street::default();
    for step in steps {
        let subject =
            |customer: &Customer| Subject::of(&customer.conversation(), Recipient::Parent);
        match *step {
            Step::Says(who) if !gone[who] => house.says(&customers[who], Observed::default()),
            Step::Claims(most) => match house.claim("parent", Recipient::Parent, most) {
                Claim::Fresh(batch) | Claim::Offered(batch) => street.open = Some(batch),
                Claim::Aborted(_) | Claim::Idle => {}
                Claim::Strange => unreachable!("the sink is known"),
            },
            Step::Offered => {
                let Some(frame) = street.open.and_then(|batch| house.frame(batch)) else {
                    continue;
                };
                let batch = house.offered(street.open.unwrap());
                for record in batch.records() {
                    let subject = record.record().subject;
                    assert!(
                        !street.barred.contains(&subject),
                        "nothing leaves after the answer"
                    );
                }
                let first = street
                    .offers
                    .entry(batch.batch())
                    .or_insert_with(|| frame.clone());
                assert_eq!(*first, frame, "the same bytes each time");
            }
            Step::Closes(outcome) => {
                let Some(batch) = street.open.take() else {
                    continue;
                };
                // What was never offered cannot have been sent.
                let outcome = match street.offers.get(&batch) {
                    Some(_) => outcome,
                    None => Outcome::Void,
                };
                if outcome == Outcome::Sent
                    && let Some(frame) = street.offers.get(&batch)
                {
                    for record in super::house::records(frame, &house.operator()) {
                        *street.taken.entry(record).or_default() += 1;
                    }
                }
                house.close(batch, outcome);
            }
            Step::Withdraws(who) if !gone[who] => {
                let barred = house.withdraw(&mut customers[who]);
                street
                    .waiting
                    .push((subject(&customers[who]), barred.flights));
            }
            Step::Agrees(who) if !gone[who] => {
                let table = house.current();
                let all = super::house::all_but(&table, &[]);
                let signed = house.receipt(&mut customers[who], &table, all);
                house
                    .consents(&customers[who], signed, values(who))
                    .map(drop)
                    .map(drop)
                    .unwrap();
                let subject = subject(&customers[who]);
                street.waiting.retain(|(waits, _)| *waits != subject);
                street.barred.retain(|barred| *barred != subject);
            }
            Step::Leaves(who) if !gone[who] => {
                gone[who] = true;
                let barred = house.leaves(&customers[who]);
                street
                    .waiting
                    .push((subject(&customers[who]), barred.flights));
            }
            Step::Erases(who) if !gone[who] => {
                gone[who] = true;
                let erased = house.erases(&customers[who]);
                street
                    .waiting
                    .push((subject(&customers[who]), erased.barred.flights));
            }
            Step::Revokes => {
                let business = house.business;
                let barred = house.does(move |desk| {
                    desk.tx.execute("UPDATE businesses SET revoked = 1", [])?;
                    claims::bar(desk, claims::Bar::Business(&business))
                });
                let all = customers.iter().map(subject);
                street
                    .waiting
                    .extend(all.map(|subject| (subject, barred.flights.clone())));
            }
            Step::Time => house.clock.advance(std::time::Duration::from_secs(3_700)),
            Step::Restarts => {
                house = house.restart(&place);
                street.open = None;
            }
            Step::Says(_)
            | Step::Withdraws(_)
            | Step::Agrees(_)
            | Step::Leaves(_)
            | Step::Erases(_) => {}
        }
        street.answer(&house);
    }
    assert!(
        street.taken.values().all(|times| *times == 1),
        "no record is taken twice"
    );
}

/// Plays a bar at every step of some claims; how many lives that were.
fn at_every_step(bar: Step) -> u64 {
    let around = [
        Step::Says(0),
        Step::Claims(4),
        Step::Offered,
        Step::Closes(Outcome::Sent),
        Step::Claims(4),
        Step::Offered,
        Step::Closes(Outcome::Uncertain),
        Step::Claims(4),
        Step::Offered,
    ];
    let mut lives = 0;
    for at in 0..=around.len() {
        for outcome in [Outcome::Sent, Outcome::Void, Outcome::Uncertain] {
            let mut steps = around.to_vec();
            steps.insert(at, bar);
            steps.extend([Step::Closes(outcome), Step::Claims(4), Step::Offered]);
            steps.extend([Step::Restarts, Step::Claims(4), Step::Offered]);
            play(&steps);
            lives += 1;
        }
    }
    lives
}

#[test]
fn a_withdrawal_at_every_step_of_a_claim_lets_nothing_out_after_its_answer() {
    let mut row = Row::of("P26");
    for bar in [Step::Withdraws(0), Step::Leaves(0), Step::Erases(0)] {
        row.tried(at_every_step(bar));
    }
}

#[test]
fn a_revocation_at_every_step_of_a_claim_lets_nothing_out_after_its_answer() {
    let mut row = Row::of("P24");
    row.tried(at_every_step(Step::Revokes));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn in_no_order_of_steps_does_anything_leave_after_the_answer(
        steps in prop::collection::vec(step(), 1..40)
    ) {
        play(&steps);
    }
}
