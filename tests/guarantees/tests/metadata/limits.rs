//! What is not protected stands where people look for it. (Row G14)
//! Knows: the catalogue, SECURITY.md. Never knows: whether the sentences are well chosen.

use std::fs;

use partywall_row::Row;
use partywall_test_street::house;
use toml::{Table, Value};

/// SECURITY.md. Its break is somebody's: the line on what is watched from outside is taken out.
fn security() -> String {
    let page = fs::read_to_string(house::root().join("SECURITY.md")).expect("it is there");
    let is_left_out = |line: &&str| partywall_mutant::is("G14") && line.contains("D08");
    let lines = page.lines().filter(|line| !is_left_out(line));
    lines.collect::<Vec<_>>().join("\n")
}

/// The text under a heading, up to the next one of its rank.
fn under<'a>(page: &'a str, heading: &str) -> &'a str {
    let after = page.split_once(&format!("\n## {heading}\n"));
    let (_, after) = after.unwrap_or_else(|| panic!("SECURITY.md has no `## {heading}`"));
    after.split("\n## ").next().unwrap_or(after)
}

/// Every row in this state, of every chapter.
fn rows(state: &str) -> Vec<String> {
    let mut found = Vec::new();
    for file in house::files(&house::root().join("tests/guarantees/catalogue"), ".toml") {
        let page = fs::read_to_string(file).expect("it is there");
        let chapter: Table = toml::from_str(&page).expect("it is TOML");
        let of_the_state = |row: &Value| row.get("state").and_then(Value::as_str) == Some(state);
        let rows = chapter.into_iter().filter(|(_, row)| of_the_state(row));
        found.extend(rows.map(|(id, _)| id));
    }
    found
}

#[test]
fn every_bound_and_everything_that_is_not_built_is_named_among_what_is_not_protected() {
    let mut row = Row::of("G14");
    let page = security();
    let (bounded, absent) = (rows("bounded"), rows("not-built"));
    assert!(bounded.len() > 3 && absent.len() > 10, "the control");
    let said = under(&page, "Bounded, not defeated");
    for id in &bounded {
        let begin = format!("| {id} |");
        assert!(
            said.lines().any(|line| line.starts_with(&begin)),
            "{id} is bounded, and SECURITY.md does not say so"
        );
        row.tried(1);
    }
    let said = under(&page, "Not built yet");
    for id in &absent {
        assert!(
            said.contains(id.as_str()),
            "{id} is not built, and SECURITY.md does not say so"
        );
        row.tried(1);
    }
    let goals = under(&page, "Not goals");
    let goals = goals.lines().filter(|line| line.starts_with("- "));
    assert!(goals.count() >= 10, "what is no goal is listed");
}
