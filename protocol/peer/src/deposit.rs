//! The deposit door: anybody who holds a capability leaves envelopes, unseen. (SPEC §5.6)
//! Knows: bodies and their shapes. Never knows: who deposits, or who reads.

use crate::kind::said;
use crate::{Envelope, Number, SealedBundle};
use minicbor::{Decode, Encode};
use partywall_ground::Capability;
use partywall_ground::silent;
use partywall_proof::Hello;

said! {
    /// What clients say on the deposit door.
    FromClient {
        Use,
        Deposit,
        Take,
    }
}

said! {
    /// What the relay says on the deposit door.
    FromRelay {
        Hello,
        Opened,
        Accepted,
        Taken,
    }
}

silent!(Use);

/// Names the one drop of this connection; comes first, and once. (SPEC §5.6)
#[derive(Encode, Decode)]
#[cbor(map)]
pub struct Use {
    /// The right to leave mail there.
    #[n(0)]
    pub capability: Capability,
}

/// The drop is there. (SPEC §5.6)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Opened {}

/// Leaves an envelope. (SPEC §5.6)
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Deposit {
    /// Counts this connection's deposits.
    #[n(0)]
    pub number: Number,
    /// Sealed.
    #[n(1)]
    pub envelope: Envelope,
}

/// This deposit and all before it are on disk. (SPEC §5.6, P-15)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Accepted {
    /// The last of them.
    #[n(0)]
    pub number: Number,
}

/// Asks for a bundle from the shelf. (SPEC §5.6)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Take {}

/// A bundle from the shelf. (SPEC §5.6, P-10)
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Taken {
    /// None, when nothing is on the shelf.
    #[n(0)]
    pub bundle: Option<SealedBundle>,
}
