//! What is said in the tests: clear parts, and a template that no rule has anything against.

use partywall_business::template::{self, ParameterKind, Slot};
use partywall_business::{Category, Clear, Commitment, Version};

pub(crate) const COMMITMENT: Commitment = Commitment::new([9; 32]);
pub(crate) const REPLY: Clear = Clear::Reply(COMMITMENT);
pub(crate) const CONTROL: Clear = Clear::Control(COMMITMENT);

/// A template that no rule has anything against.
pub(crate) fn draft(category: Category) -> template::Draft {
    let (body, kind) = match category {
        Category::Authentication => ("Your code is {{1}}, for the till.", ParameterKind::Code),
        _ => (
            "Your order of {{1}} loaves is ready.",
            ParameterKind::Integer,
        ),
    };
    template::Draft {
        name: format!("ready_{}", category.code()),
        version: Version::new(1),
        language: "en".to_owned(),
        category,
        header: None,
        body: body.to_owned(),
        footer: None,
        buttons: Vec::new(),
        slots: vec![Slot {
            kind,
            options: None,
        }],
    }
}

/// The same, under a commitment of its own: no two messages have one. (B-25)
pub(crate) fn anew(clear: Clear, commitment: [u8; 32]) -> Clear {
    if *clear.commitment() != COMMITMENT {
        return clear;
    }
    let commitment = Commitment::new(commitment);
    match clear {
        Clear::Reply(_) => Clear::Reply(commitment),
        Clear::Control(_) => Clear::Control(commitment),
        Clear::Template(_, template, version) => Clear::Template(commitment, template, version),
    }
}
