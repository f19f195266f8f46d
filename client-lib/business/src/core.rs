//! What all handles and tasks of one open store share: the vault, one transaction at a time; the
//! clock, the dice, the way to relays; who is told that something happened.
//! Knows: how work gets its transaction. Never knows: what is done in it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use minicbor::Encode;
use partywall_business::table;
use partywall_ground::{Day, Seconds, cbor};
use partywall_street::Dialler;
use partywall_world::{Clock, Dice, Wall};
use tokio::sync::watch;
use tokio::task::{JoinSet, spawn_blocking};

use crate::error::{OpenError, Stopped};
use crate::store::{Cost, Hands, PLAN, Plain, StoreTrouble, Table, Vault};
use crate::talks::Talks;
use crate::world::World;

/// Shared by everything that belongs to one open store.
pub(crate) struct Core {
    vault: Mutex<Option<Open>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) dialler: Dialler,
    dice: Mutex<Dice>,
    newest: watch::Sender<i64>,
    stopped: watch::Sender<Option<Stopped>>,
    tasks: Mutex<JoinSet<()>>,
    looking: Mutex<BTreeMap<i64, Arc<tokio::sync::Mutex<()>>>>,
    /// Held while a shelf is filled: two at once would put too much there.
    pub(crate) filling: tokio::sync::Mutex<()>,
    /// The lines that are open.
    pub(crate) talks: Talks,
}

struct Open {
    vault: Vault,
    dice: Dice,
    #[cfg(test)]
    fuse: Option<u32>,
}

/// One transaction, with what work needs besides: dice and the time.
pub(crate) struct Work<'a> {
    pub(crate) hands: Hands<'a>,
    pub(crate) dice: &'a mut Dice,
    pub(crate) now: Wall,
    newest: Option<i64>,
}

/// A handle's share: when the last is dropped the tasks end.
pub(crate) struct Front(pub(crate) Arc<Core>);

impl Drop for Front {
    fn drop(&mut self) {
        self.0.stop(Stopped::Closed);
    }
}

impl Core {
    pub(crate) async fn open(
        path: &std::path::Path,
        passphrase: &str,
        mut world: World,
        cost: Cost,
        label: &str,
    ) -> Result<Arc<Core>, OpenError> {
        let path = path.to_owned();
        let passphrase = zeroize::Zeroizing::new(passphrase.to_owned());
        let mut own = world.dice.stream(label);
        let (for_vault, dice) = (own.stream("store"), own.stream("engine"));
        let opening =
            spawn_blocking(move || Vault::open(&PLAN, &path, &passphrase, cost, for_vault));
        let vault = opening.await.map_err(|_died| StoreTrouble::Damaged)??;
        let open = Open {
            vault,
            dice,
            #[cfg(test)]
            fuse: None,
        };
        let core = Arc::new(Core {
            vault: Mutex::new(Some(open)),
            clock: world.clock,
            dialler: world.dialler,
            dice: Mutex::new(own),
            newest: watch::channel(0).0,
            stopped: watch::channel(None).0,
            tasks: Mutex::new(JoinSet::new()),
            looking: Mutex::new(BTreeMap::new()),
            filling: tokio::sync::Mutex::new(()),
            talks: Talks::new(),
        });
        let newest = core
            .work(|work| work.newest_event())
            .await
            .map_err(|_stopped| StoreTrouble::Damaged)?;
        core.newest.send_replace(newest);
        Ok(core)
    }

    /// Does work in one transaction, on a thread where it may block. What it decides against is
    /// inside its own answer; a store that fails stops everything.
    pub(crate) async fn work<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&mut Work<'_>) -> Result<T, StoreTrouble> + Send + 'static,
    ) -> Result<T, Stopped> {
        let core = Arc::clone(self);
        let done = spawn_blocking(move || core.work_here(work)).await;
        done.unwrap_or(Err(Stopped::Store))
    }

    fn work_here<T>(
        &self,
        work: impl FnOnce(&mut Work<'_>) -> Result<T, StoreTrouble>,
    ) -> Result<T, Stopped> {
        let mut open = locked(&self.vault);
        let Some(Open {
            vault,
            dice,
            #[cfg(test)]
            fuse,
        }) = open.as_mut()
        else {
            return Err(self.why());
        };
        #[cfg(test)]
        if let Some(left) = fuse {
            if *left == 0 {
                *open = None;
                self.stop(Stopped::Store);
                return Err(Stopped::Store);
            }
            *left -= 1;
        }
        let now = self.clock.wall();
        let mut newest = None;
        let done = vault.transaction(|hands| {
            let mut begun = Work {
                hands,
                dice,
                now,
                newest: None,
            };
            let done = work(&mut begun);
            newest = begun.newest;
            done
        });
        match done {
            Ok(done) => {
                if let Some(newest) = newest {
                    self.newest.send_replace(newest);
                }
                Ok(done)
            }
            Err(trouble) => {
                tracing::error!(reason = %trouble, "the business store failed");
                *open = None;
                self.stop(Stopped::Store);
                Err(Stopped::Store)
            }
        }
    }

    /// Held while a relay is looked at: what is remembered of it moves one step at a time.
    pub(crate) fn looking(&self, relay: i64) -> Arc<tokio::sync::Mutex<()>> {
        Arc::clone(locked(&self.looking).entry(relay).or_default())
    }

    /// Dice for a task of its own.
    pub(crate) fn stream(&self, label: &str) -> Dice {
        locked(&self.dice).stream(label)
    }

    /// Begins a task that ends when the store is closed.
    pub(crate) fn spawn(self: &Arc<Self>, task: impl Future<Output = ()> + Send + 'static) {
        let mut stopped = self.stopped.subscribe();
        let ended = async move {
            tokio::select! {
                () = task => {}
                _whatever = stopped.wait_for(Option::is_some) => {}
            }
        };
        let mut tasks = locked(&self.tasks);
        while tasks.try_join_next().is_some() {}
        tasks.spawn(ended);
    }

    pub(crate) fn newest(&self) -> watch::Receiver<i64> {
        self.newest.subscribe()
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.stopped.borrow().is_some()
    }

    pub(crate) fn why(&self) -> Stopped {
        (*self.stopped.borrow()).unwrap_or(Stopped::Closed)
    }

    /// Ends the tasks and wakes who waits for events. Said again, it changes nothing.
    pub(crate) fn stop(&self, why: Stopped) {
        self.stopped.send_if_modified(|stopped| {
            let first = stopped.is_none();
            stopped.get_or_insert(why);
            first
        });
        self.newest.send_modify(|_newest| {});
        self.talks.close_all();
    }

    /// Stops, waits for the tasks, lets go of the store.
    pub(crate) async fn close(self: &Arc<Self>) -> Result<(), Stopped> {
        let failed = *self.stopped.borrow();
        self.stop(Stopped::Closed);
        let mut tasks = std::mem::take(&mut *locked(&self.tasks));
        while tasks.join_next().await.is_some() {}
        let core = Arc::clone(self);
        let closed = spawn_blocking(move || {
            let open = locked(&core.vault).take();
            open.map_or(Ok(()), |mut open| open.vault.tidy())
        });
        match (failed, closed.await) {
            (None | Some(Stopped::Closed), Ok(Ok(()))) => Ok(()),
            _ => Err(Stopped::Store),
        }
    }

    pub(crate) async fn change_passphrase(self: &Arc<Self>, new: &str) -> Result<(), Stopped> {
        let core = Arc::clone(self);
        let new = zeroize::Zeroizing::new(new.to_owned());
        let changed = spawn_blocking(move || match locked(&core.vault).as_mut() {
            Some(open) => open
                .vault
                .change_passphrase(&new, Cost::PERSON)
                .map_err(|_trouble| Stopped::Store),
            None => Err(core.why()),
        });
        changed.await.unwrap_or(Err(Stopped::Store))
    }

    /// After so many more transactions the store is gone, as if the machine had stopped.
    #[cfg(test)]
    pub(crate) fn crash_after(&self, transactions: u32) {
        if let Some(open) = locked(&self.vault).as_mut() {
            open.fuse = Some(transactions);
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Work<'_> {
    /// Now, in the wire's seconds.
    pub(crate) fn seconds(&self) -> Seconds {
        Seconds::new(self.now.seconds())
    }

    /// Today, in the wire's days.
    pub(crate) fn today(&self) -> Day {
        Day::new(self.now.day().number())
    }

    /// Puts an event down, to be told until it is done.
    pub(crate) fn tell(&mut self, kind: &impl Encode<()>) -> Result<(), StoreTrouble> {
        let id = self.hands.insert(Table::Event, &cbor::encode(kind))?;
        self.newest = Some(id);
        Ok(())
    }

    /// Events after a number.
    pub(crate) fn events(
        &mut self,
        after: i64,
        most: u32,
    ) -> Result<Vec<(i64, Plain)>, StoreTrouble> {
        let text = "SELECT id, sealed FROM event WHERE id > ?1 ORDER BY id LIMIT ?2";
        let rows = self
            .hands
            .rows(text, (after, most), |row| Ok((row.get(0)?, row.get(1)?)))?;
        self.hands.unseal_all("event", rows)
    }

    fn newest_event(&mut self) -> Result<i64, StoreTrouble> {
        let newest = self.hands.row("SELECT max(id) FROM event", (), |row| {
            row.get::<_, Option<i64>>(0)
        })?;
        Ok(newest.flatten().unwrap_or(0))
    }

    /// A table that was verified before it was kept.
    pub(crate) fn policy(
        &mut self,
        operator: &partywall_proof::PublicKey,
        hash: &partywall_business::TableHash,
    ) -> Result<Option<table::Table>, StoreTrouble> {
        let Some((_, plain)) = crate::records::by_key(self, "policy", hash.as_bytes())? else {
            return Ok(None);
        };
        let kept =
            table::UnverifiedTable::decode(&plain).map_err(|_shape| StoreTrouble::Damaged)?;
        let table = kept
            .verify(operator)
            .map_err(|_bad| StoreTrouble::Damaged)?;
        Ok(Some(table))
    }
}
