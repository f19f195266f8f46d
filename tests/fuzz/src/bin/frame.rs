//! Any bytes as a frame of either wing: an answer, never a panic. (SPEC §1.4)
//! Knows: bytes. Never knows: connections.
#![no_main]

use libfuzzer_sys::fuzz_target;
use partywall_ground::{Business, Frame, Peer};

fuzz_target!(|bytes: &[u8]| {
    let peer = Frame::<Peer>::parse(bytes).is_ok();
    let business = Frame::<Business>::parse(bytes).is_ok();
    assert!(!(peer && business), "a frame belongs to one wing");
});
