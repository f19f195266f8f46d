//! `partywall safety`: the number that both people compare.
//! Knows: sixty digits. Never knows: the keys that they come from.

use partywall_client::Safety;
use serde_json::json;

use crate::arguments::{Common, Named};
use crate::opening::{Absent, contact, open};
use crate::screen::{Screen, faint, good, strong};
use crate::trouble::Trouble;
use crate::words::one_line;

/// Shows the number and how to compare it.
pub(super) async fn run(common: &Common, what: &Named, screen: &Screen) -> Result<(), Trouble> {
    let client = open(common, Absent::Said).await?;
    let contact = contact(&client, &what.name).await?;
    let safety = contact.safety().await;
    client.close().await?;
    let safety = safety?;
    screen.either(
        &json!({"name": what.name, "safety": safety.digits, "verified": safety.verified}),
        &page(&what.name, &safety),
    )
}

/// The number in three rows of four groups, and what to do with it.
pub(super) fn page(name: &str, safety: &Safety) -> String {
    let name = one_line(name);
    let groups: Vec<&str> = safety.digits.split(' ').collect();
    let rows: Vec<String> = groups
        .chunks(4)
        .map(|row| format!("    {}", strong(&row.join("  "))))
        .collect();
    let verified = if safety.verified {
        good("You have compared it before, and it was equal.")
    } else {
        format!("If all are equal:  partywall verify {name}")
    };
    format!(
        "The safety number of you and {name}:\n\n{}\n\n{}\n{}\n{verified}",
        rows.join("\n"),
        faint(
            "You both see the same twelve groups, unless somebody stands between you. Read them to"
        ),
        faint("each other by voice or face to face, all of them; not in messages."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_shown_whole_in_groups() {
        let digits: Vec<String> = (10..22).map(|n| format!("{n}000")).collect();
        let safety = Safety {
            digits: digits.join(" "),
            verified: false,
        };
        let page = page("bob", &safety);
        assert!(digits.iter().all(|group| page.contains(group)), "{page}");
        assert!(page.contains("10000  11000  12000  13000"), "{page}");
        assert!(page.contains("partywall verify bob"), "{page}");
    }
}
