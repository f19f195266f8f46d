//! A client of a few lines: proves the relay, speaks frames, believes nothing else.
//! Knows: one connection. Never knows: reconnecting; a test wants to see every end.

use std::sync::Arc;
use std::time::Duration;

use partywall_ground::limits::FRAME;
use partywall_ground::{Capability, Seconds, Spki};
use partywall_peer::collect::{self, Attach, Create};
use partywall_peer::deposit::{self, Deposit, Use};
use partywall_peer::proofs::Admission;
use partywall_peer::{Envelope, Number, Slot, drop_id};
use partywall_proof::{Greeting, SigningKey};
use partywall_socket::{FrameSocket, Incoming, Limits, SocketError};
use partywall_test_relay::TestRelay;
use partywall_world::{Clock, Dice, SystemClock};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

pub(crate) const SLOT: Slot = Slot::new(1);
const READER: [u8; 32] = [5; 32];
const CAPABILITY: [u8; 32] = [6; 32];

pub(crate) struct Client {
    socket: FrameSocket<TlsStream<TcpStream>>,
    greeting: Greeting,
    sent: u64,
}

/// TLS with whoever shows a certificate and holds its key.
pub(crate) async fn tls(relay: &TestRelay) -> std::io::Result<(TlsStream<TcpStream>, Spki)> {
    partywall_test_relay::tls(([127, 0, 0, 1], relay.port()).into()).await
}

/// One HTTP/1.1 request, and the answer's first line.
pub(crate) async fn asks(relay: &TestRelay, request: &str) -> String {
    let (mut stream, _) = tls(relay).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut line = String::new();
    while !line.ends_with("\r\n") {
        line.push(char::from(stream.read_u8().await.unwrap()));
    }
    line.trim_end().to_owned()
}

impl Client {
    async fn come(relay: &TestRelay, path: &str) -> Result<Self, SocketError> {
        let (stream, spki) = tls(relay)
            .await
            .map_err(|error| SocketError::from(error.kind()))?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let now = Seconds::new(clock.wall().seconds());
        let limits = Limits {
            max_frame: FRAME,
            stall: Duration::from_secs(30),
        };
        let host = format!("127.0.0.1:{}", relay.port());
        let mut socket = partywall_socket::connect(stream, &host, path, limits, clock).await?;
        let Ok(Incoming::Frame(frame)) = socket.recv().await else {
            return Err(SocketError::Closed);
        };
        let Ok(collect::FromRelay::Hello(hello)) = collect::FromRelay::decode(&frame) else {
            panic!("a relay greets first");
        };
        let greeting = hello
            .prove(&relay.key(), &spki, now)
            .expect("it is the relay");
        let sent = 0;
        Ok(Self {
            socket,
            greeting,
            sent,
        })
    }

    /// At the collect door.
    pub(crate) async fn reader(relay: &TestRelay) -> Result<Self, SocketError> {
        Self::come(relay, "/v1/collect").await
    }

    /// At the deposit door, let in.
    pub(crate) async fn writer(relay: &TestRelay) -> Result<Self, SocketError> {
        let mut client = Self::come(relay, "/v1/deposit").await?;
        let capability = Capability::new(CAPABILITY);
        client
            .says(deposit::FromClient::from(Use { capability }).encode())
            .await;
        match client.hears_writing().await {
            deposit::FromRelay::Opened(_) => Ok(client),
            other => panic!("the drop is opened, and not {other:?}"),
        }
    }

    /// A reader with the one mailbox of these tests, which is made if it is not there.
    pub(crate) async fn reading(relay: &TestRelay) -> Self {
        let mut client = Self::reader(relay).await.unwrap();
        match client.creates(Admission::Open).await {
            collect::FromRelay::Attached(_) => client,
            other => panic!("attached, and not {other:?}"),
        }
    }

    pub(crate) async fn creates(&mut self, admission: Admission) -> collect::FromRelay {
        let reader = SigningKey::from_seed(&READER);
        let drop = drop_id(&Capability::new(CAPABILITY));
        let mut dice = Dice::seeded(3);
        let create = Create::sign(&reader, &self.greeting, SLOT, drop, admission, &mut dice);
        self.says(collect::FromClient::from(create).encode()).await;
        self.hears_reading().await
    }

    pub(crate) fn attach(&self) -> Attach {
        let reader = SigningKey::from_seed(&READER);
        Attach::sign(&reader, &self.greeting, SLOT, &mut Dice::seeded(3))
    }

    /// Deposits an envelope full of one byte, and does not wait for the answer.
    pub(crate) async fn deposits(&mut self, fill: u8) {
        self.sent += 1;
        let number = Number::new(self.sent.try_into().unwrap());
        let envelope = Envelope::try_from(vec![fill; 4_096]).unwrap();
        let deposit = Deposit { number, envelope };
        self.says(deposit::FromClient::from(deposit).encode()).await;
    }

    /// The next answer: everything up to this number is on the disk.
    pub(crate) async fn accepted(&mut self) -> u64 {
        match self.hears_writing().await {
            deposit::FromRelay::Accepted(accepted) => accepted.number.value().get(),
            other => panic!("accepted, and not {other:?}"),
        }
    }

    /// The next delivery: its tag, and the byte that the envelope is full of.
    pub(crate) async fn delivered(&mut self) -> (u64, u8) {
        match self.hears_reading().await {
            collect::FromRelay::Deliver(deliver) => {
                (deliver.tag.value().get(), deliver.envelope.as_bytes()[0])
            }
            other => panic!("a delivery, and not {other:?}"),
        }
    }

    pub(crate) async fn says(&mut self, frame: Vec<u8>) {
        self.socket.send(frame).await.unwrap();
    }

    /// Whatever comes next: a frame or the end.
    pub(crate) async fn hears(&mut self) -> Result<Incoming, SocketError> {
        self.socket.recv().await
    }

    async fn frame(&mut self) -> Vec<u8> {
        match self.hears().await {
            Ok(Incoming::Frame(frame)) => frame.to_vec(),
            other => panic!("a frame, and not {other:?}"),
        }
    }

    async fn hears_reading(&mut self) -> collect::FromRelay {
        collect::FromRelay::decode(&self.frame().await).unwrap()
    }

    async fn hears_writing(&mut self) -> deposit::FromRelay {
        deposit::FromRelay::decode(&self.frame().await).unwrap()
    }
}
