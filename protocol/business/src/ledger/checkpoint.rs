//! A checkpoint: the tree's size and root, signed by the operator. (SPEC §13.3; C2SP tlog-checkpoint)
//! Knows: the three lines and the note around them. Never knows: the tree.

use super::{Hash, LedgerError, Operator, Origin, Size, note};
use base64::{Engine, prelude::BASE64_STANDARD};
use minicbor::decode::{Decode, Decoder};
use minicbor::encode::{Encode, Encoder, Write};
use partywall_proof::{NoteText, SigningKey};

/// As it was received or kept: nothing about it is proven yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnverifiedCheckpoint(Vec<u8>);

impl UnverifiedCheckpoint {
    /// Bytes of the longest note that is taken in.
    pub const LONGEST: usize = note::LONGEST;

    /// Takes a note's bytes; `None` if there are none or more than 8,192.
    #[must_use]
    pub fn from_bytes(note: &[u8]) -> Option<Self> {
        (1..=Self::LONGEST)
            .contains(&note.len())
            .then(|| Self(note.to_vec()))
    }

    /// The note's bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Proves that the operator signed it. The only door to a [`Checkpoint`] but [`Checkpoint::sign`]. (SPEC L-6, L-7)
    ///
    /// # Errors
    /// [`LedgerError::Malformed`] or [`LedgerError::NotSigned`].
    pub fn verify(self, operator: &Operator) -> Result<Checkpoint, LedgerError> {
        let text = note::open(&self.0, operator)?;
        let (size, root) = body(text, operator.origin()).ok_or(LedgerError::Malformed)?;
        Ok(Checkpoint {
            operator: operator.clone(),
            size,
            root,
            note: self,
        })
    }
}

impl<C> Encode<C> for UnverifiedCheckpoint {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        encoder.bytes(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for UnverifiedCheckpoint {
    fn decode(decoder: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Self::from_bytes(decoder.bytes()?)
            .ok_or_else(|| minicbor::decode::Error::message("not as long as a note"))
    }
}

/// What an operator signed for: so many entries, under this root. Keeps the note as it was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    operator: Operator,
    size: Size,
    root: Hash,
    note: UnverifiedCheckpoint,
}

impl Checkpoint {
    /// Signs for a ledger of this size and root.
    #[must_use]
    pub fn sign(origin: &Origin, size: Size, root: Hash, key: &SigningKey) -> Self {
        let root_text = BASE64_STANDARD.encode(root.as_bytes());
        let text = format!("{}\n{}\n{root_text}\n", origin.as_str(), size.value());
        let text = NoteText::new(&text).expect("an origin is printable and not empty");
        let note = note::sign(origin, text, key).into_bytes();
        Self {
            operator: Operator::new(origin.clone(), key.public()),
            size,
            root,
            note: UnverifiedCheckpoint(note),
        }
    }

    /// Whose it is.
    #[must_use]
    pub const fn operator(&self) -> &Operator {
        &self.operator
    }

    /// How many entries it is for.
    #[must_use]
    pub const fn size(&self) -> Size {
        self.size
    }

    /// The root over them.
    #[must_use]
    pub const fn root(&self) -> &Hash {
        &self.root
    }

    /// The note as it was signed or received: what to keep, and what to show to others.
    #[must_use]
    pub fn note(&self) -> &[u8] {
        self.note.as_bytes()
    }

    /// The same as something received, for sending it on and for keeping it.
    #[must_use]
    pub fn into_unverified(self) -> UnverifiedCheckpoint {
        self.note
    }
}

/// Three lines and nothing more: origin, size, root. (SPEC L-7)
fn body(text: &str, origin: &Origin) -> Option<(Size, Hash)> {
    let mut lines = text.strip_suffix('\n')?.split('\n');
    let (name, size, root) = (lines.next()?, lines.next()?, lines.next()?);
    if name != origin.as_str() || lines.next().is_some() {
        return None;
    }
    let value: u64 = size.parse().ok()?;
    if value.to_string() != size {
        return None;
    }
    let root: [u8; Hash::LENGTH] = BASE64_STANDARD.decode(root).ok()?.try_into().ok()?;
    let root = Hash::new(root);
    if value == 0 && root != Hash::of_nothing() {
        return None;
    }
    Some((Size::new(value), root))
}
