//! `partywall customer find`: who a business is, and what of that is proven.
//! Knows: a look-up that held. Never knows: how it was proven.

use partywall_client::business::{BusinessLink, Customer, Found};
use serde_json::{Value, json};

use crate::arguments::customer::Find;
use crate::counter::{hosting, moments, opening};
use crate::screen::{Screen, faint, good, strong};
use crate::trouble::Trouble;
use crate::words::one_line;

/// Looks it up and tells.
pub(super) async fn run(
    customer: &Customer,
    what: &Find,
    link: &BusinessLink,
    screen: &Screen,
) -> Result<(), Trouble> {
    let domain = opening::domain(what.domain.as_deref(), link)?;
    let found = customer.find(link, &domain).await?;
    screen.either(&object(&found, link), &page(&found))
}

fn object(found: &Found, link: &BusinessLink) -> Value {
    let terms = found.terms();
    json!({
        "domain": found.domain(), "name": found.name(), "industry": found.industry().word(),
        "hosting": hosting::object(found.hosting()),
        "certificate_until": moments::rfc3339(found.certificate_until()),
        "operator": hex::encode(link.operator().as_bytes()),
        "policy": terms.policy, "policy_version": terms.version,
        "table": hex::encode(terms.table.as_bytes()),
    })
}

fn page(found: &Found) -> String {
    let terms = found.terms();
    let domain = one_line(found.domain());
    [
        strong(&format!("{} ({domain})", one_line(found.name()))),
        format!("  industry  {}", found.industry().word().replace('_', " ")),
        format!("  answers   {}", hosting::people(found.hosting())),
        format!(
            "  certified {}",
            moments::until(found.certificate_until(), moments::now())
        ),
        format!(
            "  policy    \"{}\", version {}",
            one_line(&terms.policy),
            terms.version
        ),
        format!(
            "  {}",
            good("proven: the operator signed all this, and it stands in the operator's ledger")
        ),
        faint(&format!(
            "What may be told of you: partywall customer terms {domain} --link 'LINK'"
        )),
    ]
    .join("\n")
}
