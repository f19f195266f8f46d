//! From a link's text to its parts and back. (SPEC §3, R-4)
//! Knows: schemes, base64url, the check. What it held of a secret is wiped.

use super::{Authority, Body, Form, LinkError, Whole};
use crate::hash;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use partywall_ground::{LINK, cbor};
use zeroize::Zeroizing;

const WEB: &str = "https://";
const APP: &str = "partywall://";

pub(super) const CHECK: usize = 4;
/// Longer than any link can be; nothing longer is looked at.
const LONGEST: usize = 2_048;

pub(super) fn read(link: &str) -> Result<Whole, LinkError> {
    let rest = link
        .strip_prefix(WEB)
        .or_else(|| link.strip_prefix(APP))
        .ok_or(LinkError::NotALink)?;
    let (place, payload) = rest.split_once("/#").ok_or(LinkError::Cut)?;
    if payload.is_empty() {
        return Err(LinkError::Cut);
    }
    if link.len() > LONGEST {
        return Err(LinkError::Changed);
    }
    let authority = Authority::from_link(place).map_err(|_| LinkError::Authority)?;
    let mut payload = decoded(payload)?;
    let (kind_and_body, check) = payload
        .split_last_chunk::<CHECK>()
        .ok_or(LinkError::Changed)?;
    if *check != check_of(&authority, kind_and_body) {
        return Err(LinkError::Changed);
    }
    let (kind, _) = kind_and_body.split_first().ok_or(LinkError::Changed)?;
    let (kind, length) = (*kind, kind_and_body.len());
    payload.truncate(length);
    Ok(Whole {
        authority,
        kind,
        kind_and_body: payload,
    })
}

pub(super) fn write<B: Body>(form: Form, authority: &Authority, body: &B) -> Zeroizing<String> {
    let scheme = match form {
        Form::Web => WEB,
        Form::App => APP,
    };
    let payload = payload(authority, body);
    let place = authority.in_link();
    let length = base64::encoded_len(payload.len(), false).expect("links are short");
    let mut text = Zeroizing::new(String::with_capacity(
        scheme.len() + place.len() + 2 + length,
    ));
    text.push_str(scheme);
    text.push_str(place);
    text.push_str("/#");
    URL_SAFE_NO_PAD.encode_string(payload.as_slice(), &mut text);
    text
}

fn payload<B: Body>(authority: &Authority, body: &B) -> Zeroizing<Vec<u8>> {
    let length = 1 + cbor::length(body) + CHECK;
    let mut payload = Zeroizing::new(Vec::with_capacity(length));
    payload.push(B::KIND);
    cbor::encode_into(&mut payload, body);
    let check = check_of(authority, &payload);
    payload.extend_from_slice(&check);
    payload
}

/// Alphabet, padding and unused bits are exactly as they have to be, or this refuses.
fn decoded(payload: &str) -> Result<Zeroizing<Vec<u8>>, LinkError> {
    let mut bytes = Zeroizing::new(vec![0; base64::decoded_len_estimate(payload.len())]);
    let length = URL_SAFE_NO_PAD
        .decode_slice(payload, &mut bytes)
        .map_err(|_| LinkError::Changed)?;
    bytes.truncate(length);
    Ok(bytes)
}

fn check_of(authority: &Authority, kind_and_body: &[u8]) -> [u8; CHECK] {
    let digest = hash(LINK, &[authority.as_str().as_bytes(), kind_and_body]);
    let (check, _) = digest
        .split_first_chunk()
        .expect("a digest is longer than its check");
    *check
}
