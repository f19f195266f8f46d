//! Tables of the second implementation: signed, followed by others, and what changes. (SPEC §12.3)
//! Knows: the bytes of each, and what they allow.

use crate::file::{Judge, about, array, bytes, code, number, valid};
use crate::told::{hexed, with};
use partywall_business::field::{Basis, Region};
use partywall_business::precision::Grant;
use partywall_business::table::{
    Change, Lineage, Retention, Row, Rule, Table, Terms, Transfer, UnverifiedTable,
};
use partywall_ground::Seconds;
use partywall_proof::PublicKey;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

fn verified(vector: &Value) -> Option<Table> {
    let key = PublicKey::from_bytes(&array(&vector["business_key"])).ok()?;
    UnverifiedTable::decode(&bytes(&vector["signed"]))
        .ok()?
        .verify(&key)
        .ok()
}

/// The good tables, by the hash that the second implementation gives them.
fn tables() -> BTreeMap<String, Table> {
    let good = about("policy-tables", "table").into_iter().filter(valid);
    good.filter_map(|vector| {
        let hash = vector["hash"].as_str().unwrap().to_owned();
        Some((hash, verified(&vector)?))
    })
    .collect()
}

fn named<'t>(tables: &'t BTreeMap<String, Table>, hash: &Value) -> &'t Table {
    &tables[hash.as_str().unwrap()]
}

fn fields(table: &Table) -> Value {
    let mut cells = Vec::new();
    for row in Row::all() {
        for region in Region::ALL {
            for basis in Basis::ALL {
                let rule = table.cell(row.at(region, basis));
                let place = rule.map(|rule| table.rules().iter().position(|one| one == rule));
                cells.push(place.map_or(0, |place| u8::try_from(place.unwrap() + 1).unwrap()));
            }
        }
    }
    let fields = json!({
        "version": table.version(),
        "effective": table.effective().value(),
        "cells": hexed(cells),
        "rules": table.rules().iter().map(of_rule).collect::<Vec<_>>(),
        "terms": of_terms(table.terms()),
    });
    let predecessor = table.predecessor().map(hexed);
    let sunset = table.sunset().map(|sunset| json!(sunset.value()));
    with(with(fields, "predecessor", predecessor), "sunset", sunset)
}

fn of_rule(rule: &Rule) -> Value {
    let fields = json!({ "precision": rule.precision.code(), "keep_days": rule.keep.days() });
    with(
        fields,
        "law",
        rule.law.as_ref().map(|law| json!(law.as_str())),
    )
}

fn of_terms(terms: &Terms) -> Value {
    let transfer =
        |one: &Transfer| json!({ "where": one.to.as_str(), "protection": one.safeguard.as_str() });
    let Retention {
        mail,
        receipts,
        disclosures,
        reports,
        after_leaving,
        certificates,
        declared,
    } = terms.retention;
    let fields = json!({
        "policy": terms.name.as_str(),
        "controller": terms.controller.as_str(),
        "contact": terms.contact.as_str(),
        "authority": terms.complaint_authority.as_str(),
        "transfers": terms.transfers.iter().map(transfer).collect::<Vec<_>>(),
        "retention": {
            "mail": mail.days(),
            "receipts": receipts.days(),
            "disclosures": disclosures.days(),
            "reports": reports.days(),
            "after_leaving": after_leaving.days(),
            "certificates": certificates.days(),
            "declared": declared.days(),
        },
        "notice_days": terms.notice_days.days(),
    });
    let parent = terms.parent.as_ref().map(|name| json!(name.as_str()));
    let provider = terms
        .service_provider
        .as_ref()
        .map(|name| json!(name.as_str()));
    with(with(fields, "parent", parent), "service_provider", provider)
}

#[test]
fn tables_are_read_as_the_second_implementation_does() {
    let mut judge = Judge::default();
    for vector in about("policy-tables", "table") {
        let table = verified(&vector);
        if let Some(table) = &table {
            assert_eq!(
                table.signed(),
                bytes(&vector["signed"]),
                "{}",
                vector["name"]
            );
        }
        let ours = table.map(|table| (hexed(table.hash()), fields(&table)));
        let theirs = valid(&vector).then(|| (vector["hash"].clone(), vector["fields"].clone()));
        judge.same(&vector, ours, theirs);
    }
    judge.agrees(400);
}

#[test]
fn what_a_table_grants_is_what_the_second_implementation_says() {
    let (tables, mut judge) = (tables(), Judge::default());
    for vector in about("policy-tables", "grants") {
        let table = named(&tables, &vector["table"]);
        let region = Region::from_code(code(&vector["region"]));
        let grant = |row, basis| told(table.grant(row, basis, region));
        let grants = Row::all().map(|row| Basis::ALL.map(|basis| grant(row, basis)).join(" "));
        judge.same(
            &vector,
            Some(json!(grants.collect::<Vec<_>>())),
            Some(vector["grants"].clone()),
        );
    }
    judge.agrees(30);
}

fn told(grant: Option<Grant>) -> String {
    grant.map_or("-".to_owned(), |grant| {
        format!("{}/{}", grant.precision.code(), grant.keep.days())
    })
}

#[test]
fn a_table_follows_where_the_second_implementation_says_so() {
    let (tables, mut judge) = (tables(), Judge::default());
    for vector in about("policy-tables", "follows") {
        let (table, other) = (
            named(&tables, &vector["table"]),
            named(&tables, &vector["other"]),
        );
        judge.taken(&vector, table.follows(other).is_ok());
    }
    judge.agrees(9);
}

#[test]
fn a_table_may_be_accepted_as_long_as_the_second_implementation_says() {
    let (tables, mut judge) = (tables(), Judge::default());
    for vector in about("policy-tables", "acceptable") {
        let table = named(&tables, &vector["table"]);
        let mut lineage = Lineage::from(table.clone());
        if vector["successor"].is_string() {
            lineage
                .add(named(&tables, &vector["successor"]).clone())
                .unwrap();
        }
        let now = Seconds::new(number(&vector["now"]));
        judge.taken(&vector, lineage.acceptable(&table.hash(), now).is_some());
    }
    judge.agrees(9);
}

#[test]
fn what_changes_is_what_the_second_implementation_says() {
    let (tables, mut judge) = (tables(), Judge::default());
    for vector in about("policy-tables", "difference") {
        let (old, new) = (
            named(&tables, &vector["old"]),
            named(&tables, &vector["new"]),
        );
        let difference = old.difference(new);
        let ours = [
            places(&difference.newly_shared),
            places(&difference.stopped),
            places(&difference.changed),
        ];
        let theirs = ["newly", "stopped", "changed"].map(|name| vector[name].clone());
        judge.same(&vector, Some(ours), Some(theirs));
    }
    judge.agrees(7);
}

/// The places of all cells that changes are of; no cell in two of them.
fn places(changes: &[Change]) -> Value {
    let mut places = BTreeSet::new();
    for change in changes {
        for region in change.regions.iter() {
            assert!(places.insert(change.row.at(region, change.basis).place()));
        }
    }
    json!(places)
}
