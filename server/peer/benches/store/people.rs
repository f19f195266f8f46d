//! Writers and readers over pipes in memory, each mailbox with one of either.
//! Knows: the peer wing's wire. Never knows: threads, files.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use partywall_ground::{Capability, RelayKey, Seconds, Spki};
use partywall_peer::collect::{self, Ack, Attach, Create};
use partywall_peer::deposit::{self, Deposit, Use};
use partywall_peer::proofs::Admission as By;
use partywall_peer::{Envelope, Number, Slot, drop_id};
use partywall_peer_plane::{Admission, Gauges, NoFailpoints, Place, Plane, PlaneSettings};
use partywall_proof::{SigningKey, Vouch};
use partywall_socket::{FrameSocket, Incoming, Limits};
use partywall_world::{Clock, Dice, SystemClock};
use tokio::io::DuplexStream;
use tokio::task::JoinSet;

const SHOWN: Spki = Spki::new([9; 32]);
const LIMITS: Limits = Limits {
    max_frame: 65_792,
    stall: Duration::from_secs(10),
};
const PIPE: usize = 64 * 1_024;
/// Deposits of one writer on their way.
const WINDOW: u32 = 32;

#[derive(Clone)]
pub(crate) struct Town {
    plane: Arc<Plane>,
    clock: Arc<dyn Clock>,
    mailboxes: u32,
}

impl Town {
    pub(crate) async fn found(folder: &Path, mailboxes: u32) -> Self {
        let relay = SigningKey::from_seed(&[1; 32]);
        let mut settings = PlaneSettings::new(RelayKey::new(*relay.public().as_bytes()));
        settings.admission = Admission::Open;
        settings.quota_envelopes = u32::MAX;
        settings.quota_bytes = u64::MAX;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let plane = Plane::open_at(
            &Place::file(folder.join("peer.db")),
            settings,
            Arc::clone(&clock),
            Dice::seeded(1),
            |error| eprintln!("{error}"),
            Arc::new(NoFailpoints),
        )
        .expect("a plane");
        plane.set_vouches(vec![Vouch::make(&relay, SHOWN, Seconds::new(u64::MAX))]);
        let plane = Arc::new(plane);
        let town = Self {
            plane,
            clock,
            mailboxes,
        };
        let mut owner = Reader::enter(&town).await;
        for number in 0..mailboxes {
            owner.create(number).await;
            if number % 1_000 == 999 {
                owner = Reader::enter(&town).await;
            }
        }
        town
    }

    pub(crate) fn gauges(&self) -> Gauges {
        self.plane.gauges()
    }

    async fn pair(&self) -> (FrameSocket<DuplexStream>, FrameSocket<DuplexStream>) {
        let (near, far) = tokio::io::duplex(PIPE);
        let served = FrameSocket::server(far, LIMITS, Arc::clone(&self.clock)).await;
        let guest = FrameSocket::client(near, LIMITS, Arc::clone(&self.clock)).await;
        (guest, served)
    }

    /// Every mailbox gets so many envelopes from a writer of its own.
    pub(crate) async fn write(&self, each: u32) {
        let mut writers = JoinSet::new();
        for number in 0..self.mailboxes {
            let town = self.clone();
            writers.spawn(async move { town.write_to(number, each).await });
        }
        while let Some(done) = writers.join_next().await {
            done.expect("a writer");
        }
    }

    async fn write_to(&self, mailbox: u32, each: u32) {
        let (mut guest, served) = self.pair().await;
        let plane = Arc::clone(&self.plane);
        tokio::spawn(async move { plane.deposit(served).await });
        hear(&mut guest).await;
        let using: deposit::FromClient = Use {
            capability: Capability::new(named(mailbox, 2)),
        }
        .into();
        guest.send(using.encode()).await.expect("a word");
        hear(&mut guest).await;
        let (mut said, mut accepted) = (0, 0);
        while accepted < each {
            while said < each && said - accepted < WINDOW {
                said += 1;
                let number = Number::new(u64::from(said).try_into().expect("from one"));
                let envelope = Envelope::try_from(vec![7; 4_096]).expect("a size");
                let deposit: deposit::FromClient = Deposit { number, envelope }.into();
                guest.feed(deposit.encode()).await.expect("a word");
            }
            guest.flush().await.expect("a word");
            let heard = hear(&mut guest).await;
            let Ok(deposit::FromRelay::Accepted(word)) = deposit::FromRelay::decode(&heard) else {
                unreachable!("nothing else is said");
            };
            accepted = u32::try_from(word.number.value().get()).expect("a small number");
        }
    }

    /// Every mailbox is read empty, a hundred on a connection.
    pub(crate) async fn read(&self, each: u32) {
        let mut readers = JoinSet::new();
        for first in (0..self.mailboxes).step_by(100) {
            let town = self.clone();
            let until = (first + 100).min(town.mailboxes);
            readers.spawn(async move {
                let mut reader = Reader::enter(&town).await;
                for number in first..until {
                    reader.attach(number).await;
                }
                reader.read(each * (until - first)).await;
            });
        }
        loop {
            tokio::select! {
                done = readers.join_next() => match done {
                    Some(done) => done.expect("a reader"),
                    None => break,
                },
                () = tokio::time::sleep(Duration::from_secs(5)) => println!("{:?}", self.gauges()),
            }
        }
        loop {
            let gauges = self.gauges();
            if gauges.mailboxes_in_memory == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

struct Reader {
    guest: FrameSocket<DuplexStream>,
    greeting: partywall_proof::Greeting,
    dice: Dice,
}

impl Reader {
    async fn enter(town: &Town) -> Self {
        let (mut guest, served) = town.pair().await;
        let plane = Arc::clone(&town.plane);
        tokio::spawn(async move { plane.collect(served).await });
        let hello = hear(&mut guest).await;
        let Ok(collect::FromRelay::Hello(hello)) = collect::FromRelay::decode(&hello) else {
            unreachable!("hello comes first");
        };
        let relay = RelayKey::new(*SigningKey::from_seed(&[1; 32]).public().as_bytes());
        let now = Seconds::new(town.clock.wall().seconds());
        let greeting = hello.prove(&relay, &SHOWN, now).expect("the relay");
        let dice = Dice::seeded(3);
        Self {
            guest,
            greeting,
            dice,
        }
    }

    async fn create(&mut self, number: u32) {
        let reader = SigningKey::from_seed(&named(number, 1));
        let drop = drop_id(&Capability::new(named(number, 2)));
        let slot = Slot::new(number);
        let create = Create::sign(
            &reader,
            &self.greeting,
            slot,
            drop,
            By::Open,
            &mut self.dice,
        );
        let create: collect::FromClient = create.into();
        self.guest.send(create.encode()).await.expect("a word");
        hear(&mut self.guest).await;
    }

    async fn attach(&mut self, number: u32) {
        let reader = SigningKey::from_seed(&named(number, 1));
        let slot = Slot::new(number);
        let attach = Attach::sign(&reader, &self.greeting, slot, &mut self.dice);
        let attach: collect::FromClient = attach.into();
        self.guest.send(attach.encode()).await.expect("a word");
    }

    async fn read(&mut self, all: u32) {
        let mut read = 0;
        while read < all {
            let heard = hear(&mut self.guest).await;
            if let Ok(collect::FromRelay::Deliver(deliver)) = collect::FromRelay::decode(&heard) {
                read += 1;
                let ack: collect::FromClient = Ack {
                    slot: deliver.slot,
                    tag: deliver.tag,
                }
                .into();
                self.guest.send(ack.encode()).await.expect("a word");
            } else if let Ok(collect::FromRelay::Refused(_)) = collect::FromRelay::decode(&heard) {
                println!("refused");
            }
        }
    }
}

async fn hear(guest: &mut FrameSocket<DuplexStream>) -> Vec<u8> {
    match guest.recv().await.expect("a word") {
        Incoming::Frame(frame) => frame.to_vec(),
        Incoming::Closed(code) => unreachable!("the relay closed with {code:?}"),
    }
}

fn named(number: u32, what: u8) -> [u8; 32] {
    let mut name = [what; 32];
    name[..4].copy_from_slice(&number.to_be_bytes());
    name
}
