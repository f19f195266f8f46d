//! A business that the operator has verified, and customers who say something to it.
//! Knows: the business wing's wire. Never knows: the peer wing.

use std::num::NonZeroU64;

use partywall_business::answer::{Answer, Found, FromRelay};
use partywall_business::certificate::{Certified, Hosting, Industry, Name};
use partywall_business::consent::{Choices, Draft, Refusal};
use partywall_business::request::{Begin, Enrol, Find, FromClient, Named, Request, Say};
use partywall_business::table::UnverifiedTable;
use partywall_business::{
    Categories, CertificateHash, Clear, Commitment, ConversationId, Declared, Domain, Endpoint,
    Envelope, Login, Number, RightsKey, Role, Signed, labels,
};
use partywall_ground::{Seconds, cbor};
use partywall_proof::{Greeting, PublicKey, SigningKey, hash};
use partywall_world::Dice;

use crate::event::mark;
use crate::line::Line;
use crate::mailbox::{frame, prove};
use crate::relay::Relay;

const DOMAIN: &str = "bakery.example";

/// Somebody who has said who they are.
struct Caller {
    line: Line,
    greeting: Greeting,
}

impl Caller {
    fn enter(relay: &Relay, key: &SigningKey, role: Role) -> Result<Self, String> {
        let mut line = Line::open(&relay.business, "/v1/business")?;
        let greeting = match FromRelay::decode(&frame(&mut line)?) {
            Ok(FromRelay::Hello(hello)) => prove(hello)?,
            _ => return Err("hello comes first".to_owned()),
        };
        let mut dice = Dice::seeded(u64::from(line.port()));
        let login = Login::sign(key, role, &greeting, &mut dice);
        line.say(FromClient::Login(login).encode());
        frame(&mut line)?;
        Ok(Self { line, greeting })
    }

    fn ask(&mut self, request: impl Into<Request>) -> Result<Answer, String> {
        let request: Request = request.into();
        self.line.say(request.encode());
        loop {
            if let Ok(FromRelay::Answer(answer)) = FromRelay::decode(&frame(&mut self.line)?) {
                return Ok(answer);
            }
        }
    }
}

/// The business, at its door.
pub struct Shop(Caller);

impl Shop {
    /// Enrols, and has the operator verify it.
    ///
    /// # Errors
    /// What came instead.
    pub fn open(relay: &Relay) -> Result<Self, String> {
        let key = SigningKey::from_seed(&[3; 32]);
        let mut caller = Caller::enter(relay, &key, Role::Business)?;
        let enrol = Enrol {
            number: Number::FIRST,
            name: Name::new("Bakery").map_err(|_| "no name")?,
            domain: domain()?,
            industry: Industry::Food,
            hosting: Hosting::Itself,
            endpoint: Endpoint::new([7; 64]),
        };
        caller.ask(enrol)?;
        relay.operator(&["business", "verify", DOMAIN, "--evidence", "seen"])?;
        Ok(Self(caller))
    }

    /// Its connection.
    pub fn line(&mut self) -> &mut Line {
        &mut self.0.line
    }
}

/// A customer in a conversation with the business.
pub struct Customer {
    caller: Caller,
    conversation: ConversationId,
    /// How messages are marked as theirs.
    pub who: u32,
    /// How many they have said.
    pub said: u32,
    /// Of them accepted, the last.
    pub accepted: u32,
}

impl Customer {
    /// Requests before the first message: to find the business, to begin.
    pub const BEFORE: u64 = 2;

    /// Finds the business and begins, under the policy that comes with the relay.
    ///
    /// # Errors
    /// What came instead.
    pub fn begin(relay: &Relay, who: u8) -> Result<Self, String> {
        let key = SigningKey::from_seed(&[who + 10; 32]);
        let mut caller = Caller::enter(relay, &key, Role::Customer)?;
        let (number, named) = (Number::FIRST, Named::Domain(domain()?));
        let Answer::Found(found) = caller.ask(Find { number, named })? else {
            return Err("the business was verified and is not found".to_owned());
        };
        let begin = choose(&key, &found, &caller.greeting)?;
        let Answer::Begun(begun) = caller.ask(begin)? else {
            return Err("the conversation did not begin".to_owned());
        };
        let (who, conversation) = (u32::from(who), begun.conversation);
        Ok(Self {
            caller,
            conversation,
            who,
            said: 0,
            accepted: 0,
        })
    }

    /// Their connection.
    pub fn line(&mut self) -> &mut Line {
        &mut self.caller.line
    }

    /// Says one thing more.
    pub fn say(&mut self) {
        self.said += 1;
        let mark = mark(self.who, self.said);
        let mut envelope = vec![7; 4_096];
        envelope[..16].copy_from_slice(&mark);
        let number =
            NonZeroU64::new(Self::BEFORE + u64::from(self.said)).expect("it was counted up");
        let say: Request = Say {
            number: Number::new(number),
            conversation: self.conversation,
            clear: Clear::Reply(Commitment::new(hash(labels::FRANK, &[&mark]))),
            envelope: Envelope::try_from(envelope).expect("one of the three sizes"),
        }
        .into();
        self.caller.line.say(say.encode());
    }

    /// Takes a frame in, if it is an `accepted`.
    pub fn hear(&mut self, frame: &[u8]) {
        if let Ok(FromRelay::Answer(Answer::Accepted(accepted))) = FromRelay::decode(frame) {
            let number = accepted.number.value().get() - Self::BEFORE;
            self.accepted = u32::try_from(number).unwrap_or(u32::MAX);
        }
    }

    /// Waits until this one is accepted.
    ///
    /// # Errors
    /// The code of the end, if it comes before.
    pub fn wait_for(&mut self, number: u32) -> Result<(), Option<u16>> {
        while self.accepted < number {
            let frame = self.caller.line.frame()?;
            self.hear(&frame);
        }
        Ok(())
    }
}

fn choose(key: &SigningKey, found: &Found, greeting: &Greeting) -> Result<Begin, String> {
    let says: Certified = cbor::decode(&found.certificate.bytes).map_err(|_| "no certificate")?;
    let operator = PublicKey::from_bytes(greeting.relay().as_bytes());
    let operator = operator.map_err(|_| "the operator has no key")?;
    let table = UnverifiedTable::decode(&found.table.encode()).map_err(|_| "no table")?;
    let table = table
        .verify(&operator)
        .map_err(|_| "the table is not the operator's")?;
    let now = greeting.clock();
    let draft = Draft {
        business: says.business,
        accepted: &table,
        choices: Choices::essential_only(),
        region: None,
        counter: NonZeroU64::MIN,
        issued: now,
        expiry: Seconds::new(now.value() + 86_400 * 365),
        refusal: Refusal::None,
    };
    let consent = draft.sign(key).map_err(|_| "no receipt")?;
    let certificate = hash(labels::CERTIFICATE, &[&found.certificate.bytes]);
    Ok(Begin {
        number: Number::FIRST.next(),
        business: says.business,
        certificate: CertificateHash::new(certificate),
        consent: Signed::decode(&consent.encode()).map_err(|_| "no receipt")?,
        rights: RightsKey::from(&key.public()),
        opted_in: Categories::none(),
        declared: Declared::nothing(),
    })
}

fn domain() -> Result<Domain, String> {
    Domain::new(DOMAIN).map_err(|_| "no domain".to_owned())
}
