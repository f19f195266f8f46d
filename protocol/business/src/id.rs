//! The names things have in the business wing: bytes of one exact length, a type each.
//! Knows: how long they are, and which are hashes of which. Never shows what they are: `Debug`
//! prints the type's name, so that no log and no panic can tell one customer from another.

use crate::field::Recipient;
use crate::labels;
use partywall_ground::ids;
use partywall_proof::hash;

ids! {
    /// A business's account key: an Ed25519 public key, as received. (SPEC §11)
    AccountKey, 32;
    /// Which business: `H("business", account key)`. (SPEC §11)
    BusinessId, 32;
    /// A customer's key for one business: an Ed25519 public key, as received. Drawn for it alone,
    /// so that two businesses cannot compare it. (SPEC §11)
    PairwiseKey, 32;
    /// Which conversation: `H("conversation", business id, pairwise key)`. The customer's
    /// pseudonym, at the relay and at this business. (SPEC §12)
    ConversationId, 32;
    /// Whom a disclosure is about, as one recipient knows it. (SPEC §12)
    Subject, 16;
    /// Which disclosure: 16 random bytes, drawn by the relay. (SPEC §12)
    RecordKey, 16;
    /// Which batch of the exporter: 16 random bytes, drawn by the relay. (SPEC §14)
    BatchId, 16;
    /// Which table: `H("table", bytes)`. (SPEC §12)
    TableHash, 32;
    /// Which consent: `H("consent", bytes)`. (SPEC §12)
    ConsentHash, 32;
}

impl BusinessId {
    /// The business whose account key this is. (SPEC §11)
    #[must_use]
    pub fn of(account: &AccountKey) -> Self {
        Self(hash(labels::BUSINESS, &[account.as_bytes()]))
    }
}

impl ConversationId {
    /// The one conversation of a business and a pairwise key. (SPEC T-1)
    #[must_use]
    pub fn of(business: &BusinessId, pairwise: &PairwiseKey) -> Self {
        Self(hash(
            labels::CONVERSATION,
            &[business.as_bytes(), pairwise.as_bytes()],
        ))
    }
}

impl Subject {
    /// The name of a conversation's customer at one recipient. Two businesses, or two recipients,
    /// cannot join what they know by it. (SPEC T-2)
    #[must_use]
    pub fn of(conversation: &ConversationId, recipient: Recipient) -> Self {
        let whole = hash(
            labels::SUBJECT,
            &[conversation.as_bytes(), &[recipient.code()]],
        );
        let (first, _) = whole
            .split_first_chunk()
            .expect("a hash is longer than a subject");
        Self(*first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_recipients_cannot_join_a_customer_by_name() {
        let conversation =
            ConversationId::of(&BusinessId::new([1; 32]), &PairwiseKey::new([2; 32]));
        let other = ConversationId::of(&BusinessId::new([3; 32]), &PairwiseKey::new([2; 32]));
        let mut subjects = std::collections::BTreeSet::new();
        for conversation in [conversation, other] {
            for recipient in Recipient::ALL {
                assert!(subjects.insert(Subject::of(&conversation, recipient)));
            }
        }
        assert_eq!(subjects.len(), 6);
    }

    #[test]
    fn an_id_printed_tells_nothing_but_its_kind() {
        assert_eq!(
            format!("{:?}", ConversationId::new([1; 32])),
            "ConversationId"
        );
    }
}
