//! The labels under which the peer wire hashes and signs. Append-only. (SPEC §7.1, G-1)
//! Knows: their names. Never knows: the session's labels, but for the drop id that both need.

use partywall_ground::{Label, Peer};

/// A drop id from a capability. (SPEC §3)
pub const DROP: Label = Label::of::<Peer>("drop");
/// A reader's signature on `create`. (SPEC §5.3)
pub const CREATE: Label = Label::of::<Peer>("create");
/// A reader's signature on `attach`. (SPEC §5.3)
pub const ATTACH: Label = Label::of::<Peer>("attach");

#[cfg(test)]
mod tests {
    use super::*;
    use partywall_ground::{LINK, VOUCH};

    #[test]
    fn no_label_is_used_for_two_purposes() {
        let labels = [DROP, CREATE, ATTACH, VOUCH, LINK];
        for (place, label) in labels.iter().enumerate() {
            assert!(!labels[..place].contains(label));
        }
    }
}
