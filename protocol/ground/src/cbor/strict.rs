//! The strict pass: walks one item from its first byte to its last and refuses everything that is
//! not deterministic. (SPEC G-3)
//! Knows: the bytes, read once, and a stack of eight. Never allocates, never recurses.

use super::BodyError;
use crate::limits::CBOR_NESTING;

/// Refuses bytes that are not exactly one deterministic item. (SPEC G-3)
///
/// An item here is an integer, a byte string, a text, `false`, `true`, an array, or a map whose
/// keys are unsigned integers; at most eight arrays and maps lie inside one another.
///
/// # Errors
/// The first thing that is wrong, from the front.
pub fn check(bytes: &[u8]) -> Result<(), BodyError> {
    let mut input = Input(bytes);
    let mut open = Open::none();
    loop {
        match input.item()? {
            Item::Scalar => {}
            Item::Array(items) => open.push(Container::array(items))?,
            Item::Map(entries) => open.push(Container::map(entries))?,
        }
        loop {
            let Some(container) = open.innermost() else {
                return match input.0 {
                    [] => Ok(()),
                    _ => Err(BodyError::Trailing),
                };
            };
            if container.left > 0 {
                container.left -= 1;
                if container.is_map {
                    container.key(&mut input)?;
                }
                break;
            }
            open.pop();
        }
    }
}

/// What stands at the front of the input. A scalar was already passed; of a container, its head.
enum Item {
    Scalar,
    Array(u64),
    Map(u64),
}

/// The bytes not yet read.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn item(&mut self) -> Result<Item, BodyError> {
        let (major, value) = self.head()?;
        match major {
            0 | 1 => {}
            2 => drop(self.take(value)?),
            3 => drop(std::str::from_utf8(self.take(value)?).map_err(|_| BodyError::Text)?),
            4 => return Ok(Item::Array(value)),
            5 => return Ok(Item::Map(value)),
            _ => return Err(BodyError::Forbidden),
        }
        Ok(Item::Scalar)
    }

    /// Major type and argument of the next item. `false` and `true` come out as an integer.
    fn head(&mut self) -> Result<(u8, u64), BodyError> {
        const FALSE: u8 = 0xF4;
        const TRUE: u8 = 0xF5;
        let (first, rest) = self.0.split_first().ok_or(BodyError::Truncated)?;
        self.0 = rest;
        let (major, short) = (first >> 5, first & 0x1F);
        if matches!(*first, FALSE | TRUE) {
            return Ok((0, u64::from(short)));
        }
        if major >= 6 {
            return Err(BodyError::Forbidden);
        }
        let (value, least) = match short {
            0..24 => return Ok((major, u64::from(short))),
            24 => (u64::from(u8::from_be_bytes(self.chunk()?)), 24),
            25 => (u64::from(u16::from_be_bytes(self.chunk()?)), 1 << 8),
            26 => (u64::from(u32::from_be_bytes(self.chunk()?)), 1 << 16),
            27 => (u64::from_be_bytes(self.chunk()?), 1 << 32),
            _ => return Err(BodyError::NotShortest),
        };
        if value < least {
            return Err(BodyError::NotShortest);
        }
        Ok((major, value))
    }

    fn chunk<const N: usize>(&mut self) -> Result<[u8; N], BodyError> {
        let (chunk, rest) = self.0.split_first_chunk().ok_or(BodyError::Truncated)?;
        self.0 = rest;
        Ok(*chunk)
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], BodyError> {
        let length = usize::try_from(length).map_err(|_| BodyError::Truncated)?;
        let (taken, rest) = self
            .0
            .split_at_checked(length)
            .ok_or(BodyError::Truncated)?;
        self.0 = rest;
        Ok(taken)
    }
}

/// An array or map that is not finished yet.
#[derive(Clone, Copy)]
struct Container {
    /// Items (array) or entries (map) still to come. Nothing is reserved for them.
    left: u64,
    is_map: bool,
    last_key: Option<u64>,
}

impl Container {
    const fn array(items: u64) -> Self {
        Self {
            left: items,
            is_map: false,
            last_key: None,
        }
    }

    const fn map(entries: u64) -> Self {
        Self {
            left: entries,
            is_map: true,
            last_key: None,
        }
    }

    /// Passes one key. In shortest form, unsigned integers sort as their encodings do.
    fn key(&mut self, input: &mut Input<'_>) -> Result<(), BodyError> {
        if input.0.first().is_some_and(|first| first >> 5 != 0) {
            return Err(BodyError::Keys);
        }
        let (_, key) = input.head()?;
        if self.last_key.is_some_and(|last| last >= key) {
            return Err(BodyError::Keys);
        }
        self.last_key = Some(key);
        Ok(())
    }
}

/// The containers around the place where the walk is, the outermost first.
struct Open {
    stack: [Container; CBOR_NESTING],
    depth: usize,
}

impl Open {
    const fn none() -> Self {
        Self {
            stack: [Container::array(0); CBOR_NESTING],
            depth: 0,
        }
    }

    fn push(&mut self, container: Container) -> Result<(), BodyError> {
        if self.depth == CBOR_NESTING && partywall_mutant::is("E09") {
            self.depth = 0;
        }
        *self.stack.get_mut(self.depth).ok_or(BodyError::TooDeep)? = container;
        self.depth += 1;
        Ok(())
    }

    fn pop(&mut self) {
        self.depth -= 1;
    }

    fn innermost(&mut self) -> Option<&mut Container> {
        self.stack[..self.depth].last_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use BodyError::{Forbidden, Keys, NotShortest, Text, TooDeep, Trailing, Truncated};

    fn refused(hex: &str) -> BodyError {
        check(&hex::decode(hex).unwrap()).unwrap_err()
    }

    #[test]
    fn every_rule_is_told_apart() {
        for (hex, reason) in [
            ("", Truncated),
            ("a10043ffff", Truncated),
            ("a1005bffffffffffffffff", Truncated),
            ("a0a0", Trailing),
            ("a1001817", NotShortest),
            ("bf0000ff", NotShortest),
            ("a100f6", Forbidden),
            ("a100f90000", Forbidden),
            ("c000", Forbidden),
            ("a201000000", Keys),
            ("a200000000", Keys),
            ("a1616100", Keys),
            ("a12000", Keys),
            ("a16180", Keys),
            ("a1006180", Text),
        ] {
            assert_eq!(refused(hex), reason, "{hex}");
        }
    }

    #[test]
    fn eight_containers_lie_inside_one_another_and_not_nine() {
        assert_eq!(check(&[vec![0x81; 7], vec![0x80]].concat()), Ok(()));
        assert_eq!(check(&[vec![0x81; 8], vec![0x80]].concat()), Err(TooDeep));
        assert_eq!(check(&vec![0x81; 1 << 20]), Err(TooDeep));
    }

    #[test]
    fn a_claimed_length_costs_nothing() {
        assert_eq!(
            check(b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff"),
            Err(Truncated)
        );
        assert_eq!(
            check(b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff"),
            Err(Truncated)
        );
    }

    /// Row E09: what a frame of the greatest length can hold of nesting, lies and waste.
    #[test]
    fn a_bomb_is_refused_at_its_first_lie_or_read_once_and_nothing_is_reserved_for_it() {
        let mut row = partywall_row::Row::of("E09");
        let most = crate::limits::FRAME;
        let depths = row.times(3_000, most as u64);
        let depths = (9..=depths).step_by(usize::try_from(row.times(7, 1)).unwrap());
        let deep = usize::try_from(depths.clone().last().unwrap()).unwrap();
        for opener in [&[0x81][..], &[0xa1, 0x00], &[0x81, 0xa1, 0x00]] {
            let bomb = opener.repeat(deep);
            for depth in depths.clone() {
                let depth = usize::try_from(depth).unwrap();
                let nested = &bomb[..(depth * opener.len()).min(bomb.len())];
                let closed = [&nested[..nested.len().min(64)], &[0x00]].concat();
                assert_eq!(check(nested), Err(TooDeep), "{depth} inside one another");
                assert_eq!(check(&closed), Err(TooDeep));
                row.tried(2);
            }
        }
        // Every kind that has a length, and every length beyond what is there.
        for major in 2..=5_u8 {
            for shift in 0..64 {
                let lie = [&[major << 5 | 27][..], &(u64::MAX >> shift).to_be_bytes()].concat();
                let padded = [&lie[..], &[0x00; 64]].concat();
                assert!(check(&padded).is_err(), "{lie:02x?}");
                row.tried(1);
            }
        }
        // A frame full of empty maps is read once, and no more than once.
        let wide = [&[0x99, 0xff, 0xff][..], &vec![0xa0; 0xffff]].concat();
        assert_eq!(check(&wide), Ok(()));
        row.tried(1);
        row.figure("no allocation, no recursion: a stack of eight");
    }

    #[test]
    fn a_finished_container_leaves_its_place_to_the_next() {
        assert_eq!(check(b"\x83\x81\x80\x81\x80\xa1\x00\xa0"), Ok(()));
    }
}
