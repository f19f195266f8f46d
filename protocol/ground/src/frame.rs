//! Frames: one WebSocket binary message each, eight bytes of header and one CBOR map.
//! Knows: SPEC §1.4 (G-6 to G-8). Never knows: types, doors, and what a body means.

use crate::limits::{FRAME, FRAME_HEADER};
use crate::{Close, Wing, cbor};
use minicbor::Encode;
use std::marker::PhantomData;

/// The only version there is.
pub const VERSION: u8 = 1;

/// A frame of wing `W` whose header was checked. Its type and body were not yet. (SPEC §1.4)
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a, W: Wing> {
    /// The frame's type, by the wing's registry. (SPEC §7.2)
    pub kind: u16,
    /// The bytes behind the header, as received.
    pub body: &'a [u8],
    wing: PhantomData<W>,
}

impl<'a, W: Wing> Frame<'a, W> {
    /// Checks a message's length and header. (SPEC G-7)
    ///
    /// # Errors
    /// What to close the connection with, the first that fails in this order: `TooLarge`,
    /// `Malformed` (shorter than a header), `WrongWing`, `Version`, `Malformed` (another length than
    /// the header says).
    pub fn parse(message: &'a [u8]) -> Result<Self, Close> {
        if message.len() > FRAME {
            return Err(Close::TooLarge);
        }
        let (header, body) = message
            .split_first_chunk::<FRAME_HEADER>()
            .ok_or(Close::Malformed)?;
        let [wing, version, k0, k1, l0, l1, l2, l3] = *header;
        if wing != W::BYTE && !partywall_mutant::is("P30") {
            return Err(Close::WrongWing);
        }
        if version != VERSION && !partywall_mutant::is("A16") {
            return Err(Close::Version);
        }
        if usize::try_from(u32::from_be_bytes([l0, l1, l2, l3])) != Ok(body.len()) {
            return Err(Close::Malformed);
        }
        Ok(Self {
            kind: u16::from_be_bytes([k0, k1]),
            body,
            wing: PhantomData,
        })
    }
}

/// Builds a whole frame of wing `W` in one buffer of exactly its length. (SPEC §1.4)
///
/// # Panics
/// When the body encodes to more than a frame holds: the bounded types of both wings do not.
pub fn build<W: Wing>(kind: u16, body: &impl Encode<()>) -> Vec<u8> {
    let length = cbor::length(body);
    assert!(length <= FRAME - FRAME_HEADER, "bounded bodies fit a frame");
    let told = u32::try_from(length).expect("a frame is shorter than 4 GiB");
    let mut frame = Vec::with_capacity(FRAME_HEADER + length);
    frame.extend_from_slice(&[W::BYTE, VERSION]);
    frame.extend_from_slice(&kind.to_be_bytes());
    frame.extend_from_slice(&told.to_be_bytes());
    cbor::encode_into(&mut frame, body);
    frame
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Business, Peer};

    fn frame(kind: u16, body: &[u8]) -> Vec<u8> {
        let mut frame = vec![b'P', 1];
        frame.extend_from_slice(&kind.to_be_bytes());
        frame.extend_from_slice(&u32::try_from(body.len()).unwrap().to_be_bytes());
        frame.extend_from_slice(body);
        frame
    }

    fn refused(message: &[u8]) -> Option<Close> {
        Frame::<Peer>::parse(message).err()
    }

    #[test]
    fn a_frame_is_read_as_it_was_built() {
        let built = build::<Peer>(0x0123, &7_u8);
        assert_eq!(built, frame(0x0123, &[7]));
        let read = Frame::<Peer>::parse(&built).ok().unwrap();
        assert_eq!((read.kind, read.body), (0x0123, [7].as_slice()));
    }

    #[test]
    fn a_frame_of_the_other_wing_is_not_read() {
        let built = build::<Business>(1, &0_u8);
        assert_eq!(refused(&built), Some(Close::WrongWing));
        assert!(Frame::<Business>::parse(&built).is_ok());
    }

    #[test]
    fn the_first_check_that_fails_decides() {
        assert_eq!(refused(b""), Some(Close::Malformed));
        assert_eq!(refused(b"B\x02\0\0\0\0\0"), Some(Close::Malformed));
        assert_eq!(refused(b"B\x02\0\0\0\0\0\x09"), Some(Close::WrongWing));
        assert_eq!(refused(b"P\x02\0\0\0\0\0\x09"), Some(Close::Version));
        assert_eq!(refused(b"P\x01\0\0\0\0\0\x01"), Some(Close::Malformed));
        assert_eq!(refused(b"P\x01\0\0\0\0\0\0"), None);
        assert_eq!(refused(b"P\x01\0\0\0\0\0\0\0"), Some(Close::Malformed));
        assert_eq!(
            refused(b"P\x01\0\0\xff\xff\xff\xff"),
            Some(Close::Malformed)
        );
    }

    #[test]
    fn a_frame_ends_where_the_limit_says() {
        let longest = frame(1, &vec![0; FRAME - FRAME_HEADER]);
        assert_eq!(longest.len(), 65_792);
        assert_eq!(refused(&longest), None);
        assert_eq!(
            refused(&frame(1, &vec![0; FRAME - FRAME_HEADER + 1])),
            Some(Close::TooLarge)
        );
    }
}
