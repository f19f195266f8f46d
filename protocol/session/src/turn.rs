//! Whose move it is: a turn is due, or taken and not yet answered. (SPEC §4.4)
//! Knows: the keys that the next turn needs. Never knows: messages of the past.

use crate::chain::ChainKey;
use crate::header::{ChainHeader, HeaderKey};
use crate::{dh, kem};

/// A chain of ours that is being sent on.
pub(crate) struct Sending {
    pub(crate) header: HeaderKey,
    pub(crate) chain: ChainKey,
    pub(crate) n: u32,
    pub(crate) fixed: ChainHeader,
}

/// A chain of the peer's that is being received on.
pub(crate) struct Receiving {
    pub(crate) header: HeaderKey,
    pub(crate) chain: ChainKey,
    pub(crate) n: u32,
    /// Whether it is A's first chain, which carries no KEM.
    pub(crate) first: bool,
}

/// Either we owe a turn, or we took one and wait for the peer's.
pub(crate) enum Turn {
    Due(Due),
    Taken(Taken),
}

/// The peer moved last: the next seal makes new keys against these.
pub(crate) struct Due {
    pub(crate) next_header: HeaderKey,
    pub(crate) dh: dh::PublicKey,
    pub(crate) ek: Option<kem::PublicKey>,
    /// Length of our chain before.
    pub(crate) sent: u32,
}

/// We moved last: these secrets open the peer's next chain.
pub(crate) struct Taken {
    pub(crate) next_header: HeaderKey,
    pub(crate) dh: dh::SecretKey,
    /// None while B waits for A's first chain, which carries no KEM.
    pub(crate) kem: Option<kem::SecretKey>,
    /// None while B waits for A's first chain: B has not sent.
    pub(crate) sending: Option<Sending>,
}

/// What the first answer of B mixes in beside the ordinary: `DH(B's new key, IK_A)`. (SPEC §4.4)
pub(crate) enum Answer {
    /// We are A and wait for it, with the secret of IK_A.
    Awaited(dh::SecretKey),
    /// We are B and owe it, to IK_A.
    Owed(dh::PublicKey),
    /// It was given.
    Given,
    /// We make A up and know only the other half of the pair: B's new secret against IK_A. (SPEC §4.6)
    Simulated(dh::SecretKey, dh::PublicKey),
}
