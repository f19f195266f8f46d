//! Every label of the session, in one place: append-only, the same names in both wings. (SPEC §7.1)
//! Knows: names. Never knows: keys.

use partywall_ground::{Label, Wing};

macro_rules! labels {
    ($($function:ident = $name:literal),* $(,)?) => {
        $(
            pub(crate) fn $function<W: Wing>() -> Label {
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
    use std::collections::BTreeSet;

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
}
