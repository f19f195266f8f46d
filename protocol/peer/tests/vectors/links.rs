//! Links of the second implementation, whole and changed. (SPEC §3)
//! Knows: their text and the parts that they are said to have.

use crate::file::{array, valid, vectors};
use partywall_peer::{Link, Uses};
use partywall_proof::link::Authority;
use serde_json::Value;

#[test]
fn links_are_read_and_written_as_the_second_implementation_does() {
    let mut read = 0;
    for vector in vectors("links").iter().filter(|vector| valid(vector)) {
        let (text, parts) = (vector["link"].as_str().unwrap(), &vector["parts"]);
        let link = Link::parse(text).unwrap_or_else(|error| panic!("{}: {error}", vector["name"]));
        has_parts(&link, parts);
        let written = match parts["scheme"].as_str().unwrap() {
            "https" => link.as_web_link(),
            _ => link.as_app_link(),
        };
        assert_eq!(*written, text.replace(":443/#", "/#"), "{}", vector["name"]);
        read += 1;
    }
    assert!(read > 10);
}

#[test]
fn a_link_with_anything_changed_is_refused() {
    let mut refused = 0;
    for vector in vectors("links").iter().filter(|vector| !valid(vector)) {
        assert!(
            Link::parse(vector["link"].as_str().unwrap()).is_err(),
            "{}",
            vector["name"]
        );
        refused += 1;
    }
    assert!(refused > 100);
}

fn has_parts(link: &Link, parts: &Value) {
    let authorities: Vec<_> = link.authorities().map(Authority::as_str).collect();
    let (first, further) = authorities.split_first().unwrap();
    assert_eq!(parts["authority"], *first);
    let told: Vec<_> = parts["authorities"]
        .as_array()
        .map(|list| list.iter().map(|item| item.as_str().unwrap()).collect())
        .unwrap_or_default();
    assert_eq!(further, told);
    assert_eq!(link.relay().as_bytes(), &array(&parts["key"]));
    match link {
        Link::Relay(link) => {
            assert_eq!(parts["kind"], 1);
            assert_eq!(parts["host"], link.authority().host());
            assert_eq!(parts["port"], link.authority().port());
            assert_eq!(
                link.pass().map(|pass| *pass.as_bytes()),
                parts.get("pass").map(array)
            );
        }
        Link::Contact(link) => {
            assert_eq!(parts["kind"], 2);
            assert_eq!(parts["host"], link.authority().host());
            assert_eq!(parts["port"], link.authority().port());
            assert_eq!(link.maker().as_bytes(), &array(&parts["id"]));
            assert_eq!(link.secret().as_bytes(), &array(&parts["secret"]));
            assert_eq!(parts["once"], link.uses() == Uses::Once);
        }
    }
}
