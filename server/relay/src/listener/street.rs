//! Where a wing meets the street: accept, greet, hand over to its plane. Everything bounded, nothing remembered. The same for both wings.
//! Knows: how many, never who. Never knows: what is said at the doors.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::http::request::Parts;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use partywall_ground::limits::FRAME;
use partywall_socket::{FrameSocket, Limits};
use partywall_world::Clock;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::gate::{Gate, Place};
use super::greeting::{Greeted, greet, patience};
use super::route::Answer;
use crate::stop::Watch;
use crate::vitals::Vitals;

/// How many TLS handshakes work at once; further ones wait within their own ten seconds.
const HANDSHAKES: usize = 512;
/// How long a client may take no bytes before it counts as gone. (SPEC §5.7)
const STALL: Duration = Duration::from_secs(10);
/// After the system would not accept (too many open files, say).
const BREATH: Duration = Duration::from_millis(100);

/// A connection behind its greeting.
pub type Stream = TokioIo<Upgraded>;

/// What a wing does with whoever comes in from the street.
pub trait Reception: Send + Sync + 'static {
    /// Which of its doors.
    type Door: Send + 'static;
    /// What it keeps of the network address that a connection comes from, for as long as the connection lasts.
    type Source: Send + 'static;

    /// Takes of the address what the wing needs, at once.
    fn source(&self, from: IpAddr) -> Self::Source;

    /// What a request is answered, and at which door its connection goes on, if at any.
    fn receive(&self, request: &Parts)
    -> impl Future<Output = (Answer, Option<Self::Door>)> + Send;

    /// Serves a connection at a door to its end.
    fn serve(
        &self,
        door: Self::Door,
        socket: FrameSocket<Stream>,
        source: Self::Source,
    ) -> impl Future<Output = ()> + Send;
}

/// The listener of one wing.
pub struct Street<R> {
    /// Bound already.
    pub listener: TcpListener,
    /// None behind a proxy.
    pub tls: Option<TlsAcceptor>,
    /// Who may come in.
    pub gate: Arc<Gate>,
    /// Where everybody goes.
    pub reception: Arc<R>,
    /// Where failures are counted.
    pub vitals: Arc<Vitals>,
    /// For the gate's hours and the sockets' paces.
    pub clock: Arc<dyn Clock>,
}

/// A connection that is through with its greeting.
struct Arrival<R: Reception> {
    door: R::Door,
    stream: Stream,
    source: R::Source,
    place: Place,
}

impl<R: Reception> Street<R> {
    /// Serves until `stop` says so, then no longer accepts, and ends when the last connection did.
    pub async fn run(self, mut stop: Watch) {
        let handshakes = Arc::new(Semaphore::new(HANDSHAKES));
        let mut greetings: JoinSet<Option<Arrival<R>>> = JoinSet::new();
        let mut doors: JoinSet<()> = JoinSet::new();
        let gives_up = partywall_mutant::is("X10");
        loop {
            tokio::select! {
                () = stop.raised() => break,
                Some(_) = doors.join_next(), if !doors.is_empty() => {}
                Some(arrived) = greetings.join_next(), if !greetings.is_empty() => {
                    if let Ok(Some(arrival)) = arrived {
                        doors.spawn(at_door(Arc::clone(&self.reception), arrival, Arc::clone(&self.clock)));
                    }
                }
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, from)) => {
                        if let Some(place) = self.gate.enter(from.ip(), self.clock.monotonic()) {
                            let source = self.reception.source(from.ip());
                            greetings.spawn(self.greeting(stream, source, place, Arc::clone(&handshakes)));
                        }
                    }
                    Err(_) if gives_up => break,
                    Err(_) => tokio::time::sleep(BREATH).await,
                },
            }
        }
        drop(self.listener);
        greetings.shutdown().await;
        while doors.join_next().await.is_some() {}
    }

    /// One greeting, in a box of its own so that the connection's later task stays small.
    fn greeting(
        &self,
        stream: TcpStream,
        source: R::Source,
        place: Place,
        handshakes: Arc<Semaphore>,
    ) -> impl Future<Output = Option<Arrival<R>>> + use<R> {
        let (tls, vitals) = (self.tls.clone(), Arc::clone(&self.vitals));
        let reception = Arc::clone(&self.reception);
        let bounded = async move {
            // Small frames should not wait for more; if the system says no, they wait.
            let _unset = stream.set_nodelay(true);
            let tls = tls.map(|tls| (tls, handshakes));
            greet(stream, tls, reception).await
        };
        let boxed = Box::pin(tokio::time::timeout(patience(), bounded));
        async move {
            match boxed.await {
                Ok(Greeted::AtDoor(door, stream)) => Some(Arrival {
                    door,
                    stream,
                    source,
                    place,
                }),
                Ok(Greeted::Answered) => None,
                Ok(Greeted::Failed) | Err(_) => {
                    vitals.handshake_failed();
                    None
                }
            }
        }
    }
}

/// One connection at its door, to its end; then its place is free.
async fn at_door<R: Reception>(reception: Arc<R>, arrival: Arrival<R>, clock: Arc<dyn Clock>) {
    let limits = Limits {
        max_frame: FRAME,
        stall: STALL,
    };
    let socket = FrameSocket::server(arrival.stream, limits, clock).await;
    reception.serve(arrival.door, socket, arrival.source).await;
    drop(arrival.place);
}

#[cfg(test)]
mod tests;
