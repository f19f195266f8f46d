//! The second implementation's vectors against this one: bundles, handshakes, a long conversation. (SPEC §10)
//! Knows: how the vectors name every field of a state. Never knows: how they were made.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::path::Path;

use partywall_ground::{Day, DropId, IdentityId, LinkSecret, Peer, Seconds};
use rand_core::{TryCryptoRng, TryRng};
use serde_json::Value;

use crate::bundle::{BundleSecret, UnverifiedBundle};
use crate::chain::{ChainKey, MessageKey};
use crate::handshake::{Binding, FirstFlight, HandshakeId, PreambleId, bundle_id_of};
use crate::header::{ChainHeader, HeaderKey};
use crate::identity::{Identity, IdentityKeys};
use crate::ratchet::Ratchet;
use crate::root::RootKey;
use crate::secret::LinkKeys;
use crate::session::{Opened, Role, Session};
use crate::skipped::{Skipped, SkippedChain};
use crate::turn::{Answer, Due, Receiving, Sending, Taken, Turn};
use crate::wiped::Wiped;
use crate::{OpenError, dh, kem};

const TODAY: Day = Day::new(20_000);

/// Dice that fall as a vector says: the draws of §4.2 and §4.4 in their order.
struct Draws(Vec<u8>);

impl TryRng for Draws {
    type Error = core::convert::Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }
    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        assert!(
            self.0.len() >= bytes.len(),
            "more was drawn than the vector gives"
        );
        let rest = self.0.split_off(bytes.len());
        bytes.copy_from_slice(&self.0);
        self.0 = rest;
        Ok(())
    }
}

impl TryCryptoRng for Draws {}

fn vectors(name: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../vectors")
        .join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    file["vectors"].as_array().unwrap().clone()
}

fn bytes(vector: &Value, key: &str) -> Vec<u8> {
    hex::decode(vector[key].as_str().unwrap_or_else(|| panic!("no {key}"))).unwrap()
}

fn maybe<const N: usize>(vector: &Value, key: &str) -> Option<[u8; N]> {
    (!vector[key].is_null()).then(|| array(vector, key))
}

fn array<const N: usize>(vector: &Value, key: &str) -> [u8; N] {
    bytes(vector, key).try_into().unwrap()
}

fn number(vector: &Value, key: &str) -> u32 {
    u32::try_from(vector[key].as_u64().unwrap()).unwrap()
}

fn name(vector: &Value) -> &str {
    vector["name"].as_str().unwrap()
}

fn valid(vector: &Value) -> bool {
    vector["valid"].as_bool().unwrap()
}

fn identity(vector: &Value, ed: &str, ik: &str) -> Identity {
    Identity::from_bytes(&[bytes(vector, ed), bytes(vector, ik)].concat()).unwrap()
}

fn link(vector: &Value) -> LinkKeys<Peer> {
    LinkKeys::of(&LinkSecret::new(array(vector, "L")))
}

fn bundle_secret(vector: &Value) -> BundleSecret<Peer> {
    let kind = [u8::try_from(vector["kind"].as_u64().unwrap()).unwrap()];
    let not_after = vector["not_after"].as_u64().unwrap().to_be_bytes();
    let parts = [
        bytes(vector, "bid"),
        kind.to_vec(),
        not_after.to_vec(),
        bytes(vector, "p_secret"),
        bytes(vector, "kem_seed"),
    ];
    BundleSecret::from_bytes(&parts.concat()).unwrap()
}

#[test]
fn bundles_are_published_and_verified_as_the_second_implementation_says() {
    for vector in vectors("bundles.json") {
        let keys = link(&vector);
        let drop = DropId::new(array(&vector, "drop"));
        let owner = IdentityId::new(array(&vector, "id"));
        let now = Seconds::new(vector["now"].as_u64().unwrap());
        let verified =
            UnverifiedBundle::<Peer>::unseal(&bytes(&vector, "sealed_bundle"), keys.shelf_key())
                .and_then(|bundle| bundle.verify(&owner, &drop, now));
        assert_eq!(verified.is_ok(), valid(&vector), "{}", name(&vector));
        if valid(&vector) {
            let identity = identity(&vector, "ed_seed", "ik_secret");
            let bundle = bundle_secret(&vector).publish(&identity, &drop);
            assert_eq!(
                bundle.as_bytes()[..],
                bytes(&vector, "bundle")[..],
                "{}",
                name(&vector)
            );
            let mut nonce = Draws(bytes(&vector, "nonce"));
            let sealed = bundle.seal::<Peer>(keys.shelf_key(), &mut nonce);
            assert_eq!(
                sealed[..],
                bytes(&vector, "sealed_bundle")[..],
                "{}",
                name(&vector)
            );
        }
    }
}

/// A, from the same draws as the vector's.
fn initiate(vector: &Value) -> Session<Peer> {
    let keys = link(vector);
    let verified = UnverifiedBundle::unseal(&bytes(vector, "sealed_bundle"), keys.shelf_key())
        .unwrap()
        .verify(
            &IdentityId::new(array(vector, "id_B")),
            &keys.drop_id(),
            Seconds::new(vector["now"].as_u64().unwrap()),
        )
        .unwrap();
    let mut draws = Draws([bytes(vector, "e"), bytes(vector, "m")].concat());
    let identity = identity(vector, "a_ed_seed", "a_ik_secret");
    Session::initiate(&identity, &verified, &keys, Binding::NONE, &mut draws).unwrap()
}

/// Seals with the draws that a vector gives, in the order of §4.4.
fn seal(session: &mut Session<Peer>, vector: &Value) -> Vec<u8> {
    let draws = &vector["draws"];
    let order = ["dh_secret", "kem_seed", "encaps_m", "r"];
    let drawn: Vec<Vec<u8>> = order
        .iter()
        .filter(|key| !draws[**key].is_null())
        .map(|key| bytes(draws, key))
        .collect();
    let mut draws = Draws(drawn.concat());
    let envelope = session.seal(&bytes(vector, "content"), &mut draws).unwrap();
    assert!(
        draws.0.is_empty(),
        "{}: not all draws were used",
        name(vector)
    );
    envelope
}

/// What B does with an envelope: the session that knows it, else the bundle that it names.
fn respond(
    envelope: &[u8],
    sessions: &mut BTreeMap<PreambleId, Session<Peer>>,
    bundle: Option<&BundleSecret<Peer>>,
    identity: &Identity,
    keys: &LinkKeys<Peer>,
) -> Result<Opened, OpenError> {
    let id = PreambleId::of(envelope).ok_or(OpenError)?;
    if let Some(session) = sessions.get_mut(&id) {
        return session.open(envelope, TODAY);
    }
    if let Some(bundle) = bundle
        && bundle_id_of(envelope) == Some(bundle.id())
    {
        let flight = FirstFlight::unlock(envelope, bundle, identity, keys, Binding::NONE)?;
        let (session, opened) = flight.begin(TODAY)?;
        sessions.insert(id, session);
        return Ok(opened);
    }
    sessions
        .values_mut()
        .find_map(|session| session.open(envelope, TODAY).ok())
        .ok_or(OpenError)
}

#[test]
fn handshakes_reach_the_same_keys_from_both_sides() {
    for vector in vectors("handshake.json") {
        let keys = link(&vector);
        let secret = bundle_secret(&vector);
        let identity = identity(&vector, "b_ed_seed", "b_ik_secret");
        let envelope = bytes(&vector, "envelope");
        let flight = FirstFlight::unlock(&envelope, &secret, &identity, &keys, Binding::NONE);
        let begun = flight.and_then(|flight| flight.begin(TODAY));
        assert_eq!(begun.is_ok(), valid(&vector), "{}", name(&vector));
        if vector["what"] == "handshake" {
            let (session, opened) = begun.unwrap();
            assert_eq!(
                *session.sid.bytes(),
                array(&vector, "sid"),
                "{}",
                name(&vector)
            );
            assert_eq!(session.handshake.0, array(&vector, "h1"));
            assert_eq!(opened.content.as_slice(), bytes(&vector, "content"));
            let mut a = initiate(&vector);
            assert_eq!(*a.ratchet.root.0.bytes(), array(&vector, "RK"));
            assert_eq!(a.sid.bytes(), session.sid.bytes());
            assert!(
                seal(&mut a, &vector) == envelope,
                "{}: other bytes",
                name(&vector)
            );
        }
    }
}

#[test]
fn every_envelope_of_a_long_conversation_opens_or_not_as_it_says_from_the_state_that_it_gives() {
    let all = vectors("conversation.json");
    let setup = &all[0];
    assert_eq!(setup["what"], "setup");
    let (keys, secret) = (link(setup), bundle_secret(setup));
    let identity = identity(setup, "b_ed_seed", "b_ik_secret");
    let mut counted = (0, 0);
    for vector in all.iter().filter(|vector| vector["what"] == "open") {
        let envelope = bytes(vector, "envelope");
        let opened = if vector["state"].is_null() {
            FirstFlight::unlock(&envelope, &secret, &identity, &keys, Binding::NONE)
                .and_then(|flight| flight.begin(TODAY))
                .map(|(_, opened)| opened)
        } else {
            let mut session = session_of(setup, &vector["state"]);
            let before = session.to_bytes();
            let opened = session.open(&envelope, TODAY);
            assert_eq!(
                opened.is_err(),
                before == session.to_bytes(),
                "{}",
                name(vector)
            );
            opened
        };
        match opened {
            Ok(opened) => {
                assert!(valid(vector), "{} opened", name(vector));
                assert_eq!(
                    opened.content.as_slice(),
                    bytes(vector, "content"),
                    "{}",
                    name(vector)
                );
                counted.0 += 1;
            }
            Err(OpenError) => {
                assert!(!valid(vector), "{} did not open", name(vector));
                counted.1 += 1;
            }
        }
    }
    println!("{} opened, {} refused", counted.0, counted.1);
    assert!(counted.0 > 30 && counted.1 > 100);
}

#[test]
fn the_same_draws_seal_the_same_bytes_through_the_whole_conversation() {
    let all = vectors("conversation.json");
    let setup = &all[0];
    let (keys, secret) = (link(setup), bundle_secret(setup));
    let identity = identity(setup, "b_ed_seed", "b_ik_secret");
    let mut a = initiate(setup);
    let mut b = BTreeMap::new();
    let mut sealed = 0;
    for vector in &all {
        match vector["what"].as_str().unwrap() {
            "seal" => {
                let session = if vector["from"] == "a" {
                    &mut a
                } else {
                    b.values_mut().next().unwrap()
                };
                let envelope = seal(session, vector);
                let digest = partywall_proof::sha256(&envelope);
                assert_eq!(digest, array(vector, "envelope_sha256"), "{}", name(vector));
                sealed += 1;
            }
            "open" if vector["in_log"] == true => {
                let envelope = bytes(vector, "envelope");
                let opened = if vector["to"] == "a" {
                    a.open(&envelope, TODAY)
                } else {
                    respond(&envelope, &mut b, Some(&secret), &identity, &keys)
                };
                assert_eq!(opened.is_ok(), valid(vector), "{}", name(vector));
            }
            _ => {}
        }
    }
    assert!(sealed > 40);
}

#[test]
fn sequences_and_responders_go_on_as_the_second_implementation_does() {
    let all = vectors("conversation.json");
    for vector in &all {
        let steps = vector["steps"].as_array();
        match vector["what"].as_str().unwrap() {
            "sequence" => {
                let mut session = session_of(&all[0], &vector["state"]);
                for step in steps.unwrap() {
                    let opened = session.open(&bytes(step, "envelope"), TODAY);
                    assert_eq!(
                        opened.is_ok(),
                        valid(step),
                        "{}: {}",
                        name(vector),
                        name(step)
                    );
                }
            }
            "responder" => {
                let mut bundle = Some(bundle_secret(vector));
                let identity = identity(vector, "b_ed_seed", "b_ik_secret");
                let (keys, mut sessions) = (link(vector), BTreeMap::new());
                for step in steps.unwrap() {
                    let envelope = bytes(step, "envelope");
                    let opened =
                        respond(&envelope, &mut sessions, bundle.as_ref(), &identity, &keys);
                    assert_eq!(
                        opened.is_ok(),
                        valid(step),
                        "{}: {}",
                        name(vector),
                        name(step)
                    );
                    if opened.is_ok() && vector["kind"] == 1 {
                        bundle = None; // S-2
                    }
                }
            }
            _ => {}
        }
    }
}

/// A session in the state that a vector spells out.
fn session_of(setup: &Value, state: &Value) -> Session<Peer> {
    let initiator = state["role"] == "a";
    let preamble = maybe::<1216>(state, "preamble").unwrap();
    let got_chains = number(state, "got_chains");
    let (ed, ik) = if initiator {
        ("b_ed_seed", "b_ik_secret")
    } else {
        ("a_ed_seed", "a_ik_secret")
    };
    let peer: IdentityKeys = identity(setup, ed, ik).public();
    let receiving = maybe(state, "HKr").map(|header| Receiving {
        header: HeaderKey(Wiped::copy_of(&header)),
        chain: ChainKey(Wiped::copy_of(&array(state, "CKr"))),
        n: number(state, "Nr"),
        first: !initiator && got_chains == 1,
    });
    Session {
        handshake: HandshakeId(array(state, "h1")),
        sid: Wiped::copy_of(&array(state, "sid")),
        role: match (initiator, got_chains) {
            (true, 0) => Role::Initiator {
                preamble: Some(preamble.to_vec()),
            },
            (true, _) => Role::Initiator { preamble: None },
            (false, _) => Role::Responder {
                preamble: PreambleId(partywall_proof::sha256(&preamble)),
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
        wing: PhantomData,
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
        fixed: ChainHeader {
            first: state["role"] == "a" && number(state, "sent_chains") == 1,
            dh: *dh.public().as_bytes(),
            ek: Box::new(kem.as_ref().unwrap().public().to_bytes()),
            ct: Box::new(maybe(state, "ct").unwrap_or([0; 1088])),
            pn: number(state, "pn"),
        },
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
