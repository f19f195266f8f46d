//! What is said, by one of two wires: the relay's own (SPEC §5), or the yardsticks', which is the least
//! that does the same work.
//! Knows: frames. Never knows: when they are sent.
//!
//! A yardstick's client says first `role pair count`, then a writer sends `pair number envelope` and hears
//! `pair number`, cumulative; a reader hears `pair tag envelope` and sends `pair tag`, cumulative. All
//! numbers have four bytes, big-endian; the role is one byte.

mod relay;

pub use self::relay::RelayDoor;
use crate::LoadError;
use crate::wire::Wire;

/// Which wire a target speaks.
#[derive(Clone)]
pub enum Dialect {
    /// SPEC §5.
    Relay(RelayDoor),
    /// The yardsticks'.
    Yardstick,
}

/// What a door says while a load runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// An envelope, in the last bytes of the message.
    Delivered { slot: u32, tag: u64 },
    /// This one and all before it.
    Accepted(u64),
    /// A mailbox is read here now.
    Attached,
    /// It is not.
    Refused,
    /// Something that the load has no use for.
    Other,
}

/// Who says hello to a yardstick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Reader,
    Writer,
}

impl Dialect {
    /// What a message is.
    pub(crate) fn hear(&self, message: &[u8]) -> Result<Heard, LoadError> {
        match self {
            Self::Relay(_) => relay::hear(message),
            Self::Yardstick => hear(message),
        }
    }

    /// Leaves an envelope; `pair` is whose it is.
    pub(crate) fn deposit(&self, wire: &mut Wire, pair: u32, number: u64, parts: &[&[u8]; 2]) {
        match self {
            Self::Relay(_) => relay::deposit(wire, number, parts),
            Self::Yardstick => {
                let header = two(pair, number);
                wire.put(&[&header, parts[0], parts[1]]);
            }
        }
    }

    /// Acknowledges everything up to `tag`.
    pub(crate) fn acknowledge(&self, wire: &mut Wire, slot: u32, tag: u64) {
        match self {
            Self::Relay(_) => relay::acknowledge(wire, slot, tag),
            Self::Yardstick => wire.put(&[&two(slot, tag)]),
        }
    }
}

/// Says hello to a yardstick; it answers once the role is taken.
pub(crate) async fn enter(
    wire: &mut Wire,
    role: Role,
    first: u32,
    count: u32,
) -> Result<(), LoadError> {
    let role = match role {
        Role::Reader => b'R',
        Role::Writer => b'W',
    };
    let (first, count) = (first.to_be_bytes(), count.to_be_bytes());
    wire.put(&[&[role], &first, &count]);
    wire.flush().await?;
    match wire.hear().await?.len() {
        8 => Ok(()),
        _ => Err(LoadError::Nonsense),
    }
}

fn two(pair: u32, number: u64) -> [u8; 8] {
    let number = number & 0xFFFF_FFFF;
    (u64::from(pair) << 32 | number).to_be_bytes()
}

fn hear(message: &[u8]) -> Result<Heard, LoadError> {
    let header = message.first_chunk::<8>().ok_or(LoadError::Nonsense)?;
    let both = u64::from_be_bytes(*header);
    let (pair, number) = (both >> 32, both & 0xFFFF_FFFF);
    Ok(if message.len() == 8 {
        Heard::Accepted(number)
    } else {
        Heard::Delivered {
            slot: u32::try_from(pair).unwrap_or(u32::MAX),
            tag: number,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_yardstick_is_heard_as_it_speaks() {
        assert_eq!(hear(&two(7, 9)).unwrap(), Heard::Accepted(9));
        let message = [&two(7, 9)[..], &[0; 256]].concat();
        let heard = Heard::Delivered { slot: 7, tag: 9 };
        assert_eq!(hear(&message).unwrap(), heard);
        assert!(hear(&[0; 7]).is_err());
    }
}
