//! What an event says, as it lies in the database. (SPEC §11.5)
//! Knows: ten kinds, a few bytes each. Never knows: sequences or receivers.

use partywall_business::id::TableHash;
use partywall_business::ledger::Index;
use partywall_business::{
    Categories, Category, CertificateHash, Clear, Envelope, EventId, Mark, OptIn, Reason,
};
use partywall_ground::cbor;
use partywall_store::StoreError;

use super::conversation::{bits, of_bits};

/// What happened. A disclosure is known by its entry: its proof is made when it is delivered.
pub(crate) enum What {
    Message {
        clear: Clear,
        envelope: Envelope,
        mark: Mark,
    },
    Began(Categories),
    Left,
    Opted(Category, OptIn),
    Disclosed(Index),
    Withdrawn(EventId, Reason),
    Suspended(Reason),
    Revoked(Reason),
    Table(TableHash),
    Certificate(CertificateHash),
}

/// The number of a message's kind.
pub(super) const MESSAGE: u8 = 1;

/// The number of a disclosure's kind.
pub(super) const DISCLOSED: u8 = 5;

impl What {
    /// Its number, on the wire and in the database.
    pub(super) const fn kind(&self) -> u8 {
        match self {
            Self::Message { .. } => MESSAGE,
            Self::Began(_) => 2,
            Self::Left => 3,
            Self::Opted(..) => 4,
            Self::Disclosed(_) => DISCLOSED,
            Self::Withdrawn(..) => 6,
            Self::Suspended(_) => 7,
            Self::Revoked(_) => 8,
            Self::Table(_) => 9,
            Self::Certificate(_) => 10,
        }
    }

    /// Its bytes in the database.
    pub(super) fn stored(&self) -> Vec<u8> {
        match self {
            Self::Message {
                clear,
                envelope,
                mark,
            } => {
                let clear = clear.to_bytes();
                let mut bytes = Vec::with_capacity(34 + clear.len() + envelope.as_bytes().len());
                bytes.extend_from_slice(mark.as_bytes());
                let length = u16::try_from(clear.len()).unwrap_or(u16::MAX);
                bytes.extend_from_slice(&length.to_be_bytes());
                bytes.extend_from_slice(&clear);
                bytes.extend_from_slice(envelope.as_bytes());
                bytes
            }
            Self::Began(categories) => vec![bits(categories)],
            Self::Left => Vec::new(),
            Self::Opted(category, opt_in) => {
                vec![category.code(), u8::from(*opt_in == OptIn::In)]
            }
            Self::Disclosed(entry) => entry.value().to_be_bytes().to_vec(),
            Self::Withdrawn(event, reason) => {
                let mut bytes = event.as_bytes().to_vec();
                bytes.push(reason.code());
                bytes
            }
            Self::Suspended(reason) | Self::Revoked(reason) => vec![reason.code()],
            Self::Table(hash) => hash.as_bytes().to_vec(),
            Self::Certificate(hash) => hash.as_bytes().to_vec(),
        }
    }

    /// Read back.
    pub(super) fn read(kind: u8, bytes: &[u8]) -> Result<Self, StoreError> {
        Self::try_read(kind, bytes).ok_or(StoreError::Corrupt)
    }

    fn try_read(kind: u8, bytes: &[u8]) -> Option<Self> {
        Some(match (kind, bytes) {
            (MESSAGE, _) => {
                let (mark, rest) = bytes.split_first_chunk::<32>()?;
                let (length, rest) = rest.split_first_chunk::<2>()?;
                let length = usize::from(u16::from_be_bytes(*length));
                let (clear, envelope) = rest.split_at_checked(length)?;
                Self::Message {
                    clear: cbor::decode(clear).ok()?,
                    envelope: Envelope::try_from(envelope).ok()?,
                    mark: Mark::new(*mark),
                }
            }
            (2, [categories]) => Self::Began(of_bits(*categories)),
            (3, []) => Self::Left,
            (4, [category, opted]) => {
                let opt_in = if *opted == 1 { OptIn::In } else { OptIn::Out };
                Self::Opted(Category::from_code(*category)?, opt_in)
            }
            (DISCLOSED, _) => {
                Self::Disclosed(Index::new(u64::from_be_bytes(bytes.try_into().ok()?)))
            }
            (6, [event @ .., reason]) => {
                Self::Withdrawn(EventId::try_from(event).ok()?, Reason::from_code(*reason)?)
            }
            (7, [reason]) => Self::Suspended(Reason::from_code(*reason)?),
            (8, [reason]) => Self::Revoked(Reason::from_code(*reason)?),
            (9, _) => Self::Table(TableHash::try_from(bytes).ok()?),
            (10, _) => Self::Certificate(CertificateHash::try_from(bytes).ok()?),
            _ => return None,
        })
    }
}
