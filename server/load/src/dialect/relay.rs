//! The relay's own wire, in the few frames of which a load has millions. (SPEC §5.5, §5.6)
//! Knows: how those frames look, byte by byte. Everything rare is left to the wire's own crate, which the
//! tests hold these bytes against.

use partywall_ground::{Frame, Pass, Peer, RelayKey};
use partywall_peer::{Kind, RelayLink};

use super::Heard;
use crate::LoadError;
use crate::wire::Wire;

/// Which relay, and by what right mailboxes are made there.
#[derive(Clone)]
pub struct RelayDoor {
    relay: RelayKey,
    pass: Option<std::sync::Arc<Pass>>,
}

impl RelayDoor {
    pub(crate) fn of(link: &RelayLink) -> Self {
        let pass = link.pass().map(|pass| Pass::new(*pass.as_bytes()));
        Self {
            relay: *link.relay(),
            pass: pass.map(std::sync::Arc::new),
        }
    }

    pub(crate) const fn key(&self) -> &RelayKey {
        &self.relay
    }

    pub(crate) fn pass(&self) -> Option<Pass> {
        self.pass.as_ref().map(|pass| Pass::new(*pass.as_bytes()))
    }
}

/// `deposit = { 0 => number, 1 => envelope }`
pub(super) fn deposit(wire: &mut Wire, number: u64, [stamp, rest]: &[&[u8]; 2]) {
    let before = before_envelope(number, stamp.len() + rest.len());
    wire.put(&[before.bytes(), stamp, rest]);
}

/// `ack = { 0 => slot, 1 => tag }`
pub(super) fn acknowledge(wire: &mut Wire, slot: u32, tag: u64) {
    wire.put(&[acknowledgement(slot, tag).bytes()]);
}

fn before_envelope(number: u64, length: usize) -> Short {
    let mut frame = Short::of(Kind::Deposit);
    frame.key(0).number(0, number);
    frame.key(1).number(BYTES, length as u64);
    frame.tell_length(length);
    frame
}

fn acknowledgement(slot: u32, tag: u64) -> Short {
    let mut frame = Short::of(Kind::Ack);
    frame.key(0).number(0, slot.into());
    frame.key(1).number(0, tag);
    frame.tell_length(0);
    frame
}

/// `deliver = { 0 => slot, 1 => tag, 2 => envelope }`, `accepted = { 0 => number }`.
pub(super) fn hear(message: &[u8]) -> Result<Heard, LoadError> {
    let frame = Frame::<Peer>::parse(message).map_err(|_| LoadError::Nonsense)?;
    let kind = Kind::from_number(frame.kind).ok_or(LoadError::Nonsense)?;
    let heard = match kind {
        Kind::Deliver => (|| {
            let rest = frame.body.strip_prefix(&[0xA3, 0x00])?;
            let (slot, rest) = number(rest)?;
            let (tag, _) = number(rest.strip_prefix(&[0x01])?)?;
            let slot = u32::try_from(slot).ok()?;
            Some(Heard::Delivered { slot, tag })
        })(),
        Kind::Accepted => (|| {
            let rest = frame.body.strip_prefix(&[0xA1, 0x00])?;
            Some(Heard::Accepted(number(rest)?.0))
        })(),
        Kind::Attached => Some(Heard::Attached),
        Kind::Refused => Some(Heard::Refused),
        _ => Some(Heard::Other),
    };
    heard.ok_or(LoadError::Nonsense)
}

/// CBOR's major type of byte strings, in its place.
const BYTES: u8 = 0x40;

/// A frame with a map of two entries, without its long end.
struct Short {
    bytes: [u8; 40],
    used: usize,
}

impl Short {
    fn of(kind: Kind) -> Self {
        let [k0, k1] = kind.number().to_be_bytes();
        let mut short = Self {
            bytes: [0; 40],
            used: 0,
        };
        short.push(&[b'P', 1, k0, k1, 0, 0, 0, 0, 0xA2]);
        short
    }

    /// Says in the header how long the body is, `further` bytes included.
    fn tell_length(&mut self, further: usize) {
        let body = u32::try_from(self.used - 8 + further).unwrap_or(u32::MAX);
        self.bytes[4..8].copy_from_slice(&body.to_be_bytes());
    }

    fn key(&mut self, key: u8) -> &mut Self {
        self.push(&[key]);
        self
    }

    /// A number in its shortest form, of a major type.
    fn number(&mut self, major: u8, number: u64) {
        let [_, _, _, _, b4, b5, b6, b7] = number.to_be_bytes();
        match number {
            0..=23 => self.push(&[major | b7]),
            24..=0xFF => self.push(&[major | 24, b7]),
            0x100..=0xFFFF => self.push(&[major | 25, b6, b7]),
            0x1_0000..=0xFFFF_FFFF => self.push(&[major | 26, b4, b5, b6, b7]),
            _ => {
                self.push(&[major | 27]);
                self.push(&number.to_be_bytes());
            }
        }
    }

    fn push(&mut self, bytes: &[u8]) {
        let end = self.used + bytes.len();
        self.bytes[self.used..end].copy_from_slice(bytes);
        self.used = end;
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.used]
    }
}

/// An unsigned number, and what is behind it.
fn number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    let length = match first {
        0..=23 => return Some((u64::from(*first), rest)),
        24 => 1,
        25 => 2,
        26 => 4,
        27 => 8,
        _ => return None,
    };
    let (number, rest) = rest.split_at_checked(length)?;
    let value = number
        .iter()
        .fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    Some((value, rest))
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU64;

    use partywall_peer::collect::{self, Ack, Deliver};
    use partywall_peer::deposit::{self, Accepted, Deposit};
    use partywall_peer::{Envelope, Number, Slot, Tag};

    use super::*;

    const NUMBERS: [u64; 9] = [1, 23, 24, 255, 256, 65_535, 65_536, 1 << 32, u64::MAX];

    fn envelope() -> Envelope {
        Envelope::try_from(vec![7; 4_096]).unwrap()
    }

    fn numbers() -> impl Iterator<Item = NonZeroU64> {
        NUMBERS.into_iter().filter_map(NonZeroU64::new)
    }

    #[test]
    fn a_load_says_exactly_what_the_wires_own_crate_would() {
        for number in numbers() {
            let said = [before_envelope(number.get(), 4_096).bytes(), &[7; 4_096]].concat();
            let whole: deposit::FromClient = Deposit {
                number: Number::new(number),
                envelope: envelope(),
            }
            .into();
            assert_eq!(said, whole.encode());

            let whole: collect::FromClient = Ack {
                slot: Slot::new(1_000),
                tag: Tag::new(number),
            }
            .into();
            assert_eq!(acknowledgement(1_000, number.get()).bytes(), whole.encode());
        }
    }

    #[test]
    fn a_load_hears_exactly_what_the_wires_own_crate_says() {
        for number in numbers() {
            let whole: collect::FromRelay = Deliver {
                slot: Slot::new(70_000),
                tag: Tag::new(number),
                envelope: envelope(),
            }
            .into();
            let heard = Heard::Delivered {
                slot: 70_000,
                tag: number.get(),
            };
            assert_eq!(hear(&whole.encode()).unwrap(), heard);
            let whole: deposit::FromRelay = Accepted {
                number: Number::new(number),
            }
            .into();
            let heard = Heard::Accepted(number.get());
            assert_eq!(hear(&whole.encode()).unwrap(), heard);
        }
        assert!(hear(b"P").is_err());
    }
}
