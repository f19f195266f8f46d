//! What is kept is kept as long as the policy says, and no longer.

use std::collections::BTreeSet;

use partywall_business::export::Outcome;
use partywall_business::ledger::Redaction;
use partywall_business::value::{Locale, PhoneNumber, Value};

use super::house::{DAY, House};
use crate::chores::{self, RULES};

#[test]
fn every_table_of_the_wing_has_a_rule_of_how_long_it_keeps_its_rows() {
    let house = House::wide();
    let tables: BTreeSet<String> = house.rows(|rows| {
        let mut select = rows
            .prepare(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
            )
            .unwrap();
        let names = select.query_map([], |row| row.get(0)).unwrap();
        names.map(Result::unwrap).collect()
    });
    let ruled: BTreeSet<String> = RULES.iter().map(|rule| rule.table.to_owned()).collect();
    assert_eq!(ruled.len(), RULES.len(), "each once");
    assert_eq!(tables, ruled);
}

fn rounds(house: &mut House) {
    house.clock.advance(std::time::Duration::from_secs(60));
    while house.does(chores::round) {}
}

#[test]
fn what_is_older_than_the_policy_says_is_gone_and_a_redaction_names_its_entries() {
    let mut house = House::wide();
    let phone = Value::PhoneNumber(PhoneNumber::new(431_234_567).unwrap());
    let locale = Value::Locale(Locale::new("de").unwrap());
    let mut customer = house.customer(vec![phone, locale]);
    let batch = house.parent().unwrap();
    house.close(batch, Outcome::Sent);
    let _barred = house.withdraw(&mut customer);
    let told = house.count("SELECT COUNT(*) FROM disclosures WHERE batch IS NOT NULL");
    assert!(told > 0);

    // 49 days: disclosures stay; what nobody may be told any more went with the withdrawal.
    house.clock.advance(DAY * 49);
    rounds(&mut house);
    assert_eq!(
        house.count("SELECT COUNT(*) FROM disclosures WHERE batch IS NOT NULL"),
        told
    );
    let openings = house.count("SELECT COUNT(*) FROM openings");
    let entries = house.count("SELECT COUNT(*) FROM ledger_entry");

    house.clock.advance(DAY * 2);
    rounds(&mut house);
    for table in ["disclosures", "records", "batches", "declared"] {
        assert_eq!(
            house.count(&format!("SELECT COUNT(*) FROM {table}")),
            0,
            "{table}"
        );
    }
    assert!(house.count("SELECT COUNT(*) FROM openings") < openings);
    assert_eq!(
        house.count("SELECT COUNT(*) FROM ledger_entry"),
        entries,
        "not yet: within the hour"
    );
    let destroyed = house.count("SELECT COUNT(*) FROM redactions");
    assert!(destroyed > told);

    house.clock.advance(std::time::Duration::from_secs(3_600));
    rounds(&mut house);
    assert_eq!(house.count("SELECT COUNT(*) FROM redactions"), 0);
    assert_eq!(
        house.count("SELECT COUNT(*) FROM ledger_entry"),
        entries + 1,
        "one for all"
    );
    let last = partywall_business::ledger::Index::new(entries);
    let opening = house.rows(|rows| crate::book::opening(rows, last).unwrap().unwrap());
    let redaction = Redaction::from_payload(&opening.payload).unwrap();
    assert_eq!(redaction.entries().len() as u64, destroyed);

    // The receipt that a newer one replaced; the newest stays while the conversation does.
    assert_eq!(house.count("SELECT COUNT(*) FROM consents"), 2);
    house.clock.advance(DAY * 60);
    rounds(&mut house);
    assert_eq!(house.count("SELECT COUNT(*) FROM consents"), 1);
}

#[test]
fn what_a_client_declared_is_gone_when_the_policy_says() {
    let mut house = House::wide();
    let phone = Value::PhoneNumber(PhoneNumber::new(431_234_567).unwrap());
    let _customer = house.customer(vec![phone]);
    house
        .clock
        .advance(DAY * 20 - std::time::Duration::from_secs(120));
    rounds(&mut house);
    assert_eq!(house.count("SELECT COUNT(*) FROM declared"), 1);
    house.clock.advance(std::time::Duration::from_secs(120));
    rounds(&mut house);
    assert_eq!(house.count("SELECT COUNT(*) FROM declared"), 0);
}

#[test]
fn what_nobody_may_be_told_under_a_new_policy_is_not_kept_either() {
    let mut house = House::wide();
    let phone = Value::PhoneNumber(PhoneNumber::new(431_234_567).unwrap());
    let locale = Value::Locale(Locale::new("de").unwrap());
    let narrower =
        super::house::WIDE.replace("field = \"phone_number\"", "field = \"ad_referral\"");
    house.publish(&narrower);
    house.clock.advance(DAY * 30);
    let _customer = house.customer(vec![phone, locale]);
    rounds(&mut house);
    assert_eq!(house.count("SELECT COUNT(*) FROM declared"), 2);
    house.clock.advance(DAY);
    assert_eq!(house.current(), house.newest(), "it holds from now on");
    rounds(&mut house);
    assert_eq!(
        house.count("SELECT COUNT(*) FROM declared WHERE field = 1"),
        0
    );
    assert_eq!(house.count("SELECT COUNT(*) FROM declared"), 1);
}

#[test]
fn a_conversation_that_was_left_is_gone_when_the_policy_says_but_for_its_tombstone() {
    let mut house = House::wide();
    let phone = Value::PhoneNumber(PhoneNumber::new(431_234_567).unwrap());
    let customer = house.customer(vec![phone]);
    let batch = house.parent().unwrap();
    house.close(batch, Outcome::Sent);
    let conversation = customer.conversation();
    let _landed = house.does(move |desk| {
        let mut found = crate::talk::find(desk.tx, &conversation)?.unwrap();
        crate::talk::leave(desk, &mut found)
    });
    house.clock.advance(DAY * 29);
    rounds(&mut house);
    assert_eq!(house.count("SELECT COUNT(*) FROM acceptances"), 1);
    house.clock.advance(DAY * 2);
    rounds(&mut house);
    for table in [
        "acceptances",
        "consents",
        "declared",
        "counts",
        "records",
        "disclosures",
    ] {
        assert_eq!(
            house.count(&format!("SELECT COUNT(*) FROM {table}")),
            0,
            "{table}"
        );
    }
    assert_eq!(house.count("SELECT COUNT(*) FROM tombstones"), 1);
}

#[test]
fn of_an_aged_wing_nothing_is_left_but_what_is_in_force_and_what_is_public() {
    let mut house = House::wide();
    let phone = Value::PhoneNumber(PhoneNumber::new(431_234_567).unwrap());
    let mut stays = house.customer(vec![phone]);
    let leaves = house.customer(vec![phone]);
    let erases = house.customer(vec![phone]);
    let batch = house.parent().unwrap();
    house.close(batch, Outcome::Sent);
    let _barred = house.withdraw(&mut stays);
    let conversation = leaves.conversation();
    let _landed = house.does(move |desk| {
        let mut found = crate::talk::find(desk.tx, &conversation)?.unwrap();
        crate::talk::leave(desk, &mut found)
    });
    let _erased = house.erases(&erases);
    house.does(|desk| {
        let payload = partywall_business::ledger::Payload::new(vec![0xa1, 0, 3]).unwrap();
        let entry = crate::book::enter_one(desk, payload)?.value().cast_signed();
        let now = desk.now.seconds().cast_signed();
        desk.tx.execute(
            "INSERT INTO certificates (serial, business, hash, not_after, signed, entry)
             VALUES (900, 1, x'00', ?1, x'00', ?2)",
            [now, entry],
        )?;
        desk.tx.execute(
            "INSERT INTO reports (conversation, business, commitment, at, why, shown)
             VALUES (1, 1, x'00', ?1, 1, x'00')",
            [desk.now.stored()],
        )?;
        Ok(())
    });
    let filled = [
        "events",
        "reports",
        "certificates",
        "batches",
        "disclosures",
    ];
    for table in filled {
        assert_ne!(
            house.count(&format!("SELECT COUNT(*) FROM {table}")),
            0,
            "{table}"
        );
    }
    let openings = house.count("SELECT COUNT(*) FROM openings");
    // Three times, because what goes with something else is told of, and that goes in its turn.
    for _ in 0..3 {
        house.clock.advance(DAY * 101);
        rounds(&mut house);
    }
    let gone = ["declared", "records", "counts", "redactions", "notices"];
    for table in filled.into_iter().chain(gone) {
        assert_eq!(
            house.count(&format!("SELECT COUNT(*) FROM {table}")),
            0,
            "{table}"
        );
    }
    for table in ["conversations", "acceptances", "consents"] {
        assert_eq!(
            house.count(&format!("SELECT COUNT(*) FROM {table}")),
            1,
            "{table}"
        );
    }
    assert_eq!(
        house.count("SELECT COUNT(*) FROM retractions"),
        2,
        "until the sink is asked"
    );
    // What opens the two tables and the redactions is public.
    let public = house.count("SELECT COUNT(*) FROM openings");
    assert!(public < openings && public <= 2 + 4, "{public}");
}
