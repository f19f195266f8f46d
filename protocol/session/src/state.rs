//! A session as bytes for a sealed store, and back. Not part of the wire. (STYLE: nothing here derives serde)
//! Knows: every secret of a session. Never knows: where the bytes go; the caller seals them.

use core::marker::PhantomData;
use std::collections::BTreeMap;

use partywall_ground::{Day, Wing, limits};
use zeroize::Zeroizing;

use crate::chain::{ChainKey, MessageKey};
use crate::envelope::PREAMBLE_LENGTH;
use crate::error::StateError;
use crate::fields::Fields;
use crate::header::{ChainHeader, HeaderKey};
use crate::identity::IdentityKeys;
use crate::names::{HandshakeId, PreambleId};
use crate::ratchet::Ratchet;
use crate::root::RootKey;
use crate::session::{Role, Session};
use crate::skipped::{Skipped, SkippedChain};
use crate::turn::{Answer, Due, Receiving, Sending, Taken, Turn};
use crate::wiped::Wiped;
use crate::{dh, kem};

const VERSION: u8 = 1;

type Bytes = Zeroizing<Vec<u8>>;

impl<W: Wing> Session<W> {
    /// The whole state, about 5 KiB and 40 bytes for each kept key. Seal it before it touches a disk.
    #[must_use]
    pub fn to_bytes(&self) -> Bytes {
        let mut to = Zeroizing::new(Vec::with_capacity(self.room()));
        to.extend_from_slice(&[VERSION, W::BYTE]);
        to.extend_from_slice(self.handshake.as_bytes());
        to.extend_from_slice(self.sid.bytes());
        to.extend_from_slice(&self.peer.to_bytes());
        match &self.role {
            Role::Responder { preamble } => {
                to.push(0);
                to.extend_from_slice(preamble.as_bytes());
            }
            Role::Initiator { preamble: None } => to.push(1),
            Role::Initiator {
                preamble: Some(preamble),
            } => {
                to.push(2);
                to.extend_from_slice(preamble);
            }
        }
        write_ratchet(&self.ratchet, &mut to);
        debug_assert!(
            to.len() <= self.room(),
            "a buffer that grows leaves a copy behind"
        );
        to
    }

    /// Enough for the whole state, so that no buffer of secrets is ever left behind by growing.
    fn room(&self) -> usize {
        let skipped = &self.ratchet.skipped;
        6_144 + 36 * skipped.chains.len() + 40 * skipped.len()
    }

    /// The session as it was stored.
    ///
    /// # Errors
    /// [`StateError`] for bytes of another version or wing, cut or lengthened ones.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StateError> {
        let mut from = Fields(bytes);
        Self::read(&mut from)
            .filter(|_| from.0.is_empty())
            .ok_or(StateError)
    }

    fn read(from: &mut Fields<'_>) -> Option<Self> {
        if *from.take()? != [VERSION, W::BYTE] {
            return None;
        }
        Some(Self {
            handshake: HandshakeId::from_bytes(*from.take()?),
            sid: Wiped::copy_of(from.take()?),
            peer: IdentityKeys::from_bytes(from.take()?).ok()?,
            role: match from.take::<1>()?[0] {
                0 => Role::Responder {
                    preamble: PreambleId::from_bytes(*from.take()?),
                },
                1 => Role::Initiator { preamble: None },
                2 => Role::Initiator {
                    preamble: Some(from.take::<PREAMBLE_LENGTH>()?.to_vec()),
                },
                _ => return None,
            },
            ratchet: read_ratchet(from)?,
        })
    }
}

fn write_ratchet<W: Wing>(ratchet: &Ratchet<W>, to: &mut Bytes) {
    to.extend_from_slice(ratchet.root.0.bytes());
    to.extend_from_slice(ratchet.next_receive.0.bytes());
    to.push(u8::from(ratchet.confirmed));
    match &ratchet.receiving {
        None => to.push(0),
        Some(receiving) => {
            to.push(1);
            to.extend_from_slice(receiving.header.0.bytes());
            to.extend_from_slice(receiving.chain.0.bytes());
            to.extend_from_slice(&receiving.n.to_be_bytes());
            to.push(u8::from(receiving.first));
        }
    }
    match &ratchet.turn {
        Turn::Due(due) => write_due(due, to),
        Turn::Taken(taken) => write_taken(taken, to),
    }
    match &ratchet.answer {
        // A made-up A ends with her transcript and is never stored.
        Answer::Given | Answer::Simulated(..) => to.push(0),
        Answer::Awaited(own) => {
            to.push(1);
            to.extend_from_slice(own.to_bytes().as_ref());
        }
        Answer::Owed(peer) => {
            to.push(2);
            to.extend_from_slice(peer.as_bytes());
        }
    }
    write_skipped(&ratchet.skipped, to);
}

fn read_ratchet<W: Wing>(from: &mut Fields<'_>) -> Option<Ratchet<W>> {
    Some(Ratchet {
        root: RootKey(Wiped::copy_of(from.take()?)),
        next_receive: HeaderKey(Wiped::copy_of(from.take()?)),
        confirmed: flag(from)?,
        receiving: if flag(from)? {
            Some(Receiving {
                header: HeaderKey(Wiped::copy_of(from.take()?)),
                chain: ChainKey(Wiped::copy_of(from.take()?)),
                n: from.number()?,
                first: flag(from)?,
            })
        } else {
            None
        },
        turn: if flag(from)? {
            read_taken(from)?
        } else {
            read_due(from)?
        },
        answer: match from.take::<1>()?[0] {
            0 => Answer::Given,
            1 => Answer::Awaited(dh::SecretKey::from_bytes(from.take()?)),
            2 => Answer::Owed(dh::PublicKey::from_bytes(*from.take()?).ok()?),
            _ => return None,
        },
        skipped: read_skipped(from)?,
        wing: PhantomData,
    })
}

fn write_due(due: &Due, to: &mut Bytes) {
    to.push(0);
    to.extend_from_slice(due.next_header.0.bytes());
    to.extend_from_slice(due.dh.as_bytes());
    to.extend_from_slice(&due.sent.to_be_bytes());
    match &due.ek {
        None => to.push(0),
        Some(ek) => {
            to.push(1);
            to.extend_from_slice(&ek.to_bytes());
        }
    }
}

fn read_due(from: &mut Fields<'_>) -> Option<Turn> {
    Some(Turn::Due(Due {
        next_header: HeaderKey(Wiped::copy_of(from.take()?)),
        dh: dh::PublicKey::from_bytes(*from.take()?).ok()?,
        sent: from.number()?,
        ek: if flag(from)? {
            Some(kem::PublicKey::from_bytes(from.take()?).ok()?)
        } else {
            None
        },
    }))
}

fn write_taken(taken: &Taken, to: &mut Bytes) {
    to.push(1);
    to.extend_from_slice(taken.next_header.0.bytes());
    to.extend_from_slice(taken.dh.to_bytes().as_ref());
    match &taken.kem {
        None => to.push(0),
        Some(kem) => {
            to.push(1);
            to.extend_from_slice(kem.seed());
        }
    }
    match &taken.sending {
        None => to.push(0),
        Some(sending) => {
            to.push(1);
            to.extend_from_slice(sending.header.0.bytes());
            to.extend_from_slice(sending.chain.0.bytes());
            to.extend_from_slice(&sending.n.to_be_bytes());
            to.extend_from_slice(sending.fixed.as_bytes());
        }
    }
}

fn read_taken(from: &mut Fields<'_>) -> Option<Turn> {
    Some(Turn::Taken(Taken {
        next_header: HeaderKey(Wiped::copy_of(from.take()?)),
        dh: dh::SecretKey::from_bytes(from.take()?),
        kem: if flag(from)? {
            Some(kem::SecretKey::from_seed(from.take()?))
        } else {
            None
        },
        sending: if flag(from)? {
            Some(Sending {
                header: HeaderKey(Wiped::copy_of(from.take()?)),
                chain: ChainKey(Wiped::copy_of(from.take()?)),
                n: from.number()?,
                fixed: ChainHeader::from_bytes(from.take()?).ok()?,
            })
        } else {
            None
        },
    }))
}

fn write_skipped(skipped: &Skipped, to: &mut Bytes) {
    let count = |length: usize| {
        u32::try_from(length)
            .expect("at most 2,000 are kept")
            .to_be_bytes()
    };
    to.extend_from_slice(&count(skipped.chains.len()));
    for chain in &skipped.chains {
        to.extend_from_slice(chain.header.0.bytes());
        to.extend_from_slice(&count(chain.keys.len()));
        for (n, (day, key)) in &chain.keys {
            to.extend_from_slice(&n.to_be_bytes());
            to.extend_from_slice(&day.value().to_be_bytes());
            to.extend_from_slice(key.0.bytes());
        }
    }
}

fn read_skipped(from: &mut Fields<'_>) -> Option<Skipped> {
    let mut skipped = Skipped::default();
    for _ in 0..from.number()? {
        let header = HeaderKey(Wiped::copy_of(from.take()?));
        let mut keys = BTreeMap::new();
        for _ in 0..from.number()? {
            let n = from.number()?;
            let day = Day::new(from.number()?);
            let key = MessageKey(Wiped::copy_of(from.take()?));
            if keys.insert(n, (day, key)).is_some() {
                return None;
            }
        }
        if keys.is_empty() {
            return None;
        }
        skipped.chains.push(SkippedChain { header, keys });
    }
    let bounded =
        skipped.chains.len() <= limits::SKIPPED_CHAINS && skipped.len() <= limits::SKIPPED_KEYS;
    bounded.then_some(skipped)
}

fn flag(from: &mut Fields<'_>) -> Option<bool> {
    match from.take::<1>()?[0] {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    }
}
