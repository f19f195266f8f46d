//! How a business stands with the operator, asked now.
//! Knows: one request. Never knows: why it is asked.

use std::sync::Arc;

use partywall_business::answer::Answer;
use partywall_business::request::StandingOf;
use partywall_business::{BusinessStanding, Reason};
use partywall_ground::Seconds;

use super::{pump, shelf};
use crate::core::Core;
use crate::error::AskError;

/// How a business stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Where it is: unknown, pending, verified, suspended, revoked.
    pub standing: BusinessStanding,
    /// Why, if it is suspended or revoked.
    pub reason: Option<Reason>,
    /// Until when its newest certificate holds; it is renewed by itself.
    pub certificate_until: Option<Seconds>,
}

pub(super) async fn standing(core: &Arc<Core>) -> Result<Standing, AskError> {
    let line = pump::line(core).await?;
    let ask = |number| StandingOf { number }.into();
    let Answer::StandingIs(answer) = line.ask(ask).await? else {
        return Err(AskError::Nonsense);
    };
    if matches!(
        answer.standing,
        BusinessStanding::Pending | BusinessStanding::Verified
    ) {
        shelf::stocked(core, &line).await?;
    }
    let until = answer.certificate.and_then(|signed| {
        let says: partywall_business::certificate::Certified =
            minicbor::decode(&signed.bytes).ok()?;
        Some(says.not_after)
    });
    Ok(Standing {
        standing: answer.standing,
        reason: answer.reason,
        certificate_until: until,
    })
}
