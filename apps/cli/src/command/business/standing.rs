//! `partywall business status`, `well-known`: how a business stands, and the proof of its domain.
//! Knows: the operator's word, asked now. Never knows: how the operator comes to it.

use partywall_business::BusinessStanding;
use partywall_client::shop::Shop;
use serde_json::json;

use crate::counter::moments;
use crate::screen::{Screen, bad, careful, good};
use crate::trouble::{Exit, Trouble};

/// Where the proof of the domain is published. (SPEC B-10)
pub(super) const PATH: &str = "/.well-known/partywall-business";
/// What stands before the business's id in it.
const BEFORE: &str = "partywall-business=";

/// The proof of a domain.
pub(super) struct Proof {
    /// The business's id, in hexadecimal.
    pub(super) business: String,
    /// The line to publish.
    pub(super) text: String,
}

/// The proof of the domain.
///
/// # Errors
/// Not enrolled.
pub(super) async fn proof(shop: &Shop) -> Result<Proof, Trouble> {
    let text = shop.well_known().await?.ok_or_else(|| {
        Trouble::new(
            Exit::Failure,
            "this store belongs to no business yet",
            "`partywall business enrol LINK --name NAME --domain DOMAIN --industry INDUSTRY` asks to be one",
        )
    })?;
    let text = text.trim_end().to_owned();
    let business = text.strip_prefix(BEFORE).unwrap_or(&text).to_owned();
    Ok(Proof { business, text })
}

/// Prints the line that is to be published.
pub(super) async fn well_known(shop: &Shop, screen: &Screen) -> Result<(), Trouble> {
    let Proof { business, text } = proof(shop).await?;
    screen.either(
        &json!({"business": business, "path": PATH, "text": text}),
        &text,
    )?;
    if screen.for_people() {
        screen.remark(&format!("Publish this line at https://YOUR-DOMAIN{PATH}"));
    }
    Ok(())
}

/// Asks the relay how it stands.
pub(super) async fn status(shop: &Shop, screen: &Screen) -> Result<(), Trouble> {
    let Proof { business, .. } = proof(shop).await?;
    let now = shop.standing().await?;
    let word = word(now.standing);
    let object = json!({
        "business": business, "standing": word, "reason": now.reason.map(|why| why.word()),
        "certificate_until": now.certificate_until.map(moments::rfc3339),
    });
    let told = match now.standing {
        BusinessStanding::Verified => good("verified: customers can find you"),
        BusinessStanding::Pending => careful("pending: the operator has not verified you yet"),
        BusinessStanding::Unknown => careful("unknown: the relay does not know you; enrol again"),
        BusinessStanding::Suspended => bad("suspended: nothing can be said until that is lifted"),
        BusinessStanding::Revoked => bad("revoked: nothing can be said any more"),
    };
    let mut lines = vec![told];
    if let Some(reason) = now.reason {
        lines.push(format!("  the operator's reason: {reason}"));
    }
    if let Some(until) = now.certificate_until {
        let until = moments::until(until, moments::now());
        lines.push(format!(
            "  certificate holds {until}; it is renewed by itself"
        ));
    }
    lines.push(format!("  business {business}"));
    screen.either(&object, &lines.join("\n"))
}

const fn word(standing: BusinessStanding) -> &'static str {
    match standing {
        BusinessStanding::Unknown => "unknown",
        BusinessStanding::Pending => "pending",
        BusinessStanding::Verified => "verified",
        BusinessStanding::Suspended => "suspended",
        BusinessStanding::Revoked => "revoked",
    }
}
