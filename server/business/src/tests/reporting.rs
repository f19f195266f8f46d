//! Two worlds that differ in one report: nobody but the operator can tell them apart. (SPEC B-19, row E05)
//! Knows: every table. Never knows: what the operator does about it.

use std::collections::BTreeMap;

use partywall_business::content::{Content, Message, What};
use partywall_business::event::News;
use partywall_business::frank::FrankingKey;
use partywall_business::request::Report;
use partywall_business::{Bytes, Number, Seen, Sequence, Why};
use partywall_ground::Milliseconds;
use partywall_row::Row;
use partywall_store::sql::Connection;
use partywall_store::sql::types::Value;
use partywall_store::{StoreError, sql};

use super::words::REPLY;
use super::world::World;
use crate::talk;

/// Whether the customer reports what the business said.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Customer {
    KeepsSilent,
    Reports,
}

/// Every table, each column of each row as a line.
type Tables = BTreeMap<String, Vec<String>>;

fn tables(rows: &Connection) -> Result<Tables, StoreError> {
    let mut names = rows.prepare(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    )?;
    let names = names.query_map([], |row| row.get::<_, String>(0))?;
    let names = names.collect::<sql::Result<Vec<_>>>()?;
    let mut all = Tables::new();
    for name in names {
        let mut select = rows.prepare(&format!("SELECT * FROM {name}"))?;
        let columns: Vec<String> = select.column_names().map(str::to_owned).collect();
        let rows = select.query_map([], |row| {
            let value = |at| row.get::<_, Value>(at);
            let values = (0..columns.len())
                .map(value)
                .collect::<sql::Result<Vec<_>>>()?;
            Ok(values)
        })?;
        let mut lines = Vec::new();
        for row in rows {
            let row = row?;
            let line = columns.iter().zip(&row);
            lines.extend(line.map(|(column, value)| format!("{column} {value:?}")));
        }
        all.insert(name, lines);
    }
    Ok(all)
}

/// What a world holds at its end, and the report's row if there is one.
fn lived(seed: u64, customer: Customer) -> Tables {
    let mut world = World::with_seed(seed);
    let shop = world.shop("bakery.example");
    let who = world.customer(&shop);
    world.customer_says(&who, REPLY).unwrap();
    let content = Content {
        sequence: Sequence::FIRST,
        written: Milliseconds::new(0),
        seen: Seen::new(0),
        key: FrankingKey::new([5; 32]),
        what: What::Text(Message::new("buy my coins").unwrap()),
    };
    let (said, clear) = content.franked();
    world.shop_says(&shop, &who, clear).unwrap();
    world.shop_says(&shop, &who, REPLY).unwrap();
    let events = world.for_customer(&who);
    let opened = events.iter().find_map(|event| match &event.news {
        News::Message {
            mark, clear: of, ..
        } if *of == clear => Some((event, *mark)),
        _ => None,
    });
    let (event, mark) = opened.expect("the message came");
    let report = Report {
        number: Number::FIRST,
        event: event.id,
        content: Bytes::new(&said).unwrap(),
        key: FrankingKey::new([5; 32]),
        clear,
        mark,
        at: event.at,
        why: Why::Fraud,
    };
    if customer == Customer::Reports {
        let frank = world.shared.tools.keys.frank();
        let proven = report.prove(frank, &who.conversation).unwrap();
        let number = who.number;
        world
            .does(move |desk| {
                let mut own = talk::try_load(desk.tx, number)?.unwrap();
                talk::report(desk, &mut own, &proven)
            })
            .unwrap();
    }
    // Whatever the business says next is answered alike.
    world.shop_says(&shop, &who, REPLY).unwrap();
    world.reads(tables)
}

#[test]
fn a_report_is_seen_by_the_operator_and_changes_nothing_that_the_business_can_see() {
    let mut row = Row::of("E05");
    let pairs = row.times(5, 200);
    for seed in 0..pairs {
        let seed = row.seed() + seed;
        let [silent, reported] =
            [Customer::KeepsSilent, Customer::Reports].map(|customer| lived(seed, customer));
        let again = lived(seed, Customer::KeepsSilent);
        assert_eq!(silent, again, "no report, and the relay holds the same");
        let differs = |table: &&String| silent[*table] != reported[*table];
        let differing: Vec<&String> = silent.keys().filter(differs).collect();
        for table in &differing {
            let both = silent[*table].iter().zip(&reported[*table]);
            let lines: Vec<_> = both.filter(|(one, other)| one != other).collect();
            let pace = |(line, _): &(&String, &String)| line.starts_with("speech ");
            let is_pace = *table == "conversations" && lines.iter().all(pace);
            assert!(*table == "reports" || is_pace, "{table}: {lines:?}");
        }
        assert!(silent["reports"].is_empty() && !reported["reports"].is_empty());
        // And what the operator keeps of it names nobody: neither the customer's key nor the endpoint.
        let columns: Vec<&str> = reported["reports"]
            .iter()
            .filter_map(|line| line.split(' ').next())
            .collect();
        let golden = "place conversation business commitment at why shown";
        assert_eq!(columns.join(" "), golden);
        row.tried(1);
    }
    row.figure(format!(
        "{pairs} pairs of worlds that differ in one report: only the operator's table of reports differs"
    ));
}
