//! Signatures of a C2SP signed note's text: the one thing that is signed without a label. (SPEC §13.3)
//! Knows: which texts may be notes. Never knows: what a note says.
//!
//! Other people's verifiers check these signatures, so the text is signed as it is. That cannot be mistaken for any other signature
//! of the same key: all others begin with the four bytes of a label's length, of which the first is zero, and a note's text holds no
//! byte below 0x20 but newlines, and does not begin with one.

use super::{BadSignature, PublicKey, Signature, SigningKey};
use ed25519_dalek::Signer;

/// The text cannot be that of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the text of a signed note")]
pub struct BadNote;

/// The text of a signed note: lines of printable UTF-8, each ended by a newline, the first not empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoteText<'a>(&'a str);

impl<'a> NoteText<'a> {
    /// The only way in.
    ///
    /// # Errors
    /// [`BadNote`] for an empty text, an empty first line, a last line without its end, and control characters.
    pub fn new(text: &'a str) -> Result<Self, BadNote> {
        let control = |byte: u8| byte < 0x20 && byte != b'\n';
        if !text.ends_with('\n') || text.starts_with('\n') || text.bytes().any(control) {
            return Err(BadNote);
        }
        Ok(Self(text))
    }

    /// The text, its last newline included.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.0
    }
}

impl SigningKey {
    /// Signs a note's text as it is, without a label: C2SP signed-note, algorithm byte 0x01.
    #[must_use]
    pub fn sign_note(&self, text: NoteText<'_>) -> Signature {
        Signature::from_bytes(self.0.sign(text.0.as_bytes()).to_bytes())
    }
}

impl PublicKey {
    /// Proves that the key's holder signed this note's text; strictly, as every other signature. (SPEC G-10)
    ///
    /// # Errors
    /// [`BadSignature`] whatever the cause.
    pub fn verify_note(
        &self,
        text: NoteText<'_>,
        signature: &Signature,
    ) -> Result<(), BadSignature> {
        let signature = ed25519_dalek::Signature::from_bytes(signature.as_bytes());
        self.0
            .verify_strict(text.0.as_bytes(), &signature)
            .map_err(|_| BadSignature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use partywall_ground::{Label, lp_vec};

    #[test]
    fn a_notes_signature_holds_for_its_text_and_key_only() {
        let key = SigningKey::from_seed(&[7; 32]);
        let text = NoteText::new("a log\n1\n").unwrap();
        let signature = key.sign_note(text);
        assert_eq!(key.public().verify_note(text, &signature), Ok(()));
        let other = NoteText::new("a log\n2\n").unwrap();
        assert_eq!(
            key.public().verify_note(other, &signature),
            Err(BadSignature)
        );
        let stranger = SigningKey::from_seed(&[8; 32]).public();
        assert_eq!(stranger.verify_note(text, &signature), Err(BadSignature));
    }

    #[test]
    fn what_is_signed_under_a_label_can_never_be_a_note() {
        let label = Label::ground("vouch");
        let message = lp_vec(&[label.as_bytes(), b"a\n"]);
        let as_text = std::str::from_utf8(&message).unwrap();
        assert_eq!(NoteText::new(as_text), Err(BadNote));
        for text in ["", "\n", "a", "\na\n", "a\tb\n", "\u{0}a\n"] {
            assert_eq!(NoteText::new(text), Err(BadNote), "{text:?}");
        }
        assert!(NoteText::new("a\n\nb\n").is_ok());
    }
}
