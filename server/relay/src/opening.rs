//! Opens a relay's folder: the lock first, then who the relay is, then what it keeps. For a relay that starts, and for a command without one.
//! Knows: the order. Never knows: sockets.

use std::error::Error;
use std::sync::Arc;

use partywall_store::{FolderLock, StoreError};
use partywall_world::{Clock, Dice};

use tokio::sync::watch;

use crate::config::settings::Settings;
use crate::identity::key::{Folder, RelayIdentity};
use crate::identity::vouches::VouchBook;
use crate::start_error::StartError;
use partywall_peer_plane::{Plane, PlaneSettings};

/// The peer wing's database inside the folder: once it is there, so must the identity be.
const DATABASE: &str = "peer.db";

/// The sentence with which the store failed for good, if it did.
pub type Failure = watch::Receiver<Option<String>>;

/// A folder that is ours, opened.
pub struct Opened {
    /// Nobody else opens it while this lives.
    pub lock: FolderLock,
    /// Who the relay is.
    pub identity: Arc<RelayIdentity>,
    /// What it vouches for.
    pub vouches: VouchBook,
    /// The peer wing.
    pub plane: Arc<Plane>,
    /// Whether the peer wing's store failed for good.
    pub failure: Failure,
}

/// Opens the folder, making it if it is not there. Inside a tokio runtime.
///
/// # Errors
/// One sentence for the operator.
pub fn open(
    settings: &Settings,
    clock: &Arc<dyn Clock>,
    dice: &mut Dice,
) -> Result<Opened, StartError> {
    let lock = FolderLock::take(&settings.data)
        .map_err(|why| StartError::at_the_door(&settings.data, why))?;
    let before = if settings.data.join(DATABASE).exists() {
        Folder::InUse
    } else {
        Folder::New
    };
    let identity =
        RelayIdentity::settle(&settings.data, before, &mut dice.stream("relay/identity"))?;
    let vouches = VouchBook::open(&settings.data)?;
    let (fatal, failure) = watch::channel(None);
    let plane = Plane::open(
        &settings.data,
        plane_settings(settings, &identity),
        Arc::clone(clock),
        dice.stream("peer"),
        move |error| drop(fatal.send_replace(Some(in_full(&error)))),
    )?;
    Ok(Opened {
        lock,
        identity: Arc::new(identity),
        vouches,
        plane: Arc::new(plane),
        failure,
    })
}

/// The store's sentence with its cause behind it, for the operator who has to mend it.
fn in_full(error: &StoreError) -> String {
    match error.source() {
        Some(cause) => format!("{error} ({cause})"),
        None => error.to_string(),
    }
}

fn plane_settings(settings: &Settings, identity: &RelayIdentity) -> PlaneSettings {
    PlaneSettings {
        relay: identity.public(),
        admission: settings.admission,
        retention_days: settings.retention_days,
        mailbox_idle_days: settings.mailbox_idle_days,
        quota_envelopes: settings.quota_envelopes,
        quota_bytes: settings.quota_bytes,
        memory_bytes: settings.memory_bytes,
    }
}
