//! The peer wing of a simulated house, and everybody who comes to it.
//! Knows: mailboxes, their readers and writers, an operator. Never knows: the business wing.

mod activity;
mod deeds;
pub mod trace;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use partywall_ground::{Pass, RelayKey, Seconds, Spki};
use partywall_peer_plane::{Admission, Failpoints, Plane, PlaneSettings};
use partywall_proof::{SigningKey, Vouch};
use partywall_relay::listener::gate::{Caps, Gate, Place as Inside};
use partywall_socket::FrameSocket;
use partywall_store::Place;
use partywall_world::{Clock, Dice};
use tokio::sync::mpsc;

pub use self::activity::Activity;
use self::deeds::Owner;
use crate::line::{Heard, LIMITS, Line, street};
use crate::rig::Rig;
use crate::view::View;

/// The TLS key that the peer listener shows.
pub const SHOWN: Spki = Spki::new([0x9e; 32]);

/// What the house hands to a wing when it opens.
pub struct Opening {
    /// Where its database is.
    pub place: Place,
    /// Its clock.
    pub clock: Arc<dyn Clock>,
    /// The plane's dice, and those of every further start of it.
    pub plane: Dice,
    /// The gate's dice.
    pub gate: Dice,
    /// Those of everybody who comes to the wing; no part of the house.
    pub actors: Dice,
    /// How many may be inside at once.
    pub caps: Caps,
    /// What happens in the writer's gaps.
    pub failpoints: Arc<dyn Failpoints>,
}

/// Which of the two doors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    Collect,
    Deposit,
}

/// The peer wing.
pub struct PeerWing {
    /// What moves it.
    pub rig: Rig,
    plane: Option<Arc<Plane>>,
    /// Where its database is.
    pub place: Place,
    /// Who is let in.
    pub gate: Arc<Gate>,
    /// What happened here, for whoever would leak it.
    pub activity: Activity,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) dice: Dice,
    starts: Dice,
    failpoints: Arc<dyn Failpoints>,
    pub(crate) owners: Vec<Owner>,
    pub(crate) passes: Vec<Pass>,
    pub(crate) half_open: Vec<(mpsc::Sender<()>, Inside)>,
    transcripts: Vec<Arc<Mutex<Heard>>>,
    insiders: Vec<(Arc<Mutex<Heard>>, Inside)>,
    told: Vec<String>,
}

/// The relay's key of every simulated house.
#[must_use]
pub fn relay_key() -> SigningKey {
    SigningKey::from_seed(&[0x0a; 32])
}

pub(crate) fn relay() -> RelayKey {
    RelayKey::new(*relay_key().public().as_bytes())
}

impl PeerWing {
    /// Opens the wing as the relay's binary does: its own dice, writer, gate, log.
    #[must_use]
    pub fn open(opening: Opening) -> Self {
        let Opening {
            place,
            clock,
            plane,
            gate,
            actors,
            caps,
            failpoints,
        } = opening;
        let gate = Gate::new(caps, gate, clock.monotonic());
        let mut wing = Self {
            rig: Rig::new(),
            plane: None,
            place,
            gate,
            activity: Activity::default(),
            clock,
            dice: actors,
            starts: plane,
            failpoints,
            owners: Vec::new(),
            passes: Vec::new(),
            half_open: Vec::new(),
            transcripts: Vec::new(),
            insiders: Vec::new(),
            told: Vec::new(),
        };
        wing.start();
        wing
    }

    /// Starts the plane over what is on disk.
    ///
    /// # Panics
    /// When the database cannot be opened.
    fn start(&mut self) {
        let mut settings = PlaneSettings::new(relay());
        settings.admission = Admission::Pass;
        settings.quota_envelopes = 6;
        settings.memory_bytes = 1 << 20;
        let (place, clock) = (self.place.clone(), Arc::clone(&self.clock));
        let (dice, failpoints) = (self.starts.stream("peer"), Arc::clone(&self.failpoints));
        let plane = self.rig.open(|| {
            Plane::open_by_hand(&place, settings, clock, dice, failpoints)
                .expect("the world's database opens")
        });
        plane.set_vouches(vec![Vouch::make(
            &relay_key(),
            SHOWN,
            Seconds::new(u64::MAX),
        )]);
        self.plane = Some(plane);
    }

    /// The wing dies between two moments and is started again over the same database.
    pub(crate) fn crash(&mut self) {
        let Ok(keeps) = self.place.look() else { return };
        self.plane = None;
        self.half_open.clear();
        for owner in &mut self.owners {
            owner.reading = None;
            owner.writing = None;
        }
        self.rig.let_go();
        self.start();
        drop(keeps); // until here it kept a database in memory alive
        self.activity.restarts += 1;
    }

    pub(crate) fn plane(&self) -> Arc<Plane> {
        Arc::clone(
            self.plane
                .as_ref()
                .expect("the wing is open between two steps"),
        )
    }

    /// A network address that the step's dice draw.
    pub(crate) fn address(&mut self) -> IpAddr {
        let [a, b] = self.dice.bytes();
        IpAddr::V4(Ipv4Addr::new(10, 77, a, b))
    }

    /// A place inside for one who comes from there.
    pub(crate) fn enter(&mut self, from: IpAddr) -> Option<Inside> {
        self.insiders
            .retain(|(heard, _)| crate::line::open(heard).end.is_none());
        self.activity.connections += 1;
        self.activity.last_address = Some(from);
        let inside = self.gate.enter(from, self.clock.monotonic());
        self.activity.turned_away += u64::from(inside.is_none());
        inside
    }

    /// Somebody comes to a door.
    pub(crate) fn dial(&mut self, door: Door) -> Option<Line> {
        let from = self.address();
        let inside = self.enter(from)?;
        let (near, far) = street();
        let (plane, clock) = (self.plane(), Arc::clone(&self.clock));
        let _served = self.rig.spawn(async move {
            let socket = FrameSocket::server(far, LIMITS, clock).await;
            match door {
                Door::Collect => plane.collect(socket).await,
                Door::Deposit => plane.deposit(socket).await,
            }
        });
        let line = Line::at(&self.rig, near, Arc::clone(&self.clock));
        self.transcripts.push(line.transcript());
        self.insiders.push((line.transcript(), inside));
        self.rig.settle();
        Some(line)
    }

    pub(crate) fn tells(&mut self, what: &str, told: impl std::fmt::Debug) {
        self.told.push(format!("{what}: {told:?}"));
    }

    /// Time has passed; whatever waits for it happens.
    pub fn wake(&mut self, passed: Duration) {
        self.rig.rest(passed.min(Duration::from_secs(21)));
    }

    /// The wing in numbers.
    #[must_use]
    pub fn metrics(&self) -> String {
        format!("{:?}", self.plane().gauges())
    }

    /// All that can be seen of the wing now.
    #[must_use]
    pub fn view(&mut self) -> View {
        let mut view = View::default();
        view.add_lines("connection", &self.transcripts, |frame| {
            frame.get(2..4) == Some(&partywall_peer::Kind::Deliver.number().to_be_bytes())
        });
        view.add("operator", self.told.iter().cloned());
        view.add("metrics", [self.metrics()]);
        let gate = (self.gate.connections(), self.gate.turned_away());
        view.add("gate", [format!("{gate:?}")]);
        let log = String::from_utf8_lossy(&self.rig.log().bytes()).into_owned();
        view.add("log", log.lines().map(str::to_owned));
        view.add_database(&self.place);
        view
    }
}
