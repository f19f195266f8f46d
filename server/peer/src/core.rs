//! What all connections share: the router, the settings, the dice, what is said in `hello`.
//! Knows: rules and numbers. Never knows: sockets, SQL.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use partywall_ground::limits::VOUCHES;
use partywall_ground::{AtMost, Credit, Days, Nonce32, Pass, Seconds};
use partywall_proof::{Hello, Vouch};
use partywall_world::{Dice, Wall};
use tokio::sync::Notify;

use crate::PlaneSettings;
use crate::gauges::Counters;
use crate::rules::bells::Bells;
use crate::rules::router::Router;
use crate::rules::shelf::Paces;
use crate::scribe::Desk;
use crate::store::{Admit, Held, Lifetimes, MailboxKey};

pub(crate) struct Core {
    pub(crate) router: Arc<Router>,
    pub(crate) counters: Arc<Counters>,
    /// Rung when rows wait to be erased.
    pub(crate) chores: Notify,
    settings: PlaneSettings,
    dice: Mutex<Dice>,
    paces: Mutex<Paces>,
    vouches: Mutex<AtMost<Vouch, VOUCHES>>,
    low_disk: AtomicBool,
}

impl Core {
    pub(crate) fn new(
        settings: PlaneSettings,
        desk: Desk,
        bells: Arc<Bells>,
        dice: Dice,
        counters: Arc<Counters>,
    ) -> Arc<Self> {
        let quota = Held {
            envelopes: u64::from(settings.quota_envelopes),
            bytes: settings.quota_bytes,
        };
        Arc::new(Self {
            router: Arc::new(Router::new(desk, bells, quota, Arc::clone(&counters))),
            counters,
            chores: Notify::new(),
            settings,
            dice: Mutex::new(dice),
            paces: Mutex::default(),
            vouches: Mutex::default(),
            low_disk: AtomicBool::new(false),
        })
    }

    /// The first words on a connection. (SPEC §5.2)
    pub(crate) fn hello(&self, now: Wall) -> Hello {
        let fresh = match partywall_mutant::is("F11") {
            true => [0; 32],
            false => self.dice().bytes(),
        };
        Hello {
            relay: self.settings.relay,
            nonce: Nonce32::new(fresh),
            vouches: lock(&self.vouches).clone(),
            clock: Seconds::new(now.seconds()),
            retention: Days::new(u64::from(self.settings.retention_days)),
        }
    }

    /// From now on these are said; of more than eight the first.
    pub(crate) fn set_vouches(&self, mut vouches: Vec<Vouch>) {
        vouches.truncate(VOUCHES);
        *lock(&self.vouches) = AtMost::try_from(vouches).unwrap_or_default();
    }

    /// Whether new mailboxes are made.
    pub(crate) fn set_low_disk(&self, low: bool) {
        self.low_disk.store(low, Ordering::Relaxed);
    }

    /// What has to be asked before a mailbox is made. (P-6)
    pub(crate) fn admit(&self, pass: Option<&Pass>, credit: Option<&Credit>) -> Admit {
        let low_disk = self.low_disk.load(Ordering::Relaxed);
        self.settings.admission.admit(pass, credit, low_disk)
    }

    /// A credit for a mailbox that ends, where one is worth something. (P-6)
    pub(crate) fn draw_credit(&self) -> Option<Credit> {
        let returned = self.settings.admission.returns_credit();
        returned.then(|| Credit::new(self.dice().bytes()))
    }

    /// A key for a mailbox that may come to be.
    pub(crate) fn draw_key(&self) -> MailboxKey {
        MailboxKey::drawn(u64::from_be_bytes(self.dice().bytes()))
    }

    /// How long things are kept.
    pub(crate) fn lifetimes(&self) -> Lifetimes {
        Lifetimes {
            envelopes: self.settings.retention_days,
            mailboxes: self.settings.mailbox_idle_days,
        }
    }

    pub(crate) fn dice(&self) -> MutexGuard<'_, Dice> {
        lock(&self.dice)
    }

    pub(crate) fn paces(&self) -> MutexGuard<'_, Paces> {
        lock(&self.paces)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
