//! `Thief`: has a whole image of a state, the SPEC, and every envelope. Takes each 32 bytes of the image for a key.
//! Knows: §1.1, §4.3 and §4.4 of the SPEC, in code of its own. Never knows: where a key lies in an image.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, XChaCha20Poly1305};
use hkdf::Hkdf;
use partywall_ground::Peer;
use partywall_session::Session;
use sha2::Sha256;

/// Where the sealed header and the body begin, behind r.
const HEADER: usize = 24;
const BODY: usize = HEADER + 2_329;
/// How many messages a chain key is walked forward for.
const WALK: usize = 2;

/// An envelope on the wire, and all that is public about it, or known to whoever has a state.
pub(crate) struct Recorded {
    pub(crate) envelope: Vec<u8>,
    sid: [u8; 32],
    direction: u8,
}

/// What a window of an image turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// Opens the header: public keys and counters, no word of anybody.
    Header,
    /// Opens the body.
    Body,
    /// Gives the body's key.
    Message,
    /// Gives the message key, so many messages on.
    Chain(usize),
}

impl Recorded {
    /// An envelope without a preamble, in the session whose state this is.
    pub(crate) fn of(envelope: &[u8], state: &Session<Peer>, by_initiator: bool) -> Self {
        Self {
            envelope: envelope.to_vec(),
            sid: sid(state),
            direction: if by_initiator { 0 } else { 1 },
        }
    }

    /// Whatever a key opens of it, taken for each kind of key.
    pub(crate) fn opened_by(&self, key: &[u8; 32]) -> Option<Key> {
        if self.opens_header(key) {
            return Some(Key::Header);
        }
        if self.opens_body(key) {
            return Some(Key::Body);
        }
        if self.opens_body(&self.body_key(key)) {
            return Some(Key::Message);
        }
        let mut chain = *key;
        for step in 0..WALK {
            if self.opens_body(&self.body_key(&expand(&chain, &[b"partywall/1/peer/message"]))) {
                return Some(Key::Chain(step));
            }
            chain = expand(&chain, &[b"partywall/1/peer/chain"]);
        }
        None
    }

    /// Every way in which an image opens this envelope.
    pub(crate) fn opened_from(&self, image: &[u8]) -> Vec<Key> {
        let windows = image.windows(32).filter(|window| is_key_shaped(window));
        windows
            .filter_map(|window| self.opened_by(window.try_into().expect("32 bytes")))
            .collect()
    }

    /// `Expand(mk; "body", r; 32)`.
    pub(crate) fn body_key(&self, message: &[u8; 32]) -> [u8; 32] {
        expand(
            message,
            &[b"partywall/1/peer/body", &self.envelope[..HEADER]],
        )
    }

    fn opens_header(&self, key: &[u8; 32]) -> bool {
        let aad = lp(&[
            b"partywall/1/peer/header",
            &self.sid,
            &[self.direction],
            b"",
        ]);
        let (msg, aad) = (&self.envelope[HEADER..BODY], aad.as_slice());
        let cipher = XChaCha20Poly1305::new(key.into());
        let nonce: &[u8; 24] = self.envelope[..HEADER].try_into().expect("24 bytes");
        cipher.decrypt(nonce.into(), Payload { msg, aad }).is_ok()
    }

    fn opens_body(&self, key: &[u8; 32]) -> bool {
        let (random, header) = (&self.envelope[..HEADER], &self.envelope[HEADER..BODY]);
        let direction = [self.direction];
        let aad = lp(&[
            b"partywall/1/peer/body",
            &self.sid,
            &direction,
            b"",
            random,
            header,
        ]);
        let (msg, aad) = (&self.envelope[BODY..], aad.as_slice());
        let cipher = ChaCha20Poly1305::new(key.into());
        cipher
            .decrypt(&[0; 12].into(), Payload { msg, aad })
            .is_ok()
    }
}

/// A chain key's message key.
pub(crate) fn message_key(chain: &[u8; 32]) -> [u8; 32] {
    expand(chain, &[b"partywall/1/peer/message"])
}

/// A chain key's successor.
pub(crate) fn next_chain_key(chain: &[u8; 32]) -> [u8; 32] {
    expand(chain, &[b"partywall/1/peer/chain"])
}

/// What a thief of the writer's state can say of an envelope before it is sealed: its chain key.
pub(crate) fn chain_key_for(recorded: &Recorded, image: &[u8]) -> Option<[u8; 32]> {
    let mut windows = image.windows(32).filter(|window| is_key_shaped(window));
    let is_it = |window: &&[u8]| {
        let key: &[u8; 32] = (*window).try_into().expect("32 bytes");
        recorded.opens_body(&recorded.body_key(&message_key(key)))
    };
    windows.find(is_it)?.try_into().ok()
}

/// Zeros and other patterns are no keys; with 32 drawn bytes, fewer than 16 different ones never happen.
fn is_key_shaped(window: &[u8]) -> bool {
    let mut seen = [false; 256];
    for byte in window {
        seen[usize::from(*byte)] = true;
    }
    seen.iter().filter(|there| **there).count() >= 16
}

/// The session id stands behind h1 in a stored state.
fn sid(state: &Session<Peer>) -> [u8; 32] {
    let (image, h1) = (state.to_bytes(), state.handshake());
    let at = image
        .windows(32)
        .position(|window| window == h1.as_bytes())
        .expect("a state knows its handshake");
    image[at + 32..at + 64].try_into().expect("32 bytes")
}

fn expand(key: &[u8; 32], info: &[&[u8]]) -> [u8; 32] {
    let mut output = [0; 32];
    Hkdf::<Sha256>::from_prk(key)
        .expect("32 bytes are a key")
        .expand(&lp(info), &mut output)
        .expect("32 bytes are one block");
    output
}

fn lp(parts: &[&[u8]]) -> Vec<u8> {
    partywall_ground::lp_vec(parts)
}
