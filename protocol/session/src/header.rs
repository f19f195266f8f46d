//! The ratchet header: constant size, sealed under a header key. (SPEC §4.3)
//! Knows: public keys and counters of one chain. Never knows: message keys.

use partywall_ground::Wing;

use crate::error::OpenError;
use crate::fields::Fields;
use crate::kem;
use crate::seal::{Context, xopen, xseal};
use crate::wiped::{Wiped, WipedText};

/// flags ‖ dh ‖ ek ‖ ct ‖ pn: a chain's part.
pub(crate) const CHAIN_HEADER_LENGTH: usize = 1 + 32 + 1184 + 1088 + 4;
/// A chain's part ‖ n.
pub(crate) const HEADER_LENGTH: usize = CHAIN_HEADER_LENGTH + 4;
/// The header with its tag.
pub(crate) const SEALED_HEADER_LENGTH: usize = HEADER_LENGTH + 16;
/// r: random for every envelope.
pub(crate) const RANDOM_LENGTH: usize = 24;

/// Seals the headers of one chain.
pub(crate) struct HeaderKey(pub(crate) Wiped);

impl HeaderKey {
    /// A chain and the gaps in it are opened by one header key, each with its own copy.
    pub(crate) fn copy(&self) -> Self {
        Self(Wiped::copy_of(self.0.bytes()))
    }
}

/// What every header of a chain repeats, taken apart. All of it is public.
pub(crate) struct ChainFields<'a> {
    pub(crate) first: bool,
    pub(crate) dh: &'a [u8; 32],
    pub(crate) ek: &'a [u8; kem::PUBLIC_KEY_LENGTH],
    pub(crate) ct: &'a [u8; kem::CIPHERTEXT_LENGTH],
    pub(crate) pn: u32,
}

impl<'a> ChainFields<'a> {
    /// The bytes that stand in every header of the chain.
    pub(crate) fn joined(&self) -> ChainHeader {
        let mut bytes = Vec::with_capacity(CHAIN_HEADER_LENGTH);
        bytes.push(u8::from(self.first));
        bytes.extend_from_slice(self.dh);
        bytes.extend_from_slice(self.ek);
        bytes.extend_from_slice(self.ct);
        bytes.extend_from_slice(&self.pn.to_be_bytes());
        ChainHeader(bytes.into())
    }

    /// Takes apart what [`Self::joined`] made. (S-10: flags is 0 or 1)
    fn split(at: &mut Fields<'a>) -> Result<Self, OpenError> {
        let flags = at.take::<1>().ok_or(OpenError)?[0];
        if flags > 1 {
            return Err(OpenError);
        }
        Ok(Self {
            first: flags == 1,
            dh: at.take().ok_or(OpenError)?,
            ek: at.take().ok_or(OpenError)?,
            ct: at.take().ok_or(OpenError)?,
            pn: at.number().ok_or(OpenError)?,
        })
    }

    /// Whether flags and ct are those of A's first chain, or of any other. (SPEC S-10)
    pub(crate) fn fits(&self, first: bool) -> Result<(), OpenError> {
        let empty = self.ct.iter().all(|byte| *byte == 0);
        if self.first == first && (empty || !first) {
            Ok(())
        } else {
            Err(OpenError)
        }
    }
}

/// What every header of a chain of ours repeats, joined once: 2,309 bytes.
pub(crate) struct ChainHeader(Box<[u8]>);

impl ChainHeader {
    /// As they were stored.
    pub(crate) fn from_bytes(bytes: &[u8; CHAIN_HEADER_LENGTH]) -> Result<Self, OpenError> {
        ChainFields::split(&mut Fields(bytes)).map(|_| Self(bytes.as_slice().into()))
    }

    /// As they stand in a header, and in a store.
    pub(crate) const fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// A header as it was opened: authentic, its keys not yet checked.
pub(crate) struct Header(WipedText);

impl Header {
    /// The chain's part, and n.
    pub(crate) fn split(&self) -> Result<(ChainFields<'_>, u32), OpenError> {
        let mut at = Fields(&self.0);
        Ok((ChainFields::split(&mut at)?, at.number().ok_or(OpenError)?))
    }
}

impl HeaderKey {
    /// `XSeal(HK, r, LP("header", sid, dir, flight), header)`: 2,329 bytes, put behind the envelope so far.
    pub(crate) fn seal<W: Wing>(
        &self,
        context: &Context<'_, W>,
        random: &[u8; RANDOM_LENGTH],
        (chain, n): (&ChainHeader, u32),
        envelope: &mut Vec<u8>,
    ) {
        let from = envelope.len();
        envelope.extend_from_slice(chain.as_bytes());
        envelope.extend_from_slice(&n.to_be_bytes());
        xseal(self.0.bytes(), random, &context.of_header(), envelope, from);
    }

    /// Opens a header, or says nothing. (SPEC S-11)
    pub(crate) fn open(
        &self,
        associated: &[u8],
        random: &[u8; RANDOM_LENGTH],
        sealed: &[u8],
    ) -> Result<Header, OpenError> {
        let header = Header(xopen(self.0.bytes(), random, associated, sealed)?);
        header.split()?;
        Ok(header)
    }
}
