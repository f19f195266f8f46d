//! What a client remembers of a ledger, and how it catches another history. (SPEC §13.5, L-9 to L-11)
//! Knows: the newest checkpoint that this client verified. Never knows: where it is kept, who else remembers.

use super::{Checkpoint, Consistency, UnverifiedCheckpoint};
use minicbor::{Decode, Encode};

/// The newest verified checkpoint that a client has seen. To keep it is to keep its note; to load it is to verify that again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness(Checkpoint);

/// In which way two checkpoints are not of one history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, thiserror::Error)]
#[cbor(index_only)]
pub enum Divergence {
    /// The one shown as newest has fewer entries.
    #[n(1)]
    #[error("the ledger has become smaller")]
    Smaller,
    /// As many entries, another root: with both notes anybody can see that the operator signed two histories.
    #[n(2)]
    #[error("the operator signed two different ledgers of one size")]
    OtherRoot,
    /// More entries, and no proof that the old ones are among them.
    #[n(3)]
    #[error("the ledger's new state is not shown to contain the old one")]
    NotShown,
    /// Of another log or by another key.
    #[n(4)]
    #[error("the checkpoint is another ledger's")]
    OtherLedger,
}

/// Two checkpoints that are not of one history, kept as evidence: both notes are as received.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, thiserror::Error)]
#[cbor(map)]
#[error(
    "{divergence}: keep this record, show it to others, and rely on nothing this relay says until it is explained"
)]
pub struct Fork {
    /// In which way.
    #[n(0)]
    pub divergence: Divergence,
    /// The note that was remembered.
    #[n(1)]
    pub remembered: UnverifiedCheckpoint,
    /// The note that was shown.
    #[n(2)]
    pub shown: UnverifiedCheckpoint,
    /// The proof that was shown with it, which does not hold.
    #[n(3)]
    pub proof: Option<Consistency>,
}

impl Witness {
    /// Begins with a first checkpoint, on trust that it is what others see too.
    #[must_use]
    pub const fn begin(first: Checkpoint) -> Self {
        Self(first)
    }

    /// The newest checkpoint seen.
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.0
    }

    /// Moves to what is shown as the newest. Where both are of one size `proof` has no hashes. (SPEC L-10)
    ///
    /// # Errors
    /// [`Fork`], with both notes; the witness stays as it is.
    pub fn advance(&self, newest: Checkpoint, proof: &Consistency) -> Result<Self, Box<Fork>> {
        let shrunk = newest.operator() == self.0.operator() && newest.size() < self.0.size();
        if shrunk && !partywall_mutant::is("A02") {
            return Err(self.fork(Divergence::Smaller, &newest, proof));
        }
        self.compare(&self.0, &newest, &newest, proof)?;
        Ok(Self(newest))
    }

    /// Recognises a checkpoint that may be older than the newest, such as the one inside a [`Proven`](super::Proven), as part of the
    /// remembered history. (SPEC L-11)
    ///
    /// # Errors
    /// [`Fork`], with both notes.
    pub fn recognise(&self, shown: &Checkpoint, proof: &Consistency) -> Result<(), Box<Fork>> {
        if shown.size() <= self.0.size() {
            self.compare(shown, &self.0, shown, proof)
        } else {
            self.compare(&self.0, shown, shown, proof)
        }
    }

    fn compare(
        &self,
        older: &Checkpoint,
        newer: &Checkpoint,
        shown: &Checkpoint,
        proof: &Consistency,
    ) -> Result<(), Box<Fork>> {
        if partywall_mutant::is("A02") {
            return Ok(());
        }
        if older.operator() != newer.operator() {
            return Err(self.fork(Divergence::OtherLedger, shown, proof));
        }
        if older.size() == newer.size() && older.root() != newer.root() {
            return Err(self.fork(Divergence::OtherRoot, shown, proof));
        }
        let of_these = proof.old == older.size() && proof.new == newer.size();
        if !of_these || proof.verify(older.root(), newer.root()).is_err() {
            return Err(self.fork(Divergence::NotShown, shown, proof));
        }
        Ok(())
    }

    fn fork(&self, divergence: Divergence, shown: &Checkpoint, proof: &Consistency) -> Box<Fork> {
        Box::new(Fork {
            divergence,
            remembered: self.0.clone().into_unverified(),
            shown: shown.clone().into_unverified(),
            proof: Some(proof.clone()),
        })
    }
}
