//! `partywall customer begin`: signs the choices and opens a conversation.
//! Knows: choices. Never knows: keys.

use partywall_client::business::{BusinessLink, Choices, Customer};
use serde_json::json;

use crate::arguments::customer::{Begin, Choice};
use crate::counter::{opening, row};
use crate::screen::{Screen, strong};
use crate::trouble::Trouble;
use crate::words::one_line;

/// Begins, and declares what was said besides.
pub(super) async fn run(
    customer: &Customer,
    what: Begin,
    link: &BusinessLink,
    screen: &Screen,
) -> Result<(), Trouble> {
    let domain = opening::domain(what.domain.as_deref(), link)?;
    let mut values = what.declare;
    values.extend(what.initials);
    super::choosing::each_once(&values)?;
    let found = customer.find(link, &domain).await?;
    let chat = found.begin(choices(&what.choice)).await?;
    if !values.is_empty() {
        chat.declare(values).await?;
    }
    let shared: Vec<String> = what.choice.share.iter().copied().map(row::typed).collect();
    let name = one_line(found.name());
    let domain = found.domain();
    let object =
        json!({"chat": domain, "name": found.name(), "standing": "open", "shared": shared});
    let words = format!(
        "You are talking to {} now.\n  partywall customer say {domain} 'hello'\n  partywall customer shared {domain}",
        strong(&name)
    );
    screen.either(&object, &words)
}

fn choices(what: &Choice) -> Choices {
    let mut choices = Choices::essential_only();
    for switch in &what.share {
        choices = choices.with_row(*switch);
    }
    for category in &what.opt_in {
        choices = choices.opt_in(*category);
    }
    if let Some(region) = what.region {
        choices = choices.region(region);
    }
    if what.object {
        choices = choices.objecting();
    }
    if what.gpc {
        choices = choices.global_privacy_control();
    }
    choices
}
