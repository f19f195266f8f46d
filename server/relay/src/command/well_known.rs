//! Looks for the proof of a domain where it has to lie. (SPEC B-10)
//! Knows: one page of one domain. Never knows: whose it is, beyond what the page says.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use partywall_fetch::{Client, Outcome, Plain, Reach, Request, Rest, Roots, Url};

use super::on_one_line;

/// Where the proof lies below a domain.
pub(super) const PATH: &str = "/.well-known/partywall-business";
/// How long looking may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The proof has 83 characters.
const MOST: usize = 1_024;
/// So much of something else is shown.
const SHOWN: usize = 80;

/// The page's body, which is what it has to be. A domain is a stranger's word, so it may not lead into
/// this network, unless an authority of this network is named.
pub(super) fn proof(domain: &str, wanted: &str, ca: Option<PathBuf>) -> anyhow::Result<String> {
    let (roots, reach) = match ca {
        Some(file) => (Roots::File(file), Reach::Anywhere),
        None => (Roots::Platform, Reach::Public),
    };
    let client = Client::new(&roots, reach)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("the system gave no threads")?;
    let url = format!("https://{domain}{PATH}");
    runtime.block_on(look(&client, &url, wanted))
}

async fn look(client: &Client, url: &str, wanted: &str) -> anyhow::Result<String> {
    let place = Url::parse(url, Plain::Refused).map_err(|error| anyhow!("{url}: {error}"))?;
    let request = Request::get(place, MOST);
    let outcome = client.fetch(request, tokio::time::sleep(PATIENCE)).await;
    let answer = match outcome {
        Outcome::Answered(answer) => answer,
        Outcome::NotSent(trouble) | Outcome::MaybeSent(trouble) => bail!("{url}: {trouble}"),
    };
    let code = answer.status.as_u16();
    if answer.status.is_redirection() {
        bail!(
            "{url}: leads elsewhere (status {code}), and that is not followed; the proof has to lie there itself"
        );
    }
    if code != 200 {
        bail!("{url}: status {code}; the business puts a page there that says {wanted}");
    }
    let body = String::from_utf8_lossy(&answer.body).into_owned();
    if answer.rest == Rest::Cut || body.trim() != wanted {
        let found: String = on_one_line(&body).chars().take(SHOWN).collect();
        bail!("{url}: has to say {wanted}, and says {found:?}");
    }
    Ok(body)
}

#[cfg(test)]
mod tests;
