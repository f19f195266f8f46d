//! What a run leaves beside the contact while it is not complete.
//! Knows: the run's id, digests of its first lines. Never knows: the lines.

use sha2::{Digest, Sha256};

/// How many of the first lines an input is known by.
pub(crate) const HEAD: usize = 256;

const VERSION: u8 = 1;
const DIGEST: usize = 8;

/// Names a run; every line's key holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RunId(pub(crate) [u8; 16]);

/// What a line of the head is known by, in this run.
pub(crate) type LineDigest = [u8; DIGEST];

/// A run that is not complete: 1 version byte, 16 of its id, 8 for each line of its head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    /// Which run.
    pub(crate) run: RunId,
    /// Digests of its first lines, at most [`HEAD`].
    pub(crate) head: Vec<LineDigest>,
}

impl Record {
    /// As it is kept.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        bytes.extend_from_slice(&self.run.0);
        bytes.extend(self.head.iter().flatten());
        bytes
    }

    /// As it was kept; `None` when there is none, or one of a later release.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.strip_prefix(&[VERSION])?;
        let (run, head) = bytes.split_first_chunk::<16>()?;
        let (head, rest) = head.as_chunks::<DIGEST>();
        let whole = rest.is_empty() && !head.is_empty() && head.len() <= HEAD;
        whole.then(|| Self {
            run: RunId(*run),
            head: head.to_vec(),
        })
    }
}

impl RunId {
    /// The run that the person named.
    pub(crate) fn named(name: &str) -> Self {
        Self(first(&hash(&[b"named", name.as_bytes()])))
    }

    /// What a line of the head is known by.
    pub(crate) fn digest(self, text: &str) -> LineDigest {
        first(&hash(&[b"head", &self.0, text.as_bytes()]))
    }

    /// The key under which the line in this place is said, once.
    pub(crate) fn key(self, place: u64, text: &str) -> [u8; 32] {
        hash(&[b"line", &self.0, &place.to_be_bytes(), text.as_bytes()])
    }
}

fn hash(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new().chain_update(b"partywall/cli/lines/1");
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

fn first<const N: usize>(bytes: &[u8; 32]) -> [u8; N] {
    let mut start = [0; N];
    start.copy_from_slice(&bytes[..N]);
    start
}

#[cfg(test)]
mod tests {
    use partywall_client::GREATEST_NOTE;

    use super::*;

    #[test]
    fn a_record_comes_back_as_it_was_kept_and_fits_beside_a_contact() {
        let run = RunId([7; 16]);
        let head: Vec<LineDigest> = (0..HEAD).map(|n| run.digest(&n.to_string())).collect();
        let record = Record { run, head };
        let bytes = record.to_bytes();
        assert!(bytes.len() <= GREATEST_NOTE);
        assert_eq!(Record::from_bytes(&bytes), Some(record));
    }

    #[test]
    fn what_is_not_a_record_is_none() {
        let good = Record {
            run: RunId([7; 16]),
            head: vec![[1; 8]],
        }
        .to_bytes();
        let mut newer = good.clone();
        newer[0] = 2;
        let long = [&good[..], &[0; 8 * HEAD]].concat();
        for bytes in [&[][..], &[1], &good[..17], &good[..24], &newer, &long] {
            assert_eq!(Record::from_bytes(bytes), None);
        }
    }

    #[test]
    fn a_key_is_of_one_run_one_place_and_one_text() {
        let (one, other) = (RunId([1; 16]), RunId::named("nightly"));
        let keys = [
            one.key(0, "a"),
            one.key(1, "a"),
            one.key(0, "b"),
            other.key(0, "a"),
            RunId::named("nightly2").key(0, "a"),
        ];
        let distinct: std::collections::BTreeSet<_> = keys.iter().collect();
        assert_eq!(distinct.len(), keys.len());
        assert_eq!(RunId::named("nightly"), other);
    }
}
