//! What a table promises.

use super::*;
use crate::precision::{KeepDays, Precision};
use partywall_proof::SigningKey;
use proptest::prelude::*;

pub(crate) fn operator() -> SigningKey {
    SigningKey::from_seed(&[1; 32])
}

pub(crate) fn keep(days: u16) -> KeepDays {
    KeepDays::new(days).unwrap()
}

pub(crate) fn terms() -> Terms {
    let days = keep(30);
    Terms {
        name: Text::new("test").unwrap(),
        controller: Text::new("Somebody").unwrap(),
        contact: Text::new("somebody@relay.example").unwrap(),
        complaint_authority: Text::new("Authority").unwrap(),
        transfers: Transfers::none(),
        parent: Some(Text::new("Parent Ltd").unwrap()),
        service_provider: Some(Text::new("Printer Ltd").unwrap()),
        retention: Retention {
            mail: days,
            receipts: days,
            disclosures: days,
            reports: days,
            after_leaving: days,
            certificates: days,
            declared: days,
        },
        notice_days: days,
    }
}

pub(crate) fn draft(version: u32) -> Draft {
    let version = NonZeroU32::new(version).unwrap();
    let predecessor = (version.get() > 1).then_some(TableHash::new([7; 32]));
    Draft::denying(version, Seconds::new(1_000), terms()).behind(predecessor)
}

pub(crate) fn signed(draft: &Draft) -> Table {
    let table = draft.sign(&operator()).unwrap();
    table.verify(&operator().public()).unwrap()
}

/// A rule that the cell's field and basis can have.
fn rule(cell: Cell, days: u16) -> Rule {
    let precisions = cell.row.field.precisions();
    let precision = precisions[usize::from(days) % precisions.len()];
    let law = (cell.basis == Basis::Legal).then(|| Law::new("The law").unwrap());
    Rule {
        law,
        ..Rule::new(precision, keep(days))
    }
}

fn scattered(seed: usize) -> Draft {
    let mut draft = draft(1);
    for (place, cell) in Cell::all().enumerate() {
        let dice = (place * 2_654_435_761 + seed * 40_503) >> 7;
        if dice.is_multiple_of(3) {
            draft.allow(cell, rule(cell, 1 + u16::try_from(dice % 4).unwrap()));
        }
    }
    draft
}

#[test]
fn a_table_answers_every_question_as_it_was_drafted() {
    let draft = scattered(1);
    let table = signed(&draft);
    for cell in Cell::all() {
        assert_eq!(table.cell(cell), draft.cell(cell));
    }
    let again = UnverifiedTable::decode(&table.signed()).unwrap();
    let again = again.verify(&operator().public()).unwrap();
    assert_eq!(again, table);
    assert_eq!(draft.bytes().unwrap(), table.bytes());
}

#[test]
fn every_bit_of_a_signed_table_flipped_is_refused() {
    let table = signed(&{
        let mut draft = draft(1);
        let cell = Row::new(Field::Country, Recipient::Parent, Purpose::Analytics);
        let cell = cell.at(Region::Eu, Basis::Consent);
        draft.allow(cell, rule(cell, 9));
        draft
    });
    let key = operator().public();
    let bytes = table.signed();
    for bit in 0..bytes.len() * 8 {
        let (byte, in_byte) = (bit / 8, bit % 8);
        let mut flipped = bytes.clone();
        flipped[byte] ^= 1 << in_byte;
        let verdict = UnverifiedTable::decode(&flipped).map(|table| table.verify(&key));
        assert!(!matches!(verdict, Ok(Ok(_))), "bit {bit}");
    }
}

#[test]
fn a_table_of_another_operator_is_none() {
    let table = draft(1).sign(&SigningKey::from_seed(&[2; 32])).unwrap();
    assert_eq!(table.verify(&operator().public()), Err(BadTable));
}

fn refused(change: impl FnOnce(&mut Body)) -> bool {
    let mut body: Body = cbor::decode(&scattered(3).bytes().unwrap()).unwrap();
    change(&mut body);
    let signed = Signed::make(&operator(), labels::TABLE, cbor::encode(&body));
    UnverifiedTable(signed).verify(&operator().public()) == Err(BadTable)
}

#[test]
fn a_table_that_is_not_well_made_is_refused_although_it_is_signed() {
    assert!(!refused(|_| ()));
    assert!(refused(
        |body| body.predecessor = Some(TableHash::new([1; 32]))
    ));
    assert!(refused(|body| body.version = NonZeroU32::new(2).unwrap()));
    assert!(refused(|body| body.sunset = Some(Seconds::new(2_000))));
    assert!(refused(|body| body.cells.0[5] = 255));
    assert!(refused(|body| body.cells.0.fill(0)));
    assert!(refused(|body| body.terms.parent = None));
    assert!(refused(|body| body.terms.service_provider = None));
    assert!(refused(|body| {
        let first = Cell::all().find(|cell| body.rule(*cell).is_some()).unwrap();
        body.cells.0[first.place()] = 0;
    }));
    let swapped = |body: &mut Body| {
        let mut rules = body.rules.to_vec();
        rules.swap(0, 1);
        body.rules = rules.try_into().unwrap();
    };
    assert!(refused(swapped));
    let doubled = |body: &mut Body| {
        let mut rules = body.rules.to_vec();
        rules[1] = rules[0].clone();
        body.rules = rules.try_into().unwrap();
    };
    assert!(refused(doubled));
    let unknown = |body: &mut Body| {
        let mut rules = body.rules.to_vec();
        rules[0].precision = Precision::Network;
        body.rules = rules.try_into().unwrap();
    };
    assert!(refused(unknown));
    let lawless = |body: &mut Body| {
        let rules = body.rules.iter().cloned();
        let rules: Vec<Rule> = rules.map(|rule| Rule { law: None, ..rule }).collect();
        body.rules = rules.try_into().unwrap();
    };
    assert!(refused(lawless));
}

#[test]
fn more_rules_than_a_byte_can_number_are_refused() {
    let row = Row::new(Field::Country, Recipient::Parent, Purpose::Analytics);
    let mut draft = draft(1);
    let cells =
        Cell::all().filter(|cell| cell.row.field == row.field && cell.basis == Basis::Consent);
    for (days, cell) in (1..).zip(cells) {
        draft.allow(cell, Rule::new(Precision::Full, keep(days)));
    }
    assert!(draft.bytes().is_ok());
    let cells =
        Cell::all().filter(|cell| cell.row.field == Field::IpAddress && cell.basis != Basis::Legal);
    for (days, cell) in (100..).zip(cells) {
        draft.allow(cell, Rule::new(Precision::Network, keep(days)));
    }
    let cells = Cell::all()
        .filter(|cell| cell.row.field == Field::AdReferral && cell.basis != Basis::Legal);
    for (days, cell) in (300..).zip(cells) {
        draft.allow(cell, Rule::new(Precision::Full, keep(days)));
    }
    assert_eq!(draft.bytes(), Err(Flaw::Rules));
}

#[test]
fn where_the_region_is_unknown_only_what_all_regions_allow_holds_coarsest_and_shortest() {
    let row = Row::new(Field::LastActive, Recipient::Parent, Purpose::Analytics);
    let mut draft = draft(1);
    let precisions = [
        Precision::Hour,
        Precision::Week,
        Precision::Day,
        Precision::Hour,
        Precision::Hour,
    ];
    for ((region, precision), days) in Region::ALL.into_iter().zip(precisions).zip([9, 8, 7, 6, 5])
    {
        let at = row.at(region, Basis::Consent);
        assert_eq!(signed(&draft).grant(row, Basis::Consent, None), None);
        draft.allow(at, Rule::new(precision, keep(days)));
    }
    let table = signed(&draft);
    let grant = table.grant(row, Basis::Consent, None).unwrap();
    assert_eq!((grant.precision, grant.keep), (Precision::Week, keep(5)));
    assert_eq!(table.choosable(None).count(), 1);
    draft.deny(row.at(Region::In, Basis::Consent));
    assert_eq!(signed(&draft).choosable(None).count(), 0);
    assert_eq!(signed(&draft).choosable(Some(Region::Eu)).count(), 1);
}

#[test]
fn a_version_holds_from_its_date_and_the_one_before_is_accepted_until_the_sunset() {
    let first = signed(&draft(1));
    let mut second = draft(2).behind(Some(first.hash()));
    second.effective = Seconds::new(2_000);
    second.sunset = Some(Seconds::new(3_000));
    let second = signed(&second);
    let mut third = draft(3).behind(Some(second.hash()));
    third.effective = Seconds::new(4_000);
    let third = signed(&third);
    let mut lineage = Lineage::from(first.clone());
    assert!(lineage.add(third.clone()).is_err());
    lineage.add(second.clone()).unwrap();
    lineage.add(third.clone()).unwrap();
    let current = |now| lineage.current(Seconds::new(now)).map(Table::version);
    assert_eq!(current(999), None);
    assert_eq!(current(1_999), Some(first.version()));
    assert_eq!(current(2_000), Some(second.version()));
    assert_eq!(current(4_000), Some(third.version()));
    let accepted = |table: &Table, now| {
        lineage
            .acceptable(&table.hash(), Seconds::new(now))
            .is_some()
    };
    assert!(accepted(&first, 2_999) && !accepted(&first, 3_000));
    assert!(accepted(&second, 1_000) && accepted(&second, 3_999) && !accepted(&second, 4_000));
    assert!(accepted(&third, 9_000));
    assert!(
        lineage
            .acceptable(&TableHash::new([0; 32]), Seconds::new(2_000))
            .is_none()
    );
}

#[test]
fn a_table_follows_only_the_one_it_names_and_not_sooner_than_was_promised() {
    let first = signed(&draft(1));
    let other = signed(&scattered(9));
    let mut second = draft(2).behind(Some(first.hash()));
    second.effective = Seconds::new(100 * 86_400);
    let second = signed(&second);
    assert_eq!(second.follows(&first), Ok(()));
    assert_eq!(second.follows(&other), Err(BadSuccession::Predecessor));
    assert_eq!(
        first.follows(&second),
        Err(BadSuccession::Version {
            previous: 2,
            next: 1
        })
    );
    let published = |day: u64| second.gives_notice(&first, Seconds::new(day * 86_400));
    assert_eq!(published(70), Ok(()));
    assert_eq!(published(71), Err(BadSuccession::Notice { days: 30 }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn the_difference_of_two_tables_is_exact_over_every_cell(one in 0_usize..9_999, two in 0_usize..9_999) {
        let (old, next) = (signed(&scattered(one)), signed(&scattered(two)));
        let difference = old.difference(&next);
        let mut seen: Vec<Option<(u8, &Change)>> = vec![None; Cell::COUNT];
        for (kind, list) in [(0, &difference.newly_shared), (1, &difference.stopped), (2, &difference.changed)] {
            for change in list {
                for region in change.regions.iter() {
                    let place = change.row.at(region, change.basis).place();
                    prop_assert!(seen[place].replace((kind, change)).is_none());
                }
            }
        }
        for cell in Cell::all() {
            let (before, after) = (old.cell(cell), next.cell(cell));
            let kind = match (before, after) {
                (None, None) => None,
                (None, Some(_)) => Some(0),
                (Some(_), None) => Some(1),
                (Some(before), Some(after)) => (before != after).then_some(2),
            };
            let found = seen[cell.place()];
            prop_assert_eq!(found.map(|found| found.0), kind);
            if let Some((_, change)) = found {
                prop_assert_eq!((change.before.as_ref(), change.after.as_ref()), (before, after));
            }
        }
        prop_assert_eq!(old.difference(&old), Difference::default());
    }
}
