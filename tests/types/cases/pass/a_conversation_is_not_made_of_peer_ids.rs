//! A reader of the peer wing is no customer.

use partywall_business::id::{BusinessId, ConversationId, PairwiseKey};
use partywall_ground::ReaderId;

fn conversation(
    business: &BusinessId,
    pairwise: &PairwiseKey,
    reader: &ReaderId,
) -> ConversationId {
    ConversationId::of(business, pairwise)
}

fn main() {}
