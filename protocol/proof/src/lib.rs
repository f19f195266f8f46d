//! What a relay may verify: hashes under labels, Ed25519, equality in constant time. (SPEC §1.1, §2)
//! Knows: public keys, signatures, digests. Never knows: DH, KEM, AEAD, key derivation, sockets, clocks.

mod compare;
mod hash;
mod signature;

pub use compare::ct_eq;
pub use hash::{hash, sha256};
pub use signature::{BadKey, BadSignature, PublicKey, Signature, SigningKey};
