//! Where peers connect: accept, greet, hand over to the plane. Everything bounded, nothing remembered.
//! Knows: how many, never who. Never knows: what is said at the doors.

use std::sync::Arc;
use std::time::Duration;

use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use partywall_ground::limits::FRAME;
use partywall_peer_plane::Plane;
use partywall_socket::{FrameSocket, Limits};
use partywall_world::Clock;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::gate::{Gate, Place};
use super::greeting::{Greeted, PATIENCE, greet};
use super::route::Door;
use crate::stop::Watch;
use crate::vitals::Vitals;

/// How many handshakes work at once; further ones wait within their own ten seconds.
const HANDSHAKES: usize = 512;
/// How long a peer may take no bytes before it counts as gone. (SPEC §5.7)
const STALL: Duration = Duration::from_secs(10);
/// After the system would not accept (too many open files, say).
const BREATH: Duration = Duration::from_millis(100);

/// The peer listener.
pub struct PeerListener {
    /// Bound already.
    pub listener: TcpListener,
    /// None behind a proxy.
    pub tls: Option<TlsAcceptor>,
    /// Who may come in.
    pub gate: Arc<Gate>,
    /// Where everybody goes.
    pub plane: Arc<Plane>,
    /// Where failures are counted.
    pub vitals: Arc<Vitals>,
    /// For the gate's hours and the sockets' paces.
    pub clock: Arc<dyn Clock>,
}

/// A connection that is through with its greeting, and its place.
type Arrival = Option<(Door, TokioIo<Upgraded>, Place)>;

impl PeerListener {
    /// Serves until `stop` says so, then no longer accepts, and ends when the last connection did.
    pub async fn run(self, mut stop: Watch) {
        let handshakes = Arc::new(Semaphore::new(HANDSHAKES));
        let mut greetings: JoinSet<Arrival> = JoinSet::new();
        let mut doors: JoinSet<()> = JoinSet::new();
        loop {
            tokio::select! {
                () = stop.raised() => break,
                Some(_) = doors.join_next(), if !doors.is_empty() => {}
                Some(arrived) = greetings.join_next(), if !greetings.is_empty() => {
                    if let Ok(Some((door, stream, place))) = arrived {
                        doors.spawn(at_door(Arc::clone(&self.plane), door, stream, place, Arc::clone(&self.clock)));
                    }
                }
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, source)) => {
                        if let Some(place) = self.gate.enter(source.ip(), self.clock.monotonic()) {
                            greetings.spawn(self.greeting(stream, place, Arc::clone(&handshakes)));
                        }
                    }
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
        place: Place,
        handshakes: Arc<Semaphore>,
    ) -> impl Future<Output = Arrival> + use<> {
        let (tls, vitals) = (self.tls.clone(), Arc::clone(&self.vitals));
        let bounded = async move {
            let Ok(_at_work) = handshakes.acquire().await else {
                return Greeted::Failed;
            };
            // Small frames should not wait for more; if the system says no, they wait.
            let _unset = stream.set_nodelay(true);
            greet(stream, tls).await
        };
        let boxed = Box::pin(tokio::time::timeout(PATIENCE, bounded));
        async move {
            match boxed.await {
                Ok(Greeted::AtDoor(door, stream)) => Some((door, stream, place)),
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
async fn at_door(
    plane: Arc<Plane>,
    door: Door,
    stream: TokioIo<Upgraded>,
    place: Place,
    clock: Arc<dyn Clock>,
) {
    let limits = Limits {
        max_frame: FRAME,
        stall: STALL,
    };
    let socket = FrameSocket::server(stream, limits, clock).await;
    match door {
        Door::Collect => plane.collect(socket).await,
        Door::Deposit => plane.deposit(socket).await,
    }
    drop(place);
}
