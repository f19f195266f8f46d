//! The exporter: finds its relay, works for it, and looks for it again when it is gone.
//! Knows: when to try again, and when to end. Never knows: frames, files, webhooks.

use std::future::Future;
use std::io;
use std::sync::Arc;

use partywall_business::export::SinkName;
use partywall_proof::PublicKey;
use partywall_world::Dice;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::sleep;

use crate::backoff::Backoff;
use crate::carrier::Carrier;
use crate::config::{ConfigError, Settings};
use crate::line::Line;
use crate::stop::Stopping;
use crate::tell::{Lost, Relay};

/// The way to the relay's socket.
pub trait Dial: Send {
    /// A connection.
    type Stream: AsyncRead + AsyncWrite + Send + Unpin;

    /// Opens one.
    fn dial(&mut self) -> impl Future<Output = io::Result<Self::Stream>> + Send;
}

/// Every sink, ready to work.
pub struct Exporter {
    /// Ascending by name.
    carriers: Vec<Arc<Carrier>>,
    backoff: Backoff,
}

impl Exporter {
    /// Reads secrets and certificates.
    ///
    /// # Errors
    /// [`ConfigError`] for the first sink that is not in order.
    ///
    /// # Panics
    /// Never: a configuration's names are good names.
    pub fn open(settings: &Settings, mut dice: Dice) -> Result<Self, ConfigError> {
        let mut carriers = Vec::new();
        for sink in &settings.sinks {
            let name = SinkName::new(&sink.name).expect("a configured name is a good name");
            let dice = dice.stream("sink");
            let carrier = Carrier::new(
                name,
                sink.recipient,
                sink.open()?,
                sink.attempt_timeout,
                dice,
            );
            carriers.push(Arc::new(carrier));
        }
        carriers.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(Self {
            carriers,
            backoff: Backoff::new(dice.stream("relay")),
        })
    }

    /// Works until `stop` says that nothing more may be claimed and nothing is open, or whoever waits has waited enough: dropping the
    /// future calls everything off at once.
    pub async fn run(mut self, mut dial: impl Dial, mut stop: Stopping) {
        let mut relay = Relay::Unknown;
        let mut key = None;
        while !stop.is_finishing() {
            let lost = match self
                .connection(&mut dial, &mut key, &mut relay, &stop)
                .await
            {
                Ok(()) => return,
                Err(lost) => lost,
            };
            relay.becomes(Relay::Away(lost));
            tokio::select! {
                () = sleep(self.backoff.failed()) => {}
                () = stop.finishing() => {}
            }
        }
    }

    /// One connection, from the first word to the last.
    async fn connection(
        &mut self,
        dial: &mut impl Dial,
        key: &mut Option<PublicKey>,
        relay: &mut Relay,
        stop: &Stopping,
    ) -> Result<(), Lost> {
        let stream = dial.dial().await.map_err(|error| match error.kind() {
            io::ErrorKind::PermissionDenied => Lost::NotAllowed,
            _ => Lost::NotThere,
        })?;
        let line = Line::greet(stream, &self.carriers).await?;
        let theirs = line.operator().key();
        if key.get_or_insert_with(|| *theirs) != theirs {
            return Err(Lost::OtherKey);
        }
        self.backoff.well();
        relay.becomes(Relay::There);
        line.serve(&self.carriers, stop).await
    }
}
