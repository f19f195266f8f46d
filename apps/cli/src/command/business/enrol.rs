//! `partywall business enrol`: asks to be a business, and says what is to be done then.
//! Knows: a profile. Never knows: keys.

use partywall_client::shop::{BusinessLink, Profile, Shop};
use serde_json::json;

use super::standing::{Proof, proof};
use crate::arguments::business::Enrol;
use crate::screen::{Screen, strong};
use crate::trouble::Trouble;
use crate::words::one_line;

/// Enrols, and prints the proof of the domain and the next steps.
pub(super) async fn run(
    shop: &Shop,
    what: &Enrol,
    link: &BusinessLink,
    screen: &Screen,
) -> Result<(), Trouble> {
    let profile = Profile {
        name: what.name.clone(),
        domain: what.domain.clone(),
        industry: what.industry,
        hosting: what.hosting.clone(),
    };
    shop.enrol(link, profile).await?;
    let Proof { business, text } = proof(shop).await?;
    let domain = one_line(&what.domain);
    let url = format!("https://{domain}{}", super::standing::PATH);
    let operator = format!("partywall-relay business verify {domain} --well-known");
    let object = json!({
        "business": business, "domain": what.domain, "name": what.name,
        "path": super::standing::PATH, "text": text, "url": url, "operator": operator,
    });
    let page = format!(
        "{}\n\n1. Publish this line at {}\n\n     {text}\n\n2. Ask the operator of the relay to verify it. They run\n\n     {operator}\n\n3. See how it stands, then be there for customers. Your keys lie on the shelf: they can begin while\n   you are away\n\n     partywall business status\n     partywall business inbox",
        strong(&format!(
            "{} has asked to be a business.",
            one_line(&what.name)
        )),
        strong(&url),
    );
    screen.either(&object, &page)
}
