//! Any bytes through the strict pass: an answer, never a panic, never deep recursion. (SPEC §1.3)
//! Knows: bytes. Never knows: bodies.
#![no_main]

use libfuzzer_sys::fuzz_target;
use partywall_ground::cbor;

fuzz_target!(|bytes: &[u8]| {
    let strict = cbor::check(bytes).is_ok();
    let number = cbor::decode::<u64>(bytes);
    assert!(
        strict || number.is_err(),
        "nothing decodes that the strict pass refuses"
    );
});
