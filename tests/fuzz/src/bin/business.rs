//! Any bytes at the business wing's door: what decodes encodes to the same bytes. (SPEC §11)
//! Knows: every caller's frames and the relay's. Never knows: conversations.
#![no_main]

use libfuzzer_sys::fuzz_target;
use partywall_business::answer::FromRelay;
use partywall_business::request::FromClient;
use partywall_business::{Caller, Role};

const CALLERS: [Caller; 4] = [
    Caller::Guest,
    Caller::Proven(Role::Customer),
    Caller::Proven(Role::Business),
    Caller::Proven(Role::Rights),
];

fuzz_target!(|input: (u8, &[u8])| {
    let (kind, body) = input;
    let Ok(length) = u32::try_from(body.len()) else {
        return;
    };
    let mut bytes = vec![b'B', 1, 1, kind];
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(body);
    for caller in CALLERS {
        if let Ok(frame) = FromClient::decode(&bytes, caller) {
            assert_eq!(frame.encode(), bytes);
        }
    }
    if let Ok(frame) = FromRelay::decode(&bytes) {
        assert_eq!(frame.encode(), bytes);
    }
});
