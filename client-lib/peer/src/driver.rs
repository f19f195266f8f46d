//! The task that joins desk, engine, store and street.
//! Knows: whose turn it is. Never knows: what a message says.
//!
//! It gathers what has come in (at most [`GROUP`]), lets the engine step on a thread where it may
//! block, and then does what the step asked for. Everything that came in together is committed
//! together, so thousands of messages a second share a few hundred commits.

mod lines;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use partywall_world::Clock;
use tokio::sync::{broadcast, mpsc, watch};
use tokio::task::spawn_blocking;

use crate::conversation::{Effect, Engine, Input, Now, Outcome};
use crate::desk::{DESK_ROOM, Desk, Order, Reply};
use crate::error::{OpenError, Stopped, StoreTrouble};
use crate::event::EventKind;
use crate::peer::Peer;
use crate::store::{Cost, Vault};
use crate::world::World;
use lines::Lines;

/// Inputs of one step at most.
const GROUP: usize = 256;
/// Fleeting events a slow stream may lag behind.
const FLEETING_ROOM: usize = 1_024;
/// How long an idle driver leaves deleted bytes in the write-ahead log.
const TIDY_AFTER: Duration = Duration::from_secs(1);
/// How often is looked whether a gap has been waited for long enough.
const WAITING_TICK: Duration = Duration::from_secs(1);
/// How long a driver with nothing to do sleeps.
const LONGEST_SLEEP: Duration = Duration::from_secs(3_600);

impl Peer {
    /// Opens a store, or makes one where there is none, and begins to work. Must be called inside
    /// a tokio runtime. Apps call `Client::open` of `partywall-client`.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(path: &Path, passphrase: &str, world: World) -> Result<Peer, OpenError> {
        Peer::open_at(path, passphrase, world, Cost::PERSON).await
    }

    pub(crate) async fn open_at(
        path: &Path,
        passphrase: &str,
        mut world: World,
        cost: Cost,
    ) -> Result<Peer, OpenError> {
        let path = path.to_owned();
        let passphrase = zeroize::Zeroizing::new(passphrase.to_owned());
        let (for_store, for_engine) = (
            world.dice.stream("peer/store"),
            world.dice.stream("peer/engine"),
        );
        let opening = spawn_blocking(move || {
            let vault = Vault::open(&path, &passphrase, cost, for_store)?;
            Ok::<_, OpenError>(Engine::open(vault, cost, for_engine)?)
        });
        let engine = opening.await.map_err(|_died| StoreTrouble::Damaged)??;
        Ok(Driver::start(engine, &world))
    }
}

struct Driver {
    engine: Engine,
    clock: Arc<dyn Clock>,
    orders: mpsc::Receiver<Order>,
    lines: Lines,
    told: Told,
}

/// Where the outcome of a step is told.
struct Told {
    stopped: watch::Sender<Option<Stopped>>,
    moved: watch::Sender<u64>,
    newest: watch::Sender<i64>,
    fleeting: broadcast::Sender<EventKind>,
}

impl Driver {
    fn start(engine: Engine, world: &World) -> Peer {
        let (to_desk, orders) = mpsc::channel(DESK_ROOM);
        let (stopped, when_stopped) = watch::channel(None);
        let (moved, when_moved) = watch::channel(0);
        let (newest, when_newer) = watch::channel(0);
        let (fleeting, _) = broadcast::channel(FLEETING_ROOM);
        let peer = Peer {
            desk: Desk {
                orders: to_desk,
                stopped: when_stopped,
                moved: when_moved,
            },
            newest: when_newer,
            fleeting: fleeting.downgrade(),
        };
        let driver = Driver {
            engine,
            clock: world.clock.clone(),
            orders,
            lines: Lines::new(world.street.clone()),
            told: Told {
                stopped,
                moved,
                newest,
                fleeting,
            },
        };
        tokio::spawn(driver.run());
        peer
    }

    async fn run(self) {
        let Driver {
            mut engine,
            clock,
            mut orders,
            mut lines,
            told,
        } = self;
        let mut next = Step::Begin;
        let closing = loop {
            let now = Now {
                wall: clock.wall(),
                monotonic: clock.monotonic(),
            };
            let stepped = spawn_blocking(move || {
                let outcome = next.take(&mut engine, now);
                (engine, outcome)
            });
            let outcome;
            (engine, outcome) = match stepped.await {
                Ok((engine, Ok(outcome))) => (engine, outcome),
                Ok((_, Err(trouble))) => return told.stop(&trouble),
                Err(_panicked) => return told.stop(&StoreTrouble::Damaged),
            };
            told.outcome(outcome, &mut lines);
            let mut batch = Vec::new();
            let wake = wake(&engine, &clock, lines.are_full());
            let came = gather(&mut orders, &mut lines, &mut batch, wake).await;
            next = match came {
                Came::Inputs if batch.is_empty() && engine.untidy() => Step::Tidy,
                Came::Inputs => Step::Inputs(batch),
                Came::End(closing) => break (closing, batch),
            };
        };
        finish(engine, &clock, lines, &told, closing).await;
    }
}

/// What the engine is to do next.
enum Step {
    Begin,
    Inputs(Vec<Input>),
    Tidy,
}

impl Step {
    fn take(self, engine: &mut Engine, now: Now) -> Result<Outcome, StoreTrouble> {
        match self {
            Step::Begin => engine.begin(now),
            Step::Inputs(inputs) => engine.step(inputs, now),
            Step::Tidy => {
                let outcome = engine.step(Vec::new(), now)?;
                engine.tidy()?;
                Ok(outcome)
            }
        }
    }
}

enum Came {
    /// Something, or time has passed.
    Inputs,
    /// The last handle is gone, or asked to close.
    End(Option<Reply<()>>),
}

/// How long there is nothing to do.
fn wake(engine: &Engine, clock: &Arc<dyn Clock>, full: bool) -> Duration {
    let now = clock.monotonic();
    let due = engine.next_due().map(|at| at.since(now));
    let mut wake = due.unwrap_or(LONGEST_SLEEP).min(LONGEST_SLEEP);
    if engine.waits() {
        wake = wake.min(WAITING_TICK);
    }
    if engine.untidy() {
        wake = wake.min(TIDY_AFTER);
    }
    if full {
        wake = wake.min(Duration::from_millis(50));
    }
    wake
}

/// Waits for the first input, and takes along what else is there.
async fn gather(
    orders: &mut mpsc::Receiver<Order>,
    lines: &mut Lines,
    batch: &mut Vec<Input>,
    wake: Duration,
) -> Came {
    tokio::select! {
        order = orders.recv() => match order {
            None => return Came::End(None),
            Some(Order::Close { reply }) => return Came::End(Some(reply)),
            Some(order) => batch.push(Input::Order(order)),
        },
        input = lines.next() => batch.extend(input),
        () = tokio::time::sleep(wake) => {}
    }
    while batch.len() < GROUP {
        match orders.try_recv() {
            Ok(Order::Close { reply }) => return Came::End(Some(reply)),
            Ok(order) => batch.push(Input::Order(order)),
            Err(_none) => break,
        }
    }
    while batch.len() < GROUP {
        match lines.try_next() {
            Some(input) => batch.push(input),
            None => break,
        }
    }
    Came::Inputs
}

/// Commits what is under way, lets the lines say their last, lets go of the store.
async fn finish(
    mut engine: Engine,
    clock: &Arc<dyn Clock>,
    mut lines: Lines,
    told: &Told,
    closing: (Option<Reply<()>>, Vec<Input>),
) {
    let (reply, batch) = closing;
    let now = Now {
        wall: clock.wall(),
        monotonic: clock.monotonic(),
    };
    let last = spawn_blocking(move || {
        let outcome = engine.step(batch, now)?;
        engine.tidy()?;
        Ok::<_, StoreTrouble>(outcome)
    });
    match last.await {
        Ok(Ok(outcome)) => told.outcome(outcome, &mut lines),
        Ok(Err(trouble)) => return told.stop(&trouble),
        Err(_panicked) => return told.stop(&StoreTrouble::Damaged),
    }
    lines.end().await;
    told.stopped.send_replace(Some(Stopped::Closed));
    if let Some(reply) = reply {
        // Who no longer waits for the answer does not want it.
        let _ = reply.send(());
    }
}

impl Told {
    fn outcome(&self, outcome: Outcome, lines: &mut Lines) {
        for effect in outcome.effects {
            match effect {
                Effect::Fleeting(kind) => {
                    // Nobody listening is nobody missing it.
                    let _ = self.fleeting.send(kind);
                }
                Effect::Answer(answer) => answer(),
                street => lines.act(street),
            }
        }
        lines.flush();
        tell(&self.newest, outcome.newest);
        tell(&self.moved, outcome.moved);
    }

    fn stop(&self, trouble: &StoreTrouble) {
        use partywall_vault::StoreError;
        let why = match trouble {
            StoreTrouble::File(StoreError::DiskFull) => Stopped::DiskFull,
            StoreTrouble::File(StoreError::ReadOnly) => Stopped::ReadOnly,
            _ => Stopped::Store,
        };
        tracing::error!(reason = %trouble, "the client's store failed");
        self.stopped.send_replace(Some(why));
    }
}

fn tell<T: PartialEq>(watch: &watch::Sender<T>, now: T) {
    watch.send_if_modified(|before| {
        let changed = *before != now;
        *before = now;
        changed
    });
}
