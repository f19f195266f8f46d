//! The business wing of a simulated house, and everybody who comes to it.
//! Knows: businesses, customers, an operator, an exporter. Never knows: the peer wing.

mod actors;
mod customers;
mod deeds;
mod exporter;
mod policy;
mod rogue;
mod said;
pub mod trace;

use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use partywall_business::Role;
use partywall_business::answer::FromRelay;
use partywall_business::ledger::{Operator, Origin};
use partywall_business::request::FromClient;
use partywall_business_plane::{Failpoints, OperatorKeys, Plane, WingSettings};
use partywall_ground::{RelayKey, Seconds, Spki};
use partywall_proof::{SigningKey, Vouch};
use partywall_relay::listener::gate::{Caps, Gate, Place as Inside};
use partywall_socket::FrameSocket;
use partywall_store::Place;
use partywall_world::{Clock, Dice};

pub use self::actors::{Customer, Shop};
pub use self::exporter::Exporter;
pub use self::policy::variant;
use crate::line::{Heard, LIMITS, Line, street};
use crate::rig::Rig;
use crate::view::View;

/// The TLS key that the business listener shows.
pub const SHOWN: Spki = Spki::new([0xb5; 32]);

/// The name under which the business listener is found.
pub const ORIGIN: &str = "relay.example:7444";

/// What the house hands to a wing when it opens.
pub struct Opening {
    /// Where its database is.
    pub place: Place,
    /// Its clock.
    pub clock: Arc<dyn Clock>,
    /// The plane's dice.
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

/// The business wing.
pub struct BusinessWing {
    /// What moves it.
    pub rig: Rig,
    /// The wing itself.
    pub plane: Arc<Plane>,
    /// Where its database is.
    pub place: Place,
    /// Who is let in.
    pub gate: Arc<Gate>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) dice: Dice,
    pub(crate) shops: Vec<Shop>,
    pub(crate) customers: Vec<Customer>,
    pub(crate) exporter: Exporter,
    /// Customers who begin now agree to everything, and declare this telephone number alone.
    pub willing: Option<u64>,
    transcripts: Vec<Arc<Mutex<Heard>>>,
    insiders: Vec<(Arc<Mutex<Heard>>, Inside)>,
    pub(crate) told: Vec<String>,
    served: Vec<String>,
}

/// The operator's key of every simulated house.
#[must_use]
pub fn operator_key() -> SigningKey {
    SigningKey::from_seed(&[0x0b; 32])
}

/// The ledger's operator as outsiders know it.
///
/// # Panics
/// Never: the name is good.
#[must_use]
pub fn operator() -> Operator {
    Operator::new(origin(), operator_key().public())
}

fn origin() -> Origin {
    Origin::of_authority(ORIGIN).expect("the authority is short enough")
}

impl BusinessWing {
    /// Opens the wing as the relay's binary does: its own dice, writer, gate, log.
    ///
    /// # Panics
    /// When the database cannot be opened.
    #[must_use]
    pub fn open(opening: Opening) -> Self {
        let mut rig = Rig::new();
        let keys = OperatorKeys::new(operator_key(), [0x0f; 32]);
        let Opening {
            place,
            clock,
            plane,
            gate,
            actors,
            caps,
            failpoints,
        } = opening;
        let opened = Arc::clone(&clock);
        let plane = rig.open(|| {
            let settings = WingSettings::new(origin());
            Plane::open_by_hand(&place, settings, keys, opened, plane, failpoints)
                .expect("a fresh database opens")
        });
        let vouch = Vouch::make(&operator_key(), SHOWN, Seconds::new(u64::MAX));
        plane.set_vouches(vec![vouch]);
        Self {
            rig,
            plane,
            place,
            gate: Gate::new(caps, gate, clock.monotonic()),
            clock,
            dice: actors,
            shops: Vec::new(),
            customers: Vec::new(),
            exporter: Exporter::default(),
            willing: None,
            transcripts: Vec::new(),
            insiders: Vec::new(),
            told: Vec::new(),
            served: Vec::new(),
        }
    }

    /// What time it is for everybody outside.
    #[must_use]
    pub fn now(&self) -> Seconds {
        Seconds::new(self.clock.wall().seconds())
    }

    /// Somebody comes to the door from a network address; a gate that is full turns them away.
    pub fn dial(&mut self, from: IpAddr) -> Option<Line> {
        self.insiders
            .retain(|(heard, _)| crate::line::open(heard).end.is_none());
        let Some(inside) = self.gate.enter(from, self.clock.monotonic()) else {
            self.told.push("turned away at the gate".to_owned());
            return None;
        };
        let (near, far) = street();
        let (plane, clock) = (Arc::clone(&self.plane), Arc::clone(&self.clock));
        let _served = self.rig.spawn(async move {
            let socket = FrameSocket::server(far, LIMITS, clock).await;
            plane.door(socket, Some(from)).await;
        });
        let line = Line::at(&self.rig, near, Arc::clone(&self.clock));
        self.transcripts.push(line.transcript());
        self.insiders.push((line.transcript(), inside));
        self.rig
            .logs(|| tracing::info!("a connection at the business door"));
        self.rig.settle();
        Some(line)
    }

    /// As [`BusinessWing::dial`], and proves a role.
    pub(crate) fn log_in(&mut self, from: IpAddr, key: &SigningKey, role: Role) -> Option<Line> {
        let line = self.dial(from)?;
        let hello = line.heard().frames.first().cloned()?;
        let Ok(FromRelay::Hello(hello)) = FromRelay::decode(&hello) else {
            return None;
        };
        let relay = RelayKey::new(*operator_key().public().as_bytes());
        let greeting = hello.prove(&relay, &SHOWN, self.now()).ok()?;
        let login = partywall_business::Login::sign(key, role, &greeting, &mut self.dice);
        line.say(FromClient::from(login).encode());
        self.rig.settle();
        Some(line)
    }

    /// Has the writer do a job that changes nothing: nobody's suspension ends.
    pub(crate) fn poke(&mut self) {
        let nobody = partywall_business::BusinessId::new([0; 32]);
        let plane = Arc::clone(&self.plane);
        let _nobody = self.rig.ask(async move {
            plane
                .unsuspend(partywall_business_plane::Named::Id(nobody))
                .await
        });
    }

    /// Time has passed; whatever waits for it happens.
    pub fn wake(&mut self, passed: Duration) {
        // The runtime's own time goes on by two beats of the wing, or less if less has passed.
        self.rig.rest(passed.min(Duration::from_secs(21)));
    }

    /// Asks the ledger as anybody may; `extra` is what a front adds to the answer.
    pub fn get(&mut self, path: &str, extra: &str) {
        let answer = match self.plane.ledger(path) {
            Ok(Some(answer)) => crate::view::short(&answer.bytes),
            Ok(None) => "404".to_owned(),
            Err(error) => error.to_string(),
        };
        self.served.push(format!("GET {path} {answer}{extra}"));
    }

    /// Every frame that the relay said to its exporter.
    #[must_use]
    pub fn exported(&self) -> Vec<Vec<u8>> {
        self.exporter.frames()
    }

    /// All that can be seen of the wing now.
    #[must_use]
    pub fn view(&mut self) -> View {
        let mut view = View::default();
        let exported = self.exporter.frames();
        view.add(
            "export",
            exported.iter().map(|frame| crate::view::short(frame)),
        );
        view.add("export: turns", self.exporter.turns.iter().cloned());
        view.add_lines("connection", &self.transcripts, |frame| {
            frame.get(2..4) == Some(&[0x01, 0x42])
        });
        view.add("ledger", self.served.iter().cloned());
        view.add("operator", self.told.iter().cloned());
        view.add("metrics", [format!("{:?}", self.plane.gauges())]);
        let gate = (self.gate.connections(), self.gate.turned_away());
        view.add("gate", [format!("{gate:?}")]);
        let log = String::from_utf8_lossy(&self.rig.log().bytes()).into_owned();
        view.add("log", log.lines().map(str::to_owned));
        view.add_database(&self.place);
        view
    }
}
