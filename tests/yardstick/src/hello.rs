//! What a client says first, and the two numbers that every later message begins with.
//! Knows: nine bytes and eight. Never knows: who says them.

use anyhow::{Context, Result, bail};
use bytes::{BufMut, Bytes, BytesMut};

use crate::socket::Socket;
use crate::street::Stream;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Reader,
    Writer,
}

/// A role, at so many pairs in a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hello {
    pub(crate) role: Role,
    pub(crate) first: u32,
    pub(crate) count: u32,
}

impl Hello {
    pub(crate) async fn heard<S: Stream>(socket: &mut Socket<S>) -> Result<Self> {
        let mut said = Vec::new();
        socket.take(&mut said).await?;
        let (role, numbers) = said
            .first()
            .and_then(|hello| hello.split_first())
            .context("a hello")?;
        let role = match role {
            b'R' => Role::Reader,
            b'W' => Role::Writer,
            _ => bail!("no such role"),
        };
        let (first, count) = numbers_of(numbers).context("two numbers")?;
        Ok(Self { role, first, count })
    }

    /// The role is taken.
    pub(crate) async fn answer<S: Stream>(self, socket: &mut Socket<S>) -> Result<()> {
        socket.feed(two(self.first, 0)).await?;
        socket.flush().await
    }

    pub(crate) fn pairs(self) -> std::ops::Range<u32> {
        self.first..self.first.saturating_add(self.count)
    }
}

/// The first two numbers of a message.
pub(crate) fn numbers_of(message: &[u8]) -> Option<(u32, u32)> {
    let both = u64::from_be_bytes(*message.first_chunk::<8>()?);
    let (pair, number) = (both >> 32, both & 0xFFFF_FFFF);
    Some((u32::try_from(pair).ok()?, u32::try_from(number).ok()?))
}

/// A message of two numbers.
pub(crate) fn two(pair: u32, number: u32) -> Bytes {
    headed(pair, number, &[])
}

/// A message of two numbers and an envelope.
pub(crate) fn headed(pair: u32, number: u32, envelope: &[u8]) -> Bytes {
    let mut message = BytesMut::with_capacity(8 + envelope.len());
    message.put_u32(pair);
    message.put_u32(number);
    message.extend_from_slice(envelope);
    message.freeze()
}
