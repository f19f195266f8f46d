//! Any text as a link: what parses prints as a link that parses to the same. (SPEC §3)
//! Knows: text. Never knows: relays.
#![no_main]

use libfuzzer_sys::fuzz_target;
use partywall_peer::Link;

fuzz_target!(|text: &str| {
    if let Ok(link) = Link::parse(text) {
        let printed = link.as_web_link();
        let again = Link::parse(&printed).expect("what we print parses");
        assert_eq!(*again.as_web_link(), *printed);
    }
});
