//! The ledger with code of its own: entries, leaves and the tree, from SPEC §13 alone.
//! Knows: SHA-256 and bytes. Never knows: the project's own ledger.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use partywall_business_plane::Plane;
use sha2::{Digest, Sha256};

/// Every entry of a ledger, as anybody fetches it.
pub struct Book {
    /// 33 bytes each.
    pub entries: Vec<Vec<u8>>,
    /// What the newest checkpoint says of them.
    pub root: [u8; 32],
}

impl Book {
    /// Fetches it and makes the tree anew.
    ///
    /// # Errors
    /// What is not as it has to be.
    pub fn fetch(plane: &Plane) -> Result<Self, String> {
        let note = get(plane, "/checkpoint")?;
        let (size, root) = checkpoint(&note).ok_or("the checkpoint cannot be read")?;
        let mut entries = Vec::new();
        while entries.len() < size {
            let bundle = entries.len() / 256;
            let width = (size - entries.len()).min(256);
            let name = format!("x{:03}/{:03}", bundle / 1_000, bundle % 1_000);
            let name = if bundle < 1_000 {
                format!("{bundle:03}")
            } else {
                name
            };
            let part = if width < 256 {
                format!(".p/{width}")
            } else {
                String::new()
            };
            let bytes = get(plane, &format!("/tile/entries/{name}{part}"))?;
            for one in bytes.chunks(35) {
                entries.push(one.get(2..).ok_or("an entry is cut")?.to_vec());
            }
        }
        let book = Self { entries, root };
        if book.root_of(size) != Some(root) {
            return Err("the entries do not make the checkpoint's root".to_owned());
        }
        Ok(book)
    }

    /// The root over the first entries; `None` if there are not so many.
    #[must_use]
    pub fn root_of(&self, size: usize) -> Option<[u8; 32]> {
        let entries = self.entries.get(..size)?;
        let leaves: Vec<[u8; 32]> = entries.iter().map(|entry| leaf(entry)).collect();
        Some(root(&leaves))
    }

    /// Whether an entry is made of this salt and payload.
    #[must_use]
    pub fn holds(&self, index: u64, salt: &[u8], payload: &[u8]) -> bool {
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        self.entries
            .get(index)
            .is_some_and(|entry| *entry == commit(salt, payload))
    }
}

/// Size and root of a note.
#[must_use]
pub fn checkpoint(note: &[u8]) -> Option<(usize, [u8; 32])> {
    let text = std::str::from_utf8(note).ok()?;
    let mut lines = text.lines().skip(1);
    let size = lines.next()?.parse().ok()?;
    let root = STANDARD.decode(lines.next()?).ok()?;
    Some((size, root.try_into().ok()?))
}

fn get(plane: &Plane, path: &str) -> Result<Vec<u8>, String> {
    let answer = plane.ledger(path).map_err(|error| error.to_string())?;
    answer
        .map(|answer| answer.bytes)
        .ok_or_else(|| format!("{path} is not there"))
}

fn commit(salt: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut padded = payload.to_vec();
    padded.push(0x80);
    while !padded.len().is_multiple_of(256) {
        padded.push(0);
    }
    let label: &[u8] = b"partywall/1/business/entry";
    let mut mac = Hmac::<Sha256>::new_from_slice(salt).expect("any length is a key");
    for part in [label, &padded] {
        mac.update(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        mac.update(part);
    }
    let mut entry = vec![0x01];
    entry.extend_from_slice(&mac.finalize().into_bytes());
    entry
}

fn leaf(entry: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update([0]);
    hash.update(entry);
    hash.finalize().into()
}

/// RFC 6962 §2.1: the largest power of two smaller than the number goes to the left.
fn root(leaves: &[[u8; 32]]) -> [u8; 32] {
    match leaves {
        [] => Sha256::digest([]).into(),
        [one] => *one,
        _ => {
            let left = leaves.len().next_power_of_two() / 2;
            let mut hash = Sha256::new();
            hash.update([1]);
            hash.update(root(&leaves[..left]));
            hash.update(root(&leaves[left..]));
            hash.finalize().into()
        }
    }
}
