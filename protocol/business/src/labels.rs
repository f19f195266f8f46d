//! The labels under which the business wing hashes and signs. Append-only. (SPEC §7.1, G-1)
//! Knows: their names. Never knows: keys, nor the session's labels.

use partywall_ground::{Business, Label};

/// The operator's signature on a table, and a table's hash. (SPEC §12)
pub const TABLE: Label = Label::of::<Business>("table");
/// A customer's signature on a consent, and a consent's hash. (SPEC §12)
pub const CONSENT: Label = Label::of::<Business>("consent");
/// Under which a recipient knows a conversation. (SPEC §12)
pub const SUBJECT: Label = Label::of::<Business>("subject");
/// A conversation's id. (SPEC §11, §12)
pub const CONVERSATION: Label = Label::of::<Business>("conversation");
/// A business's id. (SPEC §11)
pub const BUSINESS: Label = Label::of::<Business>("business");
/// The link secret of a business, which is public. (SPEC §11)
pub const BUSINESS_LINK: Label = Label::of::<Business>("business link");

/// Every label of this file, so that none is used for two purposes.
pub const ALL: &[Label] = &[
    TABLE,
    CONSENT,
    SUBJECT,
    CONVERSATION,
    BUSINESS,
    BUSINESS_LINK,
];

#[cfg(test)]
mod tests {
    use super::*;
    use partywall_ground::{LINK, VOUCH};

    #[test]
    fn no_label_is_used_for_two_purposes() {
        for (place, label) in ALL.iter().enumerate() {
            assert!(!ALL[..place].contains(label), "{label:?}");
            assert!(![LINK, VOUCH].contains(label), "{label:?}");
        }
    }
}
