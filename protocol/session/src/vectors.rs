//! The second implementation's vectors against this one: bundles, handshakes, a long conversation. (SPEC §10)
//! Knows: what each kind of vector promises. Never knows: how they were made.
//!
//! Every test runs over the vectors of both wings; the peer wing's must be there.

use std::collections::BTreeMap;

use partywall_ground::{Business, Day, DropId, IdentityId, Peer, Seconds, Wing};
use serde_json::Value;

use crate::OpenError;
use crate::bundle::{BundleSecret, UnverifiedBundle};
use crate::first_flight::FirstFlight;
use crate::identity::Identity;
use crate::names::{PreambleId, bundle_id_of};
use crate::secret::LinkKeys;
use crate::session::{Opened, Session};

mod reader;
mod state;

use reader::{
    Certified, Draws, Told, array, bundle_secret, bytes, clear, identity, link, name, valid,
    vectors,
};
use state::session_of;

const TODAY: Day = Day::new(20_000);

#[test]
fn bundles_are_published_and_verified_as_the_second_implementation_says() {
    assert!(bundles::<Peer>() > 0);
    bundles::<Business>();
}

/// Of one wing; returns how many vectors there were.
fn bundles<W: Told>() -> usize {
    let all = vectors::<W>("bundles.json");
    for vector in &all {
        let keys = link::<W>(vector);
        let drop = DropId::new(array(vector, "drop"));
        let owner = IdentityId::new(array(vector, "id"));
        let now = Seconds::new(vector["now"].as_u64().unwrap());
        let verified = UnverifiedBundle::unseal(&bytes(vector, "sealed_bundle"), keys.shelf_key())
            .and_then(|bundle| bundle.verify(&owner, &drop, now));
        assert_eq!(verified.is_ok(), valid(vector), "{}", name(vector));
        if valid(vector) {
            let identity = identity::<W>(vector, "ed_seed", "ik_secret");
            let bundle = bundle_secret::<W>(vector).publish(&identity, &drop);
            let published = bundle.as_bytes()[..] == bytes(vector, "bundle")[..];
            assert!(published, "{}", name(vector));
            let mut nonce = Draws(bytes(vector, "nonce"));
            let sealed = bundle.seal(keys.shelf_key(), &mut nonce);
            let shelved = sealed[..] == bytes(vector, "sealed_bundle")[..];
            assert!(shelved, "{}", name(vector));
        }
    }
    all.len()
}

/// A, from the same draws as the vector's.
fn initiate<W: Told>(vector: &Value) -> Session<W> {
    let keys = link::<W>(vector);
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
    let certified = Certified::of(vector);
    let binding = W::binding(&certified);
    Session::initiate(&identity, &verified, &keys, binding, &mut draws).unwrap()
}

/// Seals with the draws that a vector gives, in the order of §4.4.
fn seal<W: Told>(session: &mut Session<W>, vector: &Value) -> Vec<u8> {
    let draws = &vector["draws"];
    let order = ["dh_secret", "kem_seed", "encaps_m", "r"];
    let drawn: Vec<Vec<u8>> = order
        .iter()
        .filter(|key| !draws[**key].is_null())
        .map(|key| bytes(draws, key))
        .collect();
    let mut draws = Draws(drawn.concat());
    let clear = clear(vector);
    let aside = W::aside(&clear).unwrap();
    let envelope = session
        .seal_with(&bytes(vector, "content"), aside, &mut draws)
        .unwrap();
    let left = draws.0.len();
    assert_eq!(left, 0, "{}: not all draws were used", name(vector));
    envelope
}

/// Opens a vector's envelope with what stands beside it.
fn open<W: Told>(session: &mut Session<W>, vector: &Value) -> Result<Opened, OpenError> {
    let clear = clear(vector);
    let aside = W::aside(&clear).ok_or(OpenError)?;
    session.open_with(&bytes(vector, "envelope"), aside, TODAY)
}

/// B's side of a link, as a vector gives it.
struct Responder<W: Wing> {
    identity: Identity<W>,
    keys: LinkKeys<W>,
    bundle: Option<BundleSecret<W>>,
    certified: Certified,
    sessions: BTreeMap<[u8; 32], Session<W>>,
}

impl<W: Told> Responder<W> {
    fn of(vector: &Value) -> Self {
        Self {
            identity: identity(vector, "b_ed_seed", "b_ik_secret"),
            keys: link(vector),
            bundle: Some(bundle_secret(vector)),
            certified: Certified::of(vector),
            sessions: BTreeMap::new(),
        }
    }

    /// Opens a first flight with the bundle, without keeping anything.
    fn begin(&self, vector: &Value) -> Result<(Session<W>, Opened), OpenError> {
        let (envelope, clear) = (bytes(vector, "envelope"), clear(vector));
        let bundle = self.bundle.as_ref().ok_or(OpenError)?;
        let binding = W::binding(&self.certified);
        let aside = W::aside(&clear).ok_or(OpenError)?;
        FirstFlight::unlock(&envelope, bundle, &self.identity, &self.keys, binding)?
            .begin_with(aside, TODAY)
    }

    /// What B does with an envelope: the session that knows it, else the bundle that it names.
    fn respond(&mut self, vector: &Value) -> Result<Opened, OpenError> {
        let envelope = bytes(vector, "envelope");
        let id = *PreambleId::<W>::of(&envelope).ok_or(OpenError)?.as_bytes();
        if let Some(session) = self.sessions.get_mut(&id) {
            return open(session, vector);
        }
        let named = bundle_id_of(&envelope);
        if named.is_some() && named == self.bundle.as_ref().map(BundleSecret::id) {
            let (session, opened) = self.begin(vector)?;
            self.sessions.insert(id, session);
            return Ok(opened);
        }
        self.sessions
            .values_mut()
            .find_map(|session| open(session, vector).ok())
            .ok_or(OpenError)
    }
}

#[test]
fn handshakes_reach_the_same_keys_from_both_sides() {
    assert!(handshakes::<Peer>() > 0);
    handshakes::<Business>();
}

/// Of one wing; returns how many vectors there were.
fn handshakes<W: Told>() -> usize {
    let all = vectors::<W>("handshake.json");
    for vector in &all {
        let begun = Responder::<W>::of(vector).begin(vector);
        assert_eq!(begun.is_ok(), valid(vector), "{}", name(vector));
        if vector["what"] == "handshake" {
            let (session, opened) = begun.unwrap();
            let sid: [u8; 32] = array(vector, "sid");
            assert_eq!(*session.sid.bytes(), sid, "{}", name(vector));
            assert_eq!(*session.handshake.as_bytes(), array(vector, "h1"));
            assert_eq!(opened.content.as_slice(), bytes(vector, "content"));
            let mut a = initiate::<W>(vector);
            assert_eq!(*a.ratchet.root.0.bytes(), array(vector, "RK"));
            assert_eq!(a.sid.bytes(), session.sid.bytes());
            let same = seal(&mut a, vector) == bytes(vector, "envelope");
            assert!(same, "{}: other bytes", name(vector));
        }
    }
    all.len()
}

#[test]
fn every_envelope_of_a_long_conversation_opens_or_not_as_it_says_from_the_state_that_it_gives() {
    let (opened, refused) = openings::<Peer>();
    println!("{opened} opened, {refused} refused");
    assert!(opened > 30 && refused > 100);
    openings::<Business>();
}

/// Of one wing; returns how many opened and how many were refused.
fn openings<W: Told>() -> (usize, usize) {
    let all = vectors::<W>("conversation.json");
    let mut counted = (0, 0);
    let Some(setup) = all.first() else {
        return counted;
    };
    assert_eq!(setup["what"], "setup");
    for vector in all.iter().filter(|vector| vector["what"] == "open") {
        let opened = if vector["state"].is_null() {
            let begun = Responder::<W>::of(setup).begin(vector);
            begun.map(|(_, opened)| opened)
        } else {
            let mut session = session_of::<W>(setup, &vector["state"]);
            let before = session.to_bytes();
            let opened = open(&mut session, vector);
            let unmoved = before == session.to_bytes();
            assert_eq!(opened.is_err(), unmoved, "{}", name(vector));
            opened
        };
        assert_eq!(opened.is_ok(), valid(vector), "{}", name(vector));
        if let Ok(opened) = opened {
            let content = bytes(vector, "content");
            assert_eq!(opened.content.as_slice(), content, "{}", name(vector));
            counted.0 += 1;
        } else {
            counted.1 += 1;
        }
    }
    counted
}

#[test]
fn the_same_draws_seal_the_same_bytes_through_the_whole_conversation() {
    assert!(sealings::<Peer>() > 40);
    sealings::<Business>();
}

/// Of one wing; returns how many envelopes were sealed.
fn sealings<W: Told>() -> usize {
    let all = vectors::<W>("conversation.json");
    let mut sealed = 0;
    let Some(setup) = all.first() else {
        return sealed;
    };
    let mut a = initiate::<W>(setup);
    let mut b = Responder::<W>::of(setup);
    for vector in &all {
        match vector["what"].as_str().unwrap() {
            "seal" => {
                let session = if vector["from"] == "a" {
                    &mut a
                } else {
                    b.sessions.values_mut().next().unwrap()
                };
                let envelope = seal(session, vector);
                let digest = partywall_proof::sha256(&envelope);
                assert_eq!(digest, array(vector, "envelope_sha256"), "{}", name(vector));
                sealed += 1;
            }
            "open" if vector["in_log"] == true => {
                let opened = if vector["to"] == "a" {
                    open(&mut a, vector)
                } else {
                    b.respond(vector)
                };
                assert_eq!(opened.is_ok(), valid(vector), "{}", name(vector));
            }
            _ => {}
        }
    }
    sealed
}

#[test]
fn sequences_and_responders_go_on_as_the_second_implementation_does() {
    assert!(sequences::<Peer>() > 0);
    sequences::<Business>();
}

/// Of one wing; returns how many steps were gone.
fn sequences<W: Told>() -> usize {
    let all = vectors::<W>("conversation.json");
    let mut gone = 0;
    for vector in &all {
        let mut session = None;
        let mut responder = None;
        match vector["what"].as_str().unwrap() {
            "sequence" => session = Some(session_of::<W>(&all[0], &vector["state"])),
            "responder" => responder = Some(Responder::<W>::of(vector)),
            _ => continue,
        }
        for step in vector["steps"].as_array().unwrap() {
            let opened = match (&mut session, &mut responder) {
                (Some(session), _) => open(session, step),
                (None, Some(responder)) => responder.respond(step),
                (None, None) => Err(OpenError),
            };
            let both = format!("{}: {}", name(vector), name(step));
            assert_eq!(opened.is_ok(), valid(step), "{both}");
            if let Some(responder) = &mut responder
                && opened.is_ok()
                && vector["kind"] == 1
            {
                responder.bundle = None; // S-2
            }
            gone += 1;
        }
    }
    gone
}
