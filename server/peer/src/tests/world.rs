//! A small relay without sockets and threads: every effect waits until the test lets it happen.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use partywall_ground::{RelayKey, Seconds, Spki};
use partywall_peer::Envelope;
use partywall_proof::{SigningKey, Vouch};
use partywall_store::{Bounds, Inline, Place, StoreError};
use partywall_world::{Clock, Day, Dice, ManualClock, Wall};

use super::people::Owner;
use crate::chores;
use crate::core::Core;
use crate::failpoint::{Failpoints, Gap};
use crate::gauges::{Counters, Gauges};
use crate::rules::bells::Bells;
use crate::scribe::{Answer, Job, Scribe};
use crate::store::{
    Cargo, Disk, Expired, FreeSpace, MailboxKey, Opened, Reading, Room, SETTINGS, Sqlite,
    SqliteReading,
};
use crate::{Admission, PlaneSettings};

pub(crate) const SHOWN: Spki = Spki::new([9; 32]);
const NOON: Wall = Wall::from_seconds(20_000 * 86_400 + 43_200);

/// A question to the store that somebody asked and nobody answered yet.
type Ask = Box<dyn FnOnce(&World)>;

/// Where the writer is to die, if anywhere, and where it stops to let others act.
#[derive(Default)]
pub(crate) struct Dies(
    pub(crate) Mutex<Option<Gap>>,
    Mutex<Option<Stops>>,
    /// So many transactions find the disk full.
    pub(crate) Mutex<u32>,
    Mutex<Moments>,
);

/// Every gap is one, and whatever a test calls one.
#[derive(Default)]
struct Moments {
    passed: u64,
    last: u64,
}

/// The writer says in which gap it is, and goes on when it is told.
type Stops = (SyncSender<Gap>, Receiver<()>);

impl Dies {
    /// From now on moments are counted, and this one is the last; 0: none is.
    pub(crate) fn live_until(&self, last: u64) {
        *self.3.lock().unwrap() = Moments { passed: 0, last };
    }

    /// How many there were.
    pub(crate) fn moments(&self) -> u64 {
        self.3.lock().unwrap().passed
    }

    /// One moment more: whether it is the last.
    pub(crate) fn is_last(&self) -> bool {
        let mut moments = self.3.lock().unwrap();
        moments.passed += 1;
        moments.passed == moments.last
    }
}

impl Failpoints for Dies {
    fn reach(&self, gap: Gap) -> Result<(), std::io::ErrorKind> {
        if let Some((at, go_on)) = &*self.1.lock().unwrap() {
            at.send(gap).unwrap();
            go_on.recv().unwrap();
        }
        let mut full = self.2.lock().unwrap();
        if gap == Gap::BeforeCommit && *full > 0 {
            *full -= 1;
            return Err(std::io::ErrorKind::StorageFull);
        }
        match *self.0.lock().unwrap() {
            Some(dies) if dies == gap => Err(std::io::ErrorKind::Other),
            _ if self.is_last() => Err(std::io::ErrorKind::Other),
            _ => Ok(()),
        }
    }
}

pub(crate) struct World {
    pub(crate) clock: ManualClock,
    pub(crate) core: Arc<Core>,
    /// Away while it commits.
    writer: Option<Inline<Scribe<Sqlite>>>,
    pub(crate) reading: SqliteReading,
    pub(crate) dies: Arc<Dies>,
    /// What the disk says is free, if it says anything.
    pub(crate) free: Arc<Mutex<FreeSpace>>,
    pub(crate) settings: PlaneSettings,
    pub(crate) dice: Dice,
    asks: VecDeque<Ask>,
    place: Place,
}

impl World {
    /// A relay in memory, open to everybody.
    pub(crate) fn with_seed(seed: u64) -> Self {
        Self::with(seed, |settings| settings.admission = Admission::Open)
    }

    pub(crate) fn with(seed: u64, change: impl FnOnce(&mut PlaneSettings)) -> Self {
        let relay = SigningKey::from_seed(&[1; 32]);
        let mut settings = PlaneSettings::new(RelayKey::new(*relay.public().as_bytes()));
        change(&mut settings);
        let clock = ManualClock::at(NOON);
        clock.advance(Duration::from_secs(3_600));
        Self::start(Place::memory(), settings, clock, Dice::seeded(seed))
    }

    pub(crate) fn at(place: Place, seed: u64) -> Self {
        let relay = SigningKey::from_seed(&[1; 32]);
        let mut settings = PlaneSettings::new(RelayKey::new(*relay.public().as_bytes()));
        settings.admission = Admission::Open;
        Self::start(place, settings, ManualClock::at(NOON), Dice::seeded(seed))
    }

    fn start(place: Place, settings: PlaneSettings, clock: ManualClock, mut dice: Dice) -> Self {
        let relay = SigningKey::from_seed(&[1; 32]);
        let database = partywall_store::open(&place, &SETTINGS).unwrap();
        let reading = SqliteReading::over(database.readers(2).unwrap());
        let counters = Arc::new(Counters::default());
        counters.mailboxes.add(reading.mailboxes().unwrap());
        let dies = Arc::new(Dies::default());
        let free: Arc<Mutex<FreeSpace>> = Arc::new(Mutex::new(Box::new(|| None)));
        let asked = Arc::clone(&free);
        let says: FreeSpace = Box::new(move || asked.lock().unwrap()());
        let disk = Disk::that_says(&place, says);
        let bells = Arc::new(Bells::default());
        let scribe = Scribe::new(
            Sqlite::over(database.into_writer(), disk).unwrap(),
            Arc::new(clock.clone()),
            Arc::clone(&bells),
            Arc::clone(&counters),
            Arc::clone(&dies) as Arc<dyn Failpoints>,
        );
        let writer = Inline::new(scribe, Bounds::default());
        let core = Core::new(
            settings.clone(),
            writer.submitter(),
            bells,
            dice.stream("core"),
            counters,
        );
        core.set_vouches(vec![Vouch::make(&relay, SHOWN, Seconds::new(u64::MAX))]);
        let asks = VecDeque::new();
        Self {
            clock,
            core,
            writer: Some(writer),
            reading,
            dies,
            free,
            settings,
            dice,
            asks,
            place,
        }
    }

    /// The process dies between two effects and is started again over the same database.
    pub(crate) fn crash(self) -> Self {
        let Self {
            clock,
            writer,
            reading,
            settings,
            dice,
            place,
            ..
        } = self;
        drop(writer.map(Inline::into_committer));
        let again = Self::start(place, settings, clock, dice);
        drop(reading); // until here it kept a database in memory alive
        again
    }

    pub(crate) fn today(&self) -> Day {
        self.clock.wall().day()
    }

    pub(crate) fn pass_days(&self, days: u32) {
        self.clock
            .advance(Duration::from_secs(u64::from(days) * 86_400));
    }

    pub(crate) fn ask(&mut self, ask: impl FnOnce(&World) + 'static) {
        self.asks.push_back(Box::new(ask));
    }

    /// Answers the oldest question to the store.
    pub(crate) fn answer_one(&mut self) -> bool {
        let Some(ask) = self.asks.pop_front() else {
            return false;
        };
        ask(self);
        true
    }

    /// Commits one batch.
    pub(crate) fn commit(&mut self) -> bool {
        self.writer().step().unwrap() > 0
    }

    /// Commits one batch, and lets others act in every gap of it.
    pub(crate) fn commit_with(mut self, mut act: impl FnMut(Self, Gap) -> Self) -> Self {
        let ((at, reached), (go_on, told)) = (sync_channel(0), sync_channel(0));
        *self.dies.1.lock().unwrap() = Some((at, told));
        let mut writer = self.writer.take().unwrap();
        let dies = Arc::clone(&self.dies);
        let stepped = std::thread::spawn(move || {
            writer.step().unwrap();
            *dies.1.lock().unwrap() = None; // hangs up
            writer
        });
        while let Ok(gap) = reached.recv() {
            self = act(self, gap);
            go_on.send(()).unwrap();
        }
        self.writer = Some(stepped.join().unwrap());
        self
    }

    pub(crate) fn writer(&mut self) -> &mut Inline<Scribe<Sqlite>> {
        self.writer.as_mut().unwrap()
    }

    /// What the writer does when nothing waits.
    pub(crate) fn tidy(&mut self) {
        assert_eq!(self.writer().tidy().unwrap(), partywall_store::Tidy::Done);
    }

    /// One round of expiry, as the chores do it.
    pub(crate) fn expire(&mut self) -> bool {
        assert!(chores::touch(&self.core));
        let said: Arc<Mutex<Option<Expired>>> = Arc::default();
        let told = Arc::clone(&said);
        let answer = move |answer| {
            if let Ok(Answer::Expired(expired)) = answer {
                *told.lock().unwrap() = Some(expired);
            }
        };
        let handed_in = self
            .core
            .router
            .desk()
            .try_submit(Job::Expire(self.core.lifetimes()), answer);
        assert!(handed_in.is_ok());
        while self.commit() {}
        let expired = said.lock().unwrap().take().unwrap_or_default();
        chores::account(&self.core, &expired);
        expired.more
    }

    pub(crate) fn expire_all(&mut self) {
        while self.expire() {}
    }

    pub(crate) fn gauges(&self) -> Gauges {
        self.core.counters.read()
    }

    /// Draws an envelope of 4,096 bytes that no other is like.
    pub(crate) fn envelope(&mut self) -> Envelope {
        self.envelope_of(4_096)
    }

    pub(crate) fn envelope_of(&mut self, size: usize) -> Envelope {
        let mut bytes = vec![0; size];
        for chunk in bytes.chunks_mut(32) {
            let drawn = self.dice.bytes::<32>();
            chunk.copy_from_slice(&drawn[..chunk.len()]);
        }
        Envelope::try_from(bytes).unwrap()
    }

    /// From now on the database cannot grow by a page.
    pub(crate) fn fills(&mut self) {
        self.writer().committer().store.limit_pages(1);
    }

    /// It can again.
    pub(crate) fn empties(&mut self) {
        self.writer().committer().store.limit_pages(u32::MAX - 1);
    }

    /// What lies on disk for a mailbox, in order.
    pub(crate) fn on_disk(&self, owner: &Owner) -> Vec<Envelope> {
        let Some(key) = self.key(owner) else {
            return Vec::new();
        };
        let room = Room {
            envelopes: usize::MAX,
            bytes: usize::MAX,
        };
        let page = self.reading.page(key, &Default::default(), room).unwrap();
        page.rows
            .into_iter()
            .map(|(_, bytes)| Envelope::try_from(bytes).unwrap())
            .collect()
    }

    pub(crate) fn numbers(&self, owner: &Owner) -> Option<Opened> {
        self.reading.open(self.key(owner)?).unwrap()
    }

    pub(crate) fn key(&self, owner: &Owner) -> Option<MailboxKey> {
        self.reading.find(&owner.drop()).unwrap()
    }

    pub(crate) fn cargo(envelope: &Envelope) -> Arc<Cargo> {
        Cargo::new(envelope.clone(), None)
    }
}

/// Whether an error is the one that [`Dies`] gives.
pub(crate) fn died(result: Result<usize, StoreError>) -> bool {
    matches!(result, Err(StoreError::Io(_)))
}
