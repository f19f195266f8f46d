//! The SPEC's registries and the code's are the same: labels, types of frames, rules of lint and of
//! refusal. (SPEC §7.1, §11, §14)
//! Knows: the page's text and this crate's lists. Whichever of them grows alone is found here.

use crate::frames::spelled;
use partywall_business::field::{Field, Recipient};
use partywall_business::template::Lint;
use partywall_business::{Kind, Rule, labels, ledger};
use std::collections::{BTreeMap, BTreeSet};

fn page() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../SPEC.md")).unwrap()
}

/// A chapter or section, from its heading to the next of its rank.
fn section<'p>(page: &'p str, heading: &str) -> &'p str {
    let (_, rest) = page.split_once(&format!("\n{heading}")).expect(heading);
    let rank = heading.split(' ').next().unwrap();
    rest.split(&format!("\n{rank} ")).next().unwrap()
}

/// Everything between backticks.
fn quoted(text: &str) -> BTreeSet<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

#[test]
fn every_label_of_the_business_wing_stands_in_the_registry_and_no_other_does() {
    let page = page();
    let (_, business) = section(&page, "### 7.1")
        .split_once("`business` only:")
        .unwrap();
    let registered: BTreeSet<_> = quoted(business.split('.').next().unwrap())
        .into_iter()
        .map(|name| format!("partywall/1/business/{name}"))
        .collect();
    let used: BTreeSet<_> = labels::ALL
        .iter()
        .chain([&ledger::ENTRY])
        .map(|label| label.as_str().to_owned())
        .collect();
    assert_eq!(used, registered);
}

/// Which number stands behind which name: `name = { … } ; 0x0123`, on one line or on several.
fn defined(text: &str) -> BTreeMap<u16, String> {
    let mut defined = BTreeMap::new();
    let mut name = None;
    for line in text.lines() {
        if let Some((before, _)) = line.split_once('=')
            && !before.is_empty()
            && !before.starts_with(' ')
            && before
                .trim_end()
                .bytes()
                .all(|one| one.is_ascii_lowercase() || one == b'-')
        {
            name = Some(before.trim_end().to_owned());
        }
        for told in line.split("; 0x").skip(1) {
            let number = u16::from_str_radix(&told[..4], 16).unwrap();
            let twice = defined.insert(number, name.take().expect(line));
            assert_eq!(twice, None, "0x{number:04X}");
        }
    }
    defined
}

#[test]
fn every_type_of_frame_stands_in_the_page_under_its_number_and_name_and_no_other_does() {
    let page = page();
    let (wire, socket) = (section(&page, "## 11."), section(&page, "## 14."));
    let mut defined = defined(&format!("{wire}\n{socket}"));
    // The one whose body is given elsewhere.
    assert!(wire.contains("`hello` (0x0100)"));
    defined.insert(0x0100, "hello".to_owned());
    let kinds = Kind::ALL.iter().map(|kind| (kind.number(), spelled(*kind)));
    assert_eq!(kinds.collect::<BTreeMap<_, _>>(), defined);
}

/// The rows of a table, cell by cell.
fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines()
        .filter(|line| line.starts_with("| "))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
}

#[test]
fn every_rule_of_refusal_stands_in_the_page_under_its_number_and_name() {
    let page = page();
    let mut told = BTreeMap::new();
    for row in rows(section(&page, "### 11.8")) {
        for pair in [&row[..2], &row[3..]] {
            if let Ok(number) = pair[0].parse::<u8>() {
                told.insert(number, pair[1].split(' ').next().unwrap().to_owned());
            }
        }
    }
    let rules = Rule::ALL
        .iter()
        .map(|rule| (rule.code(), rule.word().to_owned()));
    assert_eq!(rules.collect::<BTreeMap<_, _>>(), told);
}

#[test]
fn every_rule_of_lint_stands_in_the_page_and_refuses_where_it_says_so() {
    let page = page();
    let section = section(&page, "### 11.9");
    let told: Vec<u8> = rows(section)
        .filter_map(|row| row[0].parse().ok())
        .collect();
    assert_eq!(told, Lint::ALL.map(Lint::code));
    let refusing: Vec<_> = Lint::ALL
        .iter()
        .filter(|lint| lint.refuses())
        .map(|lint| lint.code())
        .collect();
    assert_eq!(refusing, [1, 2, 3, 4, 5, 6, 9, 10, 15, 16]);
    assert!(section.contains("rules 1 to 6, 9, 10, 15, 16, refuse the submission"));
}

#[test]
fn every_field_and_recipient_stands_in_the_page_under_its_code() {
    let page = page();
    let section = section(&page, "### 12.1");
    for field in Field::ALL {
        assert!(
            section.contains(&format!("{} {field}", field.code())),
            "{field}"
        );
    }
    for recipient in Recipient::ALL {
        let told = format!("{} {recipient}", recipient.code());
        assert!(section.contains(&told), "{recipient}");
    }
}
