//! The wing with pipes for sockets, and callers at its door.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use partywall_business::answer::{Answer, FromRelay};
use partywall_business::event::Event;
use partywall_business::request::{Ack, Begin, Find, FromClient, Named as By, Request};
use partywall_business::signed::Signed;
use partywall_business::{
    Category, CertificateHash, Clear, ConversationId, Declared, Envelope, Login, Number, RightsKey,
    Role, Tag, Welcome, labels,
};
use partywall_ground::{RelayKey, Seconds, Spki};
use partywall_proof::{Greeting, SigningKey, Vouch, hash};
use partywall_socket::{FrameSocket, Incoming, Limits};
use partywall_world::{Clock, Dice, ManualClock, Wall};
use tokio::io::DuplexStream;
use tokio::task::JoinHandle;

use super::words::anew;
use super::world::{NOON, World, keys, settings};
use crate::{Evidence, Named, Plane, WingSettings};

pub(crate) const LIMITS: Limits = Limits {
    max_frame: 65_792,
    stall: Duration::from_secs(10),
};
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
pub(crate) const SHOWN: Spki = Spki::new([9; 32]);

/// The wing.
#[derive(Clone)]
pub(crate) struct House {
    pub(crate) plane: Arc<Plane>,
    pub(crate) clock: ManualClock,
}

/// Somebody at the door.
pub(crate) struct Caller {
    pub(crate) socket: FrameSocket<DuplexStream>,
    pub(crate) task: JoinHandle<()>,
    greeting: Greeting,
    next: Number,
    dice: Dice,
    /// Events that came between answers.
    pub(crate) events: Vec<Event>,
}

impl House {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut WingSettings)) -> Self {
        let mut settings = settings();
        change(&mut settings);
        let clock = ManualClock::at(Wall::from_seconds(NOON));
        let plane = Plane::open_in_memory(
            settings,
            keys(),
            Arc::new(clock.clone()),
            Dice::seeded(1),
            |error| panic!("the store works: {error}"),
        )
        .unwrap();
        let vouch = Vouch::make(keys().business(), SHOWN, Seconds::new(u64::MAX));
        plane.set_vouches(vec![vouch]);
        let plane = Arc::new(plane);
        Self { plane, clock }
    }

    /// Somebody whom nobody knows yet.
    pub(crate) async fn guest(&self, seed: u64) -> Caller {
        let (near, far) = tokio::io::duplex(512 * 1_024);
        let clock: Arc<dyn Clock> = Arc::new(self.clock.clone());
        let served = FrameSocket::server(far, LIMITS, Arc::clone(&clock)).await;
        let plane = Arc::clone(&self.plane);
        let from = Some(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7)));
        let task = tokio::spawn(async move { plane.door(served, from).await });
        let mut socket = FrameSocket::client(near, LIMITS, clock).await;
        let Ok(FromRelay::Hello(hello)) = FromRelay::decode(&frame(&mut socket).await.unwrap())
        else {
            panic!("hello comes first");
        };
        let relay = RelayKey::new(*keys().business().public().as_bytes());
        let greeting = hello.prove(&relay, &SHOWN, Seconds::new(NOON)).unwrap();
        Caller {
            socket,
            task,
            greeting,
            next: Number::FIRST,
            dice: Dice::seeded(seed),
            events: Vec::new(),
        }
    }

    /// Somebody who logs in.
    pub(crate) async fn caller(
        &self,
        key: &SigningKey,
        role: Role,
        seed: u64,
    ) -> (Caller, Welcome) {
        let mut caller = self.guest(seed).await;
        let login = Login::sign(key, role, &caller.greeting, &mut caller.dice);
        caller.says(login).await;
        match caller.hears().await.unwrap() {
            FromRelay::Welcome(welcome) => (caller, welcome),
            other => panic!("{other:?}"),
        }
    }

    /// A verified business at the door.
    pub(crate) async fn shop(&self, key: &SigningKey, domain: &str) -> Caller {
        let (mut caller, _) = self.caller(key, Role::Business, 100).await;
        let enrol = World::enrol(domain);
        let domain = enrol.domain.clone();
        assert!(matches!(caller.asks(enrol).await, Answer::Done(_)));
        let seen = Evidence::Word("seen".to_owned());
        self.plane
            .verify(Named::Domain(domain), seen)
            .await
            .unwrap();
        caller
    }

    /// What a customer says to begin, as anybody would who looked the business up.
    pub(crate) async fn begin(&self, caller: &mut Caller, key: &SigningKey, domain: &str) -> Begin {
        let by = By::Domain(partywall_business::Domain::new(domain).unwrap());
        let number = Number::FIRST;
        let Answer::Found(found) = caller.asks(Find { number, named: by }).await else {
            panic!("found");
        };
        let certificate = hash(labels::CERTIFICATE, &[&found.certificate.bytes]);
        let says: partywall_business::certificate::Certified =
            partywall_ground::cbor::decode(&found.certificate.bytes).unwrap();
        let now = Seconds::new(self.plane.wing.clock.now().seconds());
        let accepted = self.plane.wing.tables.current(now).unwrap();
        let draft = partywall_business::consent::Draft {
            business: says.business,
            accepted: &accepted,
            choices: partywall_business::consent::Choices::essential_only(),
            region: None,
            counter: std::num::NonZeroU64::MIN,
            issued: now,
            expiry: Seconds::new(now.value() + 86_400),
            refusal: partywall_business::consent::Refusal::None,
        };
        Begin {
            number,
            business: says.business,
            certificate: CertificateHash::new(certificate),
            consent: Signed::decode(&draft.sign(key).unwrap().encode()).unwrap(),
            rights: RightsKey::from(&key.public()),
            opted_in: Category::ALL.into_iter().collect(),
            declared: Declared::nothing(),
        }
    }

    /// A customer in a conversation, at the door.
    pub(crate) async fn customer(
        &self,
        key: &SigningKey,
        domain: &str,
    ) -> (Caller, ConversationId) {
        let (mut caller, _) = self.caller(key, Role::Customer, 200).await;
        let begin = self.begin(&mut caller, key, domain).await;
        match caller.asks(begin).await {
            Answer::Begun(begun) => (caller, begun.conversation),
            other => panic!("{other:?}"),
        }
    }
}

impl Caller {
    pub(crate) async fn says(&mut self, word: impl Into<FromClient>) {
        self.socket.send(word.into().encode()).await.unwrap();
    }

    /// Sends a request under the next number.
    pub(crate) async fn requests(&mut self, request: impl Into<Request>) -> Number {
        let mut request = request.into();
        let number = self.next;
        *number_of(&mut request) = number;
        if let Request::Say(say) = &mut request {
            say.clear = anew(say.clear, self.dice.bytes());
        }
        self.next = number.next();
        self.says(request).await;
        number
    }

    /// Sends a request and hears its answer; events are put aside.
    pub(crate) async fn asks(&mut self, request: impl Into<Request>) -> Answer {
        let number = self.requests(request).await;
        let answer = self.answer().await;
        assert_eq!(answer.number(), number);
        answer
    }

    pub(crate) async fn answer(&mut self) -> Answer {
        loop {
            match self.hears().await.unwrap() {
                FromRelay::Answer(answer) => return answer,
                FromRelay::Event(event) => self.events.push(event),
                other => panic!("{other:?}"),
            }
        }
    }

    /// The next event, put aside or not.
    pub(crate) async fn event(&mut self) -> Event {
        if !self.events.is_empty() {
            return self.events.remove(0);
        }
        match self.hears().await.unwrap() {
            FromRelay::Event(event) => event,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn acks(&mut self, tag: Tag) {
        self.says(Ack { tag }).await;
    }

    pub(crate) async fn hears(&mut self) -> Result<FromRelay, Option<u16>> {
        let frame = frame(&mut self.socket).await?;
        Ok(FromRelay::decode(&frame).unwrap())
    }

    /// Reads on until the relay closes.
    pub(crate) async fn end(mut self) -> Option<u16> {
        let code = loop {
            if let Err(code) = self.hears().await {
                break code;
            }
        };
        let ended = tokio::time::timeout(PATIENCE, self.task).await;
        ended.unwrap().unwrap();
        code
    }
}

async fn frame(socket: &mut FrameSocket<DuplexStream>) -> Result<Vec<u8>, Option<u16>> {
    let heard = tokio::time::timeout(PATIENCE, socket.recv()).await;
    match heard.expect("the relay answers").expect("the socket works") {
        Incoming::Frame(frame) => Ok(frame.to_vec()),
        Incoming::Closed(code) => Err(code),
    }
}

pub(crate) fn say(conversation: ConversationId, clear: Clear) -> partywall_business::request::Say {
    partywall_business::request::Say {
        number: Number::FIRST,
        conversation,
        clear,
        envelope: Envelope::try_from(vec![7; 4_096]).unwrap(),
    }
}

/// Where a request's number stands.
fn number_of(request: &mut Request) -> &mut Number {
    macro_rules! each {
        ($($kind:ident)*) => {
            match request { $(Request::$kind(body) => &mut body.number,)* }
        };
    }
    each!(Find Table Template Take Consistency Enrol Shelve Submit Templates StandingOf Begin Consent
        Declare Opt Block Leave Report Say Held Consents Disclosures Erase)
}

impl Caller {
    /// The relay's first words, proven.
    pub(crate) const fn greeting(&self) -> &Greeting {
        &self.greeting
    }

    /// A login on this connection.
    pub(crate) fn login(&self, key: &SigningKey, role: Role) -> Login {
        Login::sign(key, role, &self.greeting, &mut Dice::seeded(77))
    }

    /// What comes before everybody rests: time stands still while a task can go on or the database is
    /// read, and passes only then. For whoever waits for no word of the writer.
    pub(crate) async fn hears_before_all_rest(&mut self) -> Option<FromRelay> {
        tokio::time::pause();
        let heard = tokio::time::timeout(Duration::from_secs(1), self.hears()).await;
        tokio::time::resume();
        heard.ok().map(|heard| heard.expect("the connection stays"))
    }
}
