//! Labels, and the length-prefixed bytes that every hash, derivation and signature is made over.
//! Knows: SPEC §1.1, §1.2, and the labels that belong to neither wing (§7.1). Never knows: keys.

use crate::Wing;

/// Says that a TLS key is the relay's. (SPEC §2.3)
pub const VOUCH: Label = Label::ground("vouch");
/// The check at the end of a link. (SPEC §3)
pub const LINK: Label = Label::ground("link");

const PREFIX: &[u8] = b"partywall/1/";
const LONGEST: usize = 48;

/// What a derivation, hash or signature is for: `partywall/1/<wing>/<name>`. (SPEC §1.2, G-1)
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Label {
    /// The label `name` of a wing. Meant for constants, where a bad name does not compile:
    /// 1 or more of `a`–`z`, `0`–`9` and space, at most 48 bytes with all that stands before it.
    pub const fn of<W: Wing>(name: &'static str) -> Self {
        Self::joined(W::NAME, name)
    }

    /// The label `name` of what both wings share. (SPEC §7.1)
    pub const fn ground(name: &'static str) -> Self {
        Self::joined("ground", name)
    }

    /// The whole label as ASCII bytes.
    pub const fn as_bytes(&self) -> &[u8] {
        self.bytes.split_at(self.length).0
    }

    /// The whole label as text.
    pub const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.as_bytes()) {
            Ok(text) => text,
            Err(_) => "",
        }
    }

    const fn joined(wing: &str, name: &str) -> Self {
        assert!(!name.is_empty(), "a label has a name");
        let empty = Self {
            bytes: [0; LONGEST],
            length: 0,
        };
        empty
            .and(PREFIX)
            .and(wing.as_bytes())
            .and(b"/")
            .and(name.as_bytes())
    }

    const fn and(mut self, part: &[u8]) -> Self {
        assert!(self.length + part.len() <= LONGEST, "a label is short");
        let mut at = 0;
        while at < part.len() {
            let byte = part[at];
            assert!(
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b' ' | b'/'),
                "a label is made of a-z, 0-9 and space"
            );
            self.bytes[self.length] = byte;
            self.length += 1;
            at += 1;
        }
        self
    }
}

/// The label itself: it is public and says nothing about anybody.
impl std::fmt::Debug for Label {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl AsRef<[u8]> for Label {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

/// Shows `lp(part)` to `visitor`, piece by piece, so that a hasher takes it in without a copy.
/// (SPEC §1.1)
///
/// # Panics
/// When `part` is 4 GiB or longer, which nothing on this wire is.
pub fn lp(part: &[u8], visitor: &mut impl FnMut(&[u8])) {
    let length = u32::try_from(part.len()).expect("no part of this protocol reaches 4 GiB");
    visitor(&length.to_be_bytes());
    visitor(part);
}

/// Shows `lp(label)` to `visitor`: the first part of every `LP` that is hashed or signed.
/// (SPEC §1.1)
pub fn lp_label(label: Label, visitor: &mut impl FnMut(&[u8])) {
    let whole = label.as_bytes();
    let said = match whole.rsplit(|byte| *byte == b'/').next() {
        Some(name) if partywall_mutant::is("A22") => name,
        _ => whole,
    };
    lp(said, visitor);
}

/// `LP(parts…)` in a buffer of its own; the label, if there is one, is the first part. (SPEC §1.1)
/// Not for secrets: the buffer is not wiped.
///
/// # Panics
/// As [`lp`].
pub fn lp_vec(parts: &[&[u8]]) -> Vec<u8> {
    let length = parts.iter().map(|part| 4 + part.len()).sum();
    let mut joined = Vec::with_capacity(length);
    for part in parts {
        lp(part, &mut |piece| joined.extend_from_slice(piece));
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Business, Peer};

    #[test]
    fn a_wings_name_enters_every_label_of_that_wing() {
        assert_eq!(Label::of::<Peer>("root").as_str(), "partywall/1/peer/root");
        assert_eq!(
            Label::of::<Business>("safety digits").as_bytes(),
            b"partywall/1/business/safety digits"
        );
        assert_eq!(VOUCH.as_str(), "partywall/1/ground/vouch");
        assert_ne!(Label::of::<Peer>("root"), Label::of::<Business>("root"));
    }

    #[test]
    fn every_part_is_told_apart_by_its_length() {
        assert_eq!(
            lp_vec(&[b"ab", b"", b"c"]),
            b"\0\0\0\x02ab\0\0\0\0\0\0\0\x01c"
        );
        assert_ne!(lp_vec(&[b"ab", b"c"]), lp_vec(&[b"a", b"bc"]));
    }

    #[test]
    fn a_hasher_sees_the_same_bytes_as_a_buffer_holds() {
        let mut seen = Vec::new();
        let mut visitor = |piece: &[u8]| seen.extend_from_slice(piece);
        lp_label(LINK, &mut visitor);
        lp(b"a", &mut visitor);
        lp(b"bc", &mut visitor);
        assert_eq!(seen, lp_vec(&[LINK.as_bytes(), b"a", b"bc"]));
    }
}
