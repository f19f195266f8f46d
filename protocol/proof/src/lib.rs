//! What a relay may verify: hashes under labels, Ed25519, equality in constant time; and what both
//! wings say with them: a relay's vouches and first words, and links. (SPEC §1.1, §2, §3, §5.2)
//! Knows: public keys, signatures, digests. Never knows: DH, KEM, AEAD, key derivation, sockets,
//! clocks, and what either wing says after the first words.

mod compare;
mod hash;
mod mac;
mod signature;

mod vouch;

mod hello;

pub mod link;

pub use compare::ct_eq;
pub use hash::{hash, sha256};
pub use hello::{Challenge, Greeting, Hello, Stranger};
pub use mac::mac;
pub use signature::{BadKey, BadNote, BadSignature, NoteText, PublicKey, Signature, SigningKey};
pub use vouch::{BadVouch, Vouch, Vouched};
