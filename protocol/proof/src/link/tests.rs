//! What holds for links of any kind.
//! Knows: kinds made up for the purpose. Never knows: the kinds of either wing.

use super::*;
use partywall_ground::RelayKey;

#[derive(Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
struct Made {
    #[n(0)]
    relay: RelayKey,
    #[n(4)]
    further: Option<Further>,
}

impl Body for Made {
    const KIND: u8 = 0x7E;
}

/// The same entries under another kind.
#[derive(Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
struct Other {
    #[n(0)]
    relay: RelayKey,
}

impl Body for Other {
    const KIND: u8 = 0x7F;
}

/// As [`Made`], by somebody who writes an empty list.
#[derive(Encode, Decode)]
#[cbor(map)]
struct Lax {
    #[n(0)]
    relay: RelayKey,
    #[n(4)]
    further: Option<Vec<Authority>>,
}

impl Body for Lax {
    const KIND: u8 = Made::KIND;
}

impl Lax {
    fn empty() -> Self {
        let relay = RelayKey::new([7; 32]);
        let further = Some(Vec::new());
        Self { relay, further }
    }
}

fn somewhere() -> Authority {
    Authority::new("relay.example", 443).unwrap()
}

fn made(further: Option<Further>) -> Made {
    let relay = RelayKey::new([7; 32]);
    Made { relay, further }
}

#[test]
fn a_link_in_either_form_gives_back_what_was_put_in() {
    let further = Further::listed(vec![Authority::new("192.0.2.7", 7_443).unwrap()]).unwrap();
    for (form, begins) in [
        (Form::Web, "https://relay.example/#"),
        (Form::App, "partywall://relay.example/#"),
    ] {
        let text = write(form, &somewhere(), &made(further.clone()));
        assert!(text.starts_with(begins), "{}", *text);
        let whole = Whole::parse(&text).unwrap();
        assert_eq!(whole.kind(), Made::KIND);
        let (authority, body) = whole.read::<Made>().unwrap();
        assert_eq!(authority, somewhere());
        assert_eq!(body, made(further.clone()));
    }
}

#[test]
fn a_link_of_another_kind_is_not_read_as_this_one() {
    let text = write(Form::Web, &somewhere(), &made(None));
    let whole = Whole::parse(&text).unwrap();
    assert_eq!(whole.read::<Other>(), Err(LinkError::UnknownKind));
}

#[test]
fn no_further_authority_is_written_by_leaving_it_out_and_in_no_other_way() {
    assert_eq!(Further::listed(vec![]).unwrap(), None);
    let three = vec![somewhere(), somewhere(), somewhere()];
    assert!(Further::listed(three).is_err());
    let text = write(Form::Web, &somewhere(), &Lax::empty());
    let read = Whole::parse(&text).unwrap().read::<Made>();
    assert_eq!(read, Err(LinkError::Body));
}
