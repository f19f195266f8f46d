//! Mailboxes, their readers, and those who leave messages there.
//! Knows: the peer wing's wire. Never knows: the business wing.

use std::num::NonZeroU64;

use partywall_ground::{Capability, Seconds};
use partywall_peer::collect::{self, Ack, Attach, Create};
use partywall_peer::deposit::{self, Deposit, Use};
use partywall_peer::proofs::Admission;
use partywall_peer::{Envelope, Number, Slot, Tag, drop_id};
use partywall_proof::{Greeting, Hello, SigningKey};
use partywall_world::{Clock, Dice, SystemClock};

use crate::event::{mark, read_mark};
use crate::line::Line;
use crate::relay::Relay;

const SLOT: Slot = Slot::new(1);
/// What a letter consists of, behind its mark.
const REST: u8 = 7;

/// Where the peer wing listens.
pub trait Door {
    /// `host:port`
    fn peer(&self) -> &str;
}

impl Door for Relay {
    fn peer(&self) -> &str {
        &self.peer
    }
}

impl Door for String {
    fn peer(&self) -> &str {
        self
    }
}

/// A mailbox, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mailbox(pub u16);

impl Mailbox {
    fn bytes(self) -> [u8; 32] {
        let mut bytes = [9; 32];
        bytes[30..].copy_from_slice(&self.0.to_be_bytes());
        bytes
    }

    /// Its reader's key.
    #[must_use]
    pub fn reader(self) -> SigningKey {
        SigningKey::from_seed(&self.bytes())
    }

    /// What its writers hold.
    #[must_use]
    pub fn capability(self) -> Capability {
        let mut bytes = self.bytes();
        bytes[0] ^= 0x80;
        Capability::new(bytes)
    }
}

/// Whoever reads one mailbox.
pub struct Reader {
    /// Its connection.
    pub line: Line,
    /// What was delivered: whose, which.
    pub delivered: Vec<(u32, u32)>,
    /// How many of what was delivered are not as anybody left them.
    pub altered: usize,
    tag: Option<Tag>,
}

impl Reader {
    /// Makes the mailbox, or finds that it is there, and reads it.
    ///
    /// # Errors
    /// What came instead.
    pub fn create(relay: &impl Door, mailbox: Mailbox) -> Result<Self, String> {
        let drop = drop_id(&mailbox.capability());
        Self::enter(relay, |greeting, dice| {
            Create::sign(
                &mailbox.reader(),
                greeting,
                SLOT,
                drop,
                Admission::Open,
                dice,
            )
            .into()
        })
    }

    /// Reads a mailbox that is there.
    ///
    /// # Errors
    /// What came instead.
    pub fn attach(relay: &impl Door, mailbox: Mailbox) -> Result<Self, String> {
        Self::enter(relay, |greeting, dice| {
            Attach::sign(&mailbox.reader(), greeting, SLOT, dice).into()
        })
    }

    fn enter(
        relay: &impl Door,
        ask: impl FnOnce(&Greeting, &mut Dice) -> collect::FromClient,
    ) -> Result<Self, String> {
        let mut line = Line::open(relay.peer(), "/v1/collect")?;
        let greeting = match collect::FromRelay::decode(&frame(&mut line)?) {
            Ok(collect::FromRelay::Hello(hello)) => prove(hello)?,
            other => return Err(format!("instead of hello: {other:?}")),
        };
        let asked = ask(&greeting, &mut Dice::seeded(u64::from(line.port())));
        line.say(asked.encode());
        match collect::FromRelay::decode(&frame(&mut line)?) {
            Ok(collect::FromRelay::Attached(_)) => {}
            other => return Err(format!("instead of attached: {other:?}")),
        }
        let delivered = Vec::new();
        Ok(Self {
            line,
            delivered,
            altered: 0,
            tag: None,
        })
    }

    /// Waits until so many more were delivered.
    ///
    /// # Errors
    /// The code of the end, if it comes before.
    pub fn collect(&mut self, more: usize) -> Result<(), Option<u16>> {
        let wanted = self.delivered.len() + self.altered + more;
        while self.delivered.len() + self.altered < wanted {
            let frame = self.line.frame()?;
            self.hear(&frame);
        }
        Ok(())
    }

    /// Takes a frame in, if it is a delivery.
    pub fn hear(&mut self, frame: &[u8]) {
        if let Ok(collect::FromRelay::Deliver(deliver)) = collect::FromRelay::decode(frame) {
            self.tag = Some(deliver.tag);
            match read_mark(deliver.envelope.as_bytes()) {
                Some(mark) if is_as_left(deliver.envelope.as_bytes()) => self.delivered.push(mark),
                _ => self.altered += 1,
            }
        }
    }

    /// Says that it has all that was delivered.
    pub fn acknowledge(&mut self) {
        if let Some(tag) = self.tag {
            self.line
                .say(collect::FromClient::from(Ack { slot: SLOT, tag }).encode());
        }
    }

    /// Waits until the relay has taken in all that was said to it here.
    ///
    /// # Errors
    /// When the connection ends.
    pub fn is_heard(&mut self) -> Result<(), String> {
        for frame in self.line.twice_round()? {
            self.hear(&frame);
        }
        Ok(())
    }
}

/// Whoever leaves messages in one mailbox.
pub struct Writer {
    /// Its connection.
    pub line: Line,
    /// How messages are marked as this writer's.
    pub who: u32,
    /// How many it has left on connections before this one.
    pub before: u32,
    /// How many it has left.
    pub left: u32,
    /// Up to which of them it was told that they are accepted.
    pub accepted: u32,
}

impl Writer {
    /// Opens the drop of a mailbox.
    ///
    /// # Errors
    /// What came instead.
    pub fn open(relay: &impl Door, mailbox: Mailbox, who: u32) -> Result<Self, String> {
        let mut line = Line::open(relay.peer(), "/v1/deposit")?;
        let _hello = frame(&mut line)?;
        let capability = mailbox.capability();
        line.say(deposit::FromClient::from(Use { capability }).encode());
        match deposit::FromRelay::decode(&frame(&mut line)?) {
            Ok(deposit::FromRelay::Opened(_)) => {}
            other => return Err(format!("instead of opened: {other:?}")),
        }
        Ok(Self {
            line,
            who,
            before: 0,
            left: 0,
            accepted: 0,
        })
    }

    /// Leaves one message more.
    pub fn leave(&mut self) {
        self.leave_of(4_096);
    }

    /// Leaves one message more, of one of the three sizes in bytes.
    pub fn leave_of(&mut self, size: usize) {
        self.left += 1;
        let mut envelope = vec![REST; size];
        envelope[..16].copy_from_slice(&mark(self.who, self.before + self.left));
        let number = NonZeroU64::new(u64::from(self.left)).expect("it was counted up");
        let deposit = Deposit {
            number: Number::new(number),
            envelope: Envelope::try_from(envelope).expect("one of the three sizes"),
        };
        self.line.say(deposit::FromClient::from(deposit).encode());
    }

    /// Takes a frame in, if it is an `accepted`.
    pub fn hear(&mut self, frame: &[u8]) {
        if let Ok(deposit::FromRelay::Accepted(accepted)) = deposit::FromRelay::decode(frame) {
            self.accepted = u32::try_from(accepted.number.value().get()).unwrap_or(u32::MAX);
        }
    }

    /// Waits until this one is accepted, and all before it.
    ///
    /// # Errors
    /// The code of the end, if it comes before.
    pub fn wait_for(&mut self, number: u32) -> Result<(), Option<u16>> {
        while self.accepted < number {
            let frame = self.line.frame()?;
            self.hear(&frame);
        }
        Ok(())
    }
}

/// After the mark, every byte of a letter is the same.
fn is_as_left(envelope: &[u8]) -> bool {
    envelope.iter().skip(16).all(|byte| *byte == REST)
}

pub(crate) fn frame(line: &mut Line) -> Result<Vec<u8>, String> {
    line.frame().map_err(|code| format!("closed with {code:?}"))
}

/// Takes the relay for whom it says it is, behind the first certificate that it vouches for, at our own time.
pub(crate) fn prove(hello: Hello) -> Result<Greeting, String> {
    let relay = hello.relay;
    let now = Seconds::new(SystemClock::new().wall().seconds());
    let vouch = hello
        .vouches
        .iter()
        .next()
        .ok_or("the relay vouches for nothing")?;
    let shown = vouch.spki;
    hello
        .prove(&relay, &shown, now)
        .map_err(|error| error.to_string())
}
