//! What is remembered of relays, mailboxes, contacts and sessions, as it is sealed.
//! Knows: fields. Never knows: SQL, sockets.

mod channel;
mod small;

use minicbor::{Decode, Encode};

pub(crate) use channel::{ChannelRecord, Unproven, UnprovenRecord};
pub(crate) use small::{Blob, Key32};

use super::content::{Moved, Span};

/// What holds for the whole store.
#[derive(Encode, Decode)]
pub(crate) struct SettingRecord {
    /// Confirmed contacts are told that their messages arrived.
    #[n(0)]
    pub(crate) receipts: bool,
    /// The longest retention a relay told, in days.
    #[n(1)]
    pub(crate) retention: u32,
    /// The relay that was used last by link.
    #[n(2)]
    pub(crate) home: Option<i64>,
    /// The day on which was last looked for what has expired.
    #[n(3)]
    pub(crate) swept: u32,
}

/// A relay where we have mailboxes.
#[derive(Clone, Encode, Decode)]
pub(crate) struct RelayRecord {
    #[n(0)]
    pub(crate) authorities: Vec<String>,
    #[n(1)]
    pub(crate) key: Key32,
    #[n(2)]
    pub(crate) pass: Option<Key32>,
    #[n(3)]
    pub(crate) credits: Vec<Key32>,
}

/// How far a mailbox of ours has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub(crate) enum MailboxState {
    /// Its keys are drawn; the relay has not said that it is there.
    #[n(0)]
    Drawn,
    /// The relay has it.
    #[n(1)]
    Open,
    /// It is to be erased at the relay.
    #[n(2)]
    Closing,
}

/// A mailbox of ours.
#[derive(Clone, Encode, Decode)]
pub(crate) struct MailboxRecord {
    #[n(0)]
    pub(crate) relay: i64,
    #[n(1)]
    pub(crate) reader: Key32,
    #[n(2)]
    pub(crate) capability: Key32,
    #[n(3)]
    pub(crate) state: MailboxState,
    /// The greatest count of acknowledgements this store knows of. (C-7)
    #[n(4)]
    pub(crate) acks: u64,
    #[n(5)]
    pub(crate) purpose: Purpose,
    /// The day of its last envelope.
    #[n(6)]
    pub(crate) last_day: u32,
    /// The relay has said once that it is there.
    #[n(7)]
    pub(crate) was_open: bool,
    /// A credit set aside for making it.
    #[n(8)]
    pub(crate) credit: Option<Key32>,
}

/// What a mailbox is for.
#[derive(Clone, Encode, Decode)]
pub(crate) enum Purpose {
    /// Behind a link that we made.
    #[n(0)]
    Link(#[n(0)] LinkRecord),
    /// For one conversation.
    #[n(1)]
    Contact {
        #[n(0)]
        contact: i64,
        #[n(1)]
        epoch: u64,
    },
    /// For a contact that is being added.
    #[n(2)]
    Adding,
}

/// A link that we made.
#[derive(Clone, Encode, Decode)]
pub(crate) struct LinkRecord {
    #[n(0)]
    pub(crate) name: String,
    #[n(1)]
    pub(crate) reusable: bool,
    /// L.
    #[n(2)]
    pub(crate) secret: Key32,
    /// Ed25519 seed ‖ X25519 secret.
    #[n(3)]
    pub(crate) identity: Blob,
    #[n(4)]
    pub(crate) text: String,
    /// The shelf has been filled for the first time.
    #[n(5)]
    pub(crate) ready: bool,
    /// An invitation that somebody used.
    #[n(6)]
    pub(crate) used: bool,
    /// What lies on the shelf is to be thrown away first.
    #[n(7)]
    pub(crate) clear: bool,
    /// The last-resort bundle on the shelf, if it was not used.
    #[n(8)]
    pub(crate) last_resort: Option<i64>,
}

/// The secrets of a bundle.
#[derive(Encode, Decode)]
pub(crate) struct BundleRecord {
    #[n(0)]
    pub(crate) owner: BundleOwner,
    #[n(1)]
    pub(crate) secret: Blob,
    #[n(2)]
    pub(crate) one_time: bool,
    /// The L of a renewal.
    #[n(3)]
    pub(crate) link: Key32,
    /// The day from which the secrets are no longer wanted.
    #[n(4)]
    pub(crate) until: Option<u32>,
}

/// Whose shelf or renewal a bundle is.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub(crate) enum BundleOwner {
    #[n(0)]
    Mailbox(#[n(0)] i64),
    #[n(1)]
    Contact(#[n(0)] i64),
}

/// A drop that somebody reads.
#[derive(Clone, Encode, Decode)]
pub(crate) struct TargetRecord {
    #[n(0)]
    pub(crate) authorities: Vec<String>,
    #[n(1)]
    pub(crate) key: Key32,
    #[n(2)]
    pub(crate) capability: Key32,
    #[n(3)]
    pub(crate) contact: i64,
    /// Nobody reads there any more.
    #[n(4)]
    pub(crate) gone: bool,
}

/// A contact, and where its conversation stands.
#[derive(Clone, Encode, Decode)]
pub(crate) struct ContactRecord {
    #[n(0)]
    pub(crate) name: String,
    /// Ed25519 seed ‖ X25519 secret, drawn for the link.
    #[n(1)]
    pub(crate) identity: Blob,
    /// Ed ‖ IK of the peer.
    #[n(2)]
    pub(crate) peer: Blob,
    /// The mailbox of our link that it came by.
    #[n(3)]
    pub(crate) came_by: Option<i64>,
    /// The drop id of its link that we used.
    #[n(4)]
    pub(crate) used_link: Option<Key32>,
    /// It was confirmed once; whether it is now, the session that seals says.
    #[n(5)]
    pub(crate) confirmed: bool,
    #[n(6)]
    pub(crate) verified: bool,
    #[n(8)]
    pub(crate) rolled_back: bool,
    /// The session that seals.
    #[n(9)]
    pub(crate) sending: i64,
    /// The greatest sequence that was sealed.
    #[n(10)]
    pub(crate) sent: u64,
    /// The greatest sequence of ours that the peer has shown.
    #[n(11)]
    pub(crate) shown: u64,
    /// The greatest sequence of the peer's.
    #[n(12)]
    pub(crate) seen: u64,
    /// The next sequence that is to be surfaced.
    #[n(13)]
    pub(crate) next: u64,
    /// Surfaced as gaps and not arrived since.
    #[n(14)]
    pub(crate) missing: Vec<Span>,
    /// How long was waited for the next one, in milliseconds of being connected.
    #[n(15)]
    pub(crate) waited: u64,
    /// Where we write, and the peer's epoch of it.
    #[n(16)]
    pub(crate) target: i64,
    #[n(17)]
    pub(crate) target_epoch: u64,
    /// What we tell of our move, until shown; and the first sequence that told it.
    #[n(18)]
    pub(crate) moved: Option<Moved>,
    #[n(19)]
    pub(crate) moved_told: Option<u64>,
    /// Our newest mailbox is told until mail arrives there.
    #[n(20)]
    pub(crate) announce: Option<i64>,
    #[n(21)]
    pub(crate) announced: bool,
    /// Our newest epoch.
    #[n(22)]
    pub(crate) epoch: u64,
    /// What the peer told of its move.
    #[n(23)]
    pub(crate) peer_moved: Option<Moved>,
    /// Taken in since the last receipt.
    #[n(24)]
    pub(crate) receipts: Vec<Span>,
    /// A text is among them.
    #[n(25)]
    pub(crate) receipt_due: bool,
    /// The bundle we gave, unused.
    #[n(26)]
    pub(crate) gave: Option<i64>,
    /// The bundle the peer gave: 1,369 bytes, and its L.
    #[n(27)]
    pub(crate) has: Option<(Blob, Key32)>,
    /// Contents taken in since our last one.
    #[n(29)]
    pub(crate) unanswered: u64,
    /// We answer by ourselves before the peer is confirmed: it came by an invitation.
    #[n(30)]
    pub(crate) invited: bool,
    /// The first, empty content is to be sent.
    #[n(31)]
    pub(crate) hello: bool,
    /// The app's own.
    #[n(32)]
    pub(crate) note: Option<Blob>,
    /// Sealed before it was known whether this store is an older copy: rows of the outbox, and
    /// their messages'. At most a chain's length.
    #[n(33)]
    pub(crate) on_trust: Vec<(i64, Option<i64>)>,
    /// The greatest sequence of ours that carried a text.
    #[n(34)]
    pub(crate) said: Option<u64>,
}

/// A message of the history.
#[derive(Encode, Decode)]
pub(crate) struct MessageRecord {
    #[n(0)]
    pub(crate) id: Blob,
    #[n(1)]
    pub(crate) ours: bool,
    #[n(2)]
    pub(crate) milliseconds: u64,
    #[n(3)]
    pub(crate) text: String,
    #[n(4)]
    pub(crate) late: bool,
    #[n(5)]
    pub(crate) sequence: u64,
    /// Its writer did not have our newest text when it was written.
    #[n(6)]
    pub(crate) crossed: Option<bool>,
}

/// What arrived before its turn.
#[derive(Encode, Decode)]
pub(crate) struct HeldRecord {
    #[n(0)]
    pub(crate) sequence: u64,
    #[n(1)]
    pub(crate) id: Blob,
    #[n(2)]
    pub(crate) milliseconds: u64,
    #[n(3)]
    pub(crate) text: Option<String>,
    /// The greatest sequence of ours that its writer had.
    #[n(4)]
    pub(crate) seen: Option<u64>,
}

/// A durable event.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) enum EventRecord {
    #[n(0)]
    Message(#[n(0)] i64),
    #[n(1)]
    Gap(#[n(0)] u64),
    #[n(2)]
    NewContact(#[n(0)] bool),
    #[n(3)]
    Confirmed,
    #[n(4)]
    Failed(#[n(0)] i64),
    #[n(5)]
    Expired(#[n(0)] i64),
    #[n(6)]
    RolledBack(#[n(0)] bool),
    #[n(7)]
    Quarantined(#[n(0)] u32),
    #[n(8)]
    SkippedDropped(#[n(0)] u64),
}

/// What is remembered of a preamble: its channel, or that its contact was forgotten.
#[derive(Encode, Decode)]
pub(crate) struct HandshakeRecord {
    #[n(0)]
    pub(crate) channel: Option<i64>,
    /// The channel's `h1`.
    #[n(1)]
    pub(crate) h1: Key32,
}

impl ContactRecord {
    /// A contact with which nothing was said yet.
    pub(crate) fn blank(identity: Blob, peer: Blob) -> ContactRecord {
        ContactRecord {
            name: String::new(),
            identity,
            peer,
            came_by: None,
            used_link: None,
            confirmed: false,
            verified: false,
            rolled_back: false,
            sending: 0,
            sent: 0,
            shown: 0,
            seen: 0,
            next: 1,
            missing: Vec::new(),
            waited: 0,
            target: 0,
            target_epoch: 0,
            moved: None,
            moved_told: None,
            announce: None,
            announced: false,
            epoch: 0,
            peer_moved: None,
            receipts: Vec::new(),
            receipt_due: false,
            gave: None,
            has: None,
            unanswered: 0,
            invited: false,
            hello: false,
            note: None,
            on_trust: Vec::new(),
            said: None,
        }
    }
}
