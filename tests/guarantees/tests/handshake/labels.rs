//! The registry of labels, and every label in the code. (SPEC §7.1, G-1)
//! Knows: the SPEC's words, the sources' constants. Never knows: keys.

use std::collections::{BTreeMap, BTreeSet};

use partywall_ground::{Business, Label, Peer};
use partywall_row::Row;
use partywall_test_street::house;

/// Labels made in a source file outside its tests, by the wing that they are made for.
fn made_in(page: &str) -> Vec<(&'static str, String)> {
    let (code, _) = page.split_once("#[cfg(test)]").unwrap_or((page, ""));
    let mut made = Vec::new();
    for (wing, call) in [
        ("peer", "Label::of::<Peer>(\""),
        ("business", "Label::of::<Business>(\""),
        ("ground", "Label::ground(\""),
    ] {
        for rest in code.split(call).skip(1) {
            let (name, _) = rest.split_once('"').unwrap();
            made.push((wing, name.to_owned()));
        }
    }
    made
}

/// What §7.1 lists, without what is only reserved: wings and names. A sentence says whose its names are.
fn registered() -> BTreeSet<(&'static str, String)> {
    let page = std::fs::read_to_string(house::root().join("protocol/SPEC.md")).unwrap();
    let line = page.lines().find(|line| line.starts_with("Append-only. "));
    let mut listed = BTreeSet::new();
    for sentence in line.unwrap().split(". ").skip(1) {
        let (whose, names) = sentence.split_once(": ").unwrap();
        let wings: &[&'static str] = match whose {
            "`ground`" => &["ground"],
            "`peer` and `business` alike (session)" => &["peer", "business"],
            "`peer` only" => &["peer"],
            "`business` only" | "Inside a relay's business wing, never on the wire" => {
                &["business"]
            }
            "Reserved" => &[],
            other => panic!("whose labels are those of `{other}`?"),
        };
        for name in names.split('`').skip(1).step_by(2) {
            listed.extend(wings.iter().map(|wing| (*wing, name.to_owned())));
        }
    }
    listed
}

#[test]
fn no_two_labels_of_the_registry_give_one_output_of_one_key() {
    let mut row = Row::of("A24");
    let mut outputs = BTreeMap::new();
    for (wing, name) in registered() {
        let name: &'static str = name.leak();
        let label = match wing {
            "peer" => Label::of::<Peer>(name),
            "business" => Label::of::<Business>(name),
            _ => Label::ground(name),
        };
        let made = [
            partywall_proof::hash(label, &[b"one key"]),
            partywall_proof::mac(&[7; 32], label, &[b"one key"]),
        ];
        for output in made {
            row.tried(outputs.len() as u64);
            assert_eq!(outputs.insert(output, label), None, "{label:?}");
        }
    }
    assert!(outputs.len() > 100, "{}", outputs.len());
}

#[test]
fn every_label_in_the_code_stands_in_the_registry_and_is_made_in_one_place() {
    let mut row = Row::of("A24");
    let listed = registered();
    let mut seen = BTreeSet::new();
    for floor in ["protocol", "plumbing", "server", "client-lib", "apps"] {
        for path in house::files(&house::root().join(floor), ".rs") {
            let is_test = path.components().any(|part| {
                let part = part.as_os_str();
                part == "tests" || part == "tests.rs"
            });
            if is_test {
                continue;
            }
            let page = std::fs::read_to_string(&path).unwrap();
            for label in made_in(&page) {
                let here = path.display();
                assert!(listed.contains(&label), "{label:?} in {here}");
                assert!(seen.insert(label.clone()), "{label:?} again in {here}");
                row.tried(1);
            }
        }
    }
    assert!(seen.len() > 15, "{seen:?}");
}
