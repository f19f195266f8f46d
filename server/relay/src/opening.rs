//! Opens a relay's folder: the lock first, then who each wing is, then what it keeps. For a relay that starts, and for a command without one.
//! Knows: the order. Never knows: sockets.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use partywall_business::ledger::Origin;
use partywall_business_plane::WingSettings;
use partywall_business_plane::policy::{self, Compiled};
use partywall_ground::{RelayKey, Seconds};
use partywall_peer_plane::PlaneSettings;
use partywall_proof::link::Authority;
use partywall_store::{FolderLock, StoreError};
use partywall_world::{Clock, Dice};
use tokio::sync::watch;

use crate::config::settings::Settings;
use crate::identity::business_key::BusinessKeys;
use crate::identity::key::{Folder, RelayIdentity};
use crate::identity::vouches::VouchBook;
use crate::identity::vouching::Vouching;
use crate::start_error::StartError;
use crate::wing::Wing;
use crate::words::in_words;

/// The wings' databases inside the folder: once one is there, so must its keys be.
pub(crate) const PEER_DATABASE: &str = "peer.db";
const BUSINESS_DATABASE: &str = "business.db";

/// The sentence with which a wing's store failed for good, if it did.
pub type Failure = watch::Receiver<Option<String>>;

/// A wing, opened: `P` is its plane.
pub struct Opened<P> {
    /// The key that its links carry.
    pub key: RelayKey,
    /// Who vouches for its certificates.
    pub vouching: Arc<Vouching>,
    /// What it keeps and carries.
    pub plane: Arc<P>,
    /// Whether its store failed for good.
    pub failure: Failure,
}

/// Takes the folder, making it if it is not there. Nobody else opens it while the lock lives.
///
/// # Errors
/// One sentence for the operator.
pub fn lock(folder: &Path) -> Result<FolderLock, StartError> {
    FolderLock::take(folder).map_err(|why| StartError::at_the_door(folder, why))
}

/// Opens the peer wing in a folder that is ours. Inside a tokio runtime.
///
/// # Errors
/// One sentence for the operator.
pub fn peer(
    settings: &Settings,
    clock: &Arc<dyn Clock>,
    dice: &mut Dice,
) -> Result<Opened<partywall_peer_plane::Plane>, StartError> {
    let folder = &settings.data;
    let mut drawing = dice.stream("relay/identity");
    let identity = RelayIdentity::settle(folder, before(folder, PEER_DATABASE), &mut drawing)?;
    let key = identity.public();
    let book = VouchBook::open(&Wing::Peer.vouches(folder))?;
    let (fatal, failure) = watch::channel(None);
    let plane = partywall_peer_plane::Plane::open(
        folder,
        peer_settings(settings, key),
        Arc::clone(clock),
        dice.stream("peer"),
        move |error| drop(fatal.send_replace(Some(in_full(&error)))),
    )?;
    let plane = Arc::new(plane);
    let told = Arc::clone(&plane);
    let tell = move |vouches| told.set_vouches(vouches);
    Ok(Opened {
        key,
        vouching: Vouching::new(identity.into_key(), book, Arc::clone(clock), tell),
        plane,
        failure,
    })
}

/// Opens the business wing in a folder that is ours; its ledger is named after where its listener is
/// found. Inside a tokio runtime.
///
/// # Errors
/// One sentence for the operator.
pub fn business(
    settings: &Settings,
    authority: &Authority,
    clock: &Arc<dyn Clock>,
    dice: &mut Dice,
) -> Result<Opened<partywall_business_plane::Plane>, StartError> {
    let origin = Origin::of_authority(authority.as_str()).map_err(|_| StartError::LongName)?;
    let keys = business_keys(settings, dice)?;
    let key = keys.public();
    let first_policy = first_policy(settings, clock)?;
    let book = VouchBook::open(&Wing::Business.vouches(&settings.data))?;
    let (fatal, failure) = watch::channel(None);
    let plane = partywall_business_plane::Plane::open(
        &settings.data,
        business_settings(settings, origin, first_policy),
        keys.operator(),
        Arc::clone(clock),
        dice.stream("business"),
        move |error| drop(fatal.send_replace(Some(in_full(&error)))),
    )
    .map_err(StartError::Business)?;
    let plane = Arc::new(plane);
    let told = Arc::clone(&plane);
    let tell = move |vouches| told.set_vouches(vouches);
    Ok(Opened {
        key,
        vouching: Vouching::new(keys.signing(), book, Arc::clone(clock), tell),
        plane,
        failure,
    })
}

/// The business wing's vouches without the wing: for a command while no relay runs.
///
/// # Errors
/// One sentence for the operator.
pub fn business_vouching(
    settings: &Settings,
    clock: &Arc<dyn Clock>,
    dice: &mut Dice,
) -> Result<(RelayKey, Arc<Vouching>), StartError> {
    let keys = business_keys(settings, dice)?;
    let book = VouchBook::open(&Wing::Business.vouches(&settings.data))?;
    let vouching = Vouching::new(keys.signing(), book, Arc::clone(clock), drop);
    Ok((keys.public(), vouching))
}

fn business_keys(settings: &Settings, dice: &mut Dice) -> Result<BusinessKeys, StartError> {
    let before = before(&settings.data, BUSINESS_DATABASE);
    let mut drawing = dice.stream("business/keys");
    Ok(BusinessKeys::settle(&settings.data, before, &mut drawing)?)
}

fn before(folder: &Path, database: &str) -> Folder {
    if folder.join(database).exists() {
        Folder::InUse
    } else {
        Folder::New
    }
}

/// The store's sentence with its cause behind it, for the operator who has to mend it.
fn in_full(error: &StoreError) -> String {
    match error.source() {
        Some(cause) => format!("{error} ({cause})"),
        None => error.to_string(),
    }
}

fn peer_settings(settings: &Settings, relay: RelayKey) -> PlaneSettings {
    PlaneSettings {
        relay,
        admission: settings.admission,
        retention_days: settings.retention_days,
        mailbox_idle_days: settings.mailbox_idle_days,
        quota_envelopes: settings.quota_envelopes,
        quota_bytes: settings.quota_bytes,
        memory_bytes: settings.memory_bytes,
    }
}

/// The policy to begin with. Where something is published already, a file that is no first policy any
/// more stands in nobody's way.
fn first_policy(
    settings: &Settings,
    clock: &Arc<dyn Clock>,
) -> Result<Option<Compiled>, StartError> {
    let Some(file) = &settings.business.first_policy else {
        return Ok(None);
    };
    match first_of(file, Seconds::new(clock.wall().seconds())) {
        Ok(first) => Ok(Some(first)),
        Err(_) if settings.data.join(BUSINESS_DATABASE).exists() => Ok(None),
        Err(why) => Err(StartError::FirstPolicy {
            file: file.clone(),
            why,
        }),
    }
}

fn first_of(file: &Path, now: Seconds) -> Result<Compiled, String> {
    let text = std::fs::read_to_string(file).map_err(|error| in_words(error.kind()))?;
    let first = policy::compile(&text).map_err(|errors| {
        let first = errors.first();
        let line = first.map_or(0, |error| error.place.line);
        let sentence = first.map_or("", |error| error.sentence.as_str());
        format!("line {line}: {sentence}; `partywall-relay policy check` says everything")
    })?;
    if first.version() != 1 {
        return Err("the first has `version = 1`".into());
    }
    if first.after(None).effective > now {
        return Err("the first holds at once: write an `effective` that is not ahead".into());
    }
    Ok(first)
}

fn business_settings(
    settings: &Settings,
    origin: Origin,
    first_policy: Option<Compiled>,
) -> WingSettings {
    WingSettings {
        first_policy,
        retention_days: settings.retention_days,
        auto_approve_utility: settings.business.auto_approve_utility,
        accept_clock: settings.business.accept_clock,
        prohibited: settings.business.prohibited.clone(),
        memory_bytes: settings.memory_bytes,
        ..WingSettings::new(origin)
    }
}
