//! The task behind a collect line: one proven connection to one relay, for all mailboxes read there.
//! (SPEC §5.3 to §5.5) Knows: one relay, the slots of one connection. Never knows: the deposit door,
//! contacts, what is inside envelopes; keeps no reader's key beyond one signature.

mod slots;

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;

use partywall_peer::collect::{FromClient, FromRelay};
use partywall_proof::Greeting;
use partywall_socket::{CloseCode, FrameSocket, Incoming};
use partywall_street::{Backoff, Dialler, Greeted, Quiet, Stream, Trouble, closed, say_malformed};
use partywall_world::Dice;
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::doors::COLLECT;
use super::outbox::{Gone, Outbox};
use crate::seam::{
    Collect, CollectCommand, CollectEvent, CollectLine, Connection, DownReason, LINE_ROOM,
    RelayPlace,
};
use slots::Slots;

/// Begins a line.
pub(super) fn spawn(dialler: Dialler, relay: RelayPlace, mut dice: Dice) -> CollectLine {
    let (commands, told) = mpsc::channel(LINE_ROOM);
    let (said, events) = mpsc::channel(LINE_ROOM);
    let collector = Collector {
        backoff: Backoff::new(dice.stream("backoff")),
        dialler,
        relay,
        dice,
        told,
        outbox: Outbox::new(said),
        connection: Connection(0),
        last_reason: None,
    };
    tokio::spawn(collector.run());
    CollectLine { commands, events }
}

struct Collector {
    dialler: Dialler,
    relay: RelayPlace,
    dice: Dice,
    backoff: Backoff,
    told: mpsc::Receiver<CollectCommand>,
    outbox: Outbox<CollectEvent>,
    connection: Connection,
    /// What was last said to be wrong, while nothing has stood since.
    last_reason: Option<DownReason>,
}

impl Collector {
    async fn run(mut self) {
        while let Ok(()) = self.one_connection().await {}
    }

    /// From dialling to the end of the wait after the connection broke.
    async fn one_connection(&mut self) -> Result<(), Gone> {
        let (dialler, relay) = (self.dialler.clone(), self.relay.clone());
        let reached = self.meanwhile(dialler.reach(&relay, COLLECT)).await?;
        let trouble = match reached {
            Ok(greeted) => self.serve(greeted).await?,
            Err(trouble) => trouble,
        };
        let reason = DownReason::from(&trouble);
        if self.last_reason.replace(reason) != Some(reason) {
            self.outbox.say(CollectEvent::Down { reason });
        }
        let now = self.dialler.clock().monotonic();
        let wait = self.backoff.after(&trouble, now);
        self.meanwhile(sleep(wait)).await
    }

    /// Waits for something while there is no connection: events are handed over, and what comes in
    /// was meant for a connection that is gone.
    async fn meanwhile<T>(&mut self, awaited: impl Future<Output = T>) -> Result<T, Gone> {
        let mut awaited = pin!(awaited);
        loop {
            tokio::select! {
                done = &mut awaited => return Ok(done),
                handed = self.outbox.hand_over() => handed?,
                told = self.told.recv() => drop(told.ok_or(Gone)?),
            }
        }
    }

    /// Speaks on a proven connection until it breaks.
    async fn serve(&mut self, greeted: Greeted) -> Result<Trouble, Gone> {
        let Greeted {
            greeting,
            mut socket,
        } = greeted;
        self.begin(&greeting);
        let mut slots = Slots::none();
        let clock = Arc::clone(self.dialler.clock());
        let mut quiet = Quiet::new(clock, &mut self.dice);
        loop {
            if !self.outbox.has_room() {
                quiet.deaf();
            }
            let went_on = tokio::select! {
                handed = self.outbox.hand_over() => {
                    handed?;
                    Ok(())
                }
                told = self.told.recv(), if self.outbox.has_room() => match told {
                    Some(command) => {
                        quiet.spoke();
                        self.tell(command, &greeting, &mut slots, &mut socket).await
                    }
                    None => {
                        let _whether_heard = socket.close(CloseCode::NORMAL).await;
                        return Err(Gone);
                    }
                },
                heard = socket.recv(), if self.outbox.has_room() => match heard {
                    Ok(Incoming::Frame(frame)) => self.hear(&frame, &mut slots),
                    Ok(Incoming::Closed(code)) => Err(closed(code)),
                    Err(error) => Err(error.into()),
                },
                () = quiet.over() => quiet.look(&mut socket, &mut self.dice).await,
            };
            if let Err(trouble) = went_on {
                if trouble == Trouble::Misbehaved {
                    say_malformed(&mut socket).await;
                }
                return Ok(trouble);
            }
        }
    }

    fn begin(&mut self, greeting: &Greeting) {
        self.connection = Connection(self.connection.0 + 1);
        self.last_reason = None;
        self.backoff.connected(self.dialler.clock().monotonic());
        self.outbox.say(CollectEvent::Up {
            connection: self.connection,
            retention_days: u32::try_from(greeting.retention().value()).unwrap_or(u32::MAX),
        });
    }

    /// Says a command, and those that wait behind it, in one go.
    async fn tell(
        &mut self,
        command: CollectCommand,
        greeting: &Greeting,
        slots: &mut Slots,
        socket: &mut FrameSocket<Stream>,
    ) -> Result<(), Trouble> {
        let mut next = Some(command);
        while let Some(command) = next {
            if command.connection == self.connection
                && let Some(frame) = self.put(command.what, greeting, slots)
            {
                socket.feed(frame.encode()).await?;
            }
            next = match self.outbox.has_room() {
                true => self.told.try_recv().ok(),
                false => None,
            };
        }
        Ok(socket.flush().await?)
    }

    fn put(&mut self, what: Collect, greeting: &Greeting, slots: &mut Slots) -> Option<FromClient> {
        match slots.told(what, greeting, &mut self.dice) {
            Ok(frame) => frame,
            Err(refused) => {
                self.outbox.say(refused);
                None
            }
        }
    }

    fn hear(&mut self, frame: &[u8], slots: &mut Slots) -> Result<(), Trouble> {
        let said = FromRelay::decode(frame).map_err(|_whatever| Trouble::Misbehaved)?;
        self.outbox.say(slots.heard(said)?);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
