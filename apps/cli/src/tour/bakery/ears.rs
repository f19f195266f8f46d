//! What the two at the counter hear: the next event of a kind, and nothing lost before it.
//! Knows: events. Never knows: what is made of them.

use partywall_client::business::what::What;
use partywall_client::business::{EventKind as ToAnna, Field};
use partywall_client::shop::{Disclosed, EventKind as ToBakery, Pseudonym};

use super::{Counter, in_time, lost};
use crate::trouble::Trouble;

impl Counter {
    /// The next thing that a customer says.
    pub(super) async fn hears(&mut self) -> Result<(Pseudonym, What), Trouble> {
        let hears = async {
            while let Some(event) = self.heard.next().await {
                let said = match event.kind() {
                    ToBakery::Message { from, what, .. } => Some((*from, what.clone())),
                    _ => None,
                };
                event.done().await?;
                if let Some(said) = said {
                    return Ok(said);
                }
            }
            Err(lost("the bakery"))
        };
        in_time(hears, "a word to the bakery").await?
    }

    /// The next thing that the bakery says.
    pub(super) async fn reads(&mut self) -> Result<What, Trouble> {
        let reads = async {
            while let Some(event) = self.events.next().await {
                let said = match event.kind() {
                    ToAnna::Message { what, .. } => Some(what.clone()),
                    _ => None,
                };
                event.done().await?;
                if let Some(said) = said {
                    return Ok(said);
                }
            }
            Err(lost("Anna"))
        };
        in_time(reads, "a word of the bakery").await?
    }

    /// The next value of this field that the bakery is told.
    pub(super) async fn told_of(&mut self, field: Field) -> Result<Disclosed, Trouble> {
        while let Some(event) = self.heard.next().await {
            let told = match event.kind() {
                ToBakery::Disclosed { what, .. } if what.value.field() == field => {
                    Some(what.clone())
                }
                _ => None,
            };
            event.done().await?;
            if let Some(told) = told {
                return Ok(told);
            }
        }
        Err(lost("the bakery"))
    }

    /// Whether what the bakery said last is refused, and not accepted.
    pub(super) async fn is_refused(&mut self) -> Result<bool, Trouble> {
        let refused = async {
            let mut left = false;
            while let Some(event) = self.heard.next().await {
                let fate = match event.kind() {
                    ToBakery::Refused { .. } => Some(true),
                    ToBakery::Accepted { .. } if left => Some(false),
                    ToBakery::Left { .. } => {
                        left = true;
                        None
                    }
                    _ => None,
                };
                event.done().await?;
                if let Some(fate) = fate {
                    return Ok(fate);
                }
            }
            Err(lost("the bakery"))
        };
        in_time(refused, "the relay's refusal").await?
    }
}
