//! One sealed channel between two sides, of one wing. The front of this crate. (SPEC §4)
//! Knows: its handshake, its ratchet, the peer's public keys. Never knows: names, mailboxes, clocks.

use partywall_ground::{Business, Day, Peer, Wing};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::clear::{Aside, Clear};
use crate::envelope::{PREAMBLE_LENGTH, Parts, longest, room_for};
use crate::error::{OpenError, SealError};
use crate::handshake::Agreed;
use crate::identity::IdentityKeys;
use crate::names::{HandshakeId, PreambleId};
use crate::padding::Padded;
use crate::ratchet::Ratchet;
use crate::seal::{Context, Direction};
use crate::wiped::{Wiped, wipe_stack};

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
///
/// A business envelope is neither sealed nor opened without its clear part (SPEC S-14):
///
/// ```compile_fail
/// use partywall_ground::{Business, Day};
/// use partywall_session::Session;
/// fn unclear(session: &mut Session<Business>, envelope: &[u8]) {
///     let _ = session.open(envelope, Day::new(0));
/// }
/// ```
///
/// ```
/// use partywall_ground::{Business, Day};
/// use partywall_session::{Clear, Session};
/// fn bound(session: &mut Session<Business>, envelope: &[u8], clear: Clear<'_>) {
///     let _ = session.open(envelope, clear, Day::new(0));
/// }
/// ```
pub struct Session<W: Wing> {
    pub(crate) handshake: HandshakeId<W>,
    pub(crate) sid: Wiped,
    pub(crate) role: Role<W>,
    pub(crate) peer: IdentityKeys<W>,
    pub(crate) ratchet: Ratchet<W>,
}

/// Who began. A keeps the preamble while she waits for an answer (S-3), B its name, to know it again (S-5).
pub(crate) enum Role<W: Wing> {
    Initiator { preamble: Option<Vec<u8>> },
    Responder { preamble: PreambleId<W> },
}

/// What came out of an envelope.
pub struct Opened {
    /// The content, without padding; wiped on drop.
    pub content: Zeroizing<Vec<u8>>,
    /// How many kept keys of missing messages were given up for room. (SPEC S-8)
    pub forgotten: usize,
}

impl Session<Peer> {
    /// Seals content into the smallest envelope that it fits in: 4,096, 16,384 or 65,536 bytes.
    /// The stepped state must be stored before the envelope leaves. (SPEC C-3)
    ///
    /// # Errors
    /// [`SealError::TooLong`] beyond 63,166 bytes (61,950 before the first answer), [`SealError::TurnDue`] after
    /// 20,000 messages without an answer. The state is unchanged then.
    pub fn seal(&mut self, content: &[u8], rng: &mut impl CryptoRng) -> Result<Vec<u8>, SealError> {
        self.seal_with(content, Aside::NONE, rng)
    }

    /// Opens an envelope, behind the preamble that this session knows or without one. `today` dates the keys kept for
    /// missing messages.
    ///
    /// # Errors
    /// [`OpenError`], without a reason; the state is byte for byte as before. (SPEC S-11)
    pub fn open(&mut self, envelope: &[u8], today: Day) -> Result<Opened, OpenError> {
        self.open_with(envelope, Aside::NONE, today)
    }
}

impl Session<Business> {
    /// Seals content as the peer wing does, and binds the clear part that travels beside the envelope. (SPEC S-14)
    /// The stepped state must be stored before the envelope leaves.
    ///
    /// # Errors
    /// As in the peer wing; the clear part takes no room in the envelope.
    pub fn seal(
        &mut self,
        content: &[u8],
        clear: Clear<'_>,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<u8>, SealError> {
        self.seal_with(content, clear.into(), rng)
    }

    /// Opens an envelope together with the clear part that came with it: what it says is authentic if this succeeds.
    /// (SPEC S-14)
    ///
    /// # Errors
    /// [`OpenError`], without a reason; the state is byte for byte as before. (SPEC S-11)
    pub fn open(
        &mut self,
        envelope: &[u8],
        clear: Clear<'_>,
        today: Day,
    ) -> Result<Opened, OpenError> {
        self.open_with(envelope, clear.into(), today)
    }
}

impl<W: Wing> Session<W> {
    pub(crate) fn initiator(
        agreed: Agreed<W>,
        peer: IdentityKeys<W>,
        preamble: Vec<u8>,
        ratchet: impl FnOnce(&Agreed<W>) -> Ratchet<W>,
    ) -> Self {
        let role = Role::Initiator {
            preamble: Some(preamble),
        };
        Self::new(&agreed, peer, role, ratchet)
    }

    pub(crate) fn responder(
        agreed: Agreed<W>,
        peer: IdentityKeys<W>,
        preamble: PreambleId<W>,
        ratchet: impl FnOnce(&Agreed<W>) -> Ratchet<W>,
    ) -> Self {
        Self::new(&agreed, peer, Role::Responder { preamble }, ratchet)
    }

    fn new(
        agreed: &Agreed<W>,
        peer: IdentityKeys<W>,
        role: Role<W>,
        ratchet: impl FnOnce(&Agreed<W>) -> Ratchet<W>,
    ) -> Self {
        Self {
            handshake: agreed.h1,
            sid: Wiped::copy_of(agreed.sid.bytes()),
            role,
            peer,
            ratchet: ratchet(agreed),
        }
    }

    /// Seals in either wing; the wings' own doors say with what beside it.
    pub(crate) fn seal_with(
        &mut self,
        content: &[u8],
        aside: Aside<'_, W>,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<u8>, SealError> {
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
            flight: (!preamble.is_empty()).then_some(self.handshake.as_bytes()),
            aside,
        };
        let sealed = self
            .ratchet
            .seal(&context, preamble, Padded { content, room }, rng);
        wipe_stack();
        sealed
    }

    /// Opens in either wing; the wings' own doors say with what beside it.
    pub(crate) fn open_with(
        &mut self,
        envelope: &[u8],
        aside: Aside<'_, W>,
        today: Day,
    ) -> Result<Opened, OpenError> {
        let known = match &self.role {
            Role::Initiator { .. } => {
                let opened = self.open_behind(None, envelope, aside, today)?;
                self.role = Role::Initiator { preamble: None };
                return Ok(opened);
            }
            Role::Responder { preamble } => *preamble,
        };
        // Who had an answer repeats the preamble no more, and to look for one takes a hash over 1,216 bytes: the envelope
        // is first taken for what it most likely is. That leaves no trace if it was not (S-11).
        let answered = self.ratchet.was_answered();
        if answered && let Ok(opened) = self.open_behind(None, envelope, aside, today) {
            return Ok(opened);
        }
        if PreambleId::of(envelope) == Some(known) {
            self.open_behind(Some(self.handshake), envelope, aside, today)
        } else if answered {
            Err(OpenError)
        } else {
            self.open_behind(None, envelope, aside, today)
        }
    }

    /// Opens what stands behind a preamble, if there is one.
    fn open_behind(
        &mut self,
        flight: Option<HandshakeId<W>>,
        envelope: &[u8],
        aside: Aside<'_, W>,
        today: Day,
    ) -> Result<Opened, OpenError> {
        let skip = flight.map_or(0, |_| PREAMBLE_LENGTH);
        let parts = Parts::split(envelope, skip).ok_or(OpenError)?;
        let context = Context {
            sid: self.sid.bytes(),
            direction: self.role.inward(),
            flight: flight.as_ref().map(HandshakeId::as_bytes),
            aside,
        };
        let opened = self.ratchet.open(&context, &parts, today);
        wipe_stack();
        let (content, forgotten) = opened?;
        Ok(Opened { content, forgotten })
    }

    /// `h1`, which both sides know this session by. (SPEC S-5)
    #[must_use]
    pub const fn handshake(&self) -> HandshakeId<W> {
        self.handshake
    }

    /// The peer's public keys.
    #[must_use]
    pub const fn peer(&self) -> IdentityKeys<W> {
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

impl<W: Wing> Role<W> {
    pub(crate) fn outward(&self) -> Direction {
        match self {
            _ if partywall_mutant::is("B02") => Direction::Forth,
            Self::Initiator { .. } => Direction::Forth,
            Self::Responder { .. } => Direction::Back,
        }
    }

    fn inward(&self) -> Direction {
        match self {
            _ if partywall_mutant::is("B02") => Direction::Forth,
            Self::Initiator { .. } => Direction::Back,
            Self::Responder { .. } => Direction::Forth,
        }
    }
}
