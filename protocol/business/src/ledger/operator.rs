//! Whose ledger it is: its name among all logs, and the key that signs for it. (SPEC §13.3)
//! Knows: one origin, one public key. Never knows: how either was learnt.

use partywall_proof::{PublicKey, sha256};

const PREFIX: &str = "partywall/";
const LONGEST: usize = 255;
const ED25519: u8 = 1;

/// The authority cannot be part of a log's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a ledger is named by the HOST:PORT of its relay's business listener, without spaces and `+`"
)]
pub struct BadOrigin;

/// A log's name: `partywall/` and the authority of the relay's business listener. (SPEC L-6)
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin(String);

impl Origin {
    /// Of the relay whose business listener is there, such as `relay.example:7444`.
    ///
    /// # Errors
    /// [`BadOrigin`] for an empty or overlong one, and for anything but printable ASCII without space, `+` and `/`.
    pub fn of_authority(authority: &str) -> Result<Self, BadOrigin> {
        let good = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'+' | b'/');
        let length = PREFIX.len() + authority.len();
        if authority.is_empty() || length > LONGEST || !authority.bytes().all(good) {
            return Err(BadOrigin);
        }
        Ok(Self(format!("{PREFIX}{authority}")))
    }

    /// From the whole name, as it was sent or kept.
    ///
    /// # Errors
    /// [`BadOrigin`] when it is not made as [`Self::of_authority`] makes it.
    pub fn parse(name: &str) -> Result<Self, BadOrigin> {
        let authority = name.strip_prefix(PREFIX).ok_or(BadOrigin)?;
        Self::of_authority(authority)
    }

    /// The whole name: the first line of every checkpoint, and the key's name in its signature.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A signed note's id of a key under this name. (C2SP signed-note)
    pub(super) fn key_id(&self, key: &PublicKey) -> [u8; 4] {
        let named = [self.0.as_bytes(), &[b'\n', ED25519], key.as_bytes()].concat();
        let [a, b, c, d, ..] = sha256(&named);
        [a, b, c, d]
    }
}

/// Who keeps a ledger, as its reader knows them. Every check is against one of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    origin: Origin,
    key: PublicKey,
}

impl Operator {
    /// The log of this name, signed for by this key.
    #[must_use]
    pub const fn new(origin: Origin, key: PublicKey) -> Self {
        Self { origin, key }
    }

    /// The log's name.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The operator's business key.
    #[must_use]
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The key as other people's verifiers take it: `<name>+<hex key id>+<base64(0x01 ‖ key)>`. (C2SP signed-note, verifier key)
    #[must_use]
    pub fn verifier_key(&self) -> String {
        use base64::{Engine, prelude::BASE64_STANDARD};
        let id = u32::from_be_bytes(self.origin.key_id(&self.key));
        let key = [&[ED25519], &self.key.as_bytes()[..]].concat();
        format!("{}+{id:08x}+{}", self.origin.0, BASE64_STANDARD.encode(key))
    }
}
