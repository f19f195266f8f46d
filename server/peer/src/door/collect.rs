//! The collect door: one task, one socket, one machine. (SPEC §5.2 to §5.5)
//! Knows: frames. Never knows: what a slot means; the machine does.

use std::sync::Arc;

use partywall_ground::Close;
use partywall_peer::collect::{Deliver, FromClient, FromRelay};
use partywall_peer::{Slot, Tag};
use partywall_socket::{FrameSocket, Incoming};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{MissedTickBehavior, interval};

use super::Street;
use crate::rules::collect::{Collect, Effect, Event, Input};
use crate::rules::limits::LOOK_FOR_SILENCE;
use crate::rules::line::Line;
use partywall_door::{End, Inside, fault};

/// Serves one connection to its end.
pub(crate) async fn collect<S>(street: &Arc<Street>, mut socket: FrameSocket<S>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let _inside = Inside::enter(&street.core.counters.collect_connections);
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
    if let Err(error) = socket.send(FromRelay::from(hello.clone()).encode()).await {
        return fault(error);
    }
    // Dropped with this future, however it ends: the machine lets go of its mailboxes.
    let mut machine = Collect::new(Arc::clone(&street.core), Arc::clone(&line), hello);
    let mut look = interval(LOOK_FOR_SILENCE);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let mut requests = Vec::new();
        let mut ended: Option<End> = None;
        tokio::select! {
            end = fate.wait_for(Option::is_some) => return end.ok().and_then(|end| *end),
            () = line.told() => {}
            incoming = socket.recv(), if machine.reads() => {
                let mut incoming = Some(incoming);
                // All that is there already goes on together.
                while let Some(frame) = incoming {
                    match heard(frame) {
                        Ok(request) => requests.push(Input::Request(Box::new(request))),
                        // What came before the end of the connection was said all the same.
                        Err(end) => {
                            ended = Some(end);
                            break;
                        }
                    }
                    let reads = machine.reads_beyond(requests.len());
                    incoming = if reads { socket.recv_ready() } else { None };
                }
            }
            _ = look.tick() => {
                if street.is_silent(socket.heard()) {
                    return Some(Close::Stalled);
                }
            }
        }
        // What happened came before what is said now.
        let told = line.take().into_iter().map(Input::Event);
        let effects = machine.step(told.chain(requests), street.clock.wall().day());
        if let Err(end) = perform(street, socket, &line, effects).await {
            return end;
        }
        if let Some(end) = ended {
            return end;
        }
    }
}

fn heard(incoming: Result<Incoming, partywall_socket::SocketError>) -> Result<FromClient, End> {
    match incoming {
        Ok(Incoming::Frame(frame)) => FromClient::decode(&frame).map_err(Some),
        Ok(Incoming::Closed(_)) => Err(None),
        Err(error) => Err(fault(error)),
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
        let word = match effect {
            Effect::Say(word) => word,
            Effect::Deliver { slot, tag, cargo } => {
                let Some(tag) = std::num::NonZeroU64::new(tag) else {
                    continue;
                };
                let envelope = cargo.envelope().clone();
                Deliver {
                    slot: Slot::new(slot),
                    tag: Tag::new(tag),
                    envelope,
                }
                .into()
            }
            Effect::Identify { slot, reader } => {
                street.identify(slot, reader, line);
                continue;
            }
            Effect::Open(_begun) => continue,
            Effect::Page {
                attachment,
                mailbox,
                shown,
                room,
            } => {
                street.page(attachment, mailbox, shown, room, line);
                continue;
            }
            Effect::Close(close) => {
                let _going = socket.flush().await;
                return Err(Some(close));
            }
        };
        socket.feed(word.encode()).await.map_err(fault)?;
        said = true;
    }
    if said {
        socket.flush().await.map_err(fault)?;
    }
    Ok(())
}
