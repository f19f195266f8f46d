//! From a link's text to its parts and back. (SPEC §3, R-4)
//! Knows: schemes, base64url, the check. What it held of a secret is wiped.

use super::{Authority, ContactLink, Link, LinkError, RelayLink};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use minicbor::{Decode, Encode};
use partywall_ground::{LINK, cbor};
use zeroize::Zeroizing;

pub(super) const WEB: &str = "https://";
pub(super) const APP: &str = "partywall://";

const RELAY: u8 = 0x01;
const CONTACT: u8 = 0x02;
const CHECK: usize = 4;
/// Longer than any link can be; nothing longer is looked at.
const LONGEST: usize = 2_048;

pub(super) fn read(link: &str) -> Result<Link, LinkError> {
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
    let payload = decoded(payload)?;
    let (kind_and_body, check) = payload
        .split_last_chunk::<CHECK>()
        .ok_or(LinkError::Changed)?;
    if *check != check_of(&authority, kind_and_body) {
        return Err(LinkError::Changed);
    }
    let (kind, body) = kind_and_body.split_first().ok_or(LinkError::Changed)?;
    match *kind {
        RELAY => {
            let body: super::RelayBody = checked(body)?;
            not_empty(body.further.as_deref())?;
            Ok(Link::Relay(RelayLink { authority, body }))
        }
        CONTACT => {
            let body: super::ContactBody = checked(body)?;
            not_empty(body.further.as_deref())?;
            Ok(Link::Contact(ContactLink { authority, body }))
        }
        _ => Err(LinkError::UnknownKind),
    }
}

pub(super) fn write(scheme: &str, link: &Link) -> Zeroizing<String> {
    let (authority, payload) = match link {
        Link::Relay(link) => (&link.authority, payload(&link.authority, RELAY, &link.body)),
        Link::Contact(link) => (
            &link.authority,
            payload(&link.authority, CONTACT, &link.body),
        ),
    };
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

fn payload(authority: &Authority, kind: u8, body: &impl Encode<()>) -> Zeroizing<Vec<u8>> {
    let length = 1 + cbor::length(body) + CHECK;
    let mut payload = Zeroizing::new(Vec::with_capacity(length));
    payload.push(kind);
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
    let digest = partywall_proof::hash(LINK, &[authority.as_str().as_bytes(), kind_and_body]);
    let (check, _) = digest
        .split_first_chunk()
        .expect("a digest is longer than its check");
    *check
}

fn checked<'b, T: Decode<'b, ()> + Encode<()>>(body: &'b [u8]) -> Result<T, LinkError> {
    cbor::decode(body).map_err(|_| LinkError::Body)
}

fn not_empty(further: Option<&[Authority]>) -> Result<(), LinkError> {
    match further {
        Some([]) => Err(LinkError::Body),
        _ => Ok(()),
    }
}
