//! The records themselves.
//! Knows: what is remembered of relays, conversations, messages, keys. Never knows: how it is used.

use minicbor::{Decode, Encode};
use partywall_business::certificate::{Hosting, Industry};
use partywall_business::field::Region;
use partywall_business::template::Parameter;
use partywall_business::{
    BusinessId, Categories, Clear, ConversationId, Declared, Envelope, EventId, Mark, PairwiseKey,
    Signed, TableHash,
};
use partywall_ground::Seconds;
use partywall_proof::{PublicKey, SigningKey};
use partywall_street::RelayPlace;

use super::Secret;
use crate::customer::{Progress, Standing};
use crate::store::StoreTrouble;
use crate::what::What;

/// A relay, and what of its ledger was seen.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Relay {
    /// `HOST:PORT`, one to three.
    #[n(0)]
    pub(crate) authorities: Vec<String>,
    /// The operator's business key.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub(crate) key: [u8; 32],
    /// Names the ledger.
    #[n(2)]
    pub(crate) origin: String,
    /// The newest checkpoint seen.
    #[n(3)]
    #[cbor(with = "minicbor::bytes")]
    pub(crate) note: Option<Vec<u8>>,
    /// The evidence of two histories, once there is any: a `Fork`.
    #[n(4)]
    #[cbor(with = "minicbor::bytes")]
    pub(crate) fork: Option<Vec<u8>>,
    /// The newest table seen.
    #[n(5)]
    pub(crate) table: Option<TableHash>,
    /// Its number.
    #[n(6)]
    pub(crate) version: u32,
}

impl Relay {
    pub(crate) fn place(&self) -> RelayPlace {
        RelayPlace {
            authorities: self.authorities.clone(),
            key: self.key,
        }
    }

    pub(crate) fn operator_key(&self) -> Result<PublicKey, StoreTrouble> {
        PublicKey::from_bytes(&self.key).map_err(|_bad| StoreTrouble::Damaged)
    }
}

/// What both sides keep of a conversation.
#[derive(Clone, Copy, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Thread {
    #[n(0)]
    pub(crate) conversation: ConversationId,
    /// The number of the last thing said by us.
    #[n(1)]
    pub(crate) said: u64,
    /// The highest number seen of the other side.
    #[n(2)]
    pub(crate) seen: u64,
    /// The number of the last event taken in.
    #[n(3)]
    pub(crate) heard: u64,
    /// Until when the business may write freely.
    #[n(4)]
    pub(crate) window: Option<Seconds>,
}

impl Thread {
    pub(crate) const fn new(conversation: ConversationId) -> Self {
        Self {
            conversation,
            said: 0,
            seen: 0,
            heard: 0,
            window: None,
        }
    }

    pub(crate) fn opens_until(&mut self, at: Seconds) {
        self.window = (at.value() > 0).then_some(at);
    }
}

/// A customer's conversation.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Talk {
    #[n(0)]
    pub(crate) relay: i64,
    #[n(1)]
    pub(crate) business: BusinessId,
    #[n(2)]
    pub(crate) domain: String,
    #[n(3)]
    pub(crate) name: String,
    #[n(4)]
    pub(crate) industry: Industry,
    #[n(5)]
    pub(crate) hosting: Hosting,
    /// The certificate that its person accepted; it may have run out since.
    #[n(6)]
    pub(crate) certificate: Signed,
    #[n(7)]
    pub(crate) thread: Thread,
    /// Ed25519 seed.
    #[n(8)]
    pub(crate) pairwise: Secret<32>,
    /// Ed25519 seed ‖ X25519 secret.
    #[n(9)]
    pub(crate) identity: Secret<64>,
    /// Ed25519 seed.
    #[n(10)]
    pub(crate) rights: Secret<32>,
    #[n(11)]
    pub(crate) standing: Standing,
    /// The table that the newest consent accepts.
    #[n(12)]
    pub(crate) accepted: TableHash,
    /// The newest table that the relay told of.
    #[n(13)]
    pub(crate) published: Option<TableHash>,
    /// The newest consent, as signed; its counter is the highest that was ever used.
    #[n(14)]
    pub(crate) consent: Signed,
    /// Whether the relay has said that it has it.
    #[n(15)]
    pub(crate) consented: bool,
    #[n(16)]
    pub(crate) declared: Declared,
    #[n(17)]
    pub(crate) opted_in: Categories,
    #[n(18)]
    pub(crate) blocked: bool,
    /// A certificate with other keys or hosting, until it was accepted.
    #[n(19)]
    pub(crate) changed: Option<Signed>,
    /// The sentence that says at what the relay was caught.
    #[n(20)]
    pub(crate) distrusted: Option<String>,
    #[n(21)]
    pub(crate) erasure: Option<Signed>,
    /// The highest counter that was ever signed.
    #[n(22)]
    pub(crate) counter: u64,
    /// The consent that the relay has, while a newer one is on its way.
    #[n(23)]
    pub(crate) before: Option<Before>,
    /// When its customer left.
    #[n(24)]
    pub(crate) left: Option<Seconds>,
}

/// A consent that holds until a newer one is taken.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Before {
    #[n(0)]
    pub(crate) consent: Signed,
    #[n(1)]
    pub(crate) accepted: TableHash,
}

impl Talk {
    pub(crate) fn pairwise_key(&self) -> SigningKey {
        SigningKey::from_seed(self.pairwise.bytes())
    }

    pub(crate) fn party(&self) -> partywall_business::consent::Party {
        partywall_business::consent::Party {
            business: self.business,
            pairwise: PairwiseKey::from(&self.pairwise_key().public()),
        }
    }

    /// The relay refused the newest consent for good: what holds there holds here. A refused
    /// consent's counter is not used again.
    pub(crate) fn takes_back_consent(&mut self) {
        if let Some(before) = self.before.take() {
            self.consent = before.consent;
            self.accepted = before.accepted;
        }
        self.consented = true;
    }

    pub(crate) const fn is_open(&self) -> bool {
        matches!(self.standing, Standing::Open)
    }
}

/// A shop's conversation.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Guest {
    #[n(0)]
    pub(crate) thread: Thread,
    #[n(1)]
    pub(crate) opted_in: Categories,
    #[n(2)]
    pub(crate) region: Option<Region>,
    #[n(3)]
    pub(crate) left: bool,
}

/// A shop.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub(crate) struct ShopRecord {
    #[n(0)]
    pub(crate) relay: i64,
    /// Ed25519 seed.
    #[n(1)]
    pub(crate) account: Secret<32>,
    /// Ed25519 seed ‖ X25519 secret.
    #[n(2)]
    pub(crate) identity: Secret<64>,
    #[n(3)]
    pub(crate) business: BusinessId,
    #[n(4)]
    pub(crate) hosting: Hosting,
    /// Hostings that it had: first flights bound to them may still be on their way.
    #[n(5)]
    pub(crate) before: Vec<Hosting>,
    /// The id of the last-resort bundle that lies on the shelf, and when it was made.
    #[n(6)]
    pub(crate) last_resort: Option<Seconds>,
}

/// A bundle's secrets, from the moment before it is put on the shelf.
#[derive(Encode, Decode)]
#[cbor(map)]
pub(crate) struct Bundle {
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub(crate) secret: Vec<u8>,
    #[n(1)]
    pub(crate) last_resort: bool,
    #[n(2)]
    pub(crate) until: Seconds,
}

/// A row of the outbox.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Outgoing {
    /// The message's row.
    #[n(0)]
    pub(crate) message: i64,
    /// The number it was given.
    #[n(1)]
    pub(crate) said: u64,
    #[n(2)]
    pub(crate) what: What,
    /// Of a template: its parameters.
    #[n(3)]
    pub(crate) parameters: Option<Vec<Parameter>>,
    /// Once it was sealed.
    #[n(4)]
    pub(crate) sealing: Option<Sealing>,
}

/// What leaves, and leaves again with the same bytes until it is answered. (SPEC B-25)
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Sealing {
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub(crate) content: Vec<u8>,
    #[n(1)]
    pub(crate) clear: Clear,
    #[n(2)]
    pub(crate) envelope: Envelope,
    /// In which session.
    #[n(3)]
    pub(crate) session: i64,
}

/// A message of either side.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Kept {
    #[n(0)]
    pub(crate) mine: bool,
    #[n(1)]
    pub(crate) said: u64,
    #[n(2)]
    pub(crate) at: Seconds,
    #[n(3)]
    pub(crate) what: What,
    #[n(4)]
    pub(crate) progress: Progress,
    #[n(5)]
    pub(crate) event: Option<EventId>,
    /// Of a received one: what a report of it opens.
    #[n(6)]
    pub(crate) opening: Option<Opening>,
}

/// What proves a received message. (SPEC B-19)
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Opening {
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub(crate) content: Vec<u8>,
    #[n(1)]
    pub(crate) clear: Clear,
    #[n(2)]
    pub(crate) mark: Mark,
    #[n(3)]
    pub(crate) key: partywall_business::frank::FrankingKey,
}
