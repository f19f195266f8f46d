//! A world: one relay, one exporter, three sinks, whoever comes; any of it may die and is started again.
//! Knows: all of it, from outside.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use partywall_business::Number;
use partywall_business::Role;
use partywall_business::answer::Answer;
use partywall_business::field::Recipient;
use partywall_business::request::FromClient;
use partywall_business_plane::{Plane, PlaneError};
use partywall_exporter::config::{Settings, SinkSettings, Way};
use partywall_proof::SigningKey;
use partywall_world::{Dice, ManualClock, Wall};
use tempfile::TempDir;
use tokio::sync::Notify;

use crate::door::{Line, now};
use crate::exporter::{Process, Whereabouts};
use crate::judge::Judge;
use crate::people::{Customer, Shop};
use crate::policy::START;
use crate::relay::Relay;
use crate::sinks::Sink;
use crate::webhook::Webhook;
use crate::wire::{Trap, Victim};

/// Names and recipients of the sinks, ascending: a webhook and a file of the parent, a webhook of the service provider.
pub const SINKS: [(&str, Recipient); 3] = [
    ("ads", Recipient::Parent),
    ("lines", Recipient::Parent),
    ("printer", Recipient::ServiceProvider),
];

/// How long one attempt at a sink may take.
const PATIENCE: Duration = Duration::from_millis(300);
/// After so long somebody is dead, and the ten seconds may pass.
const LONG: Duration = Duration::from_millis(350);

/// Somebody at the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// A business.
    Shop(usize),
    /// A customer.
    Customer(usize),
}

/// Everything.
pub struct World {
    /// Turned by hand.
    pub clock: ManualClock,
    /// Everybody's.
    pub dice: Dice,
    /// In the order of [`SINKS`].
    pub sinks: Vec<Sink>,
    /// Businesses.
    pub shops: Vec<Shop>,
    /// Customers.
    pub customers: Vec<Customer>,
    /// Who looks at all of it.
    pub judge: Judge,
    /// What lies between relay and exporter.
    pub trap: Arc<Trap>,
    /// How often somebody died.
    pub kills: u64,
    /// How long an attempt at a sink may take.
    pub patience: Duration,
    whereabouts: Whereabouts,
    exporter: Option<Process>,
    rung: Arc<Notify>,
    starts: u64,
    files: TempDir,
}

impl World {
    /// With a relay and an exporter that run, and nobody yet.
    ///
    /// # Panics
    /// When this machine has no room for a folder.
    pub async fn begin(seed: u64) -> Self {
        let rung = Arc::new(Notify::new());
        let files = tempfile::tempdir().expect("there is room for a folder");
        let file = files.path().join("0.jsonl");
        let trap = Trap::new(Arc::clone(&rung));
        trap.follow(&file, 0);
        let sinks = vec![
            Sink::Webhook(Webhook::start().await),
            Sink::File(file),
            Sink::Webhook(Webhook::start().await),
        ];
        let mut world = Self {
            clock: ManualClock::at(Wall::from_seconds(START)),
            dice: Dice::seeded(seed),
            sinks,
            shops: Vec::new(),
            customers: Vec::new(),
            judge: Judge::default(),
            trap,
            kills: 0,
            patience: PATIENCE,
            whereabouts: Whereabouts::default(),
            exporter: None,
            rung,
            starts: 0,
            files,
        };
        let folder = tempfile::tempdir().expect("there is room for a folder");
        world.start_relay(folder);
        world
    }

    fn start_relay(&mut self, folder: TempDir) {
        let dice = self.dice.stream("relay");
        let relay = Relay::start(folder, &self.clock, dice, &self.rung);
        self.whereabouts.is(Some(Arc::new(relay)));
    }

    /// Starts the exporter, with the sinks as they are.
    pub fn start_exporter(&mut self) {
        let settings = Settings {
            sinks: SINKS
                .iter()
                .zip(&self.sinks)
                .map(|((name, recipient), sink)| match sink {
                    Sink::Webhook(hook) => hook.settings(name, *recipient, self.patience),
                    Sink::File(path) => SinkSettings {
                        name: (*name).to_owned(),
                        recipient: *recipient,
                        way: Way::File { path: path.clone() },
                        attempt_timeout: self.patience,
                    },
                })
                .collect(),
        };
        self.trap.lost();
        self.exporter = Some(Process::start(
            &settings,
            self.whereabouts.clone(),
            Arc::clone(&self.trap),
            Arc::clone(&self.rung),
            self.dice.stream("exporter"),
        ));
    }

    /// The relay of the moment.
    ///
    /// # Panics
    /// Never: one that died is started again before anything else.
    #[must_use]
    pub fn relay(&self) -> Arc<Relay> {
        self.whereabouts.relay().expect("a relay runs")
    }

    /// The wing of the moment.
    #[must_use]
    pub fn plane(&self) -> Arc<Plane> {
        self.relay().plane()
    }

    /// One of the webhooks.
    ///
    /// # Panics
    /// When the sink is a file.
    #[must_use]
    pub fn webhook(&self, sink: usize) -> &Webhook {
        match &self.sinks[sink] {
            Sink::Webhook(webhook) => webhook,
            Sink::File(_) => unreachable!("sink {sink} is a file"),
        }
    }

    /// Whoever was to die dies, and is started again.
    pub async fn mend(&mut self) {
        let sprung = self.trap.sprung();
        let exporter = matches!(sprung, Some(Victim::Exporter | Victim::Both))
            || self.exporter.as_ref().is_some_and(Process::is_over);
        if exporter {
            self.kill_exporter().await;
        }
        if matches!(sprung, Some(Victim::Relay | Victim::Both)) || self.relay().crash().is_dead() {
            self.kill_relay().await;
        }
    }

    /// The relay dies in this moment, and begins again with what is on the disk.
    pub async fn kill_relay(&mut self) {
        self.kills += 1;
        let relay = self.whereabouts.is(None).expect("a relay runs");
        let folder = relay.die().await;
        self.trap.release();
        self.starts += 1;
        for customer in &mut self.customers {
            customer.line = None;
        }
        for shop in &mut self.shops {
            shop.line = None;
        }
        self.start_relay(folder);
    }

    /// The exporter dies in this moment; what it wrote and was not told to be durable may be torn anywhere. Begins again.
    pub async fn kill_exporter(&mut self) {
        self.kills += 1;
        if let Some(process) = self.exporter.take() {
            tokio::time::sleep(Duration::from_micros(self.dice.below(4_000))).await;
            process.die().await;
        }
        self.trap.release();
        self.starts += 1;
        let next = self.files.path().join(format!("{}.jsonl", self.starts));
        let tear = self.dice.below(3) > 0;
        let drawn = self.dice.below(1 << 40);
        for sink in &mut self.sinks {
            if let Sink::File(path) = sink {
                let durable = self.trap.durable(path);
                copy(path, &next, durable, tear.then_some(drawn));
                self.trap.follow(&next, durable);
                path.clone_from(&next);
            }
        }
        self.start_exporter();
    }

    /// Waits for something, but not for somebody who died.
    pub async fn waits<T>(&self, something: impl Future<Output = T>) -> Option<T> {
        tokio::pin!(something);
        loop {
            tokio::select! {
                biased;
                done = &mut something => return Some(done),
                () = self.rung.notified() => return None,
                () = tokio::time::sleep(LONG) => self.clock.advance(Duration::from_secs(11)),
            }
        }
    }

    /// Asks until it is answered, whoever dies meanwhile.
    pub async fn ask(&mut self, who: Who, request: impl Fn(Number) -> FromClient) -> Answer {
        loop {
            self.mend().await;
            let Some(mut line) = self.line(who).await else {
                continue;
            };
            let answer = self.waits(line.ask(&request)).await.flatten();
            if let Some(answer) = answer {
                *self.end(who) = Some(line);
                return answer;
            }
        }
    }

    /// The operator does something until it is done, whoever dies meanwhile.
    pub async fn operator<T, F>(&mut self, act: impl Fn(Arc<Plane>) -> F) -> Result<T, PlaneError>
    where
        F: Future<Output = Result<T, PlaneError>>,
    {
        loop {
            self.mend().await;
            match self.waits(act(self.plane())).await {
                Some(Err(PlaneError::Stopped | PlaneError::Store(_))) | None => {}
                Some(done) => return done,
            }
        }
    }

    /// What a business was told is had by it.
    pub async fn collects(&mut self, shop: usize) {
        self.mend().await;
        let Some(mut line) = self.line(Who::Shop(shop)).await else {
            return;
        };
        while let Ok(Some(())) = tokio::time::timeout(Duration::from_millis(8), line.listen()).await
        {
        }
        if line.acknowledge().await.is_some() {
            self.shops[shop].line = Some(line);
        }
    }

    async fn line(&mut self, who: Who) -> Option<Line> {
        if let Some(line) = self.end(who).take() {
            return Some(line);
        }
        let (key, role) = match who {
            Who::Shop(shop) => (&self.shops[shop].key, Role::Business),
            Who::Customer(customer) => (&self.customers[customer].key, Role::Customer),
        };
        let key = SigningKey::from_seed(&key.to_seed());
        let (relay, now) = (self.relay(), now(&self.clock));
        let mut dice = self.dice.stream("login");
        self.waits(Line::open(&relay, now, Some((&key, role)), &mut dice))
            .await
            .flatten()
    }

    fn end(&mut self, who: Who) -> &mut Option<Line> {
        match who {
            Who::Shop(shop) => &mut self.shops[shop].line,
            Who::Customer(customer) => &mut self.customers[customer].line,
        }
    }

    /// Waits until the wing has read and written all that it can for now.
    pub async fn collected_nothing(&self) {
        let mut before = u64::MAX;
        loop {
            self.breathe().await;
            tokio::time::sleep(Duration::from_millis(30)).await;
            let delivered = self.plane().gauges().delivered;
            if delivered == before {
                return;
            }
            before = delivered;
        }
    }

    /// Lets every task that can go on go on, without any time passing for them.
    pub async fn breathe(&self) {
        for _ in 0..48 {
            tokio::task::yield_now().await;
        }
    }
}

/// A copy of a file, torn behind what is durable.
fn copy(from: &Path, to: &Path, durable: u64, drawn: Option<u64>) {
    let Ok(mut bytes) = std::fs::read(from) else {
        return;
    };
    let durable = usize::try_from(durable)
        .unwrap_or(usize::MAX)
        .min(bytes.len());
    if let Some(drawn) = drawn {
        let more = bytes.len() - durable;
        bytes.truncate(durable + usize::try_from(drawn).unwrap_or(0) % (more + 1));
    }
    std::fs::write(to, bytes).expect("there is room for a file");
}
