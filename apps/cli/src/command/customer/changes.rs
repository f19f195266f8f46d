//! `partywall customer changes`: new terms and a changed certificate, in sentences.
//! Knows: what was accepted and what is shown now. Never knows: how it was proven.

use partywall_client::business::{
    ChangedCertificate, Chat, Customer, PendingTerms, Seconds, TermsChange,
};
use serde_json::{Value, json};

use crate::arguments::customer::Changes;
use crate::counter::{hosting, moments, opening};
use crate::screen::{Screen, bad, careful, good, strong};
use crate::trouble::Trouble;
use crate::words::one_line;

/// Looks the business up again, tells what changed, and accepts a certificate if that was asked for.
pub(super) async fn run(
    customer: &Customer,
    what: &Changes,
    screen: &Screen,
) -> Result<(), Trouble> {
    let chat = opening::chat(customer, &what.domain).await?;
    if let Err(error) = chat.connect().await {
        let why = Trouble::from(error).what;
        screen.remark(&format!(
            "This is what was known before: {}",
            one_line(&why)
        ));
    }
    let certificate = chat.pending_certificate().await?;
    let terms = chat.pending_terms().await?;
    tell(&what.domain, certificate.as_ref(), terms.as_ref(), screen)?;
    if what.accept_certificate {
        accept(&chat, &what.domain, screen).await?;
    }
    Ok(())
}

async fn accept(chat: &Chat, domain: &str, screen: &Screen) -> Result<(), Trouble> {
    chat.accept_certificate().await?;
    screen.either(
        &json!({"type": "accepted", "chat": domain, "certificate": true}),
        &good("The new certificate is accepted; a new session begins."),
    )
}

fn tell(
    domain: &str,
    certificate: Option<&ChangedCertificate>,
    terms: Option<&PendingTerms>,
    screen: &Screen,
) -> Result<(), Trouble> {
    if let Some(changed) = certificate {
        screen.either(
            &certificate_object(domain, changed),
            &certificate_page(changed),
        )?;
    }
    if let Some(pending) = terms {
        screen.either(&terms_object(domain, pending), &terms_page(domain, pending))?;
    }
    if certificate.is_none() && terms.is_none() && !screen.json {
        screen.line("Nothing has changed.")?;
    }
    Ok(())
}

fn certificate_object(domain: &str, changed: &ChangedCertificate) -> Value {
    json!({
        "type": "certificate", "chat": domain, "name": changed.name,
        "name_before": changed.name_before, "domain": changed.domain,
        "domain_before": changed.domain_before, "industry": changed.industry.word(),
        "hosting": hosting::object(&changed.hosting),
        "hosting_before": hosting::object(&changed.hosting_before),
        "other_endpoint": changed.other_endpoint, "other_account": changed.other_account,
    })
}

fn certificate_page(changed: &ChangedCertificate) -> String {
    let mut lines = vec![bad(
        "The business's certificate changed; nothing is said until you accept it.",
    )];
    if changed.name != changed.name_before {
        lines.push(format!(
            "  It was called {} and is called {} now.",
            one_line(&changed.name_before),
            one_line(&changed.name)
        ));
    }
    if changed.domain != changed.domain_before {
        lines.push(format!(
            "  Its domain was {} and is {} now.",
            one_line(&changed.domain_before),
            one_line(&changed.domain)
        ));
    }
    if changed.hosting != changed.hosting_before {
        lines.push(format!(
            "  It answered {} and answers {} now.",
            hosting::people(&changed.hosting_before),
            hosting::people(&changed.hosting)
        ));
    }
    if changed.other_endpoint {
        lines.push("  The keys with which it answers are others: whoever has them reads what you say from now on.".into());
    }
    if changed.other_account {
        lines.push("  The key with which it logs in is another.".into());
    }
    lines.join("\n")
}

fn terms_object(domain: &str, pending: &PendingTerms) -> Value {
    let sentences = |changes: &[TermsChange]| -> Vec<String> {
        changes.iter().map(|one| one.sentence.clone()).collect()
    };
    json!({
        "type": "terms", "chat": domain, "policy": pending.terms.policy,
        "policy_version": pending.terms.version,
        "table": hex::encode(pending.terms.table.as_bytes()),
        "newly_shared": sentences(&pending.newly_shared), "changed": sentences(&pending.changed),
        "stopped": sentences(&pending.stopped),
        "sunset": pending.sunset.map(|at| moments::rfc3339(Seconds::new(at))),
    })
}

fn terms_page(domain: &str, pending: &PendingTerms) -> String {
    let mut lines = vec![careful(&format!(
        "There are new terms (version {}). Until you accept them only what both allow is told.",
        pending.terms.version
    ))];
    for (title, changes) in [
        ("Newly told", &pending.newly_shared),
        ("Told otherwise", &pending.changed),
        ("Not told any more", &pending.stopped),
    ] {
        if !changes.is_empty() {
            lines.push(strong(title));
        }
        for change in changes {
            lines.push(format!("  {}", one_line(&change.sentence)));
        }
    }
    if let Some(sunset) = pending.sunset {
        lines.push(format!(
            "The terms that you accepted can be accepted anew {}.",
            moments::until(Seconds::new(sunset), moments::now())
        ));
    }
    lines.push(format!(
        "  partywall customer consent {} --accept-new-terms",
        one_line(domain)
    ));
    lines.join("\n")
}
