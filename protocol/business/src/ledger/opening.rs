//! What lets its holder see that an entry says what they were told. (SPEC §13.2)
//! Knows: salt and payload of one entry. Never knows: who is entitled to them.

use super::{Entry, Index, Payload, Salt};
use minicbor::{Decode, Encode};

/// Opens one entry. Has no `Debug`: it holds what the entry hides.
#[derive(Encode, Decode)]
#[cbor(map)]
pub struct Opening {
    /// Where the entry stands.
    #[n(0)]
    pub index: Index,
    /// The entry's salt.
    #[n(1)]
    pub salt: Salt,
    /// The entry's payload.
    #[n(2)]
    pub payload: Payload,
}

impl Opening {
    /// The entry that it opens, made again.
    #[must_use]
    pub fn entry(&self) -> Entry {
        Entry::commit(&self.salt, &self.payload)
    }
}

/// What a payload is about: its value under key 0. (SPEC §13.2)
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
#[repr(u8)]
pub enum Kind {
    /// Something about a customer was handed to a recipient.
    #[n(1)]
    Disclosure = 1,
    /// What became of a claim.
    #[n(2)]
    Outcome = 2,
    /// A business's certificate.
    #[n(3)]
    Certificate = 3,
    /// A certificate's end.
    #[n(4)]
    Revocation = 4,
    /// A policy's table.
    #[n(5)]
    Table = 5,
    /// Entries whose payload and salt were destroyed.
    #[n(6)]
    Redaction = 6,
}

impl Payload {
    /// What it is about, if it is deterministic CBOR and of a known kind.
    #[must_use]
    pub fn kind(&self) -> Option<Kind> {
        partywall_ground::cbor::check(self.as_bytes()).ok()?;
        let mut decoder = minicbor::Decoder::new(self.as_bytes());
        let entries = decoder.map().ok()??;
        if entries == 0 || decoder.u8().ok()? != 0 {
            return None;
        }
        decoder.decode().ok()
    }
}
