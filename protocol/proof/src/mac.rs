//! HMAC-SHA256 over length-prefixed fields, label first. (SPEC §1.1, §13.2)
//! Knows: a key and bytes in order. Never knows: what they mean.

use hmac::{Hmac, KeyInit, Mac};
use partywall_ground::{Label, lp, lp_label};
use sha2::Sha256;

/// HMAC-SHA256(key, LP(label, parts…)): 32 bytes. What must stay secret is the key; compare two results with [`ct_eq`](crate::ct_eq)
/// where one of them is. (RFC 2104)
///
/// # Panics
/// When a part is 4 GiB or longer, which nothing on this wire is.
#[must_use]
pub fn mac(key: &[u8; 32], label: Label, parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    let mut take = |bytes: &[u8]| mac.update(bytes);
    lp_label(label, &mut take);
    for part in parts {
        lp(part, &mut take);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sha256;
    use partywall_ground::lp_vec;

    /// HMAC by its definition (RFC 2104), for a key of 32 bytes.
    fn defined(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
        let block = |with: u8| {
            let mut block = [with; 64];
            for (byte, key) in block.iter_mut().zip(key) {
                *byte ^= key;
            }
            block.to_vec()
        };
        let inner = sha256(&[block(0x36), message.to_vec()].concat());
        sha256(&[block(0x5c), inner.to_vec()].concat())
    }

    #[test]
    fn a_mac_is_hmac_over_label_and_parts_and_differs_with_each() {
        let label = Label::ground("vouch");
        let made = mac(&[7; 32], label, &[b"ab", b"c"]);
        let message = lp_vec(&[label.as_bytes(), b"ab", b"c"]);
        assert_eq!(made, defined(&[7; 32], &message));
        assert_ne!(made, mac(&[8; 32], label, &[b"ab", b"c"]));
        assert_ne!(made, mac(&[7; 32], label, &[b"a", b"bc"]));
        assert_ne!(made, mac(&[7; 32], Label::ground("link"), &[b"ab", b"c"]));
    }
}
