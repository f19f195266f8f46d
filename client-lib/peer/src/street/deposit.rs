//! The task behind a deposit line: one anonymous connection to one drop, while there is work.
//! (SPEC §5.6) Knows: one capability, envelopes without an answer. Never knows: the collect door,
//! mailboxes that are read here, other drops; there is no other door that it could fall back to.

mod window;

use std::future::{Future, pending};
use std::pin::{Pin, pin};
use std::sync::Arc;

use partywall_ground::{Capability, Close};
use partywall_peer::Envelope;
use partywall_peer::deposit::{Accepted, FromClient, FromRelay, Opened, Taken, Use};
use partywall_socket::{CloseCode, FrameSocket, Incoming};
use partywall_street::{
    Backoff, Dialler, Quiet, Stream, Trouble, closed, say_malformed, until_rest,
};
use partywall_world::Dice;
use tokio::sync::mpsc;
use tokio::time::{Sleep, sleep};

use super::doors::{COLLECT, DEPOSIT};
use super::outbox::{Gone, Outbox};
use crate::seam::{Deposit, DepositEvent, DepositLine, DownReason, DropPlace, LINE_ROOM, OutboxId};
use window::Window;

/// Begins a line.
pub(super) fn spawn(dialler: Dialler, to: DropPlace, mut dice: Dice) -> DepositLine {
    let (commands, told) = mpsc::channel(LINE_ROOM);
    let (said, events) = mpsc::channel(LINE_ROOM);
    let depositor = Depositor {
        backoff: Backoff::new(dice.stream("backoff")),
        dialler,
        to,
        dice,
        told,
        held: None,
        outbox: Outbox::new(said),
        window: Window::empty(),
        last_reason: None,
    };
    tokio::spawn(depositor.run());
    DepositLine { commands, events }
}

struct Depositor {
    dialler: Dialler,
    to: DropPlace,
    dice: Dice,
    backoff: Backoff,
    told: mpsc::Receiver<Deposit>,
    /// Read, and waiting for room in the window. Nothing is read behind it.
    held: Option<Work>,
    outbox: Outbox<DepositEvent>,
    window: Window,
    /// What was last said to be wrong, while nothing has stood since.
    last_reason: Option<DownReason>,
}

/// A command that was looked at.
enum Work {
    Submit(OutboxId, Envelope),
    Take,
}

/// How a connection ended.
enum End {
    /// There was nothing to do for a while.
    Rested,
    Broken(Trouble),
}

impl Depositor {
    async fn run(mut self) {
        while let Ok(()) = self.one_connection().await {}
    }

    /// From dialling to the moment when the next connection is wanted.
    async fn one_connection(&mut self) -> Result<(), Gone> {
        let (dialler, relay) = (self.dialler.clone(), self.to.relay.clone());
        let falls_back = self.last_reason.is_some() && partywall_mutant::is("A17");
        let door = if falls_back { COLLECT } else { DEPOSIT };
        let reached = self.meanwhile(dialler.reach(&relay, door)).await?;
        let end = match reached {
            Ok(greeted) => Box::pin(self.serve(greeted.socket)).await?,
            Err(trouble) => End::Broken(trouble),
        };
        let owes_bundle = self.window.broken();
        match end {
            End::Rested => self.until_work().await,
            End::Broken(Trouble::Closed(Close::NoSuchDrop)) => {
                self.outbox.say(DepositEvent::NoSuchDrop);
                self.outbox.hand_over_all().await?;
                Err(Gone)
            }
            End::Broken(trouble) => {
                self.complain(&trouble, owes_bundle);
                if trouble.is_ours() {
                    return self.park().await;
                }
                let now = self.dialler.clock().monotonic();
                let wait = self.backoff.after(&trouble, now);
                self.meanwhile(sleep(wait)).await
            }
        }
    }

    /// Once for each connection, for each new reason, and whenever a bundle will not come.
    fn complain(&mut self, trouble: &Trouble, owes_bundle: bool) {
        let full = *trouble == Trouble::Closed(Close::Full);
        if full {
            self.outbox.say(DepositEvent::Full);
        }
        let reason = DownReason::from(trouble);
        let news = self.last_reason.replace(reason) != Some(reason);
        if owes_bundle || (news && !full) {
            self.outbox.say(DepositEvent::Down { reason });
        }
    }

    /// Waits for something while there is no connection: events are handed over, commands taken in.
    async fn meanwhile<T>(&mut self, awaited: impl Future<Output = T>) -> Result<T, Gone> {
        let mut awaited = pin!(awaited);
        loop {
            tokio::select! {
                done = &mut awaited => return self.unless_over(done),
                handed = self.outbox.hand_over() => handed?,
                told = self.told.recv(), if self.held.is_none() => self.take_in(told)?,
            }
        }
    }

    /// With a full window no command is read, so that the end of them is asked for.
    fn unless_over<T>(&self, done: T) -> Result<T, Gone> {
        match self.told.is_closed() {
            true => Err(Gone),
            false => Ok(done),
        }
    }

    /// Waits for the first command after a rest.
    async fn until_work(&mut self) -> Result<(), Gone> {
        while self.window.is_empty() {
            tokio::select! {
                handed = self.outbox.hand_over() => handed?,
                told = self.told.recv() => self.take_in(told)?,
            }
        }
        Ok(())
    }

    /// The relay refused what we say: nothing is said again. Commands go nowhere, and stay
    /// unanswered, until the line is dropped. (SPEC §5.7)
    async fn park(&mut self) -> Result<(), Gone> {
        loop {
            tokio::select! {
                handed = self.outbox.hand_over() => handed?,
                told = self.told.recv() => drop(told.ok_or(Gone)?),
            }
        }
    }

    /// Looks at a command, and puts it into the window or holds it until there is room.
    fn take_in(&mut self, told: Option<Deposit>) -> Result<(), Gone> {
        self.held = Some(match told.ok_or(Gone)? {
            Deposit::Submit { id, envelope } => {
                let envelope = Envelope::try_from(envelope);
                Work::Submit(
                    id,
                    envelope.expect("what was sealed has one of three sizes"),
                )
            }
            Deposit::Take => Work::Take,
        });
        self.fill();
        Ok(())
    }

    fn fill(&mut self) {
        self.held = match self.held.take() {
            Some(Work::Submit(id, envelope)) if self.window.has_room_for(&envelope) => {
                self.window.submit(id, envelope);
                None
            }
            Some(Work::Take) if self.window.has_room_for_take() => {
                self.window.take();
                None
            }
            held => held,
        };
    }

    /// Speaks on a proven connection until it breaks or there is nothing to do.
    async fn serve(&mut self, mut socket: FrameSocket<Stream>) -> Result<End, Gone> {
        let clock = Arc::clone(self.dialler.clock());
        let mut quiet = Quiet::new(clock, &mut self.dice);
        let mut talk = Talk::new();
        let capability = Capability::new(*self.to.capability);
        let used = socket
            .send(FromClient::from(Use { capability }).encode())
            .await;
        let mut went_on = used.map_err(Trouble::from);
        loop {
            if went_on.is_ok() && talk.opened {
                went_on = self.speak(&mut socket, &mut quiet).await;
            }
            if let Err(trouble) = went_on {
                if trouble == Trouble::Misbehaved {
                    say_malformed(&mut socket).await;
                }
                return Ok(End::Broken(trouble));
            }
            talk.rest_if(talk.opened && self.window.is_empty(), &mut self.dice);
            if !self.outbox.has_room() {
                quiet.deaf();
            }
            went_on = tokio::select! {
                handed = self.outbox.hand_over() => {
                    handed?;
                    Ok(())
                }
                told = self.told.recv(), if self.held.is_none() && self.outbox.has_room() => {
                    if told.is_none() {
                        let _whether_heard = socket.close(CloseCode::NORMAL).await;
                    }
                    self.take_in(told)?;
                    Ok(())
                }
                heard = socket.recv(), if self.outbox.has_room() => match heard {
                    Ok(Incoming::Frame(frame)) => self.hear(&frame, &mut talk),
                    Ok(Incoming::Closed(code)) => Err(closed(code)),
                    Err(error) => Err(error.into()),
                },
                () = quiet.over() => quiet.look(&mut socket, &mut self.dice).await,
                () = talk.rested() => {
                    let _whether_heard = socket.close(CloseCode::NORMAL).await;
                    return Ok(End::Rested);
                }
            };
        }
    }

    /// Says everything that was not said on this connection.
    async fn speak(
        &mut self,
        socket: &mut FrameSocket<Stream>,
        quiet: &mut Quiet,
    ) -> Result<(), Trouble> {
        while let Some(frame) = self.window.next() {
            quiet.spoke();
            socket.feed(frame.encode()).await?;
        }
        Ok(socket.flush().await?)
    }

    fn hear(&mut self, frame: &[u8], talk: &mut Talk) -> Result<(), Trouble> {
        match FromRelay::decode(frame).map_err(|_whatever| Trouble::Misbehaved)? {
            FromRelay::Opened(Opened {}) if !talk.opened => {
                talk.opened = true;
                self.last_reason = None;
                self.backoff.connected(self.dialler.clock().monotonic());
                self.outbox.say(DepositEvent::Up);
            }
            FromRelay::Accepted(Accepted { number }) => {
                let id = self.window.accepted(number)?;
                self.outbox.say(DepositEvent::Accepted { id });
                self.fill();
            }
            FromRelay::Taken(Taken { bundle }) => {
                self.window.taken()?;
                let sealed = bundle.map(|bundle| bundle.as_bytes().to_vec());
                self.outbox.say(DepositEvent::Taken { sealed });
                self.fill();
            }
            FromRelay::Hello(_) | FromRelay::Opened(_) => return Err(Trouble::Misbehaved),
        }
        Ok(())
    }
}

/// How far the talk on one connection got.
struct Talk {
    /// The drop is there.
    opened: bool,
    /// Runs while there is nothing to do.
    rest: Option<Pin<Box<Sleep>>>,
}

impl Talk {
    const fn new() -> Self {
        Self {
            opened: false,
            rest: None,
        }
    }

    /// Begins to count, or stops.
    fn rest_if(&mut self, idle: bool, dice: &mut Dice) {
        match (idle, &self.rest) {
            (true, None) => self.rest = Some(Box::pin(sleep(until_rest(dice)))),
            (false, Some(_)) => self.rest = None,
            _ => {}
        }
    }

    /// Ends when there was nothing to do for long enough. Cancel safe.
    async fn rested(&mut self) {
        match &mut self.rest {
            Some(rest) => rest.await,
            None => pending().await,
        }
    }
}

#[cfg(test)]
mod malicious_relay;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod weather;
