//! One direction of one connection: frames in, faults, frames out.
//! Knows: whole WebSocket messages and their fate. Never knows: what they say.

use std::pin::{Pin, pin};

use futures_util::{Sink, SinkExt, Stream, StreamExt};
use tokio::sync::mpsc;
use tokio::time::{Sleep, sleep};
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::knobs::{Fate, Knob};

/// Frames under way, at the most.
const UNDER_WAY: usize = 256;

/// How a direction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// One side said goodbye, and the other was told.
    Politely,
    /// One side went away without a word.
    Gone,
    /// A knob cut it.
    Cut,
}

type UnderWay = (Pin<Box<Sleep>>, Message);

/// Carries messages from one side to the other until there are no more.
pub(crate) async fn carry(
    from: impl Stream<Item = Result<Message, Error>> + Unpin,
    to: impl Sink<Message, Error = Error> + Unpin,
    knob: Knob,
) -> Ended {
    let (sender, receiver) = mpsc::channel(UNDER_WAY);
    let mut arriving = pin!(arrive(receiver, to));
    let ended = tokio::select! {
        ended = depart(from, sender, &knob) => ended,
        () = &mut arriving => Ended::Gone,
    };
    if ended == Ended::Politely {
        arriving.await;
    }
    ended
}

/// Puts what comes on its way, as the knob says.
async fn depart(
    mut from: impl Stream<Item = Result<Message, Error>> + Unpin,
    to: mpsc::Sender<UnderWay>,
    knob: &Knob,
) -> Ended {
    let mut held = None;
    loop {
        let Some(Ok(message)) = from.next().await else {
            return Ended::Gone;
        };
        let fate = match message.is_binary() {
            true => knob.fate(message.len()),
            false => Fate::Passes,
        };
        let last = message.is_close();
        let mut departing = Vec::new();
        match fate {
            Fate::Cut => return Ended::Cut,
            Fate::Dropped => {}
            Fate::Doubled => departing.extend([message.clone(), message]),
            Fate::Swapped => {
                departing.extend(held.replace(message));
            }
            Fate::Passes if last => {
                departing.extend(held.take());
                departing.push(message);
            }
            Fate::Passes => {
                let overtakes = message.is_binary();
                departing.push(message);
                if overtakes {
                    departing.extend(held.take());
                }
            }
        }
        for message in departing {
            let due = Box::pin(sleep(knob.delayed_by()));
            if to.send((due, message)).await.is_err() {
                return Ended::Gone;
            }
        }
        if last {
            return Ended::Politely;
        }
    }
}

/// Delivers everything in order, each when it is due.
async fn arrive(
    mut from: mpsc::Receiver<UnderWay>,
    mut to: impl Sink<Message, Error = Error> + Unpin,
) {
    while let Some((due, message)) = from.recv().await {
        due.await;
        if to.send(message).await.is_err() {
            break;
        }
    }
    // A goodbye that was answered by the library still waits to be written.
    let _whether_heard = to.close().await;
}
