//! Any bytes as a bundle or a stored state: an answer, never a panic. (SPEC §4.1)
//! Knows: one link. Never knows: a shelf.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use partywall_fuzz::{NOW, World};
use partywall_ground::Peer;
use partywall_session::{BundleSecret, Identity, Session, UnverifiedBundle};

static WORLD: OnceLock<World> = OnceLock::new();

fuzz_target!(|bytes: &[u8]| {
    let world = WORLD.get_or_init(World::build);
    let sealed = UnverifiedBundle::<Peer>::unseal(bytes, world.link.shelf_key());
    assert!(sealed.is_err(), "nobody seals for this shelf by chance");
    if let Ok(exact) = bytes.try_into() {
        let owner = world.identity.id();
        let verified =
            UnverifiedBundle::<Peer>::from_bytes(exact).verify(&owner, &world.link.drop_id(), NOW);
        assert!(verified.is_err(), "a forged bundle");
    }
    if let Ok(session) = Session::<Peer>::from_bytes(bytes) {
        assert!(session.to_bytes()[..] == *bytes, "a state has one form");
    }
    let _ = BundleSecret::<Peer>::from_bytes(bytes);
    let _ = Identity::<Peer>::from_bytes(bytes);
});
