//! Asks the relay of a folder: the running one over its socket, or, when none runs, by opening the folder for a moment.
//! Knows: which of the two it is. Never knows: what is asked.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use partywall_process::{CoreImages, harden};
use partywall_world::{Clock, Dice, SystemClock};

use super::arguments::Place;
use crate::admin::business::BusinessOffice;
use crate::admin::client;
use crate::admin::office::{Office, PeerOffice};
use crate::admin::words::{Answer, Ask, BusinessAsk};
use crate::config::settings::Settings;
use crate::identity::{business_key, key};
use crate::opening;
use crate::process::mistake;
use crate::start_error::StartError;
use crate::wing::Wing;

/// Whether the folder may be made now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    /// The question makes sense in a new folder too.
    Make,
    /// It does not.
    Refuse,
}

/// Whether a relay ever started in the folder, so that a slip in `--data` makes no files anywhere.
pub(super) fn is_relays(folder: &Path) -> bool {
    folder.join(key::FILE).exists() || folder.join(business_key::FILE).exists()
}

/// What is about the business wing is asked of a relay that runs: its clock and its ledger go on from there.
const NOT_RUNNING: &str =
    "no relay is running on this folder; start it with `partywall-relay serve`, then try again";

const CLOSING: Duration = Duration::from_secs(8);

/// Asks; a refusal is an error, its sentence for people.
pub(super) fn ask(place: &Place, ask: Ask, missing: Missing) -> anyhow::Result<Answer> {
    // A command that prints one sentence has nowhere to say that the system refused; `serve` says it.
    let _core_images = harden(CoreImages::Refused, mistake);
    let settings = super::gather_at(place)?.settings;
    if missing == Missing::Refuse && !is_relays(&settings.data) {
        bail!(
            "there is no relay in {}; name its folder with `--data DIR`",
            settings.data.display()
        );
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .context("the system gave no threads")?;
    match runtime.block_on(directly(&settings, ask))? {
        Answer::Refused { sentence } => bail!(sentence),
        answer => Ok(answer),
    }
}

async fn directly(settings: &Settings, ask: Ask) -> anyhow::Result<Answer> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let fresh = !is_relays(&settings.data);
    let lock = match opening::lock(&settings.data) {
        Ok(lock) => lock,
        Err(StartError::InUse { folder }) => return Ok(client::ask(&folder, &ask)?),
        Err(error) => return Err(error.into()),
    };
    if matches!(ask, Ask::Business { .. } | Ask::Audit) && settings.wings.have_business() {
        bail!(NOT_RUNNING);
    }
    let office = office(settings, &ask, clock)?;
    if fresh {
        eprintln!(
            "There was no relay in {0}: a new one, with an identity of its own, was made there. If another folder was meant, name it with `--data DIR` and remove {0}.",
            settings.data.display()
        );
    }
    let answer = office.answer(ask).await;
    if let Some(peer) = office.peer {
        peer.plane.drain(CLOSING).await;
    }
    drop(lock);
    Ok(answer)
}

/// An office over a folder without a running relay, with as much of it as the question needs.
fn office(settings: &Settings, ask: &Ask, clock: Arc<dyn Clock>) -> anyhow::Result<Office> {
    let mut dice = Dice::from_os()?;
    let wing = wing_of(ask);
    let (mut peer, mut business) = (None, None);
    if wing == Wing::Peer && settings.wings.have_peer() {
        let opened = opening::peer(settings, &clock, &mut dice)?;
        peer = Some(PeerOffice {
            plane: opened.plane,
            key: opened.key,
            vouching: opened.vouching,
            authority: settings.authority(settings.peer),
            admission: settings.admission,
            vitals: None,
        });
    }
    if wing == Wing::Business && settings.wings.have_business() {
        let (key, vouching) = opening::business_vouching(settings, &clock, &mut dice)?;
        business = Some(BusinessOffice {
            plane: None,
            key,
            vouching,
            authority: settings.business_authority(settings.business.address),
            vitals: None,
            exporter: None,
        });
    }
    Ok(Office {
        clock,
        peer,
        business,
    })
}

fn wing_of(ask: &Ask) -> Wing {
    match ask {
        Ask::Vouch { wing, .. } | Ask::ListVouches { wing } | Ask::RevokeVouch { wing, .. } => {
            *wing
        }
        Ask::Business { .. } | Ask::Audit => Wing::Business,
        Ask::MakePass { .. } | Ask::ListPasses | Ask::RevokePass { .. } | Ask::Status => Wing::Peer,
    }
}

/// Has the running relay compare a sink's file with its ledger.
pub(super) fn audit(place: &Place, file: impl std::io::Read) -> anyhow::Result<Answer> {
    let settings = super::gather_at(place)?.settings;
    if !is_relays(&settings.data) {
        bail!(
            "there is no relay in {}; name its folder with `--data DIR`",
            settings.data.display()
        );
    }
    if opening::lock(&settings.data).is_ok() {
        bail!(NOT_RUNNING);
    }
    match client::audit(&settings.data, file)? {
        Answer::Refused { sentence } => bail!(sentence),
        answer => Ok(answer),
    }
}

/// Asks the running relay about its business wing.
pub(super) fn ask_business(place: &Place, question: BusinessAsk) -> anyhow::Result<Answer> {
    ask(place, Ask::Business { question }, Missing::Refuse)
}

/// What a command says to an answer that belongs to another question.
pub(super) fn other_version() -> anyhow::Error {
    anyhow::anyhow!(
        "the relay gave an answer to another question; use the program of the same version"
    )
}

/// The answer for scripts: its fields, without the word that says which answer it is.
pub(super) fn print_answer(answer: &Answer) -> anyhow::Result<()> {
    let mut value = serde_json::to_value(answer)?;
    if let Some(object) = value.as_object_mut() {
        object.remove("answer");
    }
    super::print_json(&value)
}
