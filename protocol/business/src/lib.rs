//! What is said in the business wing, and the rules that anyone can check: pure, as all of `protocol`.
//! Knows: SPEC §11 to §15. Never knows: clocks, dice, sockets, sessions, and the peer wing.

pub mod ledger;

pub mod labels;

pub mod field;
pub mod id;

pub mod precision;

pub mod value;

pub mod signed;

pub mod table;

pub mod consent;

pub mod permit;

pub mod disclosure;

pub mod sentence;

pub mod dpv;

mod conversation;
mod domain;
mod lists;
mod text;
mod words;

pub mod link;

pub mod certificate;
pub mod revocation;

mod clear;
pub mod content;
pub mod frank;
pub mod template;

mod kind;
mod login;
mod refusal;

pub mod answer;
pub mod event;
pub mod report;
pub mod request;
pub mod rights;

pub mod export;
pub mod window;

pub use clear::Clear;
pub use conversation::{
    CallerKey, CertificateHash, Commitment, Endpoint, EventId, Mark, RightsKey, TemplateId,
    Tombstone, business_link_secret,
};
pub use domain::{BadDomain, Domain};
pub use id::{
    AccountKey, BatchId, BusinessId, ConsentHash, ConversationId, PairwiseKey, RecordKey, Subject,
    TableHash,
};
pub use kind::{Caller, Direction, Door, Kind};
pub use link::BusinessLink;
pub use lists::{BadDeclaration, Categories, Declared, OneTo, WrongCount};
pub use login::{Login, ProvenCaller, Welcome};
pub use refusal::{Refusal, Refused, Rule};
pub use signed::Signed;
pub use text::{BadText, Bytes, Line, Text, deceives};
pub use words::{
    Blocking, BusinessStanding, Category, Class, ConversationStanding, Count, More, Number, OptIn,
    Reason, RevocationSequence, Role, Seen, Sequence, Serial, ShelfBefore, Tag, TemplateState,
    Version, Why,
};

pub use partywall_proof::WrongSize;

/// An envelope of this wing. (SPEC G-9)
pub type Envelope = partywall_proof::Envelope<partywall_ground::Business>;
/// A sealed bundle of this wing. (SPEC §4.1)
pub type SealedBundle = partywall_proof::SealedBundle<partywall_ground::Business>;
