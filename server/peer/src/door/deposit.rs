//! The deposit door: one task, one socket, one machine. (SPEC §5.2, §5.6)
//! Knows: frames, and the memory that envelopes take up. Never knows: who deposits.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use partywall_ground::Close;
use partywall_peer::deposit::{Deposit as Envelope, FromClient, FromRelay};
use partywall_socket::{FrameSocket, Incoming, SocketError};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{MissedTickBehavior, interval};

use super::Street;
use crate::rules::deposit::{Deposit, Effect, Event, Input, Request};
use crate::rules::limits::LOOK_FOR_SILENCE;
use crate::rules::line::Line;
use crate::store::Cargo;
use partywall_door::{End, Inside, fault, is_news};

/// An envelope that waits for memory. Nothing more is read meanwhile.
type Parked = Pin<Box<dyn Future<Output = Option<Request>> + Send>>;

/// Serves one connection to its end.
pub(crate) async fn deposit<S>(street: &Arc<Street>, mut socket: FrameSocket<S>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let _inside = Inside::enter(&street.core.counters.deposit_connections);
    let end = serve(street, &mut socket).await;
    street.farewell(&mut socket, end).await;
}

async fn serve<S>(street: &Arc<Street>, socket: &mut FrameSocket<S>) -> End
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let line = Arc::new(Line::new());
    let mut fate = street.fate.follow();
    let hello = street.core.hello(street.clock.wall());
    if let Err(error) = socket.send(FromRelay::from(hello).encode()).await {
        return fault(error);
    }
    let mut machine = Deposit::new(Arc::clone(&street.core), Arc::clone(&line));
    let mut parked: Option<Parked> = None;
    let mut ending = false;
    let mut look = interval(LOOK_FOR_SILENCE);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let mut came = Came::default();
        tokio::select! {
            end = fate.wait_for(|end| is_news(*end, ending)) => {
                match end.ok().and_then(|end| *end) {
                    // What was taken is answered first.
                    Some(Close::ComeBack) => machine.end(Close::ComeBack),
                    end => return end,
                }
                (ending, parked) = (true, None);
            }
            () = line.told() => {}
            request = wait_for(&mut parked) => {
                parked = None;
                match request {
                    Some(request) => came.add(request),
                    None => return Some(Close::Busy),
                }
            }
            incoming = socket.recv(), if parked.is_none() && machine.reads() => {
                let mut incoming = Some(incoming);
                // All that is there already goes on together.
                while let Some(frame) = incoming {
                    match heard(frame) {
                        Ok(word) => parked = came.take_in(street, word),
                        // What came before the end of the connection was said all the same.
                        Err(end) => {
                            came.end = Some(end);
                            break;
                        }
                    }
                    let reads = parked.is_none() && machine.reads_beyond(came.requests.len(), came.bytes);
                    incoming = if reads { socket.recv_ready() } else { None };
                }
            }
            _ = look.tick() => {
                if street.is_silent(socket.heard()) {
                    return Some(Close::Stalled);
                }
            }
        }
        let told = line.take().into_iter().map(Input::Event);
        let inputs = told.chain(came.requests.into_iter().map(Input::Request));
        let effects = machine.step(inputs, street.clock.monotonic());
        if let Err(end) = perform(street, socket, &line, effects).await {
            return end;
        }
        if let Some(end) = came.end {
            return end;
        }
    }
}

/// What one look at the socket brought.
#[derive(Default)]
struct Came {
    requests: Vec<Request>,
    /// Of envelopes.
    bytes: usize,
    end: Option<End>,
}

impl Came {
    /// Takes a word in, or parks it where there is no memory for its envelope.
    fn take_in(&mut self, street: &Arc<Street>, word: FromClient) -> Option<Parked> {
        match word {
            FromClient::Deposit(deposit) => {
                let Some(share) = street.share_now(deposit.envelope.size().bytes()) else {
                    return Some(park(street, deposit));
                };
                self.add(Request::Deposit(
                    deposit.number,
                    Cargo::new(deposit.envelope, Some(share)),
                ));
            }
            FromClient::Use(said) => self.add(Request::of_use(&said.capability)),
            FromClient::Take(_) => self.add(Request::Take),
        }
        None
    }

    fn add(&mut self, request: Request) {
        if let Request::Deposit(_, cargo) = &request {
            self.bytes += cargo.size();
        }
        self.requests.push(request);
    }
}

fn heard(incoming: Result<Incoming, SocketError>) -> Result<FromClient, End> {
    match incoming {
        Ok(Incoming::Frame(frame)) => FromClient::decode(&frame).map_err(Some),
        Ok(Incoming::Closed(_)) => Err(None),
        Err(error) => Err(fault(error)),
    }
}

fn park(street: &Arc<Street>, deposit: Envelope) -> Parked {
    let street = Arc::clone(street);
    Box::pin(async move {
        let share = street.share(deposit.envelope.size().bytes()).await?;
        Some(Request::Deposit(
            deposit.number,
            Cargo::new(deposit.envelope, Some(share)),
        ))
    })
}

/// Never ends while nothing is parked.
async fn wait_for(parked: &mut Option<Parked>) -> Option<Request> {
    match parked {
        Some(parked) => parked.await,
        None => std::future::pending().await,
    }
}

async fn perform<S>(
    street: &Arc<Street>,
    socket: &mut FrameSocket<S>,
    line: &Arc<Line<Event>>,
    effects: Vec<Effect>,
) -> Result<(), End>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    // First what others may wait for: whatever becomes of this connection, it happens.
    for effect in &effects {
        if let Effect::Open(mailbox) = effect {
            street.open(*mailbox);
        }
    }
    let mut said = false;
    for effect in effects {
        match effect {
            Effect::Say(word) => {
                socket.feed(word.encode()).await.map_err(fault)?;
                said = true;
            }
            Effect::Find(drop) => street.find(drop, line),
            Effect::Open(_begun) => {}
            Effect::Close(close) => {
                let _going = socket.flush().await;
                return Err(Some(close));
            }
        }
    }
    if said {
        socket.flush().await.map_err(fault)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use partywall_ground::RelayKey;
    use partywall_socket::Limits;
    use partywall_world::{Clock, Dice, ManualClock, Wall};

    use super::*;
    use crate::rules::collect;
    use crate::rules::router::Attempt;
    use crate::store::MailboxKey;
    use crate::{Plane, PlaneSettings};

    #[tokio::test]
    async fn a_mailbox_that_others_wait_for_is_opened_although_its_askers_connection_broke() {
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(Wall::from_seconds(1_800_000_000)));
        let settings = PlaneSettings::new(RelayKey::new([1; 32]));
        let dice = Dice::seeded(1);
        let plane = Plane::open_in_memory(settings, Arc::clone(&clock), dice, drop).unwrap();
        let street = plane.street();
        let (mailbox, waits) = (MailboxKey::drawn(5), Arc::new(Line::new()));
        let asked = street.core.router.attach(mailbox, 1, &waits);
        assert!(matches!(asked, Attempt::Ask));

        let (near, far) = tokio::io::duplex(64);
        drop(far);
        let limits = Limits {
            max_frame: 65_792,
            stall: Duration::from_secs(10),
        };
        let mut socket = FrameSocket::server(near, limits, clock).await;
        assert!(matches!(socket.recv().await, Ok(Incoming::Closed(_))));
        let opened = partywall_peer::deposit::Opened {};
        let effects = vec![Effect::Say(opened.into()), Effect::Open(mailbox)];
        let line = Arc::new(Line::new());
        assert!(perform(street, &mut socket, &line, effects).await.is_err());

        waits.told().await;
        let told = waits.take().pop_front();
        assert!(matches!(
            told,
            Some(collect::Event::Opened { exists: false, .. })
        ));
    }
}
