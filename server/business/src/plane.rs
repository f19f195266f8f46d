//! The business wing as the relay's binary sees it: open, one door, the ledger, a few words for the
//! operator.
//! Knows: settings, a folder, the operator's keys. Never knows: listeners, TLS, the peer wing.

use std::net::IpAddr;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use partywall_proof::Vouch;
use partywall_socket::FrameSocket;
use partywall_store::{Bounds, Hand, Place, StoreError, Writer};
use partywall_world::{Clock, Dice};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use crate::claims::Tower;
use crate::clock::RelayClock;
use crate::failpoint::{Failpoints, NoFailpoints};
use crate::gauges::{Counters, Gauges};
use crate::keys::OperatorKeys;
use crate::limits::READERS;
use crate::scribe::{Scribe, Tools};
use crate::store::{Disk, SETTINGS, clock_row};
use crate::wing::{NotDone, Wing};
use crate::{WingSettings, beat, door, ledger, registry};
use partywall_door::Fate;

/// The business wing's database inside the relay's folder.
const FILE: &str = "business.db";

/// The relay's business wing. Dropping it stops it as a crash would, but for the writer, which finishes
/// what was handed in; [`Plane::drain`] is the polite way.
pub struct Plane {
    pub(crate) wing: Arc<Wing>,
    writer: Mutex<Option<Writer<Scribe>>>,
    beat: JoinHandle<()>,
}

/// The business wing cannot do what was asked. One sentence that says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlaneError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The writer has more to do than it may remember.
    #[error("the relay is busy; try again in a moment")]
    Busy,
    /// Nothing more can be written.
    #[error("the disk is full; free some space on it and try again")]
    NoRoom,
    /// The wing has stopped.
    #[error("the relay's store has stopped; mend what its log names and start the relay again")]
    Stopped,
    /// The machine's clock was or is wrong. (SPEC B-12)
    #[error(
        "the machine's clock is more than an hour behind the time that the relay wrote down last; set the clock, or, if it is right now and was wrong then, start once with `--accept-clock yes`"
    )]
    ClockBehind,
    /// No business has that id or domain.
    #[error("no business here has this id or domain; look at the list and name one of it")]
    NoSuchBusiness,
    /// Nothing waits to be verified.
    #[error("this business asked for nothing that could be verified; it has to enrol first")]
    NothingAsked,
    /// What waits is not what the operator looked at.
    #[error(
        "this business has asked for something else meanwhile; look again with `business list`"
    )]
    AskedOtherwise,
    /// It was revoked, which is for good.
    #[error("this business was revoked, which is for good; it may enrol with another key")]
    Revoked,
    /// The evidence is not what it has to be. (SPEC B-10)
    #[error("this is no proof: the page says something else than it has to, or nothing was said")]
    Unproven,
    /// Its industry is not taken. (SPEC B-10)
    #[error("businesses of this industry are not verified on this relay")]
    Prohibited,
    /// Another verified business has the domain.
    #[error(
        "another verified business has this domain; revoke it first, or ask for another domain"
    )]
    DomainTaken,
    /// No template has that id, or not in that state.
    #[error("no template has this id, or its state does not allow it; look at the list")]
    NoSuchTemplate,
}

impl From<NotDone> for PlaneError {
    fn from(not_done: NotDone) -> Self {
        match not_done {
            NotDone::Busy => Self::Busy,
            NotDone::NoRoom => Self::NoRoom,
            NotDone::Stopped => Self::Stopped,
        }
    }
}

impl Plane {
    /// Opens `business.db` in the relay's folder, which must be there and held by this process. Inside
    /// a tokio runtime, on which the wing's tasks run from then on.
    ///
    /// `on_fatal` is called once, from any thread, when the store fails: nothing is accepted from then
    /// on, every connection is closed with `fault`, and the process should end.
    ///
    /// # Errors
    /// Why the database cannot be used.
    pub fn open(
        folder: &Path,
        settings: WingSettings,
        keys: OperatorKeys,
        clock: Arc<dyn Clock>,
        dice: Dice,
        on_fatal: impl FnOnce(StoreError) + Send + 'static,
    ) -> Result<Self, PlaneError> {
        let place = Place::file(folder.join(FILE));
        let none = Arc::new(NoFailpoints);
        Self::open_at(&place, settings, keys, clock, dice, on_fatal, none)
    }

    /// As [`Plane::open`], in memory, for tests.
    ///
    /// # Errors
    /// As [`Plane::open`].
    pub fn open_in_memory(
        settings: WingSettings,
        keys: OperatorKeys,
        clock: Arc<dyn Clock>,
        dice: Dice,
        on_fatal: impl FnOnce(StoreError) + Send + 'static,
    ) -> Result<Self, PlaneError> {
        let place = Place::memory();
        let none = Arc::new(NoFailpoints);
        Self::open_at(&place, settings, keys, clock, dice, on_fatal, none)
    }

    /// As [`Plane::open`], anywhere, with something that happens in the gaps between effects.
    ///
    /// # Errors
    /// As [`Plane::open`].
    pub fn open_at(
        place: &Place,
        settings: WingSettings,
        keys: OperatorKeys,
        clock: Arc<dyn Clock>,
        dice: Dice,
        on_fatal: impl FnOnce(StoreError) + Send + 'static,
        failpoints: Arc<dyn Failpoints>,
    ) -> Result<Self, PlaneError> {
        let fate = Arc::new(Fate::new(on_fatal));
        let (scribe, shared) = prepare(place, settings, keys, clock, dice, failpoints)?;
        let ending = Arc::clone(&fate);
        let bounds = bounds(shared.tools.settings.memory());
        let writer = Writer::spawn(scribe, bounds, move |error| ending.fail(error))?;
        Ok(Self::over(shared, writer, fate))
    }

    /// As [`Plane::open_at`], for simulated worlds: the writer works only when the hand says so, which
    /// also learns when it fails.
    ///
    /// # Errors
    /// As [`Plane::open`].
    pub fn open_by_hand(
        place: &Place,
        settings: WingSettings,
        keys: OperatorKeys,
        clock: Arc<dyn Clock>,
        dice: Dice,
        failpoints: Arc<dyn Failpoints>,
    ) -> Result<(Self, Hand), PlaneError> {
        let (scribe, shared) = prepare(place, settings, keys, clock, dice, failpoints)?;
        let bounds = bounds(shared.tools.settings.memory());
        let (writer, hand) = Writer::by_hand(scribe, bounds);
        let fate = Arc::new(Fate::new(drop));
        Ok((Self::over(shared, writer, fate), hand))
    }

    fn over(shared: Shared, writer: Writer<Scribe>, fate: Arc<Fate<StoreError>>) -> Self {
        let wing = Arc::new(shared.into_wing(writer.submitter(), fate));
        let beat = tokio::spawn(beat::run(Arc::clone(&wing)));
        Self {
            wing,
            writer: Mutex::new(Some(writer)),
            beat,
        }
    }

    /// Serves a connection to its end. `from` is the network address that it comes from, if the
    /// listener knows one: it is used only for what the current table allows, and dropped otherwise.
    /// (SPEC §11)
    pub async fn door<S>(&self, socket: FrameSocket<S>, from: Option<IpAddr>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send,
    {
        door::serve(&self.wing, socket, from).await;
    }

    /// What the ledger answers to `GET` of a path, which begins with a slash; `None` is a 404. Blocks
    /// for a moment. (SPEC §13)
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn ledger(&self, path: &str) -> Result<Option<ledger::Answer>, PlaneError> {
        let answer = self.wing.readers.with(|rows| ledger::answer(rows, path));
        answer.map_err(|fault| PlaneError::Store(crate::book::fault(fault)))
    }

    /// What connections that begin from now on are told about the relay's TLS keys; of more than eight
    /// vouches the first. (SPEC §2.3)
    pub fn set_vouches(&self, vouches: Vec<Vouch>) {
        self.wing.set_vouches(vouches);
    }

    /// On low disk no business and no customer is newly taken in; those who are here are served as ever.
    pub fn set_low_disk(&self, low: bool) {
        self.wing.set_low_disk(low);
    }

    /// The wing in numbers.
    #[must_use]
    pub fn gauges(&self) -> Gauges {
        self.wing.gauges()
    }

    /// Takes nothing more, writes what was taken, empties the log, and closes every connection with
    /// `come-back`. Connections that do not end within `patience` are left to their fate.
    pub async fn drain(&self, patience: Duration) {
        self.wing.fate.come_back();
        let _patience_ended = tokio::time::timeout(patience, self.wing.fate.all_left()).await;
        self.beat.abort();
        // Nothing but the time is written down: it must not run backwards over the restart.
        let _told = self.wing.ask(0, |_| Ok(())).await;
        let writer = self
            .writer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(writer) = writer {
            // Fails only after a failure that was told already.
            let _told = tokio::task::spawn_blocking(move || writer.close().is_ok()).await;
        }
    }
}

impl Drop for Plane {
    fn drop(&mut self) {
        self.beat.abort();
        self.wing.fate.come_back();
    }
}

/// What the doors will share, before there is a writer.
pub(crate) struct Shared {
    pub(crate) tools: Tools,
    pub(crate) readers: partywall_store::Readers,
    pub(crate) dice: Dice,
}

/// Opens the database and makes the one who writes it.
pub(crate) fn prepare(
    place: &Place,
    settings: WingSettings,
    keys: OperatorKeys,
    clock: Arc<dyn Clock>,
    mut dice: Dice,
    failpoints: Arc<dyn Failpoints>,
) -> Result<(Scribe, Shared), PlaneError> {
    let database = partywall_store::open(place, &SETTINGS)?;
    let readers = database.readers(READERS)?;
    let connection = database.into_writer();
    let written = Some(clock_row::read(&connection)?);
    let clock = RelayClock::beginning(clock, written, settings.accept_clock)
        .map_err(|_behind| PlaneError::ClockBehind)?;
    let tools = Tools {
        clock: Arc::new(clock),
        keys: Arc::new(keys),
        settings: Arc::new(settings),
        lines: Arc::default(),
        counters: Arc::new(Counters::default()),
        low_disk: Arc::new(AtomicBool::new(false)),
        tables: Arc::default(),
        failpoints,
    };
    let disk = Disk::under(place);
    let mut scribe = Scribe::over(connection, disk, dice.stream("scribe"), tools.clone())?;
    scribe.begin()?;
    let shared = Shared {
        tools,
        readers,
        dice: dice.stream("doors"),
    };
    Ok((scribe, shared))
}

impl Shared {
    pub(crate) fn into_wing(self, tray: crate::scribe::Tray, fate: Arc<Fate<StoreError>>) -> Wing {
        let memory = self.tools.settings.memory();
        Wing {
            tray,
            clock: self.tools.clock,
            keys: self.tools.keys,
            settings: self.tools.settings,
            lines: self.tools.lines,
            counters: self.tools.counters,
            low_disk: self.tools.low_disk,
            tables: self.tools.tables,
            tower: Tower::default(),
            fate,
            readers: Arc::new(self.readers),
            turns: Arc::new(Semaphore::new(READERS)),
            memory: Arc::new(Semaphore::new(memory)),
            shelves: Mutex::new(registry::paces()),
            dice: Mutex::new(self.dice),
            vouches: Mutex::default(),
        }
    }
}

/// The writer's queue holds whatever may be in memory; what else comes is one job for each request.
fn bounds(memory: usize) -> Bounds {
    Bounds {
        queue_rows: 65_536,
        queue_bytes: memory + (1 << 20),
        ..Bounds::default()
    }
}
