//! Content, 0x80, zeros: up to the room of an envelope. (SPEC §4.3, S-6)
//! Knows: lengths. Never knows: what the content says.

use zeroize::Zeroizing;

/// The smallest of three rooms that the content and its padding byte fit in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Room(pub(crate) usize);

/// Pads content to exactly `room` bytes; the caller chose a room larger than the content.
pub(crate) fn pad(content: &[u8], room: Room) -> Zeroizing<Vec<u8>> {
    let mut padded = Zeroizing::new(Vec::with_capacity(room.0 + 16));
    padded.extend_from_slice(content);
    padded.push(0x80);
    padded.resize(room.0, 0);
    padded
}

/// Length of the content, or nothing if the padding is not exactly as [`pad`] makes it.
pub(crate) fn content_length(padded: &[u8]) -> Option<usize> {
    let marker = padded.iter().rposition(|byte| *byte != 0)?;
    (padded[marker] == 0x80).then_some(marker)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_padded_comes_back_and_anything_else_does_not() {
        for content in [&b""[..], b"hello", b"\x80", b"\x80\x00\x00", &[0; 31]] {
            let padded = pad(content, Room(32));
            assert_eq!(padded.len(), 32);
            let length = content_length(&padded).unwrap();
            assert_eq!(&padded[..length], content);
        }
        assert_eq!(content_length(&[0; 32]), None);
        assert_eq!(content_length(b"hello\x81\x00"), None);
    }
}
