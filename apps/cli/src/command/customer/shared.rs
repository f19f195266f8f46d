//! `partywall customer shared`: what may be told, and everything that was, with proofs that held.
//! Knows: switches and disclosures. Never knows: how a proof is checked; the library shows none that fails.

use partywall_client::business::{Customer, Disclosed, Outcome, Standing};
use serde_json::{Value, json};

use super::terms;
use crate::arguments::customer::Shared as Arguments;
use crate::counter::{moments, opening, value};
use crate::screen::{Screen, faint, good, strong};
use crate::trouble::{Exit, Trouble};
use crate::words::one_line;

/// Shows switches, then disclosures.
pub(super) async fn run(
    customer: &Customer,
    what: &Arguments,
    screen: &Screen,
) -> Result<(), Trouble> {
    let chat = opening::chat(customer, &what.domain).await?;
    let standing = chat.card().await?.standing;
    if standing == Standing::Erased {
        return Err(Trouble::new(
            Exit::Rule,
            "what the relay had of this conversation was erased, so nothing is left to show",
            "`partywall customer erase DOMAIN --json` prints the receipt again",
        ));
    }
    let mut shared = chat.shared().await?;
    let told = std::mem::take(&mut shared.disclosures);
    if standing == Standing::Open {
        if !screen.json {
            screen.line(&strong("What may be told of you"))?;
        }
        terms::tell(&terms::of_chat(shared), what.details, screen)?;
    } else {
        screen.remark("This conversation has ended: nothing more is told.");
    }
    if screen.json {
        for one in &told {
            screen.object(&object(one))?;
        }
        return Ok(());
    }
    screen.line(&format!("\n{}", strong("What was told of you")))?;
    if told.is_empty() {
        screen.line("  Nothing so far.")?;
    }
    for one in &told {
        screen.line(&line(one, what.details))?;
    }
    Ok(())
}

fn object(one: &Disclosed) -> Value {
    json!({
        "type": "disclosure", "sentence": one.sentence, "field": one.field.word(),
        "value": value::typed(&one.value), "recipient": one.recipient.word(),
        "purpose": one.purpose.word(), "basis": one.basis.word(),
        "at": moments::rfc3339(one.time), "keep_days": one.keep_days,
        "outcome": one.outcome.map(outcome), "proven": true, "index": one.proof.index,
        "tree_size": one.proof.size, "table": hex::encode(one.table.as_bytes()),
    })
}

const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Sent => "sent",
        Outcome::Void => "void",
        Outcome::Uncertain => "uncertain",
    }
}

fn line(one: &Disclosed, details: bool) -> String {
    let became = match one.outcome {
        Some(Outcome::Sent) => "it was sent",
        Some(Outcome::Void) => "it was not sent",
        Some(Outcome::Uncertain) => "it may have been sent, and will not be again",
        None => "it is under way",
    };
    let mut whole = format!(
        "  {} {} It was \"{}\"; {became}. {}",
        faint(&moments::clock(one.time, moments::now())),
        one_line(&one.sentence),
        one_line(&value::typed(&one.value)),
        good("Proven.")
    );
    if details {
        whole.push_str(&faint(&format!(
            "\n      {}/{}/{}  basis {}, kept {} days, entry {} of {} in the ledger, table {}",
            one.field,
            one.recipient,
            one.purpose,
            one.basis,
            one.keep_days,
            one.proof.index,
            one.proof.size,
            hex::encode(one.table.as_bytes()),
        )));
    }
    whole
}
