//! There are two wings, and no third.

use partywall_ground::{Business, Label};

const LABEL: Label = Label::of::<Business>("table");

fn main() {}
