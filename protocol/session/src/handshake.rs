//! The handshake: a hidden initiator, three DHs and one KEM, no optional branch. (SPEC §4.2)
//! Knows: two identities, one bundle, one PSK. Never knows: messages, mailboxes, when it happens.

use core::marker::PhantomData;

use partywall_ground::{BundleId, DropId, IdentityId, Peer, Wing};
use rand_core::CryptoRng;

use crate::bundle::{Bundle, BundleSecret, SUITE, VerifiedBundle};
use crate::derive::{Key, expand, extract, piece};
use crate::envelope::{PREAMBLE_LENGTH, Preamble};
use crate::error::{BadDhKey, HandshakeError, OpenError};
use crate::header::HeaderKey;
use crate::identity::{Identity, IdentityKeys};
use crate::ratchet::Ratchet;
use crate::root::RootKey;
use crate::secret::LinkKeys;
use crate::session::{Opened, Session};
use crate::wiped::Wiped;
use crate::{dh, labels, seal};

/// `h1`: names one handshake and nothing else. (SPEC S-5)
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct HandshakeId(pub(crate) [u8; 32]);

impl HandshakeId {
    /// The 32 bytes, for a store.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// As it was stored.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

/// What `h0` binds beside keys: nothing in the peer wing; who the business is in the other. (SPEC §4.2)
#[derive(Clone, Copy)]
pub struct Binding<'a, W: Wing> {
    bytes: &'a [u8],
    wing: PhantomData<W>,
}

impl Binding<'_, Peer> {
    /// The peer wing binds nothing more.
    pub const NONE: Self = Self {
        bytes: &[],
        wing: PhantomData,
    };
}

/// Names one preamble: SHA-256 of its 1,216 bytes. Needs no secret, so that repeated first flights find their session
/// after a one-time bundle's secrets were erased. (SPEC S-5)
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PreambleId(pub(crate) [u8; 32]);

impl PreambleId {
    /// The 32 bytes, for a store's index.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Of the first 1,216 bytes of an envelope, whatever they are: look here first whether its session exists.
    #[must_use]
    pub fn of(envelope: &[u8]) -> Option<Self> {
        let preamble = envelope.get(..PREAMBLE_LENGTH)?;
        Some(Self(partywall_proof::sha256(preamble)))
    }
}

/// The bundle that an envelope claims to begin with: its first 16 bytes. (SPEC §4.2)
#[must_use]
pub fn bundle_id_of(envelope: &[u8]) -> Option<BundleId> {
    envelope.first_chunk().map(|bid| BundleId::new(*bid))
}

/// Both sides hold this once the handshake is computed; the ratchet starts from it.
pub(crate) struct Agreed {
    pub(crate) h1: HandshakeId,
    pub(crate) root: RootKey,
    pub(crate) header_forth: HeaderKey,
    pub(crate) next_header_back: HeaderKey,
    pub(crate) sid: Wiped,
}

/// k1: everything but the initiator's identity has been mixed in. Used up by [`Self::finish`].
pub(crate) struct Half<W: Wing> {
    h0: [u8; 32],
    k1: Key,
    wing: PhantomData<W>,
}

/// The three secrets that k1 is extracted from, beside the PSK.
pub(crate) struct FirstSecrets {
    pub(crate) identity: Key,
    pub(crate) prekey: Key,
    pub(crate) kem: Key,
}

impl<W: Wing> Half<W> {
    pub(crate) fn new(h0: [u8; 32], secrets: &FirstSecrets, psk: &Key) -> Self {
        let FirstSecrets {
            identity,
            prekey,
            kem,
        } = secrets;
        let parts: [&[u8]; 4] = [
            identity.as_ref(),
            prekey.as_ref(),
            kem.as_ref(),
            psk.as_ref(),
        ];
        Self {
            h0,
            k1: extract(&h0, &parts),
            wing: PhantomData,
        }
    }

    /// c1: the initiator's keys, sealed for the responder alone.
    pub(crate) fn seal_identity(&self, keys: &IdentityKeys) -> Vec<u8> {
        seal::seal(&self.identity_key(), &self.h0, &keys.to_bytes())
    }

    fn open_identity(&self, c1: &[u8]) -> Result<IdentityKeys, OpenError> {
        let keys = seal::open(&self.identity_key(), &self.h0, c1)?;
        IdentityKeys::from_bytes(keys.as_slice().try_into().map_err(|_| OpenError)?)
    }

    /// Mixes `DH(a, P)` in and hands over what the ratchet starts from.
    pub(crate) fn finish(self, c1: &[u8], keys: &IdentityKeys, last: &Key) -> Agreed {
        let h1 = partywall_proof::hash(
            labels::h1::<W>(),
            &[&self.h0, c1, keys.sign.as_bytes(), keys.dh.as_bytes()],
        );
        let mix = expand::<32>(&self.k1, labels::mix::<W>(), &[]);
        let k2 = extract(&mix, &[last.as_ref()]);
        let long = expand::<128>(&k2, labels::root::<W>(), &[&h1]);
        Agreed {
            h1: HandshakeId(h1),
            root: RootKey(piece(&long, 0)),
            header_forth: HeaderKey(piece(&long, 1)),
            next_header_back: HeaderKey(piece(&long, 2)),
            sid: piece(&long, 3),
        }
    }

    fn identity_key(&self) -> Key {
        expand(&self.k1, labels::seal::<W>(), &[&self.h0])
    }
}

/// A bundle as both sides see it: what `h0` takes from it.
pub(crate) struct Published {
    pub(crate) drop: DropId,
    pub(crate) owner: IdentityId,
    pub(crate) bundle: Bundle,
}

impl Published {
    /// Seen from its maker's side.
    pub(crate) fn own<W: Wing>(
        secret: &BundleSecret<W>,
        identity: &Identity,
        link: &LinkKeys<W>,
    ) -> Self {
        let drop = link.drop_id();
        Self {
            drop,
            owner: identity.id::<W>(),
            bundle: secret.publish(identity, &drop),
        }
    }

    /// `h0`: all that both sides know in the open.
    pub(crate) fn h0<W: Wing>(
        &self,
        binding: Binding<'_, W>,
        ephemeral: &dh::PublicKey,
        ct: &[u8],
    ) -> [u8; 32] {
        let parts: [&[u8]; 7] = [
            &SUITE,
            self.drop.as_bytes(),
            binding.bytes,
            self.owner.as_bytes(),
            self.bundle.as_bytes(),
            ephemeral.as_bytes(),
            ct,
        ];
        partywall_proof::hash(labels::h0::<W>(), &parts)
    }
}

impl<W: Wing> Session<W> {
    /// Begins a session towards the maker of a link. Nothing leaves until the first seal. (SPEC §4.2)
    ///
    /// # Errors
    /// [`HandshakeError::BadPeerKey`] if a key of the bundle gives a zero secret.
    pub fn initiate(
        identity: &Identity,
        bundle: &VerifiedBundle<W>,
        link: &LinkKeys<W>,
        binding: Binding<'_, W>,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, HandshakeError> {
        let bad_key = |_: BadDhKey| HandshakeError::BadPeerKey;
        let ephemeral = dh::SecretKey::draw(rng);
        let (ct, kem) = bundle.ek.encapsulate(rng);
        let secrets = FirstSecrets {
            identity: ephemeral.agree(&bundle.owner.dh).map_err(bad_key)?,
            prekey: ephemeral.agree(&bundle.prekey).map_err(bad_key)?,
            kem,
        };
        let ephemeral = ephemeral.public();
        let published = Published {
            drop: bundle.drop,
            owner: bundle.owner.id::<W>(),
            bundle: bundle.bytes.clone(),
        };
        let h0 = published.h0(binding, &ephemeral, &ct);
        let half = Half::<W>::new(h0, &secrets, &link.psk);
        let keys = identity.public();
        let c1 = half.seal_identity(&keys);
        let last = identity.dh.agree(&bundle.prekey).map_err(bad_key)?;
        let agreed = half.finish(&c1, &keys, &last);
        let preamble = Preamble::join(&bundle.id, &ephemeral, &ct, &c1);
        let answer = dh::SecretKey::from_bytes(&identity.dh.to_bytes());
        Ok(Self::initiator(agreed, bundle.owner, preamble, |agreed| {
            Ratchet::initiator(agreed, bundle.prekey, answer)
        }))
    }
}

/// A first flight whose preamble was unlocked: who claims to write is known, nothing is shown yet. (SPEC S-4)
pub struct FirstFlight<'a, W: Wing> {
    agreed: Agreed,
    peer: IdentityKeys,
    prekey: &'a dh::SecretKey,
    envelope: &'a [u8],
    wing: PhantomData<W>,
}

impl<'a, W: Wing> FirstFlight<'a, W> {
    /// Computes the handshake from B's side.
    ///
    /// # Errors
    /// [`OpenError`] whatever the cause.
    pub fn unlock(
        envelope: &'a [u8],
        secret: &'a BundleSecret<W>,
        identity: &Identity,
        link: &LinkKeys<W>,
        binding: Binding<'_, W>,
    ) -> Result<Self, OpenError> {
        let preamble = Preamble::split(envelope).ok_or(OpenError)?;
        if preamble.bundle != secret.id() {
            return Err(OpenError);
        }
        let ephemeral = dh::PublicKey::from_bytes(*preamble.ephemeral)?;
        let h0 = Published::own(secret, identity, link).h0(binding, &ephemeral, preamble.ct);
        let secrets = FirstSecrets {
            identity: identity.dh.agree(&ephemeral)?,
            prekey: secret.dh.agree(&ephemeral)?,
            kem: secret.kem.decapsulate(preamble.ct),
        };
        let half = Half::<W>::new(h0, &secrets, &link.psk);
        let peer = half.open_identity(preamble.c1)?;
        let last = secret.dh.agree(&peer.dh)?;
        Ok(Self {
            agreed: half.finish(preamble.c1, &peer, &last),
            peer,
            prekey: &secret.dh,
            envelope,
            wing: PhantomData,
        })
    }

    /// `h1`: what both sides will know the session by.
    #[must_use]
    pub const fn handshake(&self) -> HandshakeId {
        self.agreed.h1
    }

    /// Who claims to write. Proven when the envelope opens, confirmed later. (SPEC S-13)
    #[must_use]
    pub const fn peer(&self) -> IdentityKeys {
        self.peer
    }

    /// Opens the envelope with a session of its own.
    ///
    /// # Errors
    /// [`OpenError`]; nothing was created then.
    pub fn begin(self, today: partywall_ground::Day) -> Result<(Session<W>, Opened), OpenError> {
        let prekey = dh::SecretKey::from_bytes(&self.prekey.to_bytes());
        let peer = self.peer;
        let preamble = PreambleId::of(self.envelope).ok_or(OpenError)?;
        let mut session = Session::responder(self.agreed, peer, preamble, |agreed| {
            Ratchet::responder(agreed, prekey, peer.dh)
        });
        let opened = session.open(self.envelope, today)?;
        Ok((session, opened))
    }
}
