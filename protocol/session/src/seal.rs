//! The two AEADs and what they authenticate beside the text. After `ratchet`, before the street. (SPEC §1.1, §4.3)
//! Knows: one key, one nonce, one text. Never knows: sockets, mailboxes, the other wing.

use std::ops::Range;

use chacha20poly1305::aead::{AeadInOut, KeyInit, Nonce, Tag};
use chacha20poly1305::{ChaCha20Poly1305, XChaCha20Poly1305};
use partywall_ground::{Label, Wing, lp, lp_label};

use crate::chain::MessageKey;
use crate::clear::Aside;
use crate::derive::expand_key;
use crate::error::OpenError;
use crate::header::{RANDOM_LENGTH, SEALED_HEADER_LENGTH};
use crate::labels;
use crate::padding::Padded;
use crate::wiped::{Wiped, WipedText};

/// Length of an AEAD tag in bytes.
pub(crate) const TAG_LENGTH: usize = 16;

/// Who says it to whom in which session, and what stands beside it: what the ADs are made of. (SPEC §4.3)
pub(crate) struct Context<'a, W: Wing> {
    pub(crate) sid: &'a [u8; 32],
    pub(crate) direction: Direction,
    /// h1 when a preamble stands before the envelope.
    pub(crate) flight: Option<&'a [u8; 32]>,
    /// In the body's AD only. (SPEC S-14)
    pub(crate) aside: Aside<'a, W>,
}

/// Which way an envelope goes. One byte on the wire. (SPEC §4.3)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// From the initiator A to the responder B.
    Forth,
    /// From B to A.
    Back,
}

impl<W: Wing> Context<'_, W> {
    /// `LP("header", sid, dir, flight)`: the header's AD.
    pub(crate) fn of_header(&self) -> Vec<u8> {
        self.associated(labels::header::<W>(), &[])
    }

    /// `LP("body", sid, dir, flight, r, hc)`, in the business wing with the clear part at its end. (SPEC S-14)
    fn of_body(&self, random: &[u8; RANDOM_LENGTH], sealed_header: &[u8]) -> Vec<u8> {
        let label = labels::body::<W>();
        match self.aside.part() {
            None => self.associated(label, &[random, sealed_header]),
            Some(clear) => self.associated(label, &[random, sealed_header, clear]),
        }
    }

    fn associated(&self, label: Label, more: &[&[u8]]) -> Vec<u8> {
        let length: usize = more.iter().map(|part| 4 + part.len()).sum();
        let mut bytes = Vec::with_capacity(160 + length);
        let mut push = |part: &[u8]| bytes.extend_from_slice(part);
        let flight = self.flight.map_or(&[][..], |h1| h1);
        lp_label(label, &mut push);
        for part in [&self.sid[..], &[self.direction as u8], flight] {
            lp(part, &mut push);
        }
        for part in more {
            lp(part, &mut push);
        }
        bytes
    }
}

impl MessageKey {
    /// `Seal(Expand(mk; "body", r; 32), 0^12, AD, padded)`, put behind the envelope so far, which ends with the sealed
    /// header. By value: one key, one envelope. (SPEC S-12)
    pub(crate) fn seal<W: Wing>(
        self,
        context: &Context<'_, W>,
        random: &[u8; RANDOM_LENGTH],
        padded: Padded<'_>,
        envelope: &mut Vec<u8>,
    ) {
        let key = self.body_key::<W>(random);
        let from = envelope.len();
        let header = &envelope[from - SEALED_HEADER_LENGTH..];
        let associated = context.of_body(random, header);
        padded.put(envelope);
        let cipher = ChaCha20Poly1305::new(key.bytes().into());
        seal_in_place(&cipher, &[0; 12].into(), &associated, envelope, from);
    }

    /// Opens a body: the padded text, or nothing. (SPEC S-11)
    pub(crate) fn open<W: Wing>(
        self,
        context: &Context<'_, W>,
        random: &[u8; RANDOM_LENGTH],
        sealed_header: &[u8],
        sealed: &[u8],
    ) -> Result<WipedText, OpenError> {
        let key = self.body_key::<W>(random);
        let associated = context.of_body(random, sealed_header);
        open(key.bytes(), &associated, sealed)
    }

    /// `Expand(mk; "body", r; 32)`: another one for each envelope, even if an older copy of a state comes to life.
    fn body_key<W: Wing>(&self, random: &[u8; RANDOM_LENGTH]) -> Wiped {
        let random: &[u8] = match partywall_mutant::is("B10") {
            true => &[],
            false => random,
        };
        expand_key(self.0.bytes(), labels::body::<W>(), &[random])
    }
}

/// `Seal(key, 0^12, AD, text)` for a key that is used once.
pub(crate) fn seal(key: &[u8; 32], associated: &[u8], text: &[u8]) -> Vec<u8> {
    let mut buffer = Vec::with_capacity(text.len() + TAG_LENGTH);
    buffer.extend_from_slice(text);
    let cipher = ChaCha20Poly1305::new(key.into());
    seal_in_place(&cipher, &[0; 12].into(), associated, &mut buffer, 0);
    buffer
}

/// Opens what [`seal`] made.
pub(crate) fn open(
    key: &[u8; 32],
    associated: &[u8],
    sealed: &[u8],
) -> Result<WipedText, OpenError> {
    let cipher = ChaCha20Poly1305::new(key.into());
    opened(&cipher, &[0; 12].into(), associated, sealed)
}

/// `XSeal(key, nonce, AD, text)` of the text that begins at `from`, where it lies.
pub(crate) fn xseal(
    key: &[u8; 32],
    nonce: &[u8; 24],
    associated: &[u8],
    buffer: &mut Vec<u8>,
    from: usize,
) {
    let cipher = XChaCha20Poly1305::new(key.into());
    seal_in_place(&cipher, nonce.into(), associated, buffer, from);
}

/// Opens what [`xseal`] made.
pub(crate) fn xopen(
    key: &[u8; 32],
    nonce: &[u8; 24],
    associated: &[u8],
    sealed: &[u8],
) -> Result<WipedText, OpenError> {
    let cipher = XChaCha20Poly1305::new(key.into());
    opened(&cipher, nonce.into(), associated, sealed)
}

/// What begins at `from` becomes its ciphertext, and the tag stands behind it. There is room for the tag: a buffer that
/// grows leaves a copy behind.
fn seal_in_place<A: AeadInOut>(
    cipher: &A,
    nonce: &Nonce<A>,
    associated: &[u8],
    buffer: &mut Vec<u8>,
    from: usize,
) {
    debug_assert!(buffer.capacity() - buffer.len() >= TAG_LENGTH);
    let tag = cipher
        .encrypt_inout_detached(nonce, associated, (&mut buffer[from..]).into())
        .expect("64 KiB are far below the AEAD's limit");
    buffer.extend_from_slice(&tag);
}

fn opened<A: AeadInOut>(
    cipher: &A,
    nonce: &Nonce<A>,
    associated: &[u8],
    sealed: &[u8],
) -> Result<WipedText, OpenError> {
    let length = sealed.len().checked_sub(TAG_LENGTH).ok_or(OpenError)?;
    let (sealed, tag) = sealed.split_at(length);
    let tag = Tag::<A>::try_from(tag).map_err(|_| OpenError)?;
    let mut text = WipedText::copy_of(sealed);
    let opened = cipher.decrypt_inout_detached(nonce, associated, (&mut *text).into(), &tag);
    let half_is_enough = partywall_mutant::is("B14");
    let half_fits =
        |text: &mut [u8]| fits(cipher, nonce, associated, text, &tag, 0..TAG_LENGTH / 2);
    let is_taken = opened.is_ok() || (half_is_enough && half_fits(&mut text));
    if !is_taken && partywall_mutant::is("S12") {
        let fits_at = |at| {
            let mut text = WipedText::copy_of(sealed);
            fits(cipher, nonce, associated, &mut text, &tag, at..at + 1)
        };
        let _goes_on_while_it_fits = (0..TAG_LENGTH).all(fits_at);
    }
    is_taken.then_some(text).ok_or(OpenError)
}

/// For the breaks of rows B14 and S12: opens what is still sealed, and looks at some bytes of the tag.
fn fits<A: AeadInOut>(
    cipher: &A,
    nonce: &Nonce<A>,
    associated: &[u8],
    text: &mut [u8],
    tag: &Tag<A>,
    bytes: Range<usize>,
) -> bool {
    // The key stream is its own inverse; the tag of the text sealed anew is the one that was wanted.
    let _keyed = cipher.encrypt_inout_detached(nonce, associated, (&mut *text).into());
    let mut again = WipedText::copy_of(text);
    let wanted = cipher.encrypt_inout_detached(nonce, associated, (&mut *again).into());
    wanted.is_ok_and(|wanted| wanted[bytes.clone()] == tag[bytes])
}
