//! The same business traffic for every relay: one request at a time, each answer noted by its shape.
//! Knows: the business door, the operator's commands. Never knows: the peer wing.

use std::num::NonZeroU64;
use std::path::Path;

use anyhow::{Context, anyhow};
use partywall_business::answer::{Answer, FromRelay};
use partywall_business::certificate::{Hosting, Industry, Name, UnverifiedCertificate};
use partywall_business::consent::{Choices, Draft, Refusal as Objection};
use partywall_business::event::Event;
use partywall_business::id::{AccountKey, BusinessId, ConversationId};
use partywall_business::request::{self, Ack, FromClient, Named};
use partywall_business::signed::Signed;
use partywall_business::table::{Table, UnverifiedTable};
use partywall_business::{
    Categories, CertificateHash, Clear, Commitment, Count, Declared, Domain, Endpoint, Envelope,
    Login, Number, RightsKey, Role, Tag,
};
use partywall_ground::{RelayKey, Seconds};
use partywall_proof::{PublicKey, SigningKey};
use partywall_test_street::house;
use partywall_world::{Clock, Dice, SystemClock};

use super::Ports;
use super::street::Door;

/// Somebody logged in at the business door.
struct Caller {
    door: Door,
    operator: PublicKey,
    next: Number,
    noted: Vec<String>,
    events: Vec<String>,
    newest: Option<Tag>,
}

fn now() -> Seconds {
    Seconds::new(SystemClock::new().wall().seconds())
}

impl Caller {
    async fn log_in(
        ports: &Ports,
        key: &SigningKey,
        role: Role,
        dice: &mut Dice,
    ) -> anyhow::Result<Self> {
        let mut door = Door::at(ports.business, "/v1/business").await?;
        let FromRelay::Hello(hello) = read(&door.hears().await?)? else {
            anyhow::bail!("no hello");
        };
        let relay = RelayKey::new(*hello.relay.as_bytes());
        let operator = PublicKey::from_bytes(relay.as_bytes())?;
        let greeting = hello.prove(&relay, &door.spki, now())?;
        let login = Login::sign(key, role, &greeting, dice);
        door.socket.send(FromClient::from(login).encode()).await?;
        let mut caller = Self {
            door,
            operator,
            next: Number::FIRST,
            noted: Vec::new(),
            events: Vec::new(),
            newest: None,
        };
        let _welcome = caller.hears().await?;
        Ok(caller)
    }

    /// The next frame that is no event; events on the way are noted.
    async fn hears(&mut self) -> anyhow::Result<FromRelay> {
        loop {
            let frame = self.door.hears().await?;
            match read(&frame)? {
                FromRelay::Event(event) => {
                    self.notes(&event, frame.len());
                }
                said => {
                    let refused = match &said {
                        FromRelay::Answer(Answer::Refused(refused)) => {
                            format!(" {:?}", refused.rule)
                        }
                        _ => String::new(),
                    };
                    self.noted
                        .push(format!("{said:?} {} bytes{refused}", frame.len()));
                    return Ok(said);
                }
            }
        }
    }

    async fn asks(
        &mut self,
        request: impl FnOnce(Number) -> FromClient,
    ) -> anyhow::Result<Option<Answer>> {
        let number = self.next;
        self.next = number.next();
        self.door.socket.send(request(number).encode()).await?;
        match self.hears().await? {
            FromRelay::Answer(answer) => Ok(Some(answer)),
            _ => Ok(None),
        }
    }

    async fn says(&mut self, conversation: ConversationId, dice: &mut Dice) -> anyhow::Result<()> {
        let clear = Clear::Reply(Commitment::new(dice.bytes()));
        let envelope = Envelope::try_from(vec![dice.bytes::<1>()[0]; 4_096]);
        let envelope = envelope.context("an envelope")?;
        self.asks(|number| {
            let say = request::Say {
                number,
                conversation,
                clear,
                envelope,
            };
            say.into()
        })
        .await?;
        Ok(())
    }

    /// Waits until so many messages and beginnings came, and acknowledges all that did.
    async fn collects(&mut self, wanted: usize) -> anyhow::Result<()> {
        let came = |events: &[String]| {
            let talk = |event: &&String| event.starts_with("message") || event.starts_with("began");
            events.iter().filter(talk).count()
        };
        while came(&self.events) < wanted {
            let frame = self.door.hears().await.context("an event")?;
            let FromRelay::Event(event) = read(&frame)? else {
                anyhow::bail!("an answer to nothing");
            };
            self.notes(&event, frame.len());
        }
        if let Some(tag) = self.newest {
            self.door
                .socket
                .send(FromClient::from(Ack { tag }).encode())
                .await?;
        }
        Ok(())
    }

    fn notes(&mut self, event: &Event, bytes: usize) {
        self.newest = Some(event.tag);
        let (name, sequence) = (event.news.name(), event.sequence.value());
        self.events.push(format!("{name} {sequence} {bytes} bytes"));
    }

    async fn finds(&mut self, domain: &str) -> anyhow::Result<(CertificateHash, Table)> {
        let named = Named::Domain(Domain::new(domain)?);
        let answer = self
            .asks(|number| request::Find { number, named }.into())
            .await?;
        let Some(Answer::Found(found)) = answer else {
            anyhow::bail!("{domain} is not found");
        };
        let table = UnverifiedTable::decode(&found.table.encode()).map_err(|_| anyhow!("table"))?;
        let table = table.verify(&self.operator)?;
        let certificate = UnverifiedCertificate::new(found.certificate);
        // Two seconds on: the relay's clock and ours may stand on either side of a second.
        let certificate = certificate.verify(&self.operator, Seconds::new(now().value() + 2))?;
        Ok((certificate.hash(), table))
    }

    fn told(self, who: &str) -> impl Iterator<Item = String> {
        let said = |kind: &'static str, who: String| move |line| format!("{who} {kind} {line}");
        let noted = self.noted.into_iter().map(said("answer", who.to_owned()));
        noted.chain(self.events.into_iter().map(said("event", who.to_owned())))
    }
}

fn read(frame: &[u8]) -> anyhow::Result<FromRelay> {
    FromRelay::decode(frame).map_err(|close| anyhow!("{close}"))
}

/// Everything, from the first enrolment to an erasure.
pub(super) async fn flows(seed: u64, ports: &Ports, data: &Path) -> anyhow::Result<Vec<String>> {
    let mut dice = Dice::seeded(seed);
    let account = SigningKey::draw(&mut dice);
    let mut shop = Caller::log_in(ports, &account, Role::Business, &mut dice).await?;
    enrols(&mut shop, &mut dice).await?;
    verifies(data)?;
    let id = BusinessId::of(&AccountKey::new(*account.public().as_bytes()));
    let (mut told, mut events) = (Vec::new(), 0);
    let customers = 2 + dice.below(3);
    for number in 0..customers {
        let key = SigningKey::draw(&mut dice);
        let rights = SigningKey::draw(&mut dice);
        let mut customer = Caller::log_in(ports, &key, Role::Customer, &mut dice).await?;
        let (certificate, table) = customer.finds("shop.example").await?;
        let consent = signs(id, &key, &table, &mut dice)?;
        let begun = customer
            .asks(|number| {
                let begin = request::Begin {
                    number,
                    business: id,
                    certificate,
                    consent,
                    rights: RightsKey::from(&rights.public()),
                    opted_in: Categories::none(),
                    declared: Declared::nothing(),
                };
                begin.into()
            })
            .await?;
        let Some(Answer::Begun(begun)) = begun else {
            anyhow::bail!("the conversation did not begin: {:?}", customer.noted);
        };
        let messages = 1 + dice.below(4);
        for _ in 0..messages {
            customer.says(begun.conversation, &mut dice).await?;
        }
        events += 1 + usize::try_from(messages)?;
        shop.collects(events).await?;
        shop.says(begun.conversation, &mut dice).await?;
        customer.collects(1).await?;
        let after = Count::new(0);
        customer
            .asks(|number| request::Held { number }.into())
            .await?;
        customer
            .asks(|number| request::Disclosures { number, after }.into())
            .await?;
        match number % 3 {
            0 => {
                customer
                    .asks(|number| request::Leave { number }.into())
                    .await?
            }
            1 => {
                customer
                    .asks(|number| request::Erase { number }.into())
                    .await?
            }
            _ => None,
        };
        told.extend(customer.told(&format!("customer {number}")));
    }
    shop.asks(|number| request::StandingOf { number }.into())
        .await?;
    // How many events came so far follows real time; what they were in the end does not.
    shop.events.clear();
    told.extend(shop.told("shop"));
    Ok(told)
}

async fn enrols(shop: &mut Caller, dice: &mut Dice) -> anyhow::Result<()> {
    let (name, domain) = (Name::new("A shop")?, Domain::new("shop.example")?);
    let endpoint = Endpoint::new(dice.bytes());
    shop.asks(|number| {
        let enrol = request::Enrol {
            number,
            name,
            domain,
            industry: Industry::Food,
            hosting: Hosting::Itself,
            endpoint,
        };
        enrol.into()
    })
    .await?;
    Ok(())
}

fn verifies(data: &Path) -> anyhow::Result<()> {
    let relay = house::binary("partywall-relay").map_err(|said| anyhow!(said))?;
    let done = std::process::Command::new(relay)
        .args([
            "business",
            "verify",
            "shop.example",
            "--evidence",
            "seen",
            "--data",
        ])
        .arg(data)
        .output()?;
    anyhow::ensure!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    Ok(())
}

fn signs(
    business: BusinessId,
    key: &SigningKey,
    table: &Table,
    dice: &mut Dice,
) -> anyhow::Result<Signed> {
    let choices: Choices = table
        .choosable(None)
        .iter()
        .filter(|_| dice.below(2) == 0)
        .collect();
    let issued = now();
    let draft = Draft {
        business,
        accepted: table,
        choices,
        region: None,
        counter: NonZeroU64::MIN,
        issued,
        expiry: Seconds::new(issued.value() + 86_400),
        refusal: Objection::None,
    };
    Signed::decode(&draft.sign(key)?.encode()).map_err(|_| anyhow!("a consent"))
}
