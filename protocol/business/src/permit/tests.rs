//! What a permit promises, beside the golden tables.

use super::*;
use crate::consent::{Choices, Draft, Party, Refusal};
use crate::field::{Field, Purpose, Recipient};
use crate::id::{BusinessId, PairwiseKey};
use crate::precision::{KeepDays, Precision};
use crate::table::tests::{draft, signed};
use crate::table::{Law, Rule};
use partywall_proof::SigningKey;
use std::num::NonZeroU64;

const ROW: Row = Row::new(Field::LastActive, Recipient::Parent, Purpose::Analytics);
const NOW: Seconds = Seconds::new(5_000);

fn table(basis: Basis, regions: &[Region], precision: Precision, days: u16) -> Table {
    let mut draft = draft(1);
    for &region in regions {
        let law = (basis == Basis::Legal).then(|| Law::new("The law").unwrap());
        let keep = KeepDays::new(days).unwrap();
        let rule = Rule {
            law,
            ..Rule::new(precision, keep)
        };
        draft.allow(ROW.at(region, basis), rule);
    }
    signed(&draft)
}

fn consent(table: &Table, region: Option<Region>, choices: Choices, refusal: Refusal) -> Consent {
    let key = SigningKey::from_seed(&[5; 32]);
    let party = Party {
        business: BusinessId::new([9; 32]),
        pairwise: PairwiseKey::new(*key.public().as_bytes()),
    };
    let draft = Draft {
        business: party.business,
        accepted: table,
        choices,
        region,
        counter: NonZeroU64::MIN,
        issued: Seconds::new(4_000),
        expiry: Seconds::new(6_000),
        refusal,
    };
    draft.sign(&key).unwrap().verify(&party, table).unwrap()
}

fn find(accepted: &Table, current: &Table, consent: &Consent, now: Seconds) -> Option<Permit> {
    let verified = Standing::Verified;
    let found = Permit::find(accepted, current, consent, verified, ROW, now);
    let joined = Joined::of(accepted, current, consent.region());
    assert_eq!(joined.permit(consent, verified, ROW, now), found);
    found
}

#[test]
fn a_permit_is_what_both_tables_allow_the_coarser_the_shorter() {
    let fine = table(Basis::Necessary, &Region::ALL, Precision::Hour, 30);
    let coarse = table(Basis::Necessary, &Region::ALL, Precision::Week, 90);
    let none = signed(&draft(1));
    let consent = consent(
        &fine,
        Some(Region::Eu),
        Choices::essential_only(),
        Refusal::None,
    );
    let permit = find(&fine, &coarse, &consent, NOW).unwrap();
    assert_eq!(permit.grant().precision, Precision::Week);
    assert_eq!(permit.grant().keep.days(), 30);
    assert_eq!(find(&fine, &none, &consent, NOW), None);
    assert_eq!(
        Permit::find(&coarse, &fine, &consent, Standing::Verified, ROW, NOW),
        None,
        "a table that this customer did not accept"
    );
}

#[test]
fn a_choice_holds_until_it_runs_out_and_off_means_off() {
    let mut row = partywall_row::Row::of("P20");
    let table = table(Basis::Consent, &Region::ALL, Precision::Hour, 30);
    let on = consent(&table, None, [ROW].into_iter().collect(), Refusal::None);
    let off = consent(&table, None, Choices::essential_only(), Refusal::None);
    assert_eq!(
        find(&table, &table, &on, NOW).unwrap().basis(),
        Basis::Consent
    );
    assert!(find(&table, &table, &on, Seconds::new(6_000)).is_some());
    assert_eq!(find(&table, &table, &on, Seconds::new(6_001)), None);
    assert_eq!(find(&table, &table, &off, NOW), None);
    // Nor anything else that could have been chosen, in any region: what nobody switched on is off.
    let joined = Joined::of(&table, &table, None);
    for row_of_table in Row::all() {
        let found = joined.permit(&off, Standing::Verified, row_of_table, NOW);
        assert_eq!(found, None);
        assert_eq!(
            Permit::find(&table, &table, &off, Standing::Verified, row_of_table, NOW),
            None
        );
        row.tried(2);
    }
}

#[test]
fn an_objection_leaves_what_is_necessary_and_what_is_law() {
    for basis in [Basis::Necessary, Basis::Legal] {
        let table = table(basis, &Region::ALL, Precision::Hour, 30);
        let consent = consent(&table, None, Choices::essential_only(), Refusal::Objection);
        let permit = find(&table, &table, &consent, Seconds::new(9_999)).unwrap();
        assert_eq!(permit.basis(), basis);
    }
}

#[test]
fn an_unknown_region_is_permitted_only_what_every_region_is() {
    let all = table(Basis::Necessary, &Region::ALL, Precision::Hour, 30);
    let four = table(Basis::Necessary, &Region::ALL[1..], Precision::Hour, 30);
    let unknown = |table: &Table| consent(table, None, Choices::essential_only(), Refusal::None);
    assert!(find(&all, &all, &unknown(&all), NOW).is_some());
    assert_eq!(find(&all, &four, &unknown(&all), NOW), None);
    assert_eq!(find(&four, &four, &unknown(&four), NOW), None);
}

#[test]
fn a_joined_table_serves_only_those_who_accepted_it_where_they_live() {
    let table = table(Basis::Necessary, &Region::ALL, Precision::Hour, 30);
    let other = self::table(Basis::Necessary, &Region::ALL, Precision::Day, 30);
    let joined = Joined::of(&table, &table, Some(Region::Eu));
    let ask = |consent: &Consent| {
        joined
            .permit(consent, Standing::Verified, ROW, NOW)
            .is_some()
    };
    let none = Choices::essential_only();
    assert!(ask(&consent(&table, Some(Region::Eu), none, Refusal::None)));
    assert!(!ask(&consent(
        &table,
        Some(Region::Uk),
        none,
        Refusal::None
    )));
    assert!(!ask(&consent(&table, None, none, Refusal::None)));
    assert!(!ask(&consent(
        &other,
        Some(Region::Eu),
        none,
        Refusal::None
    )));
}
