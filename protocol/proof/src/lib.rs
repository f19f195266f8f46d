//! What a relay may verify: hashes under labels, Ed25519, equality in constant time; and what both
//! wings say with them: a relay's vouches and first words, links, and what is sealed as a relay sees
//! it. (SPEC §1.1, §1.5, §2, §3, §5.2)
//! Knows: public keys, signatures, digests. Never knows: DH, KEM, AEAD, key derivation, sockets,
//! clocks, and what either wing says after the first words.

mod compare;
mod hash;
mod mac;
mod signature;

mod vouch;

mod hello;

mod envelope;
mod sealed_bundle;

pub mod link;

pub use compare::ct_eq;
pub use envelope::{Envelope, WrongSize};
pub use hash::{hash, sha256};
pub use hello::{Challenge, Greeting, Hello, Stranger};
pub use mac::mac;
pub use sealed_bundle::SealedBundle;
pub use signature::{BadKey, BadNote, BadSignature, NoteText, PublicKey, Signature, SigningKey};
pub use vouch::{BadVouch, Vouch, Vouched};
