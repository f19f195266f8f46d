//! The test relay as tests hold it.
//! Knows: its folder, port and knobs over all of its lives. Never knows: what happens in one.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use partywall_ground::RelayKey;
use partywall_relay::Settings;
use partywall_relay::admin::words::{Answer, Ask, BusinessAsk};
use partywall_relay::config::{Said, gather};
use partywall_relay::wing::Wing;
use partywall_world::{Clock, Dice, SystemClock};
use tempfile::TempDir;
use tokio::net::TcpSocket;

use crate::certificate::Shown;
use crate::knobs::Knobs;
use crate::life::Life;

/// The proxy's certificate is vouched for so long.
const VOUCH_DAYS: u32 = 365;

/// A real relay in a temporary folder, behind a proxy whose knobs a test turns.
///
/// The folder and everything in it are gone when this is dropped.
pub struct TestRelay {
    settings: Settings,
    clock: Arc<dyn Clock>,
    dice: Dice,
    knobs: Knobs,
    shown: Shown,
    port: u16,
    business_port: u16,
    _held: [TcpSocket; 2],
    link: String,
    business_link: String,
    key: RelayKey,
    life: Option<Life>,
    folder: TempDir,
}

/// What a test relay is started with.
pub struct Builder {
    seed: u64,
    clock: Arc<dyn Clock>,
    change: Box<dyn FnOnce(&mut Settings) + Send>,
}

impl Builder {
    /// The seed of the relay's dice and of the knobs' (7 otherwise).
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The relay's clock (the machine's otherwise). Faults' delays go by real time always.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Changes what an operator decides: admission, retention, quotas. Folder, ports, host and TLS
    /// must stay as they are.
    #[must_use]
    pub fn settings(mut self, change: impl FnOnce(&mut Settings) + Send + 'static) -> Self {
        self.change = Box::new(change);
        self
    }

    /// Starts it. Inside a tokio runtime; relay and proxy have one of their own.
    ///
    /// # Panics
    /// When this machine has no temporary folder, port or thread to spare.
    pub async fn start(self) -> TestRelay {
        let folder = tempfile::tempdir().expect("a test has a temporary folder");
        let (held, port) = hold_port().expect("this machine has a port to spare");
        let (held_too, business_port) = hold_port().expect("this machine has a port to spare");
        let mut settings = behind_proxy(folder.path(), port, business_port);
        (self.change)(&mut settings);
        let mut dice = Dice::seeded(self.seed);
        let mut relay = TestRelay {
            settings,
            clock: self.clock,
            knobs: Knobs::new(dice.stream("knobs")),
            dice,
            shown: Shown::fresh(),
            port,
            business_port,
            _held: [held, held_too],
            link: String::new(),
            business_link: String::new(),
            key: RelayKey::new([0; 32]),
            life: None,
            folder,
        };
        relay.begin().await;
        relay.vouch().await;
        let life = relay.life.as_ref().expect("it was begun").relay();
        relay.link = life.link().unwrap_or_default();
        relay.business_link = life.business_link().unwrap_or_default();
        relay.key = life.key().unwrap_or(relay.key);
        relay
    }
}

impl TestRelay {
    /// Starts one with the defaults: whoever comes may make mailboxes.
    ///
    /// # Panics
    /// As [`Builder::start`].
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    /// Starts one with something else than the defaults.
    #[must_use]
    pub fn builder() -> Builder {
        Builder {
            seed: 7,
            clock: Arc::new(SystemClock::new()),
            change: Box::new(|_settings| {}),
        }
    }

    /// The link that leads to it through the proxy, without a pass. Stays the same over all lives.
    #[must_use]
    pub fn relay_link(&self) -> String {
        self.link.clone()
    }

    /// The link that leads to its business wing through the proxy. Stays the same over all lives.
    #[must_use]
    pub fn business_link(&self) -> String {
        self.business_link.clone()
    }

    /// The port of the business listener's proxy on 127.0.0.1.
    #[must_use]
    pub fn business_port(&self) -> u16 {
        self.business_port
    }

    /// Asks as an operator does over the admin socket: verifies a business, publishes a policy, …
    ///
    /// # Panics
    /// When it is not running.
    pub async fn operator(&self, question: BusinessAsk) -> Answer {
        self.ask(Ask::Business { question }).await
    }

    /// A link with a pass that makes so many mailboxes, for a relay with admission by pass.
    ///
    /// # Panics
    /// When it is not running.
    pub async fn relay_link_with_pass(&self, mailboxes: u32) -> String {
        match self.ask(Ask::MakePass { mailboxes }).await {
            Answer::Pass { link, .. } => link,
            other => unreachable!("a pass is answered with a pass, and not with {other:?}"),
        }
    }

    /// The permanent key that links carry.
    #[must_use]
    pub fn key(&self) -> RelayKey {
        self.key
    }

    /// The port of the proxy on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The folder with everything that the relay keeps.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What goes wrong on the way. May be turned at any time, running or not.
    #[must_use]
    pub fn knobs(&self) -> &Knobs {
        &self.knobs
    }

    /// Whether it is running.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.life.is_some()
    }

    /// Stops it as an operator would: everybody is told to come back, everything taken is written.
    /// From then on connections are refused. Does nothing when it is not running.
    pub async fn stop(&mut self) {
        if let Some(life) = self.life.take() {
            life.stop().await;
        }
    }

    /// Ends it as a crash would: every connection breaks without a word, nothing more is answered,
    /// what was handed to the disk may be there or not. Does nothing when it is not running.
    pub async fn kill(&mut self) {
        if let Some(life) = self.life.take() {
            life.kill().await;
        }
    }

    /// Starts it again on the same folder and port, after a [`kill`](Self::kill) if it is running.
    ///
    /// # Panics
    /// As [`Builder::start`].
    pub async fn restart(&mut self) {
        self.kill().await;
        self.begin().await;
    }

    async fn begin(&mut self) {
        let world = (Arc::clone(&self.clock), self.dice.stream("life"));
        let before = (&self.shown, &self.knobs);
        let ports = (self.port, self.business_port);
        let life = Life::begin(self.settings.clone(), before, ports, world);
        self.life = Some(Box::pin(life).await);
    }

    /// Has the relay vouch for the proxy's certificate, as `partywall-relay vouch` does.
    async fn vouch(&self) {
        let spki = self.shown.spki.as_bytes();
        let spki: String = spki.iter().map(|byte| format!("{byte:02x}")).collect();
        let (days, wings) = (VOUCH_DAYS, self.settings.wings);
        let running = [
            (wings.have_peer(), Wing::Peer),
            (wings.have_business(), Wing::Business),
        ];
        for (_, wing) in running.into_iter().filter(|(runs, _)| *runs) {
            let spki = spki.clone();
            match self.ask(Ask::Vouch { spki, days, wing }).await {
                Answer::Vouched { .. } => {}
                other => unreachable!("a vouch is answered with a vouch, and not with {other:?}"),
            }
        }
    }

    async fn ask(&self, ask: Ask) -> Answer {
        let life = self.life.as_ref().expect("the relay is running");
        life.office().answer(ask).await
    }
}

impl Drop for TestRelay {
    fn drop(&mut self) {
        if let Some(life) = self.life.take() {
            life.abandon();
        }
    }
}

/// A port on this machine, held by a socket that is bound and never listens: nobody else is given the
/// port over all lives, and while nothing runs connections are refused.
fn hold_port() -> std::io::Result<(TcpSocket, u16)> {
    let held = TcpSocket::new_v4()?;
    held.set_reuseaddr(true)?;
    held.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    let port = held.local_addr()?.port();
    Ok((held, port))
}

/// Plain HTTP on ports that the system picks, for proxies on `port` and `business_port`.
fn behind_proxy(folder: &Path, port: u16, business_port: u16) -> Settings {
    let mut said = Said::default();
    for (knob, value) in [
        ("data", folder.display().to_string()),
        ("peer", "127.0.0.1:0".to_owned()),
        ("operator", "127.0.0.1:0".to_owned()),
        ("host", format!("127.0.0.1:{port}")),
        ("tls", "proxy".to_owned()),
        ("business", "127.0.0.1:0".to_owned()),
        ("business_host", format!("127.0.0.1:{business_port}")),
        ("business_tls", "proxy".to_owned()),
    ] {
        said.flags.insert(knob, value);
    }
    let gathered = gather(&said).expect("these agree with one another");
    gathered.settings
}
