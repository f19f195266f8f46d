//! The ratchet header: constant size, sealed under a header key. (SPEC §4.3)
//! Knows: public keys and counters of one chain. Never knows: message keys.

use partywall_ground::Wing;

use crate::error::OpenError;
use crate::fields::Fields;
use crate::kem;
use crate::seal::{Context, xopen, xseal};
use crate::wiped::Wiped;

/// flags ‖ dh ‖ ek ‖ ct ‖ pn ‖ n.
pub(crate) const HEADER_LENGTH: usize = 1 + 32 + 1184 + 1088 + 4 + 4;
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

/// What every header of a chain repeats. All of it is public.
#[derive(Clone)]
pub(crate) struct ChainHeader {
    pub(crate) first: bool,
    pub(crate) dh: [u8; 32],
    pub(crate) ek: Box<[u8; kem::PUBLIC_KEY_LENGTH]>,
    pub(crate) ct: Box<[u8; kem::CIPHERTEXT_LENGTH]>,
    pub(crate) pn: u32,
}

/// A header as it was opened: authentic, its keys not yet checked.
pub(crate) struct Header {
    pub(crate) chain: ChainHeader,
    pub(crate) n: u32,
}

impl ChainHeader {
    /// The chain's part, 2,309 bytes.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_LENGTH + 16);
        bytes.push(u8::from(self.first));
        bytes.extend_from_slice(&self.dh);
        bytes.extend_from_slice(self.ek.as_ref());
        bytes.extend_from_slice(self.ct.as_ref());
        bytes.extend_from_slice(&self.pn.to_be_bytes());
        bytes
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

    /// Reads what [`Self::to_bytes`] wrote. (S-10: flags is 0 or 1)
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, OpenError> {
        let mut at = Fields(bytes);
        let flags = at.take::<1>().ok_or(OpenError)?[0];
        if flags > 1 {
            return Err(OpenError);
        }
        Ok(Self {
            first: flags == 1,
            dh: *at.take().ok_or(OpenError)?,
            ek: Box::new(*at.take().ok_or(OpenError)?),
            ct: Box::new(*at.take().ok_or(OpenError)?),
            pn: at.number().ok_or(OpenError)?,
        })
    }
}

impl HeaderKey {
    /// `XSeal(HK, r, LP("header", sid, dir, flight), header)`: 2,329 bytes.
    pub(crate) fn seal<W: Wing>(
        &self,
        context: &Context<'_, W>,
        random: &[u8; RANDOM_LENGTH],
        header: &Header,
    ) -> Vec<u8> {
        let mut bytes = header.chain.to_bytes();
        bytes.extend_from_slice(&header.n.to_be_bytes());
        xseal(self.0.bytes(), random, &context.of_header(), bytes)
    }

    /// Opens a header, or says nothing. (SPEC S-11)
    pub(crate) fn open<W: Wing>(
        &self,
        context: &Context<'_, W>,
        random: &[u8; RANDOM_LENGTH],
        sealed: &[u8],
    ) -> Result<Header, OpenError> {
        let bytes = xopen(self.0.bytes(), random, &context.of_header(), sealed)?;
        let (chain, n) = bytes.split_at_checked(HEADER_LENGTH - 4).ok_or(OpenError)?;
        Ok(Header {
            chain: ChainHeader::from_bytes(chain)?,
            n: u32::from_be_bytes(n.try_into().map_err(|_| OpenError)?),
        })
    }
}
