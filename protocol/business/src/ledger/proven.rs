//! The whole chain at once: payload, entry, leaf, root, signature. (SPEC §13.4, L-8)
//! Knows: how the links of the chain join. Never knows: what the payload says.

use super::{Checkpoint, Hash, Inclusion, Index, Opening, Operator, Payload, UnverifiedCheckpoint};
use minicbor::{Decode, Encode};

/// What is wrong with what a ledger's operator, or somebody in between, showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// Not of the form that SPEC §13 gives.
    #[error("this is not a checkpoint of this ledger: ask the relay for it again")]
    Malformed,
    /// No good signature of the operator's key under this ledger's name.
    #[error("the checkpoint is not signed by this ledger's operator: do not rely on it")]
    NotSigned,
    /// The opened entry is not in the tree that the checkpoint signs for.
    #[error("the ledger does not have this entry: do not rely on what it says")]
    NotIncluded,
    /// The larger tree does not begin with the smaller one, as far as this proof shows.
    #[error(
        "the ledger's new state is not shown to contain its old one: keep both checkpoints and ask the operator why"
    )]
    Inconsistent,
}

/// An opened entry with its proof, as received: nothing about it is proven yet. Has no `Debug`: it holds a payload.
#[derive(Encode, Decode)]
#[cbor(map)]
pub struct UnverifiedProof {
    /// Salt and payload.
    #[n(0)]
    pub opening: Opening,
    /// From the entry's leaf to the root.
    #[n(1)]
    pub inclusion: Inclusion,
    /// The root, signed.
    #[n(2)]
    pub checkpoint: UnverifiedCheckpoint,
}

impl UnverifiedProof {
    /// Proves that the operator's ledger has an entry that says this payload. The only door to a [`Proven`]. (SPEC L-8)
    ///
    /// # Errors
    /// The first link of the chain that does not hold.
    pub fn verify(self, operator: &Operator) -> Result<Proven, LedgerError> {
        let checkpoint = self.checkpoint.verify(operator)?;
        let inclusion = self.inclusion;
        let same_entry = inclusion.index == self.opening.index;
        if !same_entry || inclusion.size != checkpoint.size() {
            return Err(LedgerError::NotIncluded);
        }
        let leaf = Hash::leaf(&self.opening.entry());
        inclusion.verify(leaf, checkpoint.root())?;
        Ok(Proven {
            opening: self.opening,
            inclusion,
            checkpoint,
        })
    }
}

/// A payload that the operator wrote into the ledger: opened, included, signed for. Only [`UnverifiedProof::verify`] makes one.
pub struct Proven {
    opening: Opening,
    inclusion: Inclusion,
    checkpoint: Checkpoint,
}

impl Proven {
    /// What the entry says.
    #[must_use]
    pub const fn payload(&self) -> &Payload {
        &self.opening.payload
    }

    /// Where the entry stands.
    #[must_use]
    pub const fn index(&self) -> Index {
        self.opening.index
    }

    /// What the operator signed, with the entry in it: hold it against a [`Witness`](super::Witness).
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The same as something received, for sending it on and for keeping it.
    #[must_use]
    pub fn into_unverified(self) -> UnverifiedProof {
        UnverifiedProof {
            opening: self.opening,
            inclusion: self.inclusion,
            checkpoint: self.checkpoint.into_unverified(),
        }
    }
}

/// The type's name and nothing of what it holds.
impl std::fmt::Debug for Proven {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Proven")
    }
}
