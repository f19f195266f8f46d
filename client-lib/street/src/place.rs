//! Where a relay is, as a client remembers it from a link.
//! Knows: authorities and a key. Never knows: the link's secrets.

/// Where a relay is and who it must prove to be. (SPEC R-2)
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RelayPlace {
    /// `HOST:PORT`, the port always written; tried in order, all the same relay. One to three.
    pub authorities: Vec<String>,
    /// The relay's permanent Ed25519 key, 32 bytes.
    pub key: [u8; 32],
}
