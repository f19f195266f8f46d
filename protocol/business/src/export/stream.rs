//! Frames one after another on a stream: eight bytes that say how many follow. (SPEC §1.4, §14)
//! Knows: heads and the longest frame there. Never knows: how the bytes arrive.

use crate::{Direction, Door, Kind};
use minicbor::Encode;
use partywall_ground::limits::FRAME_HEADER;
use partywall_ground::{Business, Close, Wing, cbor, frame::VERSION};

/// Bytes of the longest frame on the exporter's socket, head included. (SPEC §14)
pub const LONGEST_FRAME: usize = 8 << 20;

/// A frame's first eight bytes, checked: how many follow, and of which type they are. (SPEC G-7)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    kind: Kind,
    length: usize,
}

impl Head {
    /// Bytes of a head.
    pub const LENGTH: usize = FRAME_HEADER;

    /// Checks the eight bytes, before anything is kept for what follows.
    ///
    /// # Errors
    /// What to close the connection with, the first that fails in this order: `WrongWing`,
    /// `Version`, `TooLarge`, `Malformed` for a type that there is not, `WrongDoor` for one of the
    /// business door.
    pub fn parse(head: &[u8; Self::LENGTH]) -> Result<Self, Close> {
        let [wing, version, k0, k1, l0, l1, l2, l3] = *head;
        if wing != Business::BYTE {
            return Err(Close::WrongWing);
        }
        if version != VERSION {
            return Err(Close::Version);
        }
        let length = usize::try_from(u32::from_be_bytes([l0, l1, l2, l3]));
        let length = length.map_err(|_| Close::TooLarge)?;
        if length > LONGEST_FRAME - Self::LENGTH {
            return Err(Close::TooLarge);
        }
        let kind = Kind::from_number(u16::from_be_bytes([k0, k1])).ok_or(Close::Malformed)?;
        match kind.door() {
            Door::Exporter => Ok(Self { kind, length }),
            Door::Business => Err(Close::WrongDoor),
        }
    }

    /// Its type.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Which way it goes.
    #[must_use]
    pub const fn direction(&self) -> Direction {
        self.kind.direction()
    }

    /// How many bytes follow.
    #[must_use]
    pub const fn length(&self) -> usize {
        self.length
    }

    /// The body, if it is as long as the head says.
    pub(super) fn holds<'b>(&self, body: &'b [u8]) -> Result<&'b [u8], Close> {
        if body.len() == self.length {
            Ok(body)
        } else {
            Err(Close::Malformed)
        }
    }
}

/// Builds a whole frame in one buffer of its length.
pub(super) fn build(kind: Kind, body: &impl Encode<()>) -> Vec<u8> {
    let length = cbor::length(body);
    let told = u32::try_from(length).expect("a frame is shorter than 4 GiB");
    let mut frame = Vec::with_capacity(FRAME_HEADER + length);
    frame.extend_from_slice(&[Business::BYTE, VERSION]);
    frame.extend_from_slice(&kind.number().to_be_bytes());
    frame.extend_from_slice(&told.to_be_bytes());
    cbor::encode_into(&mut frame, body);
    frame
}
