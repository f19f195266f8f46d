//! One sealed channel between two people, of one wing. The front of this crate. (SPEC §4)
//! Knows: its handshake, its ratchet, the peer's public keys. Never knows: names, mailboxes, clocks.

use core::marker::PhantomData;

use partywall_ground::{Day, Wing};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::envelope::{PREAMBLE_LENGTH, Parts, longest, room_for};
use crate::error::{OpenError, SealError};
use crate::handshake::{Agreed, HandshakeId, PreambleId};
use crate::identity::IdentityKeys;
use crate::padding;
use crate::ratchet::Ratchet;
use crate::seal::{Context, Direction};
use crate::wiped::Wiped;

/// A channel of wing `W`. A `Session<Peer>` and a `Session<Business>` share no type and no key:
///
/// ```compile_fail
/// use partywall_ground::{Business, Day, Peer};
/// use partywall_session::Session;
/// fn peer_only(session: &mut Session<Peer>, envelope: &[u8]) {
///     let _ = session.open(envelope, Day::new(0));
/// }
/// fn mix(business: &mut Session<Business>) {
///     peer_only(business, &[]);
/// }
/// ```
///
/// The same with the right wing compiles:
///
/// ```
/// use partywall_ground::{Day, Peer};
/// use partywall_session::Session;
/// fn peer_only(session: &mut Session<Peer>, envelope: &[u8]) {
///     let _ = session.open(envelope, Day::new(0));
/// }
/// fn fits(peer: &mut Session<Peer>) {
///     peer_only(peer, &[]);
/// }
/// ```
pub struct Session<W: Wing> {
    pub(crate) handshake: HandshakeId,
    pub(crate) sid: Wiped,
    pub(crate) role: Role,
    pub(crate) peer: IdentityKeys,
    pub(crate) ratchet: Ratchet<W>,
    pub(crate) wing: PhantomData<W>,
}

/// Who began. A keeps the preamble while she waits for an answer (S-3), B its name, to know it again (S-5).
pub(crate) enum Role {
    Initiator { preamble: Option<Vec<u8>> },
    Responder { preamble: PreambleId },
}

/// What came out of an envelope.
pub struct Opened {
    /// The content, without padding; wiped on drop.
    pub content: Zeroizing<Vec<u8>>,
    /// How many kept keys of missing messages were given up for room. (SPEC S-8)
    pub forgotten: usize,
}

impl<W: Wing> Session<W> {
    pub(crate) fn initiator(
        agreed: Agreed,
        peer: IdentityKeys,
        preamble: Vec<u8>,
        ratchet: impl FnOnce(&Agreed) -> Ratchet<W>,
    ) -> Self {
        let role = Role::Initiator {
            preamble: Some(preamble),
        };
        Self::new(&agreed, peer, role, ratchet)
    }

    pub(crate) fn responder(
        agreed: Agreed,
        peer: IdentityKeys,
        preamble: PreambleId,
        ratchet: impl FnOnce(&Agreed) -> Ratchet<W>,
    ) -> Self {
        Self::new(&agreed, peer, Role::Responder { preamble }, ratchet)
    }

    fn new(
        agreed: &Agreed,
        peer: IdentityKeys,
        role: Role,
        ratchet: impl FnOnce(&Agreed) -> Ratchet<W>,
    ) -> Self {
        Self {
            handshake: agreed.h1,
            sid: Wiped::copy_of(agreed.sid.bytes()),
            role,
            peer,
            ratchet: ratchet(agreed),
            wing: PhantomData,
        }
    }

    /// Seals content into the smallest envelope that it fits in: 4,096, 16,384 or 65,536 bytes.
    /// The stepped state must be stored before the envelope leaves. (SPEC C-3)
    ///
    /// # Errors
    /// [`SealError::TooLong`] beyond 63,166 bytes (61,950 before the first answer), [`SealError::TurnDue`] after
    /// 20,000 messages without an answer. The state is unchanged then.
    pub fn seal(&mut self, content: &[u8], rng: &mut impl CryptoRng) -> Result<Vec<u8>, SealError> {
        let preamble = match &self.role {
            Role::Initiator {
                preamble: Some(preamble),
            } => preamble.as_slice(),
            Role::Initiator { preamble: None } | Role::Responder { .. } => &[],
        };
        let room = room_for(content.len(), preamble.len()).ok_or(SealError::TooLong {
            length: content.len(),
            limit: longest(preamble.len()),
        })?;
        let context = Context {
            sid: self.sid.bytes(),
            direction: self.role.outward(),
            flight: (!preamble.is_empty()).then_some(&self.handshake.0),
        };
        let sealed = self
            .ratchet
            .seal(&context, padding::pad(content, room), rng)?;
        Ok([preamble, &sealed].concat())
    }

    /// Opens an envelope, behind the preamble that this session knows or without one. `today` dates the keys kept for
    /// missing messages.
    ///
    /// # Errors
    /// [`OpenError`], without a reason; the state is byte for byte as before. (SPEC S-11)
    pub fn open(&mut self, envelope: &[u8], today: Day) -> Result<Opened, OpenError> {
        let flight = match &self.role {
            Role::Responder { preamble } => PreambleId::of(envelope) == Some(*preamble),
            Role::Initiator { .. } => false,
        };
        let skip = if flight { PREAMBLE_LENGTH } else { 0 };
        let parts = Parts::split(envelope, skip).ok_or(OpenError)?;
        let context = Context {
            sid: self.sid.bytes(),
            direction: self.role.inward(),
            flight: flight.then_some(&self.handshake.0),
        };
        let (content, forgotten) = self.ratchet.open(&context, &parts, today)?;
        if let Role::Initiator { preamble } = &mut self.role {
            *preamble = None;
        }
        Ok(Opened { content, forgotten })
    }

    /// `h1`, which both sides know this session by. (SPEC S-5)
    #[must_use]
    pub const fn handshake(&self) -> HandshakeId {
        self.handshake
    }

    /// The peer's public keys.
    #[must_use]
    pub const fn peer(&self) -> IdentityKeys {
        self.peer
    }

    /// Whether the peer has proven that it is who it claims beyond a thief of one prekey. (SPEC S-13)
    #[must_use]
    pub const fn confirmed(&self) -> bool {
        self.ratchet.confirmed
    }

    /// Whether the other side has answered yet; until then every envelope repeats the preamble. (SPEC S-3)
    #[must_use]
    pub const fn answered(&self) -> bool {
        !matches!(self.role, Role::Initiator { preamble: Some(_) })
    }

    /// Erases keys of missing messages that were kept for `keep_days` or longer; returns how many. (SPEC S-8)
    pub fn expire(&mut self, today: Day, keep_days: u32) -> usize {
        self.ratchet.skipped.expire(today, keep_days)
    }
}

impl Role {
    pub(crate) const fn outward(&self) -> Direction {
        match self {
            Self::Initiator { .. } => Direction::Forth,
            Self::Responder { .. } => Direction::Back,
        }
    }

    const fn inward(&self) -> Direction {
        match self {
            Self::Initiator { .. } => Direction::Back,
            Self::Responder { .. } => Direction::Forth,
        }
    }
}
