//! What all connections, chores and operator's words share: where jobs are handed in, where the
//! database is read, what is said in `hello`.
//! Knows: tools and numbers. Never knows: what is asked.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use partywall_ground::limits::VOUCHES;
use partywall_ground::{AtMost, Days, Nonce32};
use partywall_proof::{Hello, Vouch};
use partywall_store::sql::Connection;
use partywall_store::{Readers, Refused, StoreError};
use partywall_world::Dice;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::task::spawn_blocking;

use crate::WingSettings;
use crate::claims::Tower;
use crate::clock::RelayClock;
use crate::desk::Desk;
use crate::gauges::{Counters, Gauges};
use crate::keys::OperatorKeys;
use crate::lines::Lines;
use crate::pace::Paces;
use crate::refusal::{Judged, Refusal, Trouble};
use crate::scribe::{Answer, Job, Tray, is_of_one, log};
use crate::tables::Tables;
use partywall_door::Fate;

/// The business wing's shared parts.
pub(crate) struct Wing {
    pub(crate) tray: Tray,
    pub(crate) clock: Arc<RelayClock>,
    pub(crate) keys: Arc<OperatorKeys>,
    pub(crate) settings: Arc<WingSettings>,
    pub(crate) lines: Arc<Lines>,
    pub(crate) counters: Arc<Counters>,
    /// Which exporters are connected.
    pub(crate) tower: Tower,
    pub(crate) fate: Arc<Fate<StoreError>>,
    pub(crate) readers: Arc<Readers>,
    /// Who reads the database, in the order of asking; the others wait without a thread.
    pub(crate) turns: Arc<Semaphore>,
    /// Bytes of requests and events that may be in memory.
    pub(crate) memory: Arc<Semaphore>,
    /// Paces of shelves, as the doors know them: who is too fast never comes to the writer. (P-10)
    pub(crate) shelves: Mutex<Paces<i64>>,
    pub(crate) dice: Mutex<Dice>,
    pub(crate) vouches: Mutex<AtMost<Vouch, VOUCHES>>,
    pub(crate) low_disk: Arc<AtomicBool>,
    /// The tables that were published.
    pub(crate) tables: Arc<Tables>,
}

/// A job was not done, and nothing of it happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotDone {
    /// The writer has more to do than it may remember, or what it needed is not as it should be.
    Busy,
    /// The disk is full.
    NoRoom,
    /// The wing has stopped.
    Stopped,
}

impl Wing {
    /// Has something done in the writer's transaction; `growth` as in [`Job::new`]. It is handed in at
    /// once, whenever the future is waited for; it is answered when it is on disk.
    pub(crate) fn ask<T, W>(
        &self,
        growth: usize,
        work: W,
    ) -> impl Future<Output = Result<T, NotDone>> + Send + use<T, W>
    where
        T: Send + 'static,
        W: Fn(&mut Desk<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        Self::outcome(self.hand_in(Job::new(growth, work)))
    }

    /// The same for what may be refused.
    pub(crate) fn judge<T, W>(
        &self,
        growth: usize,
        work: W,
    ) -> impl Future<Output = Result<Result<T, Refusal>, NotDone>> + Send + use<T, W>
    where
        T: Send + 'static,
        W: Fn(&mut Desk<'_>) -> Judged<T> + Send + 'static,
    {
        Self::outcome(self.hand_in(Job::new(growth, move |desk| settled(work(desk)))))
    }

    /// The same for what deletes or rewrites so many bytes.
    pub(crate) fn judge_moving<T, W>(
        &self,
        bytes: usize,
        work: W,
    ) -> impl Future<Output = Result<Result<T, Refusal>, NotDone>> + Send + use<T, W>
    where
        T: Send + 'static,
        W: Fn(&mut Desk<'_>) -> Judged<T> + Send + 'static,
    {
        let job = Job::new(0, move |desk| settled(work(desk))).moving(bytes);
        Self::outcome(self.hand_in(job))
    }

    async fn outcome<T: Send + 'static>(
        handed_in: Result<oneshot::Receiver<Answer>, NotDone>,
    ) -> Result<T, NotDone> {
        match handed_in?.await {
            Ok(Answer::Done(outcome)) => match outcome.downcast::<T>() {
                Ok(outcome) => Ok(*outcome),
                Err(_other) => Err(NotDone::Stopped),
            },
            Ok(Answer::NoRoom) => Err(NotDone::NoRoom),
            Ok(Answer::Faulty) => Err(NotDone::Busy),
            Err(_dropped) => Err(NotDone::Stopped),
        }
    }

    /// Lays a job into the writer's queue, now. The receiver hears what came of it.
    pub(crate) fn hand_in(&self, job: Job) -> Result<oneshot::Receiver<Answer>, NotDone> {
        let (told, answered) = oneshot::channel();
        let answer = move |said| {
            if let Ok(answer) = said {
                let _nobody_waits = told.send(answer);
            }
        };
        match self.tray.try_submit(job, answer) {
            Ok(()) => Ok(answered),
            Err(Refused::Full(_)) => Err(NotDone::Busy),
            Err(Refused::Stopped(_)) => Err(NotDone::Stopped),
        }
    }

    /// Reads the database where blocking is allowed, a few at a time. `None` when the wing has stopped:
    /// a store that cannot be read is as fatal as one that cannot be written. `None` too when only the
    /// rows of this question are not what they should be.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Option<T> {
        let turn = Arc::clone(&self.turns).acquire_owned().await.ok()?;
        let readers = Arc::clone(&self.readers);
        let asked = spawn_blocking(move || {
            let _turn = turn;
            readers.with(|connection| {
                connection.set_prepared_statement_cache_capacity(128);
                question(connection)
            })
        });
        let error = match asked.await {
            Ok(Ok(answer)) => return Some(answer),
            Ok(Err(error)) if is_of_one(&error) => {
                log();
                return None;
            }
            Ok(Err(error)) => error,
            Err(_panicked) => StoreError::Panicked,
        };
        self.fate.fail(error);
        None
    }

    /// So many bytes of the memory that there is; waits for them.
    pub(crate) async fn share(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        let bytes = u32::try_from(bytes).ok()?;
        let memory = Arc::clone(&self.memory);
        memory.acquire_many_owned(bytes).await.ok()
    }

    /// Whether the pace of a shelf lets one be taken now; then it is. (P-10)
    pub(crate) fn paces_shelf(&self, business: i64) -> bool {
        let mut shelves = lock(&self.shelves);
        match shelves.judge(business, self.clock.now()) {
            Ok(spent) => {
                shelves.spend(business, spent);
                true
            }
            Err(_) => false,
        }
    }

    /// The first words on a connection. (SPEC §5.2, §11.2)
    pub(crate) fn hello(&self) -> Hello {
        Hello {
            relay: self.keys.public(),
            nonce: Nonce32::new(lock(&self.dice).bytes()),
            vouches: lock(&self.vouches).clone(),
            clock: self.clock.now().wire(),
            retention: Days::new(u64::from(self.settings.retention_days)),
        }
    }

    /// From now on these are said; of more than eight the first.
    pub(crate) fn set_vouches(&self, mut vouches: Vec<Vouch>) {
        vouches.truncate(VOUCHES);
        *lock(&self.vouches) = AtMost::try_from(vouches).unwrap_or_default();
    }

    /// On low disk nobody new is taken in.
    pub(crate) fn set_low_disk(&self, low: bool) {
        self.low_disk.store(low, Ordering::Relaxed);
    }

    pub(crate) fn gauges(&self) -> Gauges {
        let taken = self
            .settings
            .memory()
            .saturating_sub(self.memory.available_permits());
        Gauges {
            bytes_in_memory: taken as u64,
            ..self.counters.read()
        }
    }
}

/// A refusal is an outcome; an error of the store is fatal.
pub(crate) fn settled<T>(judged: Judged<T>) -> Result<Result<T, Refusal>, StoreError> {
    match judged {
        Ok(done) => Ok(Ok(done)),
        Err(Trouble::Refused(refusal)) => Ok(Err(refusal)),
        Err(Trouble::Store(error)) => Err(error),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
