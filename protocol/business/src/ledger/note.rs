//! C2SP signed notes: a text and signatures under it, of which the operator's counts. (SPEC §13.3, L-6)
//! Knows: their form. Never knows: what a text says.

use super::{LedgerError, Operator, Origin};
use base64::{Engine, prelude::BASE64_STANDARD};
use partywall_proof::{NoteText, Signature, SigningKey};

/// Bytes of the longest note.
pub(super) const LONGEST: usize = 8_192;

const DASH: &str = "\u{2014} ";
const ID: usize = 4;

/// Signs a text: the whole note.
pub(super) fn sign(origin: &Origin, text: NoteText<'_>, key: &SigningKey) -> String {
    let signature = key.sign_note(text);
    let id = origin.key_id(&key.public());
    let signed = BASE64_STANDARD.encode([&id[..], signature.as_bytes()].concat());
    let name = origin.as_str();
    format!("{}\n{DASH}{name} {signed}\n", text.as_str())
}

/// The text of a note that the operator signed. Signatures of others are let pass, as witnesses' are.
pub(super) fn open<'n>(note: &'n [u8], operator: &Operator) -> Result<&'n str, LedgerError> {
    let (text, signatures) = split(note).ok_or(LedgerError::Malformed)?;
    let id = operator.origin().key_id(operator.key());
    let mut signed = false;
    for line in signatures.lines() {
        let (name, bytes) = signature_line(line).ok_or(LedgerError::Malformed)?;
        if name != operator.origin().as_str() || bytes[..ID] != id {
            continue;
        }
        let signature = <[u8; Signature::LENGTH]>::try_from(&bytes[ID..])
            .map_err(|_| LedgerError::NotSigned)?;
        operator
            .key()
            .verify_note(text, &Signature::from_bytes(signature))
            .map_err(|_| LedgerError::NotSigned)?;
        signed = true;
    }
    if signed {
        Ok(text.as_str())
    } else {
        Err(LedgerError::NotSigned)
    }
}

/// The text with its last newline, and the lines of signatures with theirs; between them is an empty line.
fn split(note: &[u8]) -> Option<(NoteText<'_>, &str)> {
    if note.len() > LONGEST {
        return None;
    }
    let note = std::str::from_utf8(note).ok()?;
    let text_ends = note.rfind("\n\n")? + 1;
    let (text, rest) = note.split_at(text_ends);
    let signatures = rest.strip_prefix('\n')?;
    NoteText::new(signatures).ok()?;
    Some((NoteText::new(text).ok()?, signatures))
}

/// `— <name> <base64(key id ‖ signature)>`
fn signature_line(line: &str) -> Option<(&str, Vec<u8>)> {
    let (name, signed) = line.strip_prefix(DASH)?.split_once(' ')?;
    let bytes = BASE64_STANDARD.decode(signed).ok()?;
    let named = !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c == '+');
    (named && bytes.len() > ID).then_some((name, bytes))
}
