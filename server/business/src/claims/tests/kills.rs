//! The process dies in every gap of its writer, at every step of a small life: what was answered is on
//! disk, and what was not is there wholly or not at all. (SPEC B-6, X-1 to X-3)

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use partywall_business::export::Outcome;
use partywall_business::field::Recipient;
use partywall_business::ledger::{Entry, Hash, Salt, UnverifiedCheckpoint};
use partywall_business::request::Say;
use partywall_business::value::{PhoneNumber, Value};
use partywall_business::{Clear, Commitment, Envelope, Number};
use partywall_store::sql::Connection;
use partywall_store::{Committer, Place};

use super::house::{Customer, House, WIDE};
use crate::claims::batch;
use crate::claims::claim::{Claimant, claim};
use crate::claims::close::close;
use crate::desk::Desk;
use crate::effects::Receiver;
use crate::ledger::Frontier;
use crate::refusal::Judged;
use crate::scribe::{Answer, Job};
use crate::sharing::Observed;
use crate::wing::settled;
use crate::{Failpoints, Gap, ledger, rights, talk};

/// Dies in the gap with this number, counted from when it was armed.
struct DiesAt {
    left: AtomicUsize,
}

impl Failpoints for DiesAt {
    fn reach(&self, _: Gap) -> Result<(), std::io::ErrorKind> {
        let before = self.left.fetch_sub(1, Ordering::SeqCst);
        assert!(before > 0, "who died reaches nothing more");
        if before == 1 {
            return Err(std::io::ErrorKind::Other);
        }
        Ok(())
    }
}

type Step = Box<dyn Fn(&mut Desk<'_>) -> Judged<()> + Send + Sync>;

fn step(work: impl Fn(&mut Desk<'_>) -> Judged<()> + Send + Sync + 'static) -> Arc<Step> {
    Arc::new(Box::new(work))
}

fn says(customer: &Customer, commitment: u8) -> Arc<Step> {
    let conversation = customer.conversation();
    step(move |desk| {
        let number = talk::find(desk.tx, &conversation)?.unwrap().number;
        let say = Say {
            number: Number::FIRST,
            conversation,
            clear: Clear::Reply(Commitment::new([commitment; 32])),
            envelope: Envelope::try_from(vec![commitment; 4_096]).unwrap(),
        };
        talk::say_as_customer(desk, number, &say, Observed::default()).map(drop)
    })
}

fn claims_for_the_parent(house: &House) -> Arc<Step> {
    let origin = house.shared.tools.settings.origin.clone();
    step(move |desk| {
        let claimant = Claimant {
            sink: "parent".to_owned(),
            recipient: Recipient::Parent,
            most: 100,
        };
        claim(desk, &claimant, &origin).map(drop)
    })
}

fn closes(outcome: Outcome) -> Arc<Step> {
    step(move |desk| match batch::of_sink(desk.tx, "parent")? {
        Some(open) => close(desk, &open.batch, outcome).map(drop),
        None => Ok(()),
    })
}

/// A life in groups of steps; each group is one transaction.
fn life(house: &House, customer: &Customer, other: &Customer) -> Vec<Vec<Arc<Step>>> {
    let (conversation, rights) = (customer.conversation(), customer.rights);
    let left = other.conversation();
    let collects = step(|desk| {
        talk::acknowledge(desk, Receiver::business(1), i64::MAX)?;
        Ok(())
    });
    let leaves = step(move |desk| {
        let mut own = talk::find(desk.tx, &left)?.unwrap();
        let _flights = talk::leave(desk, &mut own)?;
        Ok(())
    });
    let erases = step(move |desk| {
        if talk::find(desk.tx, &conversation)?.is_some() {
            let _receipt = rights::erase(desk, &conversation, &rights)?;
        }
        Ok(())
    });
    vec![
        vec![says(customer, 1), says(other, 2), says(customer, 3)],
        vec![claims_for_the_parent(house)],
        vec![collects, says(customer, 4)],
        vec![closes(Outcome::Void)],
        vec![claims_for_the_parent(house), says(other, 5)],
        vec![leaves],
        vec![closes(Outcome::Uncertain)],
        vec![claims_for_the_parent(house)],
        vec![erases],
        vec![closes(Outcome::Sent)],
    ]
}

/// Does a group as the writer does, and tidies. Whether it was answered, and whether all went well.
fn does(house: &mut House, group: &[Arc<Step>]) -> (bool, bool) {
    let jobs: Vec<Job> = group
        .iter()
        .map(|step| {
            let step = Arc::clone(step);
            Job::new(64, move |desk| settled(step(desk)))
        })
        .collect();
    match house.scribe.commit(&jobs) {
        Ok(answers) => {
            let done = |answer: &Answer| matches!(answer, Answer::Done(_));
            assert!(answers.iter().all(done));
            (true, house.scribe.tidy().is_ok())
        }
        Err(_dies) => (false, false),
    }
}

/// Every row of every table.
fn all_of_it(rows: &Connection) -> Vec<String> {
    let mut tables = rows
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        .unwrap();
    let names: Vec<String> = tables
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut all = Vec::new();
    for name in names {
        let mut select = rows.prepare(&format!("SELECT * FROM {name}")).unwrap();
        let columns = select.column_count();
        let mut found = select.query([]).unwrap();
        while let Some(row) = found.next().unwrap() {
            let values: Vec<_> = (0..columns)
                .map(|column| row.get_ref(column).unwrap())
                .collect();
            all.push(format!("{name} {values:?}"));
        }
    }
    all
}

/// No gap in a sequence, a ledger whose root, entries, checkpoint and book are one, and no record that
/// is half claimed.
fn is_whole(house: &House) {
    let none = |query: &str| assert_eq!(house.count(query), 0, "{query}");
    none(
        "SELECT COUNT(*) FROM conversations c WHERE (SELECT COUNT(*) FROM events e
          WHERE e.conversation = c.conversation AND e.receiver % 2 = 1) > c.to_business",
    );
    none(
        "SELECT COUNT(*) FROM (SELECT sequence, LAG(sequence) OVER
          (PARTITION BY receiver, conversation ORDER BY place) AS before FROM events)
          WHERE before IS NOT NULL AND sequence <> before + 1",
    );
    none(
        "SELECT COUNT(*) FROM conversations c WHERE EXISTS (SELECT 1 FROM events e
          WHERE e.conversation = c.conversation AND e.receiver % 2 = 1)
          AND c.to_business <> (SELECT MAX(sequence) FROM events e
          WHERE e.conversation = c.conversation AND e.receiver % 2 = 1)",
    );
    none(
        "SELECT COUNT(*) FROM conversations c WHERE c.mail_business <> (SELECT COUNT(*)
          FROM events e WHERE e.conversation = c.conversation AND e.receiver % 2 = 1)",
    );
    none(
        "SELECT COUNT(*) FROM records r WHERE state = 1 AND NOT EXISTS
          (SELECT 1 FROM disclosures d WHERE d.record = r.record AND outcome = 0)",
    );
    none(
        "SELECT COUNT(*) FROM disclosures d WHERE outcome = 0 AND barred = 0 AND NOT EXISTS
          (SELECT 1 FROM records r WHERE d.record = r.record AND state = 1)",
    );
    none(
        "SELECT COUNT(*) FROM disclosures d WHERE outcome = 0 AND batch IS NOT NULL AND NOT EXISTS
          (SELECT 1 FROM batches b WHERE b.batch = d.batch AND b.outcome = 0)",
    );
    none(
        "SELECT COUNT(*) FROM disclosures d WHERE outcome = 0 AND batch IS NULL AND NOT EXISTS
          (SELECT 1 FROM events e WHERE e.event = d.event AND e.place = d.place AND kind = 5)",
    );
    none("SELECT COUNT(*) FROM disclosures WHERE outcome <> 0 AND closed IS NULL");
    none("SELECT COUNT(*) FROM batches WHERE outcome = 0 AND (aborted = 1) <> (frame IS NULL)");
    none(
        "SELECT COUNT(*) FROM ledger_entry WHERE place NOT IN (SELECT entry FROM openings)
          AND place NOT IN (SELECT entry FROM redactions)",
    );
    none(
        "SELECT COUNT(*) FROM openings WHERE entry IN (SELECT entry FROM redactions)
          OR entry NOT IN (SELECT place FROM ledger_entry)",
    );
    let operator = house.operator();
    house.rows(|rows| {
        let head = ledger::head(rows).unwrap();
        let mut grown = Frontier::empty();
        let mut select = rows
            .prepare(
                "SELECT l.entry, o.salt, o.payload FROM ledger_entry l
                 LEFT JOIN openings o ON o.entry = l.place ORDER BY l.place",
            )
            .unwrap();
        let mut found = select.query([]).unwrap();
        while let Some(row) = found.next().unwrap() {
            let entry = Entry::from_bytes(row.get_ref(0).unwrap().as_blob().unwrap()).unwrap();
            if let Some(salt) = row.get::<_, Option<[u8; 32]>>(1).unwrap() {
                let payload: Vec<u8> = row.get(2).unwrap();
                let payload = partywall_business::ledger::Payload::new(payload).unwrap();
                let committed = Entry::commit(&Salt::new(salt), &payload);
                assert_eq!(committed.as_bytes(), entry.as_bytes(), "the book opens it");
            }
            grown.push(Hash::leaf(&entry), |_, _, _| Ok(())).unwrap();
        }
        assert_eq!((grown.size(), grown.root()), (head.size, head.root));
        let note = ledger::newest(rows).unwrap().unwrap();
        let note = UnverifiedCheckpoint::from_bytes(&note).unwrap();
        let note = note.verify(&operator).unwrap();
        assert_eq!((note.size(), *note.root()), (head.size, head.root));
    });
}

/// A house on disk with two customers, whose life is about to begin.
fn born(place: &Place) -> (House, Vec<Vec<Arc<Step>>>) {
    let mut house = House::at(place);
    house.follow(WIDE);
    let phone = |last: u64| Value::PhoneNumber(PhoneNumber::new(431_000_000 + last).unwrap());
    let customer = house.customer(vec![phone(1)]);
    let other = house.customer(vec![phone(2)]);
    let life = life(&house, &customer, &other);
    (house, life)
}

fn place(folder: &tempfile::TempDir) -> Place {
    Place::file(folder.path().join("business.db"))
}

#[test]
fn whoever_dies_in_whatever_gap_has_what_was_answered_and_nothing_by_halves() {
    // Once without a death: what is on disk after each group.
    let folder = tempfile::tempdir().unwrap();
    let (mut house, groups) = born(&place(&folder));
    let mut after = vec![house.rows(all_of_it)];
    for group in &groups {
        assert_eq!(does(&mut house, group), (true, true));
        is_whole(&house);
        after.push(house.rows(all_of_it));
    }
    assert!(
        after.windows(2).all(|pair| pair[0] != pair[1]),
        "each changes something"
    );
    drop(house);

    let mut deaths = 0;
    loop {
        let folder = tempfile::tempdir().unwrap();
        let (mut house, groups) = born(&place(&folder));
        let left = AtomicUsize::new(deaths + 1);
        house.scribe.tools.failpoints = Arc::new(DiesAt { left });
        let (mut answered, mut died) = (0, false);
        for group in &groups {
            let (answer, well) = does(&mut house, group);
            answered += usize::from(answer);
            if !well {
                died = true;
                break;
            }
        }
        if !died {
            break;
        }
        deaths += 1;
        let mut house = house.restart(&place(&folder));
        let there = house.rows(all_of_it);
        let done = if there == after[answered] {
            answered
        } else {
            assert_eq!(there, after[answered + 1], "death {deaths}");
            answered + 1
        };
        is_whole(&house);
        // Life goes on as if nothing had been.
        for group in &groups[done..] {
            assert_eq!(does(&mut house, group), (true, true));
            is_whole(&house);
        }
    }
    // Before the batch, before and after the commit, before the log is emptied: each in every group.
    assert_eq!(deaths, groups.len() * 4);
}
