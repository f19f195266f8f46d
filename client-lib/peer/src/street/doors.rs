//! The two doors of the peer wing. A connection asks for one and never for the other. (SPEC §5.1)
//! Knows: their paths, and the type of the relay's first frame. Never knows: what is said there.

use partywall_ground::Peer;
use partywall_peer::Kind;
use partywall_street::Door;

/// Where readers prove mailboxes.
pub(super) const COLLECT: Door<Peer> = Door::new("/v1/collect", Kind::Hello.number());

/// Where anybody who holds a capability leaves envelopes, unseen.
pub(super) const DEPOSIT: Door<Peer> = Door::new("/v1/deposit", Kind::Hello.number());
