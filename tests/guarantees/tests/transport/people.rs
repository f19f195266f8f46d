//! Two honest people at the relay, while others misbehave: what one leaves, the other takes.
//! Knows: the wire as a client of ours speaks it. Never knows: what others do meanwhile.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use partywall_ground::limits::FRAME;
use partywall_ground::{Capability, RelayKey, Seconds};
use partywall_peer::collect::{self, Ack, Create};
use partywall_peer::deposit::{self, Deposit, Use};
use partywall_peer::proofs::Admission;
use partywall_peer::{Envelope, Link, Number, Slot, drop_id};
use partywall_proof::{Greeting, Hello, SigningKey};
use partywall_socket::{FrameSocket, Incoming, Limits, connect};
use partywall_world::{Clock, Dice, SystemClock};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use crate::target::Target;

/// A client's end of a door.
pub(crate) type Socket = FrameSocket<TlsStream<TcpStream>>;

/// A reader with a mailbox and a writer with the right to leave mail there.
pub(crate) struct Pair {
    pub(crate) reader: Socket,
    writer: Socket,
    key: SigningKey,
    envelope: Vec<u8>,
    next: Number,
    clock: SystemClock,
}

impl Pair {
    /// Meets at the relay, with envelopes of so many bytes.
    pub(crate) async fn meet(target: &Target, seed: u64, bytes: usize) -> Self {
        let mut dice = Dice::seeded(seed);
        let key = SigningKey::draw(&mut dice);
        let capability = Capability::new(dice.bytes());
        let (mut reader, greeting) = reader(target).await;
        let drop = drop_id(&capability);
        let (slot, open) = (Slot::new(1), Admission::Open);
        let create = Create::sign(&key, &greeting, slot, drop, open, &mut dice);
        let create = collect::FromClient::from(create).encode();
        reader.send(create).await.expect("the relay reads");
        let attached = collect::FromRelay::decode(&heard(&mut reader).await);
        assert!(matches!(attached, Ok(collect::FromRelay::Attached(_))));
        let (mut writer, _) = door(target.peer(), "/v1/deposit").await;
        let hello = deposit::FromRelay::decode(&heard(&mut writer).await);
        assert!(matches!(hello, Ok(deposit::FromRelay::Hello(_))));
        let says = deposit::FromClient::from(Use { capability }).encode();
        writer.send(says).await.expect("the relay reads");
        let opened = deposit::FromRelay::decode(&heard(&mut writer).await);
        assert!(matches!(opened, Ok(deposit::FromRelay::Opened(_))));
        Self {
            reader,
            writer,
            key,
            envelope: vec![7; bytes],
            next: Number::FIRST,
            clock: SystemClock::new(),
        }
    }

    /// The right to read it once more, for somebody who comes and goes.
    pub(crate) fn key(&self) -> SigningKey {
        SigningKey::from_seed(&self.key.to_seed())
    }

    /// One envelope left, told to be on disk, delivered and acknowledged; how long that took.
    pub(crate) async fn exchange(&mut self) -> Duration {
        let begin = self.clock.monotonic();
        self.leave().await;
        let delivered = collect::FromRelay::decode(&heard(&mut self.reader).await);
        let Ok(collect::FromRelay::Deliver(delivered)) = delivered else {
            unreachable!("what was left is delivered, and not {delivered:?}");
        };
        assert!(delivered.envelope.as_bytes() == self.envelope);
        self.accepted().await;
        let (slot, tag) = (delivered.slot, delivered.tag);
        let ack = collect::FromClient::from(Ack { slot, tag }).encode();
        self.reader.send(ack).await.expect("the relay reads");
        self.clock.monotonic().since(begin)
    }

    /// One after the other until it is over; how long each took.
    pub(crate) async fn keeps_on(mut self, over: Arc<AtomicBool>) -> Vec<Duration> {
        let mut times = Vec::new();
        while !over.load(Ordering::Relaxed) {
            times.push(self.exchange().await);
        }
        times
    }

    /// Leaves an envelope, and does not wait.
    pub(crate) async fn leave(&mut self) {
        let envelope = Envelope::try_from(self.envelope.clone()).expect("it has one of the sizes");
        let number = self.next;
        self.next = number.next();
        let deposit = deposit::FromClient::from(Deposit { number, envelope }).encode();
        self.writer.send(deposit).await.expect("the relay reads");
    }

    /// Waits until the relay says that something is on disk.
    pub(crate) async fn accepted(&mut self) -> u64 {
        match deposit::FromRelay::decode(&heard(&mut self.writer).await) {
            Ok(deposit::FromRelay::Accepted(accepted)) => accepted.number.value().get(),
            other => unreachable!("what is left is accepted, and not {other:?}"),
        }
    }
}

/// A reader who knows which relay it is, and has no mailbox yet.
pub(crate) async fn reader(target: &Target) -> (Socket, Greeting) {
    let (mut socket, spki) = door(target.peer(), "/v1/collect").await;
    let hello = collect::FromRelay::decode(&heard(&mut socket).await);
    let Ok(collect::FromRelay::Hello(hello)) = hello else {
        unreachable!("hello comes first, and not {hello:?}");
    };
    (socket, proven(target, hello, &spki))
}

fn proven(target: &Target, hello: Hello, spki: &partywall_ground::Spki) -> Greeting {
    let link = Link::parse(&target.relay.link).expect("the relay prints its link");
    let relay: &RelayKey = link.relay();
    let now = Seconds::new(SystemClock::new().wall().seconds());
    hello.prove(relay, spki, now).expect("it is the relay")
}

/// A socket at a door, and the key that TLS was shown.
pub(crate) async fn door(address: SocketAddr, path: &str) -> (Socket, partywall_ground::Spki) {
    let (stream, spki) = partywall_test_relay::tls(address)
        .await
        .expect("the relay speaks TLS");
    let unset = stream.get_ref().0.set_nodelay(true);
    unset.expect("the system sends at once if it is asked to");
    let limits = Limits {
        max_frame: FRAME,
        stall: Duration::from_secs(10),
    };
    let clock = Arc::new(SystemClock::new());
    let socket = connect(stream, "relay.example", path, limits, clock).await;
    (socket.expect("the door opens"), spki)
}

/// The next frame.
pub(crate) async fn heard(socket: &mut Socket) -> Vec<u8> {
    match socket.recv().await {
        Ok(Incoming::Frame(frame)) => frame.to_vec(),
        other => unreachable!("the relay says something, and not {other:?}"),
    }
}

/// The greatest but one in a hundred, in milliseconds.
pub(crate) fn p99(times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    let at = (times.len() * 99 / 100).min(times.len().saturating_sub(1));
    times
        .get(at)
        .map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
}
