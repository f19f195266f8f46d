//! Every label of the session, in one place: append-only, the same names in both wings. (SPEC §7.1)
//! Knows: names. Never knows: keys.

use partywall_ground::{Label, Wing};

macro_rules! labels {
    ($($function:ident = $name:literal),* $(,)?) => {
        $(
            pub(crate) fn $function<W: Wing>() -> Label {
                if partywall_mutant::is("P31") {
                    return const { Label::of::<partywall_ground::Peer>($name) };
                }
                const { Label::of::<W>($name) }
            }
        )*

        #[cfg(test)]
        const NAMES: &[&str] = &[$($name),*];
    };
}

labels! {
    identity = "identity",
    capability = "capability",
    shelf_key = "shelf key",
    psk = "psk",
    drop_id = "drop",
    bundle = "bundle",
    shelf = "shelf",
    h0 = "h0",
    h1 = "h1",
    seal = "seal",
    mix = "mix",
    root = "root",
    header = "header",
    body = "body",
    turn = "turn",
    message = "message",
    chain = "chain",
    safety = "safety",
    safety_digits = "safety digits",
}

#[cfg(test)]
mod tests {
    use partywall_ground::{Business, Label, Peer};
    use partywall_row::Row;
    use std::collections::BTreeSet;

    use crate::derive::expand;

    const SPEC: &str = include_str!("../../SPEC.md");

    #[test]
    fn no_label_serves_two_purposes_or_two_wings() {
        let mut seen = BTreeSet::new();
        for name in super::NAMES {
            let both = [Label::of::<Peer>(name), Label::of::<Business>(name)];
            for label in both {
                assert!(seen.insert(label), "{name} stands twice");
            }
        }
    }

    #[test]
    fn the_labels_are_those_of_the_registry_and_no_two_give_one_output() {
        let registry = SPEC.lines().find(|line| line.starts_with("Append-only. "));
        let (_, session) = registry.unwrap().split_once("(session): ").unwrap();
        let (session, _) = session.split_once('.').unwrap();
        let written: Vec<&str> = session
            .split(", ")
            .map(|name| name.trim_matches('`'))
            .collect();
        assert_eq!(written, super::NAMES);

        let mut row = Row::of("A24");
        let labels = super::NAMES
            .iter()
            .flat_map(|name| [Label::of::<Peer>(name), Label::of::<Business>(name)]);
        let mut outputs: Vec<(Label, [u8; 32])> = Vec::new();
        for label in labels {
            let expanded = *expand::<32>(&[7; 32], label, &[]);
            let hashed = partywall_proof::hash(label, &[&[7; 32]]);
            for output in [expanded, hashed] {
                for (other, made) in &outputs {
                    assert_ne!(output, *made, "{label:?} and {other:?}");
                    row.tried(1);
                }
                outputs.push((label, output));
            }
        }
        row.figure(format!(
            "{} outputs from one key, no two alike",
            outputs.len()
        ));
    }
}
