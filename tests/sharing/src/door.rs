//! A client's end of the door, spoken with the wire alone.
//! Knows: one connection, one question at a time. Never knows: who is asked, behind the door.

use std::sync::Arc;

use partywall_business::answer::{Answer, FromRelay};
use partywall_business::event::Event;
use partywall_business::request::{Ack, FromClient};
use partywall_business::{Login, Number, Role, Tag};
use partywall_ground::{RelayKey, Seconds};
use partywall_proof::SigningKey;
use partywall_socket::{FrameSocket, Incoming};
use partywall_world::{Clock, Dice};
use tokio::io::DuplexStream;

use crate::relay::{Relay, SHOWN, operator_key};

/// A connection.
pub struct Line {
    socket: FrameSocket<DuplexStream>,
    next: Number,
    last: Option<Tag>,
    /// Everything that was delivered and not looked at yet.
    pub events: Vec<Event>,
}

impl Line {
    /// Dials, and proves a role if there is one to prove. `None` when the relay goes away meanwhile.
    pub async fn open(
        relay: &Arc<Relay>,
        now: Seconds,
        role: Option<(&SigningKey, Role)>,
        dice: &mut Dice,
    ) -> Option<Self> {
        Self::over(relay.dial().await, now, role, dice).await
    }

    /// The same over a socket that is there already.
    pub async fn over(
        socket: FrameSocket<DuplexStream>,
        now: Seconds,
        role: Option<(&SigningKey, Role)>,
        dice: &mut Dice,
    ) -> Option<Self> {
        let mut line = Self {
            socket,
            next: Number::FIRST,
            last: None,
            events: Vec::new(),
        };
        let FromRelay::Hello(hello) = line.hear().await? else {
            return None;
        };
        let Some((key, role)) = role else {
            return Some(line);
        };
        let relay = RelayKey::new(*operator_key().public().as_bytes());
        let greeting = hello.prove(&relay, &SHOWN, now).ok()?;
        let login = Login::sign(key, role, &greeting, dice);
        line.socket
            .send(FromClient::from(login).encode())
            .await
            .ok()?;
        match line.hear().await? {
            FromRelay::Welcome(_) => Some(line),
            _ => None,
        }
    }

    /// Asks; `None` when the connection breaks first.
    pub async fn ask(&mut self, request: impl FnOnce(Number) -> FromClient) -> Option<Answer> {
        let number = self.next;
        self.next = number.next();
        self.socket.send(request(number).encode()).await.ok()?;
        loop {
            match self.hear().await? {
                FromRelay::Answer(answer) => return Some(answer),
                FromRelay::Event(event) => self.keep(event),
                FromRelay::Hello(_) | FromRelay::Welcome(_) => return None,
            }
        }
    }

    /// Waits for one more event; cancel safe.
    pub async fn listen(&mut self) -> Option<()> {
        match self.hear().await? {
            FromRelay::Event(event) => {
                self.keep(event);
                Some(())
            }
            _ => None,
        }
    }

    /// Says that it has everything that was delivered.
    pub async fn acknowledge(&mut self) -> Option<()> {
        let Some(tag) = self.last.take() else {
            return Some(());
        };
        self.socket
            .send(FromClient::from(Ack { tag }).encode())
            .await
            .ok()
    }

    fn keep(&mut self, event: Event) {
        self.last = Some(event.tag);
        self.events.push(event);
    }

    async fn hear(&mut self) -> Option<FromRelay> {
        match self.socket.recv().await {
            Ok(Incoming::Frame(frame)) => FromRelay::decode(&frame).ok(),
            Ok(Incoming::Closed(_)) | Err(_) => None,
        }
    }
}

/// What time it is, as clients see it.
#[must_use]
pub fn now(clock: &dyn Clock) -> Seconds {
    Seconds::new(clock.wall().seconds())
}
