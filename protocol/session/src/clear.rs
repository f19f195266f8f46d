//! What stands in the clear beside a business envelope, bound to its body and not read. (SPEC §4.3, S-14)
//! Knows: at most 512 bytes, and that the peer wing has none. Never knows: what they say.

use core::marker::PhantomData;

use partywall_ground::{Business, Peer, Wing};

use crate::error::ClearTooLong;

/// The clear part of one business envelope: sealed with it, received with it, opened with it. (SPEC S-14)
#[derive(Clone, Copy)]
pub struct Clear<'a>(&'a [u8]);

impl<'a> Clear<'a> {
    /// The greatest length in bytes. (SPEC S-14)
    pub const LONGEST: usize = 512;

    /// The bytes as they were made or received; nothing but their number is looked at.
    ///
    /// # Errors
    /// [`ClearTooLong`] beyond 512 bytes. From a stranger that is one more envelope that does not open, and `?` makes
    /// it an [`OpenError`](crate::OpenError).
    pub const fn of(bytes: &'a [u8]) -> Result<Self, ClearTooLong> {
        if bytes.len() <= Self::LONGEST {
            Ok(Self(bytes))
        } else {
            Err(ClearTooLong)
        }
    }
}

/// What a body's AD holds beyond that of its header: nothing in the peer wing, the clear part in the other.
pub(crate) struct Aside<'a, W: Wing> {
    part: Option<&'a [u8]>,
    wing: PhantomData<W>,
}

impl Aside<'_, Peer> {
    /// The peer wing's AD has no such part, not even an empty one.
    pub(crate) const NONE: Self = Self {
        part: None,
        wing: PhantomData,
    };
}

impl<'a> From<Clear<'a>> for Aside<'a, Business> {
    fn from(clear: Clear<'a>) -> Self {
        Self {
            part: Some(clear.0),
            wing: PhantomData,
        }
    }
}

impl<W: Wing> Clone for Aside<'_, W> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<W: Wing> Copy for Aside<'_, W> {}

impl<'a, W: Wing> Aside<'a, W> {
    /// The part, if the wing has one.
    pub(crate) const fn part(self) -> Option<&'a [u8]> {
        self.part
    }
}
