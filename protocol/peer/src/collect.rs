//! The collect door: readers prove their mailboxes, stock their shelves and take their mail.
//! (SPEC §5.2 to §5.5) Knows: bodies and their shapes. Never knows: who wrote what is delivered.

use crate::kind::said;
use crate::{Acks, Envelope, OneTimeLeft, Reason, SealedBundle, ShelfBefore, Slot, Tag};
use minicbor::{Decode, Encode};
use partywall_ground::limits::SHELVE;
use partywall_ground::silent;
use partywall_ground::{AtMost, Credit, DropId, Nonce32, Pass, ReaderId, Seconds, Spki};
use partywall_proof::{Hello, Signature};

said! {
    /// What clients say on the collect door.
    FromClient {
        Create,
        Attach,
        CloseMailbox,
        Shelve,
        Ack,
    }
}

said! {
    /// What the relay says on the collect door.
    FromRelay {
        Hello,
        Attached,
        Refused,
        Detached,
        Closed,
        Shelved,
        Deliver,
    }
}

silent!(Create, Closed);

/// Asks for a new mailbox, or, when both of its names are one mailbox's, to read it (P-5). As it
/// was received: nothing is proven until [`Create::prove`]. Made by [`Create::sign`]. (SPEC §5.3)
#[derive(Encode, Decode)]
#[cbor(map)]
pub struct Create {
    /// The client's name for the mailbox on this connection.
    #[n(0)]
    pub slot: Slot,
    /// Who will read it.
    #[n(1)]
    pub reader: ReaderId,
    /// Where mail for it is left.
    #[n(2)]
    pub drop: DropId,
    /// Drawn by the client for this request.
    #[n(3)]
    pub nonce: Nonce32,
    /// The TLS key of the certificate that the client was shown.
    #[n(4)]
    pub spki: Spki,
    /// The reader's.
    #[n(5)]
    pub signature: Signature,
    /// Admission by pass.
    #[n(6)]
    pub pass: Option<Pass>,
    /// Admission by credit.
    #[n(7)]
    pub credit: Option<Credit>,
}

/// Asks to read a mailbox. As it was received: nothing is proven until [`Attach::prove`]. Made by
/// [`Attach::sign`]. (SPEC §5.3)
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Attach {
    /// The client's name for the mailbox on this connection.
    #[n(0)]
    pub slot: Slot,
    /// Who reads it.
    #[n(1)]
    pub reader: ReaderId,
    /// Drawn by the client for this request.
    #[n(3)]
    pub nonce: Nonce32,
    /// The TLS key of the certificate that the client was shown.
    #[n(4)]
    pub spki: Spki,
    /// The reader's.
    #[n(5)]
    pub signature: Signature,
}

/// The mailbox is read on this connection now. (SPEC §5.3)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Attached {
    /// Which mailbox.
    #[n(0)]
    pub slot: Slot,
    /// How many envelopes were ever acknowledged in it.
    #[n(1)]
    pub acks: Acks,
    /// How many one-time bundles lie on its shelf.
    #[n(2)]
    pub one_time_left: OneTimeLeft,
}

/// A request about one slot was refused; the connection goes on. (SPEC §5.3)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Refused {
    /// Which mailbox.
    #[n(0)]
    pub slot: Slot,
    /// Why.
    #[n(1)]
    pub reason: Reason,
    /// How long to wait before asking again.
    #[n(2)]
    pub try_again_after: Option<Seconds>,
}

/// The mailbox is read elsewhere now, or has ended. (SPEC §5.3, P-7)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Detached {
    /// Which mailbox.
    #[n(0)]
    pub slot: Slot,
}

/// Ends a mailbox: the SPEC's `close`. (SPEC §5.3, P-6)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct CloseMailbox {
    /// Which mailbox.
    #[n(0)]
    pub slot: Slot,
}

/// The mailbox has ended; its slot is free. (SPEC §5.3, P-6)
#[derive(Encode, Decode)]
#[cbor(map)]
pub struct Closed {
    /// Which mailbox.
    #[n(0)]
    pub slot: Slot,
    /// Good for making one other.
    #[n(1)]
    pub credit: Option<Credit>,
}

/// Puts sealed bundles on a mailbox's shelf. (SPEC §5.4, P-9)
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Shelve {
    /// Which mailbox.
    #[n(0)]
    pub slot: Slot,
    /// What becomes of what lies there.
    #[n(1)]
    pub before: ShelfBefore,
    /// Each is handed out once.
    #[n(2)]
    pub one_time: AtMost<SealedBundle, SHELVE>,
    /// Replaces the one that is handed out when there is no other.
    #[n(3)]
    pub last_resort: Option<SealedBundle>,
}

/// The bundles are on disk. (SPEC §5.4)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Shelved {
    /// Which mailbox.
    #[n(0)]
    pub slot: Slot,
    /// How many one-time bundles lie there now.
    #[n(1)]
    pub one_time_left: OneTimeLeft,
}

/// An envelope for the reader. (SPEC §5.5, P-11)
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Deliver {
    /// Which mailbox.
    #[n(0)]
    pub slot: Slot,
    /// By which it is acknowledged.
    #[n(1)]
    pub tag: Tag,
    /// Sealed.
    #[n(2)]
    pub envelope: Envelope,
}

/// The reader has every delivery of the slot up to `tag`. (SPEC §5.5, P-11)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Ack {
    /// Which mailbox.
    #[n(0)]
    pub slot: Slot,
    /// The last of those deliveries.
    #[n(1)]
    pub tag: Tag,
}
