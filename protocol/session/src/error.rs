//! Failures. Opening fails silently; a local mistake is explained. (SPEC §4.4 S-11, §9)
//! Knows: what went wrong here. Never knows: anything about the other side's secrets.

/// Opening failed. Says nothing more, on purpose: any reason would be an oracle. (SPEC S-11)
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("message could not be opened")]
pub struct OpenError;

/// A clear part of more than 512 bytes. (SPEC S-14)
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "what is said in the clear beside a message is too long: at most 512 bytes may stand there"
)]
pub struct ClearTooLong;

/// Why content was not sealed. Nothing has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Longer than the largest envelope has room for. (SPEC §4.3)
    #[error(
        "this is too long for one message: {length} bytes, and at most {limit} fit; send it in parts"
    )]
    TooLong {
        /// Length of the content in bytes.
        length: usize,
        /// Room in the largest envelope in bytes.
        limit: usize,
    },
    /// 20,000 messages without an answer. (SPEC S-9)
    #[error("20,000 messages went out without an answer: wait until the other side was online")]
    TurnDue,
    /// A key of the peer does not work; only a broken peer sends such a key.
    #[error("the other side's key cannot be used: begin a new conversation with a new invitation")]
    BadPeerKey,
}

/// Why a bundle was not accepted. Told in full: it is our own check. (SPEC S-1)
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// Not 1,409 bytes, or not sealed under this link's shelf key.
    #[error("the relay handed over something that is not this link's bundle: ask for a new link")]
    NotFromThisLink,
    /// A field is not what it must be.
    #[error("the bundle behind this link is malformed: ask for a new link")]
    Malformed,
    /// The identity is not the one that the link names.
    #[error("the bundle belongs to somebody else than this link names: do not use this link")]
    WrongIdentity,
    /// The signature does not hold.
    #[error("the bundle's signature does not hold: do not use this link")]
    BadSignature,
    /// Its date has passed.
    #[error("this link has expired: ask for a new one")]
    Expired,
    /// Its date lies more than 400 days ahead.
    #[error("the bundle is dated too far ahead: check this machine's clock, or ask for a new link")]
    TooFarAhead,
}

/// Why no handshake was begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HandshakeError {
    /// A key of the bundle gives an all-zero secret.
    #[error("the other side's key cannot be used: ask for a new link")]
    BadPeerKey,
}

/// A stored state could not be read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a stored session is damaged or of another version: restore the store from a backup, or begin anew"
)]
pub struct StateError;

/// Not an acceptable X25519 key, or an all-zero result. (SPEC G-11)
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an acceptable X25519 key")]
pub struct BadDhKey;

/// Not an acceptable ML-KEM-768 key. (FIPS 203 §7.2)
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an acceptable ML-KEM-768 key")]
pub struct BadKemKey;

impl From<BadDhKey> for OpenError {
    fn from(_: BadDhKey) -> Self {
        Self
    }
}

impl From<ClearTooLong> for OpenError {
    fn from(_: ClearTooLong) -> Self {
        Self
    }
}

impl From<BadKemKey> for OpenError {
    fn from(_: BadKemKey) -> Self {
        Self
    }
}
