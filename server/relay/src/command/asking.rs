//! Asks the relay of a folder: the running one over its socket, or, when none runs, by opening the folder for a moment.
//! Knows: which of the two it is. Never knows: what is asked.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, bail};
use partywall_world::{Clock, Dice, SystemClock};

use super::arguments::Place;
use crate::admin::client;
use crate::admin::office::Office;
use crate::admin::words::{Answer, Ask};
use crate::config::settings::Settings;
use crate::identity::key;
use crate::opening;
use crate::process::{CoreImages, harden};
use crate::start_error::StartError;

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
    folder.join(key::FILE).exists()
}

const CLOSING: Duration = Duration::from_secs(8);

/// Asks; a refusal is an error, its sentence for people.
pub(super) fn ask(place: &Place, ask: Ask, missing: Missing) -> anyhow::Result<Answer> {
    // A command that prints one sentence has nowhere to say that the system refused; `serve` says it.
    let _core_images = harden(CoreImages::Refused);
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
    let opened = match opening::open(settings, &clock, &mut Dice::from_os()?) {
        Ok(opened) => opened,
        Err(StartError::InUse { folder }) => return Ok(client::ask(&folder, &ask)?),
        Err(error) => return Err(error.into()),
    };
    if fresh {
        eprintln!(
            "There was no relay in {0}: a new one, with an identity of its own, was made there. If another folder was meant, name it with `--data DIR` and remove {0}.",
            settings.data.display()
        );
    }
    let office = Office {
        plane: opened.plane,
        identity: opened.identity,
        vouches: Mutex::new(opened.vouches),
        clock,
        authority: settings.authority(settings.peer),
        admission: settings.admission,
        vitals: None,
    };
    let answer = office.answer(ask).await;
    office.plane.drain(CLOSING).await;
    drop(opened.lock);
    Ok(answer)
}

/// The answer for scripts: its fields, without the word that says which answer it is.
pub(super) fn print_answer(answer: &Answer) -> anyhow::Result<()> {
    let mut value = serde_json::to_value(answer)?;
    if let Some(object) = value.as_object_mut() {
        object.remove("answer");
    }
    super::print_json(&value)
}
