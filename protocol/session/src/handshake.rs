//! The handshake: a hidden initiator, three DHs and one KEM, no optional branch. (SPEC §4.2)
//! Knows: two identities, one bundle, one PSK. Never knows: messages, mailboxes, when it happens.

use core::marker::PhantomData;

use partywall_ground::{DropId, IdentityId, Wing};
use rand_core::CryptoRng;

use crate::binding::Binding;
use crate::bundle::{Bundle, BundleSecret, SUITE, VerifiedBundle};
use crate::derive::{Key, expand, extract, piece};
use crate::envelope::Preamble;
use crate::error::{BadDhKey, HandshakeError, OpenError};
use crate::header::HeaderKey;
use crate::identity::{Identity, IdentityKeys};
use crate::names::HandshakeId;
use crate::ratchet::Ratchet;
use crate::root::RootKey;
use crate::secret::LinkKeys;
use crate::session::Session;
use crate::wiped::Wiped;
use crate::{dh, kem, labels, seal};

/// Both sides hold this once the handshake is computed; the ratchet starts from it.
pub(crate) struct Agreed<W: Wing> {
    pub(crate) h1: HandshakeId<W>,
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
    pub(crate) fn seal_identity(&self, keys: &IdentityKeys<W>) -> Vec<u8> {
        seal::seal(&self.identity_key(), &self.h0, &keys.to_bytes())
    }

    pub(crate) fn open_identity(&self, c1: &[u8]) -> Result<IdentityKeys<W>, OpenError> {
        let keys = seal::open(&self.identity_key(), &self.h0, c1)?;
        IdentityKeys::from_bytes((*keys).try_into().map_err(|_| OpenError)?)
    }

    /// Mixes `DH(a, P)` in and hands over what the ratchet starts from.
    pub(crate) fn finish(self, c1: &[u8], keys: &IdentityKeys<W>, last: &Key) -> Agreed<W> {
        let h1 = partywall_proof::hash(
            labels::h1::<W>(),
            &[&self.h0, c1, keys.sign.as_bytes(), keys.dh.as_bytes()],
        );
        let mix = expand::<32>(&self.k1, labels::mix::<W>(), &[]);
        let proves_nobody = partywall_mutant::is("A10");
        let last: &[u8] = if proves_nobody { &[] } else { last.as_ref() };
        let k2 = extract(&mix, &[last]);
        let long = expand::<128>(&k2, labels::root::<W>(), &[&h1]);
        Agreed {
            h1: HandshakeId::from_bytes(h1),
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
pub(crate) struct Published<W: Wing> {
    pub(crate) drop: DropId,
    pub(crate) owner: IdentityId,
    pub(crate) bundle: Bundle<W>,
}

impl<W: Wing> Published<W> {
    /// Seen from its maker's side, who has expanded the bundle's KEM key.
    pub(crate) fn own(
        secret: &BundleSecret<W>,
        kem: &kem::Expanded,
        identity: &Identity<W>,
        link: &LinkKeys<W>,
    ) -> Self {
        let drop = link.drop_id();
        let keys = identity.public();
        Self {
            drop,
            owner: keys.id(),
            bundle: secret.published(identity, &keys, kem, &drop),
        }
    }

    /// `h0`: all that both sides know in the open.
    pub(crate) fn h0(
        &self,
        binding: Binding<'_, W>,
        ephemeral: &dh::PublicKey,
        ct: &[u8],
    ) -> [u8; 32] {
        let for_any_kem_key = partywall_mutant::is("A05");
        let (bundle, ct): (&[u8], &[u8]) = match for_any_kem_key {
            true => (&[], &[]),
            false => (self.bundle.as_bytes(), ct),
        };
        let parts: [&[u8]; 7] = [
            &SUITE,
            self.drop.as_bytes(),
            &binding.bytes(),
            self.owner.as_bytes(),
            bundle,
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
        identity: &Identity<W>,
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
            owner: bundle.owner.id(),
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

#[cfg(test)]
mod tests;
