//! The handshake from B's side: a first flight is unlocked, then opened. (SPEC §4.2, S-4)
//! Knows: B's secrets, one envelope. Never knows: what is stored, what is shown.

use partywall_ground::{Business, Day, Peer, Wing};

use crate::binding::Binding;
use crate::bundle::BundleSecret;
use crate::clear::{Aside, Clear};
use crate::dh;
use crate::envelope::Preamble;
use crate::error::OpenError;
use crate::handshake::{Agreed, FirstSecrets, Half, Published};
use crate::identity::{Identity, IdentityKeys};
use crate::names::{HandshakeId, PreambleId};
use crate::ratchet::Ratchet;
use crate::secret::LinkKeys;
use crate::session::{Opened, Session};

/// A first flight whose preamble was unlocked: who claims to write is known, nothing is shown yet. (SPEC S-4)
pub struct FirstFlight<'a, W: Wing> {
    agreed: Agreed<W>,
    peer: IdentityKeys<W>,
    prekey: &'a dh::SecretKey,
    envelope: &'a [u8],
}

impl<'a, W: Wing> FirstFlight<'a, W> {
    /// Computes the handshake from B's side.
    ///
    /// # Errors
    /// [`OpenError`] whatever the cause.
    pub fn unlock(
        envelope: &'a [u8],
        secret: &'a BundleSecret<W>,
        identity: &Identity<W>,
        link: &LinkKeys<W>,
        binding: Binding<'_, W>,
    ) -> Result<Self, OpenError> {
        let preamble = Preamble::split(envelope).ok_or(OpenError)?;
        if preamble.bundle != secret.id() {
            return Err(OpenError);
        }
        let ephemeral = dh::PublicKey::from_bytes(*preamble.ephemeral)?;
        let kem = secret.kem.expanded();
        let h0 = Published::own(secret, &kem, identity, link).h0(binding, &ephemeral, preamble.ct);
        let secrets = FirstSecrets {
            identity: identity.dh.agree(&ephemeral)?,
            prekey: secret.dh.agree(&ephemeral)?,
            kem: kem.decapsulate(preamble.ct),
        };
        let half = Half::<W>::new(h0, &secrets, &link.psk);
        let peer = half.open_identity(preamble.c1)?;
        let last = secret.dh.agree(&peer.dh)?;
        Ok(Self {
            agreed: half.finish(preamble.c1, &peer, &last),
            peer,
            prekey: &secret.dh,
            envelope,
        })
    }

    /// `h1`: what both sides will know the session by.
    #[must_use]
    pub const fn handshake(&self) -> HandshakeId<W> {
        self.agreed.h1
    }

    /// Who claims to write. Proven when the envelope opens, confirmed later. (SPEC S-13)
    #[must_use]
    pub const fn peer(&self) -> IdentityKeys<W> {
        self.peer
    }

    pub(crate) fn begin_with(
        self,
        aside: Aside<'_, W>,
        today: Day,
    ) -> Result<(Session<W>, Opened), OpenError> {
        let prekey = dh::SecretKey::from_bytes(&self.prekey.to_bytes());
        let peer = self.peer;
        let preamble = PreambleId::of(self.envelope).ok_or(OpenError)?;
        let mut session = Session::responder(self.agreed, peer, preamble, |agreed| {
            Ratchet::responder(agreed, prekey, peer.dh)
        });
        let opened = session.open_with(self.envelope, aside, today)?;
        Ok((session, opened))
    }
}

impl FirstFlight<'_, Peer> {
    /// Opens the envelope with a session of its own.
    ///
    /// # Errors
    /// [`OpenError`]; nothing was created then.
    pub fn begin(self, today: Day) -> Result<(Session<Peer>, Opened), OpenError> {
        self.begin_with(Aside::NONE, today)
    }
}

impl FirstFlight<'_, Business> {
    /// Opens the envelope, and the clear part that came with it, with a session of its own. (SPEC S-14)
    ///
    /// # Errors
    /// [`OpenError`]; nothing was created then.
    pub fn begin(
        self,
        clear: Clear<'_>,
        today: Day,
    ) -> Result<(Session<Business>, Opened), OpenError> {
        self.begin_with(clear.into(), today)
    }
}
