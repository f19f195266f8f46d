//! Cell for cell, and permit for permit: what was compiled is what the oracle says.
//! Knows: both. Never knows: how either came to its answer.

use crate::oracle::{Said, said};
use partywall_business::consent::{Choices, Consent, Draft, Party, Refusal};
use partywall_business::field::{Basis, Field, Purpose, Recipient, Region};
use partywall_business::id::{BusinessId, PairwiseKey};
use partywall_business::permit::{Joined, Permit, Standing};
use partywall_business::precision::Grant;
use partywall_business::table::{Cell, Row, Table};
use partywall_business_plane::policy::{STRICT, WA2016, WA2021, compile};
use partywall_ground::Seconds;
use partywall_proof::SigningKey;
use std::num::NonZeroU64;

const NOW: Seconds = Seconds::new(1_800_000_000);

struct Tables {
    strict: Table,
    wa2016: Table,
    wa2021: Table,
}

fn tables() -> Tables {
    let key = SigningKey::from_seed(&[1; 32]);
    let table = |text, after: Option<&Table>| {
        let draft = compile(text).unwrap().after(after);
        draft.sign(&key).unwrap().verify(&key.public()).unwrap()
    };
    let wa2016 = table(WA2016.text, None);
    let wa2021 = table(WA2021.text, Some(&wa2016));
    Tables {
        strict: table(STRICT.text, None),
        wa2016,
        wa2021,
    }
}

fn customer(table: &Table, region: Option<Region>, choices: Choices, refusal: Refusal) -> Consent {
    let key = SigningKey::from_seed(&[2; 32]);
    let business = BusinessId::new([3; 32]);
    let draft = Draft {
        business,
        accepted: table,
        choices,
        region,
        counter: NonZeroU64::MIN,
        issued: Seconds::new(NOW.value() - 1),
        expiry: Seconds::new(NOW.value() + 1),
        refusal,
    };
    let pairwise = PairwiseKey::new(*key.public().as_bytes());
    let party = Party { business, pairwise };
    draft.sign(&key).unwrap().verify(&party, table).unwrap()
}

/// Everything switched on.
fn willing(table: &Table, region: Option<Region>) -> Consent {
    customer(table, region, table.choosable(region), Refusal::None)
}

/// Objected: everything switched on but what an objection bars.
fn objecting(table: &Table, region: Option<Region>) -> Consent {
    let left = table.choosable(region);
    let left = left
        .iter()
        .filter(|row| !row.purpose.is_refusable())
        .collect();
    customer(table, region, left, Refusal::Objection)
}

fn grant(said: Said) -> Option<(&'static str, u16)> {
    match said {
        Said::No => None,
        Said::Yes(precision, days) => Some((precision, days)),
    }
}

fn shown(grant: Option<Grant>) -> Option<(&'static str, u16)> {
    grant.map(|grant| (grant.precision.word(), grant.keep.days()))
}

#[test]
fn the_compiled_tables_agree_with_the_oracle_in_every_cell() {
    let tables = tables();
    for (name, table) in [
        ("strict", &tables.strict),
        ("wa2016", &tables.wa2016),
        ("wa2021", &tables.wa2021),
    ] {
        let mut allowed = 0;
        for cell in Cell::all() {
            let expected = grant(said(name, cell));
            let compiled = shown(table.cell(cell).map(|rule| rule.grant()));
            assert_eq!(compiled, expected, "{name}: {cell:?}");
            allowed += usize::from(expected.is_some());
        }
        assert!(allowed > 0, "{name}");
    }
}

/// What the oracle says of a permit: the first ground that holds, over both tables and all the
/// regions there may be.
fn permitted(
    accepted: &str,
    current: &str,
    region: Option<Region>,
    row: Row,
    has_objected: bool,
) -> Option<(Basis, &'static str, u16)> {
    let regions: Vec<Region> = region.map_or(Region::ALL.to_vec(), |region| vec![region]);
    for basis in [Basis::Legal, Basis::Necessary, Basis::Consent] {
        let barred = matches!(
            row.purpose,
            Purpose::Personalisation | Purpose::AdsProductImprovement | Purpose::Analytics
        );
        if basis == Basis::Consent && has_objected && barred {
            continue;
        }
        let mut said_all = Vec::new();
        for policy in [accepted, current] {
            for &region in &regions {
                said_all.push(grant(said(policy, row.at(region, basis))));
            }
        }
        if said_all.iter().any(Option::is_none) {
            continue;
        }
        let coarse = ["full", "hour", "day", "initials", "bucket", "class"];
        let rank = |word: &str| coarse.iter().position(|known| *known == word).unwrap();
        let all: Vec<(&str, u16)> = said_all.into_iter().flatten().collect();
        let precision = all
            .iter()
            .map(|one| one.0)
            .max_by_key(|word| rank(word))
            .unwrap();
        let days = all.iter().map(|one| one.1).min().unwrap();
        return Some((basis, precision, days));
    }
    None
}

#[test]
fn every_permit_agrees_with_the_oracle_for_willing_and_for_objecting_customers() {
    let tables = tables();
    let pairs = [
        ("strict", &tables.strict, "strict", &tables.strict),
        ("wa2016", &tables.wa2016, "wa2016", &tables.wa2016),
        ("wa2021", &tables.wa2021, "wa2021", &tables.wa2021),
        ("wa2016", &tables.wa2016, "wa2021", &tables.wa2021),
    ];
    let regions = Region::ALL.into_iter().map(Some).chain([None]);
    let (mut yes, mut no) = (0, 0);
    for region in regions {
        for (old, accepted, new, current) in pairs {
            let joined = Joined::of(accepted, current, region);
            for (consent, has_objected) in [
                (willing(accepted, region), false),
                (objecting(accepted, region), true),
            ] {
                for row in Row::all() {
                    let expected = permitted(old, new, region, row, has_objected);
                    for permit in [
                        joined.permit(&consent, Standing::Verified, row, NOW),
                        Permit::find(accepted, current, &consent, Standing::Verified, row, NOW),
                    ] {
                        let found = permit.map(|permit| {
                            let grant = permit.grant();
                            (permit.basis(), grant.precision.word(), grant.keep.days())
                        });
                        assert_eq!(found, expected, "{old} {new} {region:?} {row:?}");
                    }
                    yes += usize::from(expected.is_some());
                    no += usize::from(expected.is_none());
                }
            }
        }
    }
    assert!(yes > 500 && no > 500, "{yes} {no}");
}

fn asked(accepted: &Table, current: &Table, consent: &Consent, row: Row) -> Option<Basis> {
    let permit = Permit::find(accepted, current, consent, Standing::Verified, row, NOW);
    permit.map(|permit| permit.basis())
}

fn to_parent(field: Field, purpose: Purpose) -> Row {
    Row::new(field, Recipient::Parent, purpose)
}

#[test]
fn in_2021_the_network_address_goes_to_the_parent_for_advertising_elsewhere_but_not_in_the_eu_and_the_uk()
 {
    let table = tables().wa2021;
    let row = to_parent(Field::IpAddress, Purpose::AdsProductImprovement);
    let other = willing(&table, Some(Region::Other));
    assert_eq!(asked(&table, &table, &other, row), Some(Basis::Consent));
    for region in [Region::Eu, Region::Uk] {
        let consent = willing(&table, Some(region));
        for recipient in Recipient::ALL {
            for purpose in Purpose::ALL {
                let row = Row::new(Field::IpAddress, recipient, purpose);
                assert_eq!(asked(&table, &table, &consent, row), None);
            }
        }
    }
}

#[test]
fn in_2021_an_eu_telephone_number_serves_the_service_and_not_the_parents_advertising() {
    let table = tables().wa2021;
    let consent = willing(&table, Some(Region::Eu));
    let service = to_parent(Field::PhoneNumber, Purpose::ServiceOperation);
    let advertising = to_parent(Field::PhoneNumber, Purpose::AdsProductImprovement);
    assert_eq!(
        asked(&table, &table, &consent, service),
        Some(Basis::Necessary)
    );
    assert_eq!(asked(&table, &table, &consent, advertising), None);
}

#[test]
fn opting_out_ends_advertising_and_leaves_what_is_necessary() {
    let table = tables().wa2021;
    let consent = objecting(&table, Some(Region::Other));
    let advertising = to_parent(Field::PhoneNumber, Purpose::AdsProductImprovement);
    let safety = to_parent(Field::PhoneNumber, Purpose::SafetySecurity);
    assert_eq!(asked(&table, &table, &consent, advertising), None);
    assert_eq!(
        asked(&table, &table, &consent, safety),
        Some(Basis::Necessary)
    );
}

#[test]
fn who_accepted_2016_while_2021_is_current_shares_only_what_both_allow() {
    let Tables { wa2016, wa2021, .. } = tables();
    let consent = willing(&wa2016, Some(Region::Other));
    let ask = |row| asked(&wa2016, &wa2021, &consent, row);
    assert_eq!(
        ask(to_parent(Field::IpAddress, Purpose::SafetySecurity)),
        None
    );
    assert_eq!(
        ask(to_parent(Field::PurchaseTotal, Purpose::SafetySecurity)),
        None
    );
    assert_eq!(
        ask(to_parent(Field::Country, Purpose::SafetySecurity)),
        None
    );
    let both = to_parent(Field::LastActive, Purpose::SafetySecurity);
    let permit = Permit::find(&wa2016, &wa2021, &consent, Standing::Verified, both, NOW);
    assert_eq!(permit.unwrap().grant().precision.word(), "day");
}

#[test]
fn nothing_is_told_because_of_an_unverified_business() {
    let table = tables().wa2021;
    let consent = willing(&table, Some(Region::Other));
    let joined = Joined::of(&table, &table, Some(Region::Other));
    for row in Row::all() {
        let standing = Standing::Unverified;
        assert_eq!(joined.permit(&consent, standing, row, NOW), None);
        assert_eq!(
            Permit::find(&table, &table, &consent, standing, row, NOW),
            None
        );
    }
}

#[test]
fn strict_tells_nothing_to_a_parent_or_a_service_provider() {
    let table = tables().strict;
    for cell in Cell::all() {
        if cell.row.recipient != Recipient::Business {
            assert!(table.cell(cell).is_none());
        }
    }
}
