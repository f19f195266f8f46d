//! Deniability: B alone makes a conversation that looks as if A had taken part. (SPEC §4.6)
//! Knows: B's secrets and A's public keys. Never knows: a secret of A.

use partywall_ground::{Business, Day, Peer, Wing};
use rand_core::CryptoRng;

use crate::binding::Binding;
use crate::bundle::BundleSecret;
use crate::clear::{Aside, Clear};
use crate::derive::Key;
use crate::dh;
use crate::envelope::Preamble;
use crate::error::SealError;
use crate::handshake::{Agreed, FirstSecrets, Half, Published};
use crate::identity::{Identity, IdentityKeys};
use crate::names::PreambleId;
use crate::ratchet::Ratchet;
use crate::secret::LinkKeys;
use crate::session::{Role, Session};
use crate::turn::{Answer, Turn};

/// Whose line a simulated envelope is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// The one who took no part.
    Initiator,
    /// The one who makes it all up.
    Responder,
}

/// One line of a script: who says what, in the business wing with which clear part.
pub struct Line<'a, W: Wing> {
    speaker: Speaker,
    content: &'a [u8],
    aside: Aside<'a, W>,
}

impl<'a> Line<'a, Peer> {
    /// What `speaker` says.
    #[must_use]
    pub const fn of(speaker: Speaker, content: &'a [u8]) -> Self {
        Self {
            speaker,
            content,
            aside: Aside::NONE,
        }
    }
}

impl<'a> Line<'a, Business> {
    /// What `speaker` says, and the clear part beside it. (SPEC S-14)
    #[must_use]
    pub fn of(speaker: Speaker, content: &'a [u8], clear: Clear<'a>) -> Self {
        Self {
            speaker,
            content,
            aside: clear.into(),
        }
    }
}

/// A forged transcript.
pub struct Simulated<W: Wing> {
    /// The envelopes, in the order of the script.
    pub envelopes: Vec<Vec<u8>>,
    /// The made-up initiator's session at the end.
    pub initiator: Session<W>,
    /// The responder's session at the end, as if the conversation had happened.
    pub responder: Session<W>,
}

/// Forges a conversation between `peer` (public keys only) and the holder of a bundle's secrets. Each line is
/// delivered to the other side at once, in order. The first line must be the initiator's. (SPEC §4.6)
///
/// # Errors
/// [`SealError`] as for a real conversation; [`SealError::TurnDue`] when the script begins with the responder.
pub fn simulate_transcript<W: Wing>(
    peer: &IdentityKeys<W>,
    secret: &BundleSecret<W>,
    identity: &Identity<W>,
    link: &LinkKeys<W>,
    binding: Binding<'_, W>,
    script: &[Line<'_, W>],
    rng: &mut impl CryptoRng,
) -> Result<Simulated<W>, SealError> {
    let Forged {
        for_a,
        for_b,
        preamble,
    } = forged_handshake(peer, secret, identity, link, binding, rng)?;
    let prekey = secret.dh.public();
    // Stands where A's own secret would; `answered` replaces it before it is used.
    let placeholder = dh::SecretKey::draw(rng);
    let preamble_id = PreambleId::from_bytes(partywall_proof::sha256(&preamble));
    let mut a = Session::initiator(for_a, identity.public(), preamble, |agreed| {
        Ratchet::<W>::initiator(agreed, prekey, placeholder)
    });
    let own = dh::SecretKey::from_bytes(&secret.dh.to_bytes());
    let mut b = Session::responder(for_b, *peer, preamble_id, |agreed| {
        Ratchet::<W>::responder(agreed, own, peer.dh)
    });
    let today = Day::new(0);
    let mut envelopes = Vec::with_capacity(script.len());
    for line in script {
        let (envelope, opened) = match line.speaker {
            Speaker::Initiator => {
                let envelope = a.seal_with(line.content, line.aside, rng)?;
                let opened = b.open_with(&envelope, line.aside, today);
                (envelope, opened)
            }
            Speaker::Responder => {
                let envelope = b.seal_with(line.content, line.aside, rng)?;
                answered(&mut a, &b, peer);
                let opened = a.open_with(&envelope, line.aside, today);
                (envelope, opened)
            }
        };
        opened.map_err(|_| SealError::BadPeerKey)?;
        envelopes.push(envelope);
    }
    Ok(Simulated {
        envelopes,
        initiator: a,
        responder: b,
    })
}

/// A mixes `DH(a, dh)` on B's first answer. B knows the secret of dh, and with `IK_A` it gives the same value.
fn answered<W: Wing>(a: &mut Session<W>, b: &Session<W>, peer: &IdentityKeys<W>) {
    if !matches!(a.role, Role::Initiator { preamble: Some(_) }) {
        return;
    }
    if let Turn::Taken(taken) = &b.ratchet.turn {
        let secret = dh::SecretKey::from_bytes(&taken.dh.to_bytes());
        a.ratchet.answer = Answer::Simulated(secret, peer.dh);
    }
}

/// What a real handshake would have left on both sides, and its preamble.
struct Forged<W: Wing> {
    for_a: Agreed<W>,
    for_b: Agreed<W>,
    preamble: Vec<u8>,
}

fn forged_handshake<W: Wing>(
    peer: &IdentityKeys<W>,
    secret: &BundleSecret<W>,
    identity: &Identity<W>,
    link: &LinkKeys<W>,
    binding: Binding<'_, W>,
    rng: &mut impl CryptoRng,
) -> Result<Forged<W>, SealError> {
    let bad_key = |_| SealError::BadPeerKey;
    let ephemeral = dh::SecretKey::draw(rng).public();
    let expanded = secret.kem.expanded();
    let (ct, kem) = secret.kem.public().encapsulate(rng);
    let h0 = Published::own(secret, &expanded, identity, link).h0(binding, &ephemeral, &ct);
    let secrets = FirstSecrets {
        identity: identity.dh.agree(&ephemeral).map_err(bad_key)?,
        prekey: secret.dh.agree(&ephemeral).map_err(bad_key)?,
        kem,
    };
    let last: Key = secret.dh.agree(&peer.dh).map_err(bad_key)?;
    let half = Half::<W>::new(h0, &secrets, &link.psk);
    let own = identity.public();
    let named = if partywall_mutant::is("G05") {
        &own
    } else {
        peer
    };
    let c1 = half.seal_identity(named);
    let for_a = half.finish(&c1, peer, &last);
    let for_b = Half::<W>::new(h0, &secrets, &link.psk).finish(&c1, peer, &last);
    Ok(Forged {
        for_a,
        for_b,
        preamble: Preamble::join(&secret.id(), &ephemeral, &ct, &c1),
    })
}
