//! Any bytes, and real envelopes with a few bytes changed, opened by a session with gaps: nothing opens that was
//! changed, and a failure leaves the state as it was. (SPEC S-11)
//! Knows: one session. Never knows: how the bytes came.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use partywall_fuzz::{TODAY, World};
use partywall_ground::Peer;
use partywall_session::{Binding, FirstFlight, Session};

static WORLD: OnceLock<World> = OnceLock::new();

fuzz_target!(|input: (u8, Vec<(u16, u8)>, &[u8])| {
    let world = WORLD.get_or_init(World::build);
    let (pick, changes, raw) = input;
    let mut bytes = raw.to_vec();
    let mut changed = true;
    if let Some(good) = world.good.get(usize::from(pick)) {
        bytes = good.clone();
        for (at, flip) in changes {
            if let Some(byte) = bytes.get_mut(usize::from(at)) {
                *byte ^= flip;
            }
        }
        changed = bytes != *good;
    }
    let mut session = Session::<Peer>::from_bytes(&world.session).expect("our own state");
    let opened = session.open(&bytes, TODAY).is_ok();
    let begun = FirstFlight::unlock(
        &bytes,
        &world.bundle,
        &world.identity,
        &world.link,
        Binding::NONE,
    )
    .and_then(|flight| flight.begin(TODAY))
    .is_ok();
    assert!(!changed || (!opened && !begun), "a forgery opened");
    if !opened {
        assert!(
            session.to_bytes()[..] == world.session[..],
            "a failure moved the state"
        );
    }
});
