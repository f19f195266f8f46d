//! Two policies in one table: what a large messenger told its parent company, and what is told here.
//! Knows: the rows as `partywall-relay policy show` gives them. Never knows: how a policy is compiled.

use std::collections::BTreeMap;

use comfy_table::{Attribute, Cell, Color};
use partywall_client::business::{Field, Purpose, Recipient};
use serde_json::{Value, json};

use super::folder::Folder;
use super::relay::Relay;
use super::telling::{Telling, plain_table, wrapped};
use crate::screen::{faint, strong};
use crate::trouble::Trouble;

/// Regions that stand for those in which the news was, and was not, the same.
const REGIONS: [&str; 2] = ["other", "eu"];

/// Who is told, and how that is called above a narrow column.
const TOLD: [(Recipient, &str); 3] = [
    (Recipient::Business, "shop"),
    (Recipient::Parent, "parent"),
    (Recipient::ServiceProvider, "helper"),
];

/// What may be told where: by field, recipient, purpose and region, the ground.
pub(crate) struct Policy {
    name: String,
    grounds: BTreeMap<(String, String, String, String), String>,
}

impl Policy {
    /// A policy that comes with the relay, compiled by it.
    ///
    /// # Errors
    /// The relay's program fails.
    pub(crate) async fn shipped(
        relay: &Relay,
        folder: &Folder,
        name: &str,
    ) -> Result<Self, Trouble> {
        let printed = relay.operator(&["policy", "example", name]).await?;
        let file = folder.path().join(format!("{name}.toml"));
        let text = printed["toml"].as_str().unwrap_or_default();
        std::fs::write(&file, text).map_err(|error| {
            Trouble::failure(
                format!("{} cannot be written ({error})", file.display()),
                "say where there is room in the variable TMPDIR",
            )
        })?;
        let path = file.to_string_lossy();
        Ok(Self::of(&relay.operator(&["policy", "show", &path]).await?))
    }

    fn of(shown: &Value) -> Self {
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mut grounds = BTreeMap::new();
        for share in shown["shares"].as_array().into_iter().flatten() {
            for region in share["regions"].as_array().into_iter().flatten() {
                let at = (
                    word(&share["field"]),
                    word(&share["with"]),
                    word(&share["for"]),
                    word(region),
                );
                grounds.insert(at, word(&share["basis"]));
            }
        }
        Self {
            name: word(&shown["name"]),
            grounds,
        }
    }

    /// On what ground this may be told there, if it may.
    pub(crate) fn ground(
        &self,
        field: Field,
        with: Recipient,
        purpose: Purpose,
        region: &str,
    ) -> Option<&str> {
        let at = (
            field.word().into(),
            with.word().into(),
            purpose.word().into(),
            region.into(),
        );
        self.grounds.get(&at).map(String::as_str)
    }

    /// How many of the rows to the parent company may be told there.
    pub(crate) fn to_the_parent(&self, region: &str) -> usize {
        let rows = self.grounds.keys();
        rows.filter(|(_, with, _, at)| with == Recipient::Parent.word() && at == region)
            .count()
    }
}

/// Draws one beside the other, a table for each region: fields down, policies and recipients across.
///
/// # Errors
/// Standard output cannot be written.
pub(crate) fn tell(telling: &Telling, policies: &[&Policy]) -> Result<(), Trouble> {
    for region in REGIONS {
        if telling.screen.json {
            for policy in policies {
                objects(telling, policy, region)?;
            }
        } else {
            let drawn = drawn(policies, region);
            telling
                .screen
                .line(&format!("\n   {}\n{drawn}", strong(title(region))))?;
        }
    }
    if telling.screen.json {
        return Ok(());
    }
    telling.screen.line(&faint(&wrapped(
        "Five marks each: for service, safety, personalisation, advertising, analytics. ● told, like it or not; ○ only if you switch it on; § because a law says so; · never. The shop is the business itself, the parent the operator's parent company, the helper a service provider.",
    )))
}

const fn title(region: &str) -> &'static str {
    match region.as_bytes() {
        b"eu" => "For somebody in the EU",
        _ => "For somebody outside the EU, the UK, California and India",
    }
}

fn objects(telling: &Telling, policy: &Policy, region: &str) -> Result<(), Trouble> {
    for field in Field::ALL {
        for with in Recipient::ALL {
            for purpose in Purpose::ALL {
                telling.screen.object(&json!({
                    "type": "policy", "policy": policy.name, "region": region, "field": field.word(),
                    "with": with.word(), "for": purpose.word(),
                    "basis": policy.ground(field, with, purpose, region),
                }))?;
            }
        }
    }
    Ok(())
}

fn drawn(policies: &[&Policy], region: &str) -> comfy_table::Table {
    let mut drawn = plain_table();
    if console::colors_enabled() {
        drawn.enforce_styling();
    } else {
        drawn.force_no_tty();
    }
    let heading = |words: String| Cell::new(words).add_attribute(Attribute::Bold);
    let mut headings = vec![heading(String::new())];
    for policy in policies {
        headings.extend(TOLD.map(|(_, to)| heading(format!("{}\n{to}", policy.name))));
    }
    drawn.set_header(headings);
    for field in Field::ALL {
        let mut row = vec![Cell::new(field.word().replace('_', " "))];
        for policy in policies {
            row.extend(TOLD.map(|(with, _)| {
                let told = |purpose| mark(policy.ground(field, with, purpose, region));
                let marks = Purpose::ALL.map(told);
                Cell::new(marks.concat()).fg(colour(&marks))
            }));
        }
        drawn.add_row(row);
    }
    drawn
}

const fn mark(ground: Option<&str>) -> &'static str {
    match ground {
        None => "·",
        Some(ground) => match ground.as_bytes() {
            b"necessary" => "●",
            b"legal" => "§",
            _ => "○",
        },
    }
}

/// The worst of a row's marks gives it its colour.
fn colour(marks: &[&str]) -> Color {
    if marks.contains(&"●") {
        Color::Red
    } else if marks.contains(&"§") {
        Color::Magenta
    } else if marks.contains(&"○") {
        Color::Yellow
    } else {
        Color::Green
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_found_where_it_holds_and_nowhere_else() {
        let policy = Policy::of(&json!({"name": "p", "shares": [{
            "field": "ip_address", "with": "parent", "for": "analytics", "basis": "necessary",
            "regions": ["other", "in"],
        }]}));
        let asked = |region| {
            policy.ground(
                Field::IpAddress,
                Recipient::Parent,
                Purpose::Analytics,
                region,
            )
        };
        assert_eq!((asked("other"), asked("eu")), (Some("necessary"), None));
        assert_eq!(
            (policy.to_the_parent("in"), policy.to_the_parent("uk")),
            (1, 0)
        );
        assert_eq!((mark(asked("other")), mark(asked("eu"))), ("●", "·"));
        assert_eq!(colour(&["·", "○", "●"]), Color::Red);
    }
}
