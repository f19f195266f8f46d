//! Customers of one business, under the policy that comes with the relay, each in a conversation.
//! Knows: the business wing's wire. Never knows: the peer wing.

use std::num::NonZeroU64;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use partywall_business::answer::{Answer, Found, FromRelay};
use partywall_business::certificate::{Certified, Hosting, Industry, Name};
use partywall_business::consent::{Choices, Draft, Refusal};
use partywall_business::ledger::Origin;
use partywall_business::request::{Begin, Enrol, Find, FromClient, Named as By, Request, Say};
use partywall_business::table::UnverifiedTable;
use partywall_business::{
    Categories, CertificateHash, Clear, Commitment, ConversationId, Declared, Domain, Endpoint,
    Envelope, Login, Number, RightsKey, Role, Signed, labels,
};
use partywall_business_plane::{Evidence, Named, NoFailpoints, OperatorKeys, Plane, WingSettings};
use partywall_ground::{RelayKey, Seconds, Spki, cbor};
use partywall_proof::{SigningKey, Vouch, hash};
use partywall_store::{Hand, Place};
use partywall_world::{Clock, Dice, ManualClock, Wall};

use super::guest::{Guest, moved};
use super::{GROUP, write};

const NOW: u64 = 1_800_000_000;
const SHOWN: Spki = Spki::new([9; 32]);

/// As many customers as messages in a group.
pub(super) struct Customers {
    plane: Arc<Plane>,
    hand: Hand,
    clock: ManualClock,
    operator: SigningKey,
    guests: Vec<(Guest, ConversationId)>,
    next: Number,
}

impl Customers {
    pub(super) async fn meet(folder: &Path) -> Result<Self> {
        let operator = SigningKey::from_seed(&[1; 32]);
        let keys = OperatorKeys::new(SigningKey::from_seed(&[1; 32]), [2; 32]);
        let clock = ManualClock::at(Wall::from_seconds(NOW));
        let origin = Origin::of_authority("relay.example:7444").context("an authority")?;
        let (plane, hand) = Plane::open_by_hand(
            &Place::file(folder.join("business.db")),
            WingSettings::new(origin),
            keys,
            Arc::new(clock.clone()),
            Dice::seeded(1),
            Arc::new(NoFailpoints),
        )?;
        plane.set_vouches(vec![Vouch::make(&operator, SHOWN, Seconds::new(u64::MAX))]);
        let mut customers = Self {
            plane: Arc::new(plane),
            hand,
            clock,
            operator,
            guests: Vec::new(),
            next: Number::FIRST,
        };
        customers.open_shop().await?;
        for number in 0..GROUP {
            let key = SigningKey::from_seed(&[u8::try_from(number)? + 10; 32]);
            let guest = customers.begin(&key).await?;
            customers.guests.push(guest);
        }
        // Behind what each of them asked to begin.
        customers.next = Number::FIRST.next().next();
        Ok(customers)
    }

    async fn enter(&mut self, key: &SigningKey, role: Role) -> Result<Guest> {
        let (mut guest, served) = Guest::pair(&self.clock).await;
        let plane = Arc::clone(&self.plane);
        tokio::spawn(async move { plane.door(served, None).await });
        let hello = guest.hear(&mut self.hand).await?;
        let Ok(FromRelay::Hello(hello)) = FromRelay::decode(&hello) else {
            bail!("hello comes first");
        };
        let relay = RelayKey::new(*self.operator.public().as_bytes());
        let greeting = hello.prove(&relay, &SHOWN, Seconds::new(NOW))?;
        let login = Login::sign(key, role, &greeting, &mut Dice::seeded(3));
        guest.say(FromClient::Login(login).encode()).await?;
        guest.hear(&mut self.hand).await?;
        Ok(guest)
    }

    async fn ask(&mut self, guest: &mut Guest, request: impl Into<Request>) -> Result<Answer> {
        let request: Request = request.into();
        guest.say(request.encode()).await?;
        self.answer(guest).await
    }

    async fn answer(&mut self, guest: &mut Guest) -> Result<Answer> {
        loop {
            let heard = guest.hear(&mut self.hand).await?;
            if let Ok(FromRelay::Answer(answer)) = FromRelay::decode(&heard) {
                return Ok(answer);
            }
        }
    }

    async fn open_shop(&mut self) -> Result<()> {
        let mut shop = self
            .enter(&SigningKey::from_seed(&[3; 32]), Role::Business)
            .await?;
        let enrol = Enrol {
            number: Number::FIRST,
            name: Name::new("Bakery").map_err(|_| anyhow!("a name"))?,
            domain: domain()?,
            industry: Industry::Food,
            hosting: Hosting::Itself,
            endpoint: Endpoint::new([7; 64]),
        };
        self.ask(&mut shop, enrol).await?;
        let plane = Arc::clone(&self.plane);
        let seen = Evidence::Word("seen".to_owned());
        moved(&mut self.hand, plane.verify(Named::Domain(domain()?), seen)).await??;
        Ok(())
    }

    async fn begin(&mut self, key: &SigningKey) -> Result<(Guest, ConversationId)> {
        let mut guest = self.enter(key, Role::Customer).await?;
        let named = By::Domain(domain()?);
        let number = Number::FIRST;
        let Answer::Found(found) = self.ask(&mut guest, Find { number, named }).await? else {
            bail!("the business was verified");
        };
        let begin = self.choose(key, &found)?;
        match self.ask(&mut guest, begin).await? {
            Answer::Begun(begun) => Ok((guest, begun.conversation)),
            _ => bail!("the conversation did not begin"),
        }
    }

    fn choose(&self, key: &SigningKey, found: &Found) -> Result<Begin> {
        let says: Certified =
            cbor::decode(&found.certificate.bytes).map_err(|_| anyhow!("a certificate"))?;
        let table = UnverifiedTable::decode(&found.table.encode());
        let table = table
            .ok()
            .and_then(|table| table.verify(&self.operator.public()).ok());
        let now = Seconds::new(self.clock.wall().millis() / 1_000);
        let draft = Draft {
            business: says.business,
            accepted: &table.context("a table")?,
            choices: Choices::essential_only(),
            region: None,
            counter: NonZeroU64::MIN,
            issued: now,
            expiry: Seconds::new(now.value() + 86_400 * 365),
            refusal: Refusal::None,
        };
        let consent = draft.sign(key).map_err(|_| anyhow!("a receipt"))?;
        Ok(Begin {
            number: Number::FIRST.next(),
            business: says.business,
            certificate: CertificateHash::new(hash(
                labels::CERTIFICATE,
                &[&found.certificate.bytes],
            )),
            consent: Signed::decode(&consent.encode()).map_err(|_| anyhow!("a receipt"))?,
            rights: RightsKey::from(&key.public()),
            opted_in: Categories::none(),
            declared: Declared::nothing(),
        })
    }

    /// Every customer says something, a second after the last time; how long it took to write it, if at
    /// once.
    pub(super) async fn say(&mut self) -> Result<Option<Duration>> {
        self.clock.advance(Duration::from_secs(1));
        let number = self.next;
        self.next = number.next();
        for (guest, conversation) in &mut self.guests {
            let envelope = vec![7; 4_096];
            let say: Request = Say {
                number,
                conversation: *conversation,
                clear: Clear::Reply(Commitment::new(commitment(number))),
                envelope: Envelope::try_from(envelope).map_err(|_| anyhow!("a size"))?,
            }
            .into();
            guest.say(say.encode()).await?;
        }
        let took = write(&mut self.hand).await?;
        for (guest, _) in &mut self.guests {
            let heard = guest.hear(&mut self.hand).await?;
            let answer = FromRelay::decode(&heard).ok();
            let accepted = matches!(answer, Some(FromRelay::Answer(Answer::Accepted(_))));
            accepted.then_some(()).context("it was not accepted")?;
        }
        Ok(took)
    }
}

fn domain() -> Result<Domain> {
    Domain::new("bakery.example").map_err(|_| anyhow!("a domain"))
}

/// Of another content each time.
fn commitment(number: Number) -> [u8; 32] {
    hash(labels::FRANK, &[&number.value().get().to_be_bytes()])
}
