//! Who comes to the door: businesses and customers, with what their apps hold.
//! Knows: keys, what was agreed to and when that was answered. Never knows: the relay's side of it.

use partywall_business::field::Recipient;
use partywall_business::id::{BusinessId, ConversationId, PairwiseKey, Subject};
use partywall_business::signed::Signed;
use partywall_business::{Declared, Domain};
use partywall_proof::SigningKey;

use crate::door::Line;
use crate::oracle::Agreed;

/// A verified business.
pub struct Shop {
    /// Logs in.
    pub key: SigningKey,
    /// Its id.
    pub id: BusinessId,
    /// How it is found.
    pub domain: Domain,
    /// Its connection.
    pub line: Option<Line>,
    /// It was suspended or revoked, and that was answered.
    pub is_barred: bool,
    /// For good.
    pub is_revoked: bool,
}

/// A customer of one business.
pub struct Customer {
    /// Logs in, signs.
    pub key: SigningKey,
    /// Which business.
    pub shop: usize,
    /// The conversation, whether it has begun or not.
    pub conversation: ConversationId,
    /// The highest counter that was signed.
    pub counter: u64,
    /// Everything that was ever signed, in order.
    pub history: Vec<Agreed>,
    /// The newest of them that was answered.
    pub answered: usize,
    /// The newest table that was seen, in hex.
    pub line: Option<Line>,
    /// Leaving or erasing was answered.
    pub is_barred: bool,
    /// Everything was erased, or may have been.
    pub is_erased: bool,
    /// It left, or may have.
    pub has_left: bool,
}

impl Customer {
    /// A stranger to this business.
    #[must_use]
    pub fn new(key: SigningKey, shop: usize, business: &BusinessId) -> Self {
        let pairwise = PairwiseKey::new(*key.public().as_bytes());
        Self {
            conversation: ConversationId::of(business, &pairwise),
            key,
            shop,
            counter: 0,
            history: Vec::new(),
            answered: 0,
            line: None,
            is_barred: false,
            is_erased: false,
            has_left: false,
        }
    }

    /// The names under which sinks know it.
    #[must_use]
    pub fn subjects(&self) -> [String; 3] {
        Recipient::ALL
            .map(|recipient| hex::encode(Subject::of(&self.conversation, recipient).as_bytes()))
    }
}

/// A receipt and what is declared with it, to be said until it is answered.
#[derive(Clone)]
pub struct Wish {
    /// The receipt.
    pub consent: Signed,
    /// The values.
    pub declared: Declared,
}
