//! Any bytes at each door: what decodes encodes to the same bytes, and only at one door. (SPEC §5)
//! Knows: the four kinds of frames. Never knows: mailboxes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use partywall_ground::Peer;
use partywall_ground::frame;
use partywall_peer::{collect, deposit};

fuzz_target!(|input: (u16, &[u8])| {
    let (kind, body) = input;
    if body.len() > 65_784 {
        return;
    }
    let bytes = frame::build::<Peer>(kind & 0x3f, &body);
    if let Ok(frame) = collect::FromClient::decode(&bytes) {
        assert_eq!(frame.encode(), bytes);
    }
    if let Ok(frame) = collect::FromRelay::decode(&bytes) {
        assert_eq!(frame.encode(), bytes);
    }
    if let Ok(frame) = deposit::FromClient::decode(&bytes) {
        assert_eq!(frame.encode(), bytes);
    }
    if let Ok(frame) = deposit::FromRelay::decode(&bytes) {
        assert_eq!(frame.encode(), bytes);
    }
});
