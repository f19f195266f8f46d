//! Business links of the second implementation, whole and changed. (SPEC §3, §11.1)
//! Knows: their text and the parts that they are said to have.

use crate::file::{Judge, valid, vectors};
use crate::told::{hexed, with};
use partywall_business::BusinessLink;
use partywall_proof::link::Authority;
use serde_json::{Value, json};

fn parts(link: &BusinessLink, scheme: &Value) -> Value {
    let authority = link.authority();
    let fields = json!({
        "scheme": scheme,
        "host": authority.host(),
        "port": authority.port(),
        "authority": authority.as_str(),
        "kind": 3,
        "key": hexed(link.operator().as_bytes()),
    });
    let domain = link.domain().map(|domain| json!(domain.as_str()));
    let further: Vec<_> = link.further().iter().map(Authority::as_str).collect();
    let further = (!further.is_empty()).then(|| json!(further));
    with(with(fields, "domain", domain), "authorities", further)
}

#[test]
fn business_links_are_read_and_written_as_the_second_implementation_does() {
    let mut judge = Judge::default();
    for vector in vectors("business-links").iter().filter(|one| valid(one)) {
        let text = vector["link"].as_str().unwrap();
        let scheme = &vector["parts"]["scheme"];
        let ours = BusinessLink::parse(text).ok().map(|link| {
            let written = match scheme.as_str().unwrap() {
                "https" => link.as_web_link(),
                _ => link.as_app_link(),
            };
            assert_eq!(written, text.replace(":443/#", "/#"), "{}", vector["name"]);
            parts(&link, scheme)
        });
        judge.same(vector, ours, Some(vector["parts"].clone()));
    }
    judge.agrees(8);
}

#[test]
fn a_business_link_with_anything_changed_is_refused() {
    let mut judge = Judge::default();
    for vector in vectors("business-links").iter().filter(|one| !valid(one)) {
        let text = vector["link"].as_str().unwrap();
        judge.taken(vector, BusinessLink::parse(text).is_ok());
    }
    judge.agrees(50);
}
