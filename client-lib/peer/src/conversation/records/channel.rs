//! What is remembered of a session besides its state, as it is sealed. (SPEC §4.5, S-2, S-13, C-7)
//! Knows: fields. Never knows: keys, SQL, sockets.

use minicbor::{Decode, Encode};

use super::Blob;

/// What is known of a session besides its state.
#[derive(Clone, Encode, Decode)]
pub(crate) struct ChannelRecord {
    #[n(0)]
    pub(crate) contact: i64,
    /// The row of its state.
    #[n(1)]
    pub(crate) session: i64,
    /// A session that only receives, and the day it ends.
    #[n(2)]
    pub(crate) until: Option<u32>,
    /// Begun by us with a renewal, and not answered yet.
    #[n(3)]
    pub(crate) anew: bool,
    /// Until this day it is weak. (S-2)
    #[n(4)]
    pub(crate) weak_until: Option<u32>,
    /// The peer is confirmed in it. (S-13)
    #[n(5)]
    pub(crate) confirmed: bool,
    /// Begun with a renewal, by either side.
    #[n(6)]
    pub(crate) renewed: bool,
    /// The first sequence that was sealed in it since it was confirmed.
    #[n(7)]
    pub(crate) first: Option<u64>,
    /// Begun by the peer with our renewal, and not confirmed yet. (C-7)
    #[n(8)]
    pub(crate) unproven: Option<Unproven>,
}

/// What is to be known when a session that the peer began anew is confirmed. (C-7)
#[derive(Clone, Encode, Decode)]
pub(crate) struct Unproven {
    /// The greatest sequence of ours when it began.
    #[n(0)]
    pub(crate) since: u64,
    /// We had begun anew, too, and were not answered yet.
    #[n(1)]
    pub(crate) both: bool,
    /// The probe is to be sent.
    #[n(2)]
    pub(crate) probe: bool,
    /// Contents that are kept, and their bytes.
    #[n(3)]
    pub(crate) kept: u32,
    #[n(4)]
    pub(crate) bytes: u64,
}

/// A content that is kept until its session is confirmed.
#[derive(Encode, Decode)]
pub(crate) struct UnprovenRecord {
    /// The id that a message of it will have.
    #[n(0)]
    pub(crate) id: Blob,
    #[n(1)]
    pub(crate) content: Blob,
}
