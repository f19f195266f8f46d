//! Content, 0x80, zeros: up to the room of an envelope. (SPEC §4.3, S-6)
//! Knows: lengths. Never knows: what the content says.

/// The smallest of three rooms that the content and its padding byte fit in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Room(pub(crate) usize);

/// Content that will fill exactly this room; whoever made it chose a room larger than the content.
#[derive(Clone, Copy)]
pub(crate) struct Padded<'a> {
    pub(crate) content: &'a [u8],
    pub(crate) room: Room,
}

impl Padded<'_> {
    /// Puts content and padding behind what is there.
    pub(crate) fn put(self, to: &mut Vec<u8>) {
        let end = to.len() + self.room.0;
        to.extend_from_slice(self.content);
        to.push(0x80);
        to.resize(end, 0);
    }
}

/// Length of the content, or nothing if the padding is not exactly as [`Padded::put`] makes it.
pub(crate) fn content_length(padded: &[u8]) -> Option<usize> {
    // Zeros are passed over by the block: there may be 60 KiB of them.
    const BLOCK: usize = 64;
    let zeros = padded.rchunks_exact(BLOCK);
    let zeros = zeros.take_while(|block| block.iter().fold(0, |all, byte| all | byte) == 0);
    let padded = &padded[..padded.len() - BLOCK * zeros.count()];
    let marker = padded.iter().rposition(|byte| *byte != 0)?;
    let ends_well = padded[marker] == 0x80 || partywall_mutant::is("B17");
    ends_well.then_some(marker)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_padded_comes_back_and_anything_else_does_not() {
        for room in [32, 64, 65, 200] {
            for content in [&b""[..], b"hello", b"\x80", b"\x80\x00\x00", &[0; 31]] {
                let mut padded = Vec::new();
                let room = Room(room);
                Padded { content, room }.put(&mut padded);
                assert_eq!(padded.len(), room.0);
                let length = content_length(&padded).unwrap();
                assert_eq!(&padded[..length], content);
            }
            assert_eq!(content_length(&vec![0; room]), None);
        }
        assert_eq!(content_length(b"hello\x81\x00"), None);
        assert_eq!(
            content_length(&[&[0x80; 64][..], &[1], &[0; 80]].concat()),
            None
        );
    }
}
