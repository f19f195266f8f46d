//! One connection from its first word to its last. (SPEC §11.2)
//! Knows: one socket, one order of requests, one reading half. Never knows: what is asked.

use std::net::IpAddr;
use std::sync::Arc;

use partywall_business::answer::FromRelay;
use partywall_business::event::Event;
use partywall_business::request::{FromClient, Request};
use partywall_business::{Caller, Login, Number};
use partywall_ground::Close;
use partywall_ground::limits::SILENCE_SECONDS;
use partywall_proof::Hello;
use partywall_socket::{FrameSocket, Incoming, SocketError};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::{MissedTickBehavior, interval};

use super::ask::{self, Visitor};
use super::delivery::{Delivery, News};
use super::pending::{Asked, Pending, Reply};
use super::who::{self, Who};
use crate::limits::LOOK_FOR_SILENCE;
use crate::wing::Wing;
use partywall_door::{End, Inside, farewell, fault, is_news};

/// Serves one connection to its end.
pub(crate) async fn serve<S>(wing: &Arc<Wing>, mut socket: FrameSocket<S>, from: Option<IpAddr>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let _inside = Inside::enter(&wing.counters.connections);
    let end = Box::pin(talk(wing, &mut socket, from)).await;
    farewell(
        &mut socket,
        end,
        &wing.counters.violations,
        &wing.counters.stalled,
    )
    .await;
}

async fn talk<S>(wing: &Arc<Wing>, socket: &mut FrameSocket<S>, from: Option<IpAddr>) -> End
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let mut fate = wing.fate.follow();
    let hello = wing.hello();
    if let Err(error) = socket.send(FromRelay::from(hello.clone()).encode()).await {
        return fault(error);
    }
    let mut visit = Visit::new(Arc::clone(wing), hello, from);
    let mut ending = false;
    let mut look = interval(LOOK_FOR_SILENCE);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        if ending && visit.pending.is_empty() {
            return Some(Close::ComeBack);
        }
        visit.proceed();
        let reads = !ending && visit.parked.is_none() && visit.pending.reads();
        tokio::select! {
            end = ended(&mut fate, ending) => match end {
                // What was taken is answered first.
                Some(Close::ComeBack) => (ending, visit.parked) = (true, None),
                end => return end,
            },
            reply = visit.pending.first() => {
                if let Err(end) = answer(&mut visit, socket, reply).await {
                    return end;
                }
            }
            news = happens(&mut visit.delivery), if !ending => {
                if let Err(end) = deliver(wing, socket, news).await {
                    return end;
                }
            }
            parked = unpark(&mut visit.parked) => {
                visit.parked = None;
                let Some((request, bytes, memory)) = parked else {
                    return Some(Close::Busy);
                };
                visit.ask(*request, bytes, Some(memory));
            }
            incoming = socket.recv(), if reads => {
                if let Err(end) = visit.hear(incoming) {
                    return end;
                }
            }
            _ = look.tick() => {
                let silent = wing.clock.monotonic().since(socket.heard());
                if silent.as_secs() >= SILENCE_SECONDS {
                    return Some(Close::Stalled);
                }
            }
        }
    }
}

type Parked = std::pin::Pin<
    Box<dyn Future<Output = Option<(Box<Request>, usize, OwnedSemaphorePermit)>> + Send>,
>;

/// Requests up to this many bytes are bounded by the number of connections alone.
const SMALL: usize = 1_024;

/// Everything of one connection but its socket.
struct Visit {
    wing: Arc<Wing>,
    hello: Hello,
    who: Who,
    from: Option<IpAddr>,
    next: Number,
    pending: Pending,
    delivery: Option<Delivery>,
    /// A request that waits for memory. Nothing more is read meanwhile.
    parked: Option<Parked>,
}

impl Visit {
    fn new(wing: Arc<Wing>, hello: Hello, from: Option<IpAddr>) -> Self {
        Self {
            wing,
            hello,
            who: Who::Guest,
            from,
            next: Number::FIRST,
            pending: Pending::default(),
            delivery: None,
            parked: None,
        }
    }

    fn proceed(&mut self) {
        if let Some(delivery) = &mut self.delivery {
            delivery.proceed(&self.wing);
        }
    }

    fn becomes(&mut self, who: Who) {
        self.who = who;
        if let (Some(receiver), None) = (who.receiver(), &self.delivery) {
            self.delivery = Some(Delivery::begin(&self.wing, receiver));
        }
    }

    fn hear(&mut self, incoming: Result<Incoming, SocketError>) -> Result<(), End> {
        let frame = match incoming {
            Ok(Incoming::Frame(frame)) => frame,
            Ok(Incoming::Closed(_)) => return Err(None),
            Err(error) => return Err(fault(error)),
        };
        match FromClient::decode(&frame, self.who.caller()).map_err(Some)? {
            FromClient::Login(login) => self.log_in(login)?,
            FromClient::Ack(ack) => match &mut self.delivery {
                Some(delivery) => delivery.ack(ack.tag).map_err(Some)?,
                None => return Err(Some(Close::Malformed)),
            },
            FromClient::Request(request) => {
                if request.number() != self.next {
                    return Err(Some(Close::Malformed));
                }
                self.next = self.next.next();
                self.take(request, frame.len());
            }
        }
        Ok(())
    }

    fn take(&mut self, request: Request, bytes: usize) {
        if bytes <= SMALL {
            self.ask(request, bytes, None);
            return;
        }
        let wing = Arc::clone(&self.wing);
        self.parked = Some(Box::pin(async move {
            let memory = wing.share(bytes).await?;
            Some((Box::new(request), bytes, memory))
        }));
    }

    fn ask(&mut self, request: Request, bytes: usize, memory: Option<OwnedSemaphorePermit>) {
        let alone = ask::is_alone(&request);
        let visitor = Visitor {
            wing: Arc::clone(&self.wing),
            who: self.who,
            from: self.from,
        };
        // What has to be alone begins when everything before it was answered: it is polled first then.
        let asked: Asked = ask::ask(visitor, request);
        self.pending.add(asked, alone, bytes, memory);
    }

    /// B-3: proven at once, looked up when everything before it was answered.
    fn log_in(&mut self, login: Login) -> Result<(), End> {
        if self.who.caller() != Caller::Guest {
            return Err(Some(Close::OutOfTurn));
        }
        let proven = login.prove(&self.hello.challenge()).map_err(Some)?;
        let wing = Arc::clone(&self.wing);
        let asked: Asked = Box::pin(async move {
            let now = wing.clock.now();
            let met = wing.read(move |rows| who::meet(rows, &proven, now)).await;
            let (who, welcome) = met.ok_or(Some(Close::Fault))?;
            Ok(Reply {
                word: welcome.into(),
                becomes: Some(who),
                refused: false,
            })
        });
        self.pending.add(asked, true, 0, None);
        Ok(())
    }
}

/// Says an answer, and every one behind it that is there already.
async fn answer<S>(
    visit: &mut Visit,
    socket: &mut FrameSocket<S>,
    first: Result<Reply, End>,
) -> Result<(), End>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let mut next = Some(first);
    while let Some(reply) = next {
        let reply = match reply {
            Ok(reply) => reply,
            Err(end) => {
                let _going = socket.flush().await;
                return Err(end);
            }
        };
        visit.wing.counters.refused.add(reply.refused.into());
        socket.feed(reply.word.encode()).await.map_err(fault)?;
        if let Some(who) = reply.becomes {
            visit.becomes(who);
        }
        next = visit.pending.ready();
    }
    socket.flush().await.map_err(fault)
}

async fn deliver<S>(wing: &Wing, socket: &mut FrameSocket<S>, news: News) -> Result<(), End>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    match news {
        News::Nothing => Ok(()),
        News::Over => Err(Some(Close::Busy)),
        News::Stopped => Err(Some(Close::Fault)),
        News::Letters(events, held) => {
            wing.counters.delivered.add(events.len() as u64);
            tokio::select! {
                biased;
                handed_over = hand_over(socket, events) => handed_over,
                () = held.cut_off() => Err(Some(Close::Stalled)),
            }
        }
    }
}

async fn hand_over<S>(socket: &mut FrameSocket<S>, events: Vec<Event>) -> Result<(), End>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    for event in events {
        let frame = FromRelay::from(event).encode();
        socket.feed(frame).await.map_err(fault)?;
    }
    socket.flush().await.map_err(fault)
}

async fn happens(delivery: &mut Option<Delivery>) -> News {
    match delivery {
        Some(delivery) => delivery.happens().await,
        None => std::future::pending().await,
    }
}

async fn unpark(
    parked: &mut Option<Parked>,
) -> Option<(Box<Request>, usize, OwnedSemaphorePermit)> {
    match parked {
        Some(parked) => parked.await,
        None => std::future::pending().await,
    }
}

/// The wing's end, once it has come.
async fn ended(fate: &mut watch::Receiver<End>, ending: bool) -> End {
    let end = fate.wait_for(|end| is_news(*end, ending)).await;
    end.ok().and_then(|end| *end)
}
