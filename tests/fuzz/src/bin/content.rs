//! Any bytes as what clients say to each other: what decodes encodes to the same bytes. (SPEC §6)
//! And as a key in a client's records.
//! Knows: the client's own codec, compiled from its file. Never knows: the rest of the client.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../../../client-lib/peer/src/conversation/content.rs"]
mod content;
#[path = "../../../../client-lib/peer/src/conversation/records/small.rs"]
mod small;

mod records {
    pub(crate) use crate::small::Blob;
}

mod error {
    pub(crate) const GREATEST_TEXT: usize = partywall_ground::limits::TEXT;
}

fuzz_target!(|bytes: &[u8]| {
    if let Ok(content) = content::Content::from_bytes(bytes) {
        assert_eq!(content.to_bytes().as_slice(), bytes);
        let bare = content::Content::bare(content.sequence, content.milliseconds, content.seen);
        let said = bare.to_bytes();
        assert!(said.len() <= bytes.len());
        let read = content::Content::from_bytes(&said).expect("our own");
        assert_eq!(read.to_bytes(), said);
    }
    if let Ok(key) = minicbor::decode::<small::Key32>(bytes) {
        let key = key.wiped();
        assert!(
            bytes
                .windows(key.len())
                .any(|window| window == key.as_slice())
        );
    }
});
