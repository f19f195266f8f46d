//! What clients say to each other inside a session, as bytes. (SPEC §6)
//! Knows: the CDDL of `content`. Never knows: sessions, mailboxes of ours, the store.

use minicbor::{Decode, Encode};
use partywall_ground::cbor::{self, BodyError};
use partywall_ground::{AtMost, Capability, LinkSecret, RelayKey};
use partywall_proof::link::Authority;
use zeroize::Zeroizing;

use super::records::Blob;
use crate::error::GREATEST_TEXT;

/// Spans in one content at most.
pub(crate) const MOST_SPANS: usize = 16;
const BUNDLE: usize = 1_369;

/// One content. (SPEC §6)
#[derive(Encode, Decode)]
#[cbor(map)]
pub(crate) struct Content {
    #[n(0)]
    pub(crate) sequence: u64,
    #[n(1)]
    pub(crate) milliseconds: u64,
    /// The highest sequence seen from the peer, 0 for none.
    #[n(2)]
    pub(crate) seen: u64,
    #[n(3)]
    pub(crate) text: Option<String>,
    #[n(4)]
    pub(crate) reply_to: Option<ReplyTo>,
    #[n(5)]
    pub(crate) moved: Option<Moved>,
    #[n(6)]
    pub(crate) taken: Option<AtMost<Span, MOST_SPANS>>,
    #[n(7)]
    pub(crate) renewal: Option<Renewal>,
}

/// Write to this mailbox of mine from now on.
#[derive(Encode, Decode)]
#[cbor(map)]
pub(crate) struct ReplyTo {
    #[n(0)]
    pub(crate) epoch: u64,
    #[n(1)]
    pub(crate) authorities: AtMost<Authority, 3>,
    #[n(2)]
    pub(crate) relay: RelayKey,
    #[n(3)]
    pub(crate) capability: Capability,
}

/// I write to your epoch now; the last I sent to an older one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Moved {
    #[n(0)]
    pub(crate) epoch: u64,
    #[n(1)]
    pub(crate) last: u64,
}

/// Sequences, first and last, taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Span {
    #[n(0)]
    pub(crate) first: u64,
    #[n(1)]
    pub(crate) last: u64,
}

/// A bundle to begin anew with, and an L for it.
#[derive(Encode, Decode)]
#[cbor(map)]
pub(crate) struct Renewal {
    #[n(0)]
    pub(crate) bundle: Blob,
    #[n(1)]
    pub(crate) secret: LinkSecret,
}

impl Content {
    /// One that says nothing but when it was written and what was seen.
    pub(crate) fn bare(sequence: u64, milliseconds: u64, seen: u64) -> Content {
        Content {
            sequence,
            milliseconds,
            seen,
            text: None,
            reply_to: None,
            moved: None,
            taken: None,
            renewal: None,
        }
    }

    /// The one encoding.
    pub(crate) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(cbor::encode(self))
    }

    /// Reads what a peer wrote.
    ///
    /// # Errors
    /// The first thing that is not as the CDDL and its comments say.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Content, BodyError> {
        let content: Content = cbor::decode(bytes)?;
        let fits = [
            content.sequence >= 1,
            content
                .text
                .as_ref()
                .is_none_or(|text| text.len() <= GREATEST_TEXT),
            content
                .reply_to
                .as_ref()
                .is_none_or(|to| to.epoch >= 1 && !to.authorities.is_empty()),
            content.moved.is_none_or(|moved| moved.epoch >= 1),
            content.taken.as_ref().is_none_or(|spans| {
                !spans.is_empty() && spans.iter().all(|s| 1 <= s.first && s.first <= s.last)
            }),
            content
                .renewal
                .as_ref()
                .is_none_or(|renewal| renewal.bundle.len() == BUNDLE),
        ];
        if fits.iter().all(|fit| *fit) {
            Ok(content)
        } else {
            Err(BodyError::Shape)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    const VECTORS: &str = include_str!("../../../../protocol/vectors/content.json");

    #[test]
    fn every_content_vector_is_read_or_refused_as_it_says() {
        let file: Value = serde_json::from_str(VECTORS).unwrap();
        let vectors = file["vectors"].as_array().unwrap();
        assert!(vectors.len() > 50);
        for vector in vectors {
            let name = vector["name"].as_str().unwrap();
            let bytes = hex::decode(vector["hex"].as_str().unwrap()).unwrap();
            let content = Content::from_bytes(&bytes);
            assert_eq!(
                content.is_ok(),
                vector["valid"].as_bool().unwrap(),
                "{name}"
            );
            let Ok(content) = content else { continue };
            assert_eq!(content.to_bytes().as_slice(), bytes, "{name}");
            let fields = &vector["fields"];
            assert_eq!(
                content.sequence,
                fields["sequence"].as_u64().unwrap(),
                "{name}"
            );
            assert_eq!(content.seen, fields["seen"].as_u64().unwrap(), "{name}");
            assert_eq!(content.text.as_deref(), fields["text"].as_str(), "{name}");
        }
    }
}
