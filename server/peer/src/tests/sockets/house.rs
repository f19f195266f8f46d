//! A relay's wing with pipes for sockets, and guests at its doors.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use partywall_ground::{Capability, RelayKey, Seconds};
use partywall_peer::collect::{self, Create};
use partywall_peer::deposit::{self, Use};
use partywall_peer::proofs::Admission as By;
use partywall_peer::{Envelope, Number, Slot};
use partywall_proof::{Greeting, Hello, SigningKey, Vouch};
use partywall_socket::{FrameSocket, Incoming, Limits};
use partywall_store::Place;
use partywall_world::{Clock, Dice, ManualClock, Wall};
use tokio::io::DuplexStream;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::super::people::Owner;
use super::super::world::SHOWN;
use crate::failpoint::NoFailpoints;
use crate::{Admission, Plane, PlaneSettings};

pub(super) const LIMITS: Limits = Limits {
    max_frame: 65_792,
    stall: Duration::from_secs(10),
};
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Clone)]
pub(super) struct House {
    pub(super) plane: Arc<Plane>,
    pub(super) clock: ManualClock,
    pub(super) fatal: watch::Receiver<u32>,
}

#[derive(Clone, Copy)]
pub(super) enum Door {
    Collect,
    Deposit,
}

impl House {
    pub(super) fn new(change: impl FnOnce(&mut PlaneSettings)) -> Self {
        Self::over(&Place::memory(), Arc::new(NoFailpoints), change)
    }

    pub(super) fn at(folder: &Path) -> Self {
        let place = Place::file(folder.join("peer.db"));
        Self::over(&place, Arc::new(NoFailpoints), |_| {})
    }

    pub(super) fn over(
        place: &Place,
        failpoints: Arc<dyn crate::Failpoints>,
        change: impl FnOnce(&mut PlaneSettings),
    ) -> Self {
        let relay = SigningKey::from_seed(&[1; 32]);
        let mut settings = PlaneSettings::new(RelayKey::new(*relay.public().as_bytes()));
        settings.admission = Admission::Open;
        change(&mut settings);
        let clock = ManualClock::at(Wall::from_seconds(1_800_000_000));
        let (told, fatal) = watch::channel(0);
        let plane = Plane::open_at(
            place,
            settings,
            Arc::new(clock.clone()),
            Dice::seeded(1),
            move |_| told.send_modify(|times| *times += 1),
            failpoints,
        );
        let plane = Arc::new(plane.unwrap());
        plane.set_vouches(vec![Vouch::make(&relay, SHOWN, Seconds::new(u64::MAX))]);
        Self {
            plane,
            clock,
            fatal,
        }
    }

    pub(super) async fn enter(&self, door: Door) -> Guest {
        let (near, far) = tokio::io::duplex(256 * 1_024);
        self.serve(door, near, far, LIMITS).await
    }

    pub(super) async fn serve(
        &self,
        door: Door,
        near: DuplexStream,
        far: DuplexStream,
        limits: Limits,
    ) -> Guest {
        let clock: Arc<dyn Clock> = Arc::new(self.clock.clone());
        let socket = FrameSocket::server(far, limits, Arc::clone(&clock)).await;
        let plane = Arc::clone(&self.plane);
        let task = tokio::spawn(async move {
            match door {
                Door::Collect => plane.collect(socket).await,
                Door::Deposit => plane.deposit(socket).await,
            }
        });
        Guest {
            socket: FrameSocket::client(near, LIMITS, clock).await,
            task,
        }
    }
}

pub(super) struct Guest {
    pub(super) socket: FrameSocket<DuplexStream>,
    pub(super) task: JoinHandle<()>,
}

impl Guest {
    pub(super) async fn hear(&mut self) -> Result<Vec<u8>, Option<u16>> {
        let heard = tokio::time::timeout(PATIENCE, self.socket.recv()).await;
        match heard.expect("the relay answers").expect("the socket works") {
            Incoming::Frame(frame) => Ok(frame.to_vec()),
            Incoming::Closed(code) => Err(code),
        }
    }

    pub(super) async fn hear_collect(&mut self) -> collect::FromRelay {
        collect::FromRelay::decode(&self.hear().await.unwrap()).unwrap()
    }

    pub(super) async fn hear_deposit(&mut self) -> deposit::FromRelay {
        deposit::FromRelay::decode(&self.hear().await.unwrap()).unwrap()
    }

    pub(super) async fn say(&mut self, frame: Vec<u8>) {
        self.socket.send(frame).await.unwrap();
    }

    pub(super) async fn collects(&mut self, word: impl Into<collect::FromClient>) {
        self.say(word.into().encode()).await;
    }

    pub(super) async fn deposits(&mut self, word: impl Into<deposit::FromClient>) {
        self.say(word.into().encode()).await;
    }

    /// Reads on until the relay closes, and lets its task end.
    pub(super) async fn end(mut self) -> Option<u16> {
        let code = loop {
            if let Err(code) = self.hear().await {
                break code;
            }
        };
        tokio::time::timeout(PATIENCE, self.task)
            .await
            .unwrap()
            .unwrap();
        code
    }

    pub(super) async fn greeted(&mut self) -> Greeting {
        let collect::FromRelay::Hello(hello) = self.hear_collect().await else {
            panic!("hello comes first");
        };
        proven(hello)
    }
}

pub(super) fn proven(hello: Hello) -> Greeting {
    let relay = RelayKey::new(*SigningKey::from_seed(&[1; 32]).public().as_bytes());
    hello
        .prove(&relay, &SHOWN, Seconds::new(1_800_000_000))
        .unwrap()
}

/// A connection that reads the owner's new mailbox as slot 1.
pub(super) async fn reader(house: &House, owner: &Owner) -> Guest {
    let mut guest = house.enter(Door::Collect).await;
    let greeting = guest.greeted().await;
    let (slot, mut dice) = (Slot::new(1), Dice::seeded(3));
    let create = Create::sign(
        &owner.reader,
        &greeting,
        slot,
        owner.drop(),
        By::Open,
        &mut dice,
    );
    guest.collects(create).await;
    assert!(matches!(
        guest.hear_collect().await,
        collect::FromRelay::Attached(_)
    ));
    guest
}

pub(super) async fn writer(house: &House, owner: &Owner) -> Guest {
    let mut guest = house.enter(Door::Deposit).await;
    let deposit::FromRelay::Hello(hello) = guest.hear_deposit().await else {
        panic!("hello comes first");
    };
    proven(hello);
    guest
        .deposits(Use {
            capability: Capability::new(owner.capability),
        })
        .await;
    assert!(matches!(
        guest.hear_deposit().await,
        deposit::FromRelay::Opened(_)
    ));
    guest
}

pub(super) fn envelope(number: u8, size: usize) -> Envelope {
    Envelope::try_from(vec![number; size]).unwrap()
}

pub(super) fn number(n: u64) -> Number {
    Number::new(n.try_into().unwrap())
}

pub(super) async fn accepted(guest: &mut Guest) -> u64 {
    match guest.hear_deposit().await {
        deposit::FromRelay::Accepted(accepted) => accepted.number.value().get(),
        other => panic!("{other:?}"),
    }
}
