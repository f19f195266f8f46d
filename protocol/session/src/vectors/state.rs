//! A session in the state that a vector spells out. (SPEC §4.4)
//! Knows: how the vectors name every field of a state. Never knows: how they were made.

use std::marker::PhantomData;

use partywall_ground::Wing;
use serde_json::Value;

use super::TODAY;
use super::reader::{array, identity, maybe, number};
use crate::chain::{ChainKey, MessageKey};
use crate::header::{ChainFields, HeaderKey};
use crate::identity::IdentityKeys;
use crate::names::{HandshakeId, PreambleId};
use crate::ratchet::Ratchet;
use crate::root::RootKey;
use crate::session::{Role, Session};
use crate::skipped::{Skipped, SkippedChain};
use crate::turn::{Answer, Due, Receiving, Sending, Taken, Turn};
use crate::wiped::Wiped;
use crate::{dh, kem};

/// A session in the state that a vector spells out.
pub(super) fn session_of<W: Wing>(setup: &Value, state: &Value) -> Session<W> {
    let initiator = state["role"] == "a";
    let preamble = maybe::<1216>(state, "preamble").unwrap();
    let got_chains = number(state, "got_chains");
    let (ed, ik) = if initiator {
        ("b_ed_seed", "b_ik_secret")
    } else {
        ("a_ed_seed", "a_ik_secret")
    };
    let peer: IdentityKeys<W> = identity::<W>(setup, ed, ik).public();
    let receiving = maybe(state, "HKr").map(|header| Receiving {
        header: HeaderKey(Wiped::copy_of(&header)),
        chain: ChainKey(Wiped::copy_of(&array(state, "CKr"))),
        n: number(state, "Nr"),
        first: !initiator && got_chains == 1,
    });
    Session {
        handshake: HandshakeId::from_bytes(array(state, "h1")),
        sid: Wiped::copy_of(&array(state, "sid")),
        role: match (initiator, got_chains) {
            (true, 0) => Role::Initiator {
                preamble: Some(preamble.to_vec()),
            },
            (true, _) => Role::Initiator { preamble: None },
            (false, _) => Role::Responder {
                preamble: PreambleId::from_bytes(partywall_proof::sha256(&preamble)),
            },
        },
        peer,
        ratchet: Ratchet {
            root: RootKey(Wiped::copy_of(&array(state, "RK"))),
            next_receive: HeaderKey(Wiped::copy_of(&array(state, "NHKr"))),
            receiving,
            turn: if state["turn_due"] == true {
                due(state)
            } else {
                taken(state)
            },
            answer: match (initiator, got_chains, maybe::<32>(state, "IK_A")) {
                (true, 0, _) => {
                    Answer::Awaited(dh::SecretKey::from_bytes(&array(setup, "a_ik_secret")))
                }
                (false, _, Some(ik)) => Answer::Owed(dh::PublicKey::from_bytes(ik).unwrap()),
                _ => Answer::Given,
            },
            skipped: skipped(state),
            confirmed: state["confirmed"] == true,
            wing: PhantomData,
        },
    }
}

fn due(state: &Value) -> Turn {
    Turn::Due(Due {
        next_header: HeaderKey(Wiped::copy_of(&array(state, "NHKs"))),
        dh: dh::PublicKey::from_bytes(array(state, "DHr")).unwrap(),
        ek: maybe(state, "ekr").map(|ek| kem::PublicKey::from_bytes(&ek).unwrap()),
        sent: number(state, "Ns"),
    })
}

fn taken(state: &Value) -> Turn {
    let dh = dh::SecretKey::from_bytes(&array(state, "DHs"));
    let kem = maybe(state, "dk").map(|seed| kem::SecretKey::from_seed(&seed));
    let sending = maybe(state, "HKs").map(|header| Sending {
        header: HeaderKey(Wiped::copy_of(&header)),
        chain: ChainKey(Wiped::copy_of(&array(state, "CKs"))),
        n: number(state, "Ns"),
        fixed: ChainFields {
            first: state["role"] == "a" && number(state, "sent_chains") == 1,
            dh: dh.public().as_bytes(),
            ek: &kem.as_ref().unwrap().public().to_bytes(),
            ct: &maybe(state, "ct").unwrap_or([0; 1088]),
            pn: number(state, "pn"),
        }
        .joined(),
    });
    Turn::Taken(Taken {
        next_header: HeaderKey(Wiped::copy_of(&array(state, "NHKs"))),
        dh,
        kem,
        sending,
    })
}

fn skipped(state: &Value) -> Skipped {
    let mut skipped = Skipped::default();
    for entry in state["skipped"].as_array().unwrap() {
        let gap = vec![(
            number(entry, "n"),
            MessageKey(Wiped::copy_of(&array(entry, "mk"))),
        )];
        skipped.keep(&HeaderKey(Wiped::copy_of(&array(entry, "HK"))), gap, TODAY);
    }
    let kept: &[SkippedChain] = &skipped.chains;
    assert_eq!(
        kept.is_empty(),
        state["skipped"].as_array().unwrap().is_empty()
    );
    skipped
}
