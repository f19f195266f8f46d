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

/// The signature of a login. (SPEC §11.2)
pub const LOGIN: Label = Label::of::<Business>("login");
/// The operator's signature on a certificate, and a certificate's hash. (SPEC §11.3)
pub const CERTIFICATE: Label = Label::of::<Business>("certificate");
/// The operator's signature on a revocation. (SPEC §11.3)
pub const REVOCATION: Label = Label::of::<Business>("revocation");
/// The operator's signature on an approved template, and a template's id. (SPEC §11.1, §11.6)
pub const TEMPLATE: Label = Label::of::<Business>("template");
/// The commitment to what an envelope says. (SPEC §11.6)
pub const FRANK: Label = Label::of::<Business>("frank");
/// The relay's mark on such a commitment. (SPEC §11.6)
pub const FRANK_MARK: Label = Label::of::<Business>("frank mark");
/// The operator's signature on a receipt of erasure. (SPEC §11.7)
pub const ERASURE: Label = Label::of::<Business>("erasure");
/// What is kept of a conversation that was erased. (SPEC B-24)
pub const TOMBSTONE: Label = Label::of::<Business>("tombstone");

/// Every label of this file, so that none is used for two purposes.
pub const ALL: &[Label] = &[
    TABLE,
    CONSENT,
    SUBJECT,
    CONVERSATION,
    BUSINESS,
    BUSINESS_LINK,
    LOGIN,
    CERTIFICATE,
    REVOCATION,
    TEMPLATE,
    FRANK,
    FRANK_MARK,
    ERASURE,
    TOMBSTONE,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::ENTRY;
    use partywall_ground::{LINK, VOUCH};

    #[test]
    fn no_label_is_used_for_two_purposes() {
        for (place, label) in ALL.iter().enumerate() {
            assert!(!ALL[..place].contains(label), "{label:?}");
            assert!(![LINK, VOUCH, ENTRY].contains(label), "{label:?}");
        }
    }
}
