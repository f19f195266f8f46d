//! The one payload that is the ledger's own: which entries can no longer be opened by their operator. (SPEC §13.2, L-5)
//! Knows: indices. Never knows: what the entries said, whom they concerned.

use super::{Index, Kind, Payload};
use minicbor::{Decode, Encode};
use partywall_ground::AtMost;
use partywall_ground::cbor::{self, BodyError};

/// Entries whose payload and salt the operator destroyed, in ascending order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redaction(Vec<Index>);

#[derive(Encode, Decode)]
#[cbor(map)]
struct Body {
    #[n(0)]
    kind: Kind,
    #[n(1)]
    entries: AtMost<Index, { Redaction::MOST }>,
}

impl Redaction {
    /// As many entries as one redaction may name.
    pub const MOST: usize = 1_000;

    /// Of these entries, in any order, each counted once; `None` if there are none or more than 1,000.
    #[must_use]
    pub fn of(mut entries: Vec<Index>) -> Option<Self> {
        entries.sort_unstable();
        entries.dedup();
        (1..=Self::MOST)
            .contains(&entries.len())
            .then_some(Self(entries))
    }

    /// The entries, in ascending order.
    #[must_use]
    pub fn entries(&self) -> &[Index] {
        &self.0
    }

    /// The payload that says so.
    ///
    /// # Panics
    /// Never: 1,000 indices fit.
    #[must_use]
    pub fn to_payload(&self) -> Payload {
        let entries = self.0.clone().try_into();
        let body = Body {
            kind: Kind::Redaction,
            entries: entries.expect("a redaction is made with at most 1,000 entries"),
        };
        Payload::new(cbor::encode(&body)).expect("1,000 indices are shorter than a payload may be")
    }

    /// Reads a payload of this kind.
    ///
    /// # Errors
    /// [`BodyError`] when it is another kind, not strictly ascending, empty or too long.
    pub fn from_payload(payload: &Payload) -> Result<Self, BodyError> {
        let body: Body = cbor::decode(payload.as_bytes())?;
        let entries = body.entries.into_vec();
        let ascending = entries.windows(2).all(|pair| pair[0] < pair[1]);
        if body.kind != Kind::Redaction || entries.is_empty() || !ascending {
            return Err(BodyError::Shape);
        }
        Ok(Self(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redaction_names_each_entry_once_and_reads_back() {
        let indices = |values: &[u64]| values.iter().copied().map(Index::new).collect::<Vec<_>>();
        let redaction = Redaction::of(indices(&[9, 3, 9])).unwrap();
        assert_eq!(redaction.entries(), indices(&[3, 9]));
        let payload = redaction.to_payload();
        assert_eq!(payload.as_bytes(), [0xa2, 0, 6, 1, 0x82, 3, 9]);
        assert_eq!(payload.kind(), Some(Kind::Redaction));
        assert_eq!(Redaction::from_payload(&payload), Ok(redaction));
        for broken in [
            &[0xa2, 0, 6, 1, 0x82, 9, 3][..],
            &[0xa2, 0, 6, 1, 0x82, 3, 3],
            &[0xa2, 0, 6, 1, 0x80],
            &[0xa2, 0, 5, 1, 0x81, 3],
            &[0xa1, 0, 6],
        ] {
            let payload = Payload::new(broken.to_vec()).unwrap();
            assert!(Redaction::from_payload(&payload).is_err(), "{broken:?}");
        }
        assert!(Redaction::of(Vec::new()).is_none());
        assert!(Redaction::of((0..1_001).map(Index::new).collect()).is_none());
        assert!(Redaction::of((0..1_000).map(Index::new).collect()).is_some());
    }
}
