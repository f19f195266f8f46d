//! A sink's file against the ledger.

use std::fmt::Write;
use std::io::Cursor;

use partywall_business::disclosure::Record;
use partywall_business::export::{Outcome, ProvenBatch, ProvenRecord};
use partywall_business::field::Region;
use partywall_business::value::{PhoneNumber, Value};
use serde_json::{Value as Json, json};

use super::house::{DAY, House};
use crate::audit::{AuditReport, Counts, Extra, Finding, audit};

/// The values of these stories, as X-6 says.
fn value(told: &Record) -> Json {
    match told.value {
        Value::PhoneNumber(number) => json!(format!("+{}", number.value())),
        _ => panic!("only telephone numbers are told here"),
    }
}

/// A line as X-6 says.
fn line(batch: &ProvenBatch, carried: &ProvenRecord) -> Json {
    let (told, opening) = (carried.record(), carried.opening());
    let path: Vec<String> = carried
        .path()
        .iter()
        .map(|hash| hex::encode(hash.as_bytes()))
        .collect();
    json!({
        "batch": hex::encode(batch.batch()),
        "sequence": batch.sequence().value(),
        "checkpoint": std::str::from_utf8(batch.checkpoint().note()).unwrap(),
        "record": hex::encode(told.key),
        "subject": hex::encode(told.subject),
        "business": hex::encode(told.business),
        "field": told.value.field().word(),
        "value": value(told),
        "time": humantime::format_rfc3339_seconds(
            std::time::UNIX_EPOCH + std::time::Duration::from_secs(told.time.value()),
        )
        .to_string(),
        "recipient": told.recipient.word(),
        "purpose": told.purpose.word(),
        "basis": told.basis.word(),
        "table": hex::encode(told.table),
        "keep_days": told.keep.days(),
        "region": told.region.map_or("unknown", Region::word),
        "payload": hex::encode(opening.payload.as_bytes()),
        "salt": hex::encode(opening.salt.as_bytes()),
        "index": opening.index.value(),
        "path": path,
    })
}

fn judged(house: &House, lines: &[Json]) -> AuditReport {
    let mut file = String::new();
    for line in lines {
        writeln!(file, "{line}").unwrap();
    }
    let now = house.shared.tools.clock.now();
    let operator = house.operator();
    house.rows(|rows| audit(rows, &operator, now, Cursor::new(file)).unwrap())
}

fn customers(house: &mut House) {
    for number in 0..3 {
        let phone = Value::PhoneNumber(PhoneNumber::new(431_000_000 + number).unwrap());
        let _customer = house.customer(vec![phone]);
    }
}

#[test]
fn a_file_with_all_that_was_sent_is_proven_and_whole() {
    let mut house = House::wide();
    customers(&mut house);
    let batch = house.parent().unwrap();
    let offered = house.offered(batch);
    house.close(batch, Outcome::Sent);
    customers(&mut house);
    let lines: Vec<Json> = offered
        .records()
        .iter()
        .map(|one| line(&offered, one))
        .collect();
    let report = judged(&house, &lines);
    assert_eq!(report.proven, 6);
    assert_eq!(
        report,
        AuditReport {
            proven: 6,
            ..AuditReport::default()
        }
    );

    // One is gone, and may be when its days are over, or when the sink was asked to forget it.
    let missing = judged(&house, &lines[1..]).missing;
    assert_eq!(missing, [offered.records()[0].opening().index]);
    let mut forgotten = lines[1..].to_vec();
    forgotten.push(json!({
        "batch": lines[0]["batch"], "sequence": 2, "retract": lines[0]["record"]
    }));
    assert_eq!(judged(&house, &forgotten).missing, []);
    house.clock.advance(DAY * 90);
    assert_eq!(judged(&house, &lines[1..]).missing, []);
}

#[test]
fn what_a_sink_should_not_have_is_found_line_by_line() {
    let mut house = House::wide();
    customers(&mut house);
    let batch = house.parent().unwrap();
    let offered = house.offered(batch);
    house.close(batch, Outcome::Sent);
    let good = |place: usize| line(&offered, &offered.records()[place]);
    let with = |key: &str, value: Json| {
        let mut line = good(1);
        line[key] = value;
        line
    };
    let lines = [
        good(0),
        good(0),
        with("field", json!("ip_address")),
        with("value", json!("+43431000009")),
        with("time", json!("2026-01-01T00:00:00Z")),
        with("keep_days", json!(3_650)),
        with("salt", json!(hex::encode([0; 32]))),
        with("index", json!(9_999_999)),
        with("path", json!([])),
        with(
            "checkpoint",
            json!("partywall/relay.example:7444\n1\nAAAA\n"),
        ),
        with("payload", json!("00")),
        json!({"name": "Ada", "telephone": "+43"}),
        json!("no record at all"),
    ];
    let report = judged(&house, &lines);
    let extra = |line, why| Finding { line, why };
    assert_eq!(report.proven, 1);
    assert_eq!(
        report.extra,
        [
            extra(2, Extra::Twice),
            extra(3, Extra::SaysSomethingElse),
            extra(4, Extra::SaysSomethingElse),
            extra(5, Extra::SaysSomethingElse),
            extra(6, Extra::SaysSomethingElse),
            extra(7, Extra::NotInTheLedger),
            extra(8, Extra::NotInTheLedger),
        ]
    );
    assert_eq!(report.unproven, [9, 10, 11, 12, 13]);
    assert_eq!(report.missing.len(), 5);
}

#[test]
fn what_was_closed_as_never_sent_is_extra_in_a_file_and_what_was_erased_can_still_be_proven() {
    let mut house = House::wide();
    let phone = Value::PhoneNumber(PhoneNumber::new(431_234_567).unwrap());
    let customer = house.customer(vec![phone]);
    let batch = house.parent().unwrap();
    let void = house.offered(batch);
    house.close(batch, Outcome::Void);
    let lines: Vec<Json> = void.records().iter().map(|one| line(&void, one)).collect();
    let report = judged(&house, &lines);
    assert!(
        report
            .extra
            .iter()
            .all(|finding| finding.why == Extra::Void)
    );
    assert_eq!(report.extra.len(), 2);

    let batch = house.parent().unwrap();
    let sent = house.offered(batch);
    house.close(batch, Outcome::Sent);
    let _erased = house.erases(&customer);
    let lines: Vec<Json> = sent.records().iter().map(|one| line(&sent, one)).collect();
    assert_eq!(
        judged(&house, &lines).proven,
        2,
        "a sink that kept both can show them"
    );
}

#[test]
fn of_however_many_findings_a_thousand_are_listed_and_all_are_counted() {
    let mut house = House::wide();
    customers(&mut house);
    let batch = house.parent().unwrap();
    let offered = house.offered(batch);
    house.close(batch, Outcome::Sent);
    let good = line(&offered, &offered.records()[0]);
    let mut lines = vec![good; 1_203];
    lines.extend(vec![json!({}); 1_100]);
    let report = judged(&house, &lines);
    assert_eq!((report.extra.len(), report.unproven.len()), (1_000, 1_000));
    assert_eq!(
        (report.extra[999].line, report.unproven[999]),
        (1_001, 2_203)
    );
    let counts = Counts {
        extra: 1_202,
        missing: 5,
        unproven: 1_100,
    };
    assert_eq!((report.proven, report.counts), (1, counts));
}
