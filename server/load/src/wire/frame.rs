//! One frame of RFC 6455, there and back.
//! Knows: headers. Never knows: streams.

use bytes::{Buf, BufMut, Bytes, BytesMut};

use crate::LoadError;

/// What a message holds.
pub(crate) type Payload = Bytes;

/// A frame as it came.
pub(super) struct Frame {
    pub(super) opcode: Opcode,
    pub(super) payload: Payload,
}

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opcode {
    Binary,
    Close,
    Ping,
    Pong,
}

impl Opcode {
    const fn byte(self) -> u8 {
        match self {
            Self::Binary => 0x2,
            Self::Close => 0x8,
            Self::Ping => 0x9,
            Self::Pong => 0xA,
        }
    }

    const fn of(byte: u8) -> Option<Self> {
        match byte {
            0x2 => Some(Self::Binary),
            0x8 => Some(Self::Close),
            0x9 => Some(Self::Ping),
            0xA => Some(Self::Pong),
            _ => None,
        }
    }
}

/// A client's frame, in one piece, masked with zero.
pub(super) fn write(out: &mut BytesMut, opcode: Opcode, parts: &[&[u8]]) {
    const FINAL: u8 = 0x80;
    const MASKED: u8 = 0x80;
    let length: usize = parts.iter().map(|part| part.len()).sum();
    out.reserve(length + 14);
    out.put_u8(FINAL | opcode.byte());
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short @ 0..=125), _) => out.put_u8(MASKED | short),
        (_, Ok(medium)) => {
            out.put_u8(MASKED | 126);
            out.put_u16(medium);
        }
        _ => {
            out.put_u8(MASKED | 127);
            out.put_u64(length as u64);
        }
    }
    out.put_u32(0);
    for part in parts {
        out.extend_from_slice(part);
    }
}

/// The first frame of what a server wrote, once it is whole.
pub(super) fn read(input: &mut BytesMut) -> Result<Option<Frame>, LoadError> {
    let [first, second, rest @ ..] = input.as_ref() else {
        return Ok(None);
    };
    let opcode = Opcode::of(first & 0x0F).filter(|_| first & 0xF0 == 0x80);
    let opcode = opcode.ok_or(LoadError::Nonsense)?;
    let (header, length) = match (second, rest) {
        (short @ 0..=125, _) => (2, u64::from(*short)),
        (126, [high, low, ..]) => (4, u64::from(u16::from_be_bytes([*high, *low]))),
        (127, rest) => match rest.first_chunk::<8>() {
            Some(long) => (10, u64::from_be_bytes(*long)),
            None => return Ok(None),
        },
        (126, _) => return Ok(None),
        _masked => return Err(LoadError::Nonsense),
    };
    let length = usize::try_from(length).map_err(|_| LoadError::Nonsense)?;
    if input.len() - header < length {
        return Ok(None);
    }
    input.advance(header);
    let payload = input.split_to(length).freeze();
    Ok(Some(Frame { opcode, payload }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As a server writes it: the same, unmasked.
    fn served(payload: &[u8]) -> BytesMut {
        let mut masked = BytesMut::new();
        write(&mut masked, Opcode::Binary, &[payload]);
        let header = masked.len() - payload.len() - 4;
        let mut frame = BytesMut::from(&masked[..header]);
        frame[1] &= 0x7F;
        frame.extend_from_slice(payload);
        frame
    }

    #[test]
    fn a_frame_of_any_length_is_read_as_it_was_written_and_not_before_it_is_whole() {
        for length in [0, 1, 125, 126, 127, 4_096, 65_535, 65_536] {
            let payload = vec![7; length];
            let whole = served(&payload);
            for cut in [0, 1, 2, 3, 5, 9, whole.len() - 1] {
                let mut part = BytesMut::from(&whole[..cut.min(whole.len() - 1)]);
                assert!(read(&mut part).unwrap().is_none());
            }
            let mut input = whole.clone();
            input.extend_from_slice(&whole);
            for _ in 0..2 {
                let frame = read(&mut input).unwrap().unwrap();
                assert_eq!(frame.opcode, Opcode::Binary);
                assert_eq!(frame.payload, payload);
            }
            assert!(input.is_empty());
        }
    }

    #[test]
    fn what_a_server_may_not_say_is_nonsense() {
        for bytes in [[0x02, 0x01], [0x81, 0x01], [0xC2, 0x01], [0x82, 0x81]] {
            assert!(read(&mut BytesMut::from(&bytes[..])).is_err());
        }
    }
}
