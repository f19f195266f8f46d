//! The peer wing as the relay's binary sees it: open, two doors, a few words for the operator.
//! Knows: settings, a folder. Never knows: listeners, TLS, network addresses.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use partywall_ground::Pass;
use partywall_proof::Vouch;
use partywall_socket::FrameSocket;
use partywall_store::{Bounds, Hand, Place, StoreError, Writer};
use partywall_world::{Clock, Day, Dice};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;

use crate::core::Core;
use crate::door::{self, Street};
use crate::failpoint::{Failpoints, NoFailpoints};
use crate::gauges::{Counters, Gauges};
use crate::rules::admission::digest_of_pass;
use crate::rules::bells::Bells;
use crate::rules::limits::{LARGE_ENVELOPE, UNACKNOWLEDGED_BYTES};
use crate::scribe::Scribe;
use crate::store::{
    Disk, Outcome, Reading, SETTINGS, ShortId, Sqlite, SqliteReading, Store, Write,
};
use crate::{PlaneSettings, chores};
use partywall_door::Fate;

/// The peer wing's database inside the relay's folder.
const FILE: &str = "peer.db";

/// Connections that read the database.
const READERS: usize = 4;

/// The relay's peer wing. Dropping it stops it as a crash would, but for the writer, which finishes
/// what was handed in; [`Plane::drain`] is the polite way.
pub struct Plane {
    street: Arc<Street>,
    writer: Mutex<Option<Writer<Scribe<Sqlite>>>>,
    chores: [JoinHandle<()>; 2],
}

/// The peer wing cannot do what was asked. One sentence that says what to do.
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
    /// The short id means more than one pass.
    #[error("more than one pass has this id; make new passes and stop using these")]
    Ambiguous,
}

/// A pass as its operator sees it. The pass itself is known to nobody but its holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassLine {
    /// Eight hexadecimal digits.
    pub id: String,
    /// How many mailboxes it may still make.
    pub left: u32,
    /// When it was made.
    pub made: Day,
    /// Whether it was made worthless.
    pub revoked: bool,
}

impl Plane {
    /// Opens `peer.db` in the relay's folder, which must be there and held by this process. Inside a
    /// tokio runtime, on which the wing's tasks run from then on.
    ///
    /// `on_fatal` is called once, from any thread, when the store fails: nothing is accepted from
    /// then on, every connection is closed with `fault`, and the process should end.
    ///
    /// # Errors
    /// Why the database cannot be used.
    pub fn open(
        folder: &Path,
        settings: PlaneSettings,
        clock: Arc<dyn Clock>,
        dice: Dice,
        on_fatal: impl FnOnce(StoreError) + Send + 'static,
    ) -> Result<Self, PlaneError> {
        let place = Place::file(folder.join(FILE));
        Self::open_at(
            &place,
            settings,
            clock,
            dice,
            on_fatal,
            Arc::new(NoFailpoints),
        )
    }

    /// As [`Plane::open`], in memory, for tests.
    ///
    /// # Errors
    /// As [`Plane::open`].
    pub fn open_in_memory(
        settings: PlaneSettings,
        clock: Arc<dyn Clock>,
        dice: Dice,
        on_fatal: impl FnOnce(StoreError) + Send + 'static,
    ) -> Result<Self, PlaneError> {
        let place = Place::memory();
        Self::open_at(
            &place,
            settings,
            clock,
            dice,
            on_fatal,
            Arc::new(NoFailpoints),
        )
    }

    /// As [`Plane::open`], anywhere, with something that happens in the gaps between effects.
    ///
    /// # Errors
    /// As [`Plane::open`].
    pub fn open_at(
        place: &Place,
        settings: PlaneSettings,
        clock: Arc<dyn Clock>,
        dice: Dice,
        on_fatal: impl FnOnce(StoreError) + Send + 'static,
        failpoints: Arc<dyn Failpoints>,
    ) -> Result<Self, PlaneError> {
        let fate = Arc::new(Fate::new(on_fatal));
        let ending = Arc::clone(&fate);
        let spawn = move |scribe, bounds| {
            let writer = Writer::spawn(scribe, bounds, move |error| ending.fail(error))?;
            Ok((writer, ()))
        };
        let (plane, ()) = Self::begin(place, settings, clock, dice, fate, failpoints, spawn)?;
        Ok(plane)
    }

    /// As [`Plane::open_at`], for simulated worlds: the writer works only when the hand says so, which
    /// also learns when it fails.
    ///
    /// # Errors
    /// As [`Plane::open`].
    pub fn open_by_hand(
        place: &Place,
        settings: PlaneSettings,
        clock: Arc<dyn Clock>,
        dice: Dice,
        failpoints: Arc<dyn Failpoints>,
    ) -> Result<(Self, Hand), PlaneError> {
        let fate = Arc::new(Fate::new(drop));
        let by_hand = |scribe, bounds| Ok(Writer::by_hand(scribe, bounds));
        Self::begin(place, settings, clock, dice, fate, failpoints, by_hand)
    }

    fn begin<W>(
        place: &Place,
        settings: PlaneSettings,
        clock: Arc<dyn Clock>,
        dice: Dice,
        fate: Arc<Fate<StoreError>>,
        failpoints: Arc<dyn Failpoints>,
        start: impl FnOnce(Scribe<Sqlite>, Bounds) -> Result<(Writer<Scribe<Sqlite>>, W), StoreError>,
    ) -> Result<(Self, W), PlaneError> {
        let database = partywall_store::open(place, &SETTINGS)?;
        let reading = SqliteReading::over(database.readers(READERS)?);
        let read_through = database.is_read_through();
        let counters = Arc::new(Counters::default());
        counters.mailboxes.add(reading.mailboxes()?);
        let store = Sqlite::over(database.into_writer(), Disk::under(place))?;
        let bells = Arc::new(Bells::default());
        let scribe = Scribe::new(
            store,
            Arc::clone(&clock),
            Arc::clone(&bells),
            Arc::clone(&counters),
            failpoints,
        );
        let memory = settings.memory_bytes.clamp(1 << 20, 1 << 30);
        let (writer, with) = start(scribe, bounds(memory))?;
        let core = Core::new(settings, writer.submitter(), bells, dice, counters);
        let street = Arc::new(Street {
            core,
            clock,
            fate,
            reading: Arc::new(reading),
            turns: Arc::new(Semaphore::new(READERS)),
            memory: Arc::new(Semaphore::new(memory)),
            memory_bytes: memory,
        });
        let inspecting = Arc::clone(&street);
        let inspection = async move {
            if !read_through {
                inspecting.inspect().await;
            }
        };
        let chores = [
            tokio::spawn(chores::run(Arc::clone(&street))),
            tokio::spawn(inspection),
        ];
        let plane = Self {
            street,
            writer: Mutex::new(Some(writer)),
            chores,
        };
        Ok((plane, with))
    }

    /// Serves a collect connection to its end. (SPEC §5.2 to §5.5)
    pub async fn collect<S>(&self, socket: FrameSocket<S>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send,
    {
        door::collect(&self.street, socket).await;
    }

    /// Serves a deposit connection to its end. (SPEC §5.2, §5.6)
    pub async fn deposit<S>(&self, socket: FrameSocket<S>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send,
    {
        door::deposit(&self.street, socket).await;
    }

    /// Makes a pass for so many mailboxes. Gives the pass and the short id to call it by; the relay
    /// keeps its hash.
    ///
    /// # Errors
    /// [`PlaneError::Busy`], [`PlaneError::NoRoom`] or [`PlaneError::Stopped`]; the pass does not exist then.
    pub async fn make_pass(&self, mailboxes: u32) -> Result<(Pass, String), PlaneError> {
        let pass = Pass::new(self.street.core.dice().bytes());
        let digest = digest_of_pass(pass.as_bytes());
        let [a, b, c, d, ..] = digest;
        self.write(Write::MakePass { digest, mailboxes }).await?;
        Ok((pass, spelled([a, b, c, d])))
    }

    /// Every pass there is, the newest first.
    ///
    /// # Errors
    /// [`PlaneError::Store`] when the database cannot be read.
    pub async fn passes(&self) -> Result<Vec<PassLine>, PlaneError> {
        let reading = Arc::clone(&self.street.reading);
        let asked = tokio::task::spawn_blocking(move || reading.passes());
        let passes = asked.await.map_err(|_panicked| PlaneError::Stopped)??;
        let line = |pass: crate::store::PassLine| PassLine {
            id: spelled(pass.short),
            left: pass.left,
            made: pass.made,
            revoked: pass.revoked,
        };
        Ok(passes.into_iter().map(line).collect())
    }

    /// Makes the pass with this short id worthless; `false` when there is none.
    ///
    /// # Errors
    /// [`PlaneError::Ambiguous`], and as [`Plane::make_pass`].
    pub async fn revoke_pass(&self, id: &str) -> Result<bool, PlaneError> {
        let Some(short) = read_short(id) else {
            return Ok(false);
        };
        match self.write(Write::RevokePass { short }).await? {
            Outcome::Passes(0) => Ok(false),
            Outcome::Passes(1) => Ok(true),
            _ => Err(PlaneError::Ambiguous),
        }
    }

    /// On low disk no new mailboxes are made; the old ones are served as ever.
    pub fn set_low_disk(&self, low: bool) {
        self.street.core.set_low_disk(low);
    }

    /// What connections that begin from now on are told about the relay's TLS keys; of more than
    /// eight vouches the first. (SPEC §2.3)
    pub fn set_vouches(&self, vouches: Vec<Vouch>) {
        self.street.core.set_vouches(vouches);
    }

    /// The wing in numbers.
    #[must_use]
    pub fn gauges(&self) -> Gauges {
        self.street.gauges()
    }

    /// Takes nothing more, answers what was taken, writes and deletes what is to be, empties the
    /// log, and closes every connection with `come-back`. Connections that do not end within
    /// `patience` are left to their fate; what is durable does not depend on them.
    pub async fn drain(&self, patience: Duration) {
        self.street.fate.come_back();
        let _patience_ended = tokio::time::timeout(patience, self.street.fate.all_left()).await;
        self.chores.iter().for_each(JoinHandle::abort);
        self.street.core.router.gather_all();
        let writer = self
            .writer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(writer) = writer {
            // A reading that goes on would keep the log from being emptied.
            let nobody_reads = self.street.turns.acquire_many(READERS as u32);
            let _turns = tokio::time::timeout(patience, nobody_reads).await;
            // Fails only after a failure that was told already. What was begun anew in the log goes: a
            // stopped relay is one file, whole.
            let close = move || writer.close().map(|mut scribe| scribe.store.empty_log());
            let _told = tokio::task::spawn_blocking(close).await;
        }
    }

    #[cfg(test)]
    pub(crate) fn street(&self) -> &Arc<Street> {
        &self.street
    }

    async fn write(&self, write: Write) -> Result<Outcome, PlaneError> {
        let (answer, answered) = oneshot::channel();
        self.street
            .core
            .router
            .submit(write, move |outcome| {
                let _nobody_waits = answer.send(outcome);
            })
            .map_err(|close| match close {
                partywall_ground::Close::Busy => PlaneError::Busy,
                _ => PlaneError::Stopped,
            })?;
        match answered.await {
            Ok(Outcome::NoRoom) => Err(PlaneError::NoRoom),
            Ok(outcome) => Ok(outcome),
            Err(_dropped) => Err(PlaneError::Stopped),
        }
    }
}

impl Drop for Plane {
    fn drop(&mut self) {
        self.chores.iter().for_each(JoinHandle::abort);
        self.street.fate.come_back();
    }
}

/// The writer's queue holds whatever may be in memory, and as much that is to be deleted; what else
/// comes is one write for each open request.
fn bounds(memory: usize) -> Bounds {
    let largest = LARGE_ENVELOPE + UNACKNOWLEDGED_BYTES;
    Bounds {
        queue_rows: 65_536,
        queue_bytes: 2 * memory + largest,
        ..Bounds::default()
    }
}

fn spelled(short: ShortId) -> String {
    format!("{:08x}", u32::from_be_bytes(short))
}

fn read_short(id: &str) -> Option<ShortId> {
    let eight = id.len() == 8 && id.bytes().all(|digit| digit.is_ascii_hexdigit());
    let number = u32::from_str_radix(id, 16).ok().filter(|_| eight)?;
    Some(number.to_be_bytes())
}
