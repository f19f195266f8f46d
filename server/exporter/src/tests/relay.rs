//! A relay that says what its script says, over a Unix socket pair, and the exporter at the other end.

use std::io;
use std::path::Path;
use std::time::Duration;

use partywall_business::export::{
    Abort, Carried, Closed, FromExporter, FromRelay, Head, Idle, Outcome, SinkName, Wake,
};
use partywall_business::field::Recipient;
use partywall_business::id::BatchId;
use partywall_ground::RelayKey;
use partywall_world::Dice;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::config::{Settings, SinkSettings, Way};
use crate::scene::{Draft, Ledger};
use crate::{Dial, Exporter, Stop};

/// Longer than any test waits: where it is set, what should not wait for it hangs.
pub(super) const LONG: Duration = Duration::from_secs(86_400);

pub(super) fn file(name: &str, path: &Path) -> SinkSettings {
    let way = Way::File {
        path: path.to_owned(),
    };
    SinkSettings {
        name: name.into(),
        recipient: Recipient::Parent,
        way,
        attempt_timeout: LONG,
    }
}

/// An exporter at work.
pub(super) struct House {
    sockets: mpsc::Sender<UnixStream>,
    pub(super) stop: Stop,
    pub(super) running: JoinHandle<()>,
}

struct Sockets(mpsc::Receiver<UnixStream>);

impl Dial for Sockets {
    type Stream = UnixStream;

    async fn dial(&mut self) -> io::Result<UnixStream> {
        self.0
            .recv()
            .await
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl House {
    pub(super) fn with(sinks: Vec<SinkSettings>) -> Self {
        let exporter = Exporter::open(&Settings { sinks }, Dice::seeded(1)).unwrap();
        let (sockets, waiting) = mpsc::channel(4);
        let (stop, stopping) = Stop::new();
        let running = tokio::spawn(exporter.run(Sockets(waiting), stopping));
        Self {
            sockets,
            stop,
            running,
        }
    }

    /// A relay that has greeted.
    pub(super) async fn relay(&self, ledger: &Ledger) -> Relay {
        let (ours, theirs) = UnixStream::pair().unwrap();
        self.sockets.send(theirs).await.unwrap();
        let mut relay = Relay(ours);
        let FromExporter::Carry(carry) = relay.hear().await else {
            unreachable!("carry comes first")
        };
        assert!(carry.sinks.is_sorted_by(|one, other| one.sink < other.sink));
        let operator = RelayKey::new(*ledger.key.public().as_bytes());
        relay
            .say(Carried {
                operator,
                origin: ledger.origin.clone(),
            })
            .await;
        relay
    }
}

/// The relay's end of one connection.
pub(super) struct Relay(UnixStream);

impl Relay {
    pub(super) async fn hear(&mut self) -> FromExporter {
        let mut head = [0; Head::LENGTH];
        self.0.read_exact(&mut head).await.unwrap();
        let head = Head::parse(&head).unwrap();
        let mut body = vec![0; head.length()];
        self.0.read_exact(&mut body).await.unwrap();
        FromExporter::decode(&head, &body).unwrap()
    }

    pub(super) async fn say(&mut self, word: impl Into<FromRelay>) {
        self.0.write_all(&word.into().encode()).await.unwrap();
    }

    pub(super) async fn claimed(&mut self) -> String {
        match self.hear().await {
            FromExporter::Claim(claim) => claim.sink.as_str().to_owned(),
            other => unreachable!("{other:?} instead of a claim"),
        }
    }

    pub(super) async fn offer(&mut self, draft: &Draft) {
        self.0.write_all(&draft.frame()).await.unwrap();
    }

    /// Waits for a close, says that it is on disk, and tells which batch and what became of it.
    pub(super) async fn closed(&mut self) -> ([u8; 16], Outcome) {
        match self.hear().await {
            FromExporter::Close(close) => {
                self.say(Closed { batch: close.batch }).await;
                (close.batch.into_bytes(), close.outcome)
            }
            other => unreachable!("{other:?} instead of a close"),
        }
    }

    /// Claim, batch, close.
    pub(super) async fn carries(&mut self, draft: &Draft) -> Outcome {
        assert_eq!(self.claimed().await, draft.sink);
        self.offer(draft).await;
        let (batch, outcome) = self.closed().await;
        assert_eq!(batch, draft.batch);
        outcome
    }

    pub(super) async fn abort(&mut self, draft: &Draft) {
        self.say(Abort {
            batch: BatchId::new(draft.batch),
        })
        .await;
    }

    pub(super) async fn idle(&mut self, sink: &str) {
        self.say(Idle {
            sink: SinkName::new(sink).unwrap(),
        })
        .await;
    }

    pub(super) async fn wake(&mut self, sink: &str) {
        self.say(Wake {
            sink: SinkName::new(sink).unwrap(),
        })
        .await;
    }

    /// Waits until the exporter has hung up.
    pub(super) async fn hung_up(mut self) {
        let mut rest = Vec::new();
        self.0.read_to_end(&mut rest).await.unwrap();
    }
}
