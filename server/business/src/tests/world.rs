//! A small relay without sockets and threads: each job is a group of its own, done when it is asked for.

use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use partywall_business::certificate::{Hosting, Industry, Name};
use partywall_business::consent::{Choices, Draft, Refusal as Objection};
use partywall_business::event::Event;
use partywall_business::id::{AccountKey, BusinessId, ConversationId, PairwiseKey};
use partywall_business::ledger::Origin;
use partywall_business::request::{Begin, Enrol, Say};
use partywall_business::signed::Signed;
use partywall_business::{
    Categories, Category, Clear, Declared, Domain, Endpoint, Envelope, Number, Reason, RightsKey,
    Tag, TemplateId, TemplateState, Version,
};
use partywall_ground::Seconds;
use partywall_proof::SigningKey;
use partywall_store::sql::Connection;
use partywall_store::{Committer, Place, StoreError};
use partywall_world::{Dice, ManualClock, Wall};

use super::words::{COMMITMENT, anew, draft};
use crate::claims::Barred;
use crate::desk::Desk;
use crate::effects::Receiver;
use crate::failpoint::NoFailpoints;
use crate::plane::{Shared, prepare};
use crate::refusal::{Judged, Refusal};
use crate::registry::{self, Evidence};
use crate::scribe::{Answer, Job, Scribe};
use crate::sharing::{Observed, Presented};
use crate::talk::{self, Room, Said};
use crate::wing::settled;
use crate::{OperatorKeys, WingSettings, templates};

/// Noon of some day.
pub(crate) const NOON: u64 = 20_000 * 86_400 + 43_200;

/// The relay.
pub(crate) struct World {
    pub(crate) clock: ManualClock,
    pub(crate) scribe: Scribe,
    pub(crate) shared: Shared,
    pub(crate) dice: Dice,
    place: Place,
    settings: WingSettings,
}

/// A verified business.
pub(crate) struct Shop {
    pub(crate) key: SigningKey,
    pub(crate) id: BusinessId,
    pub(crate) number: i64,
}

/// A customer in a conversation.
pub(crate) struct Customer {
    pub(crate) conversation: ConversationId,
    pub(crate) number: i64,
}

/// The operator's keys, the same in every world.
pub(crate) fn keys() -> OperatorKeys {
    OperatorKeys::new(SigningKey::from_seed(&[1; 32]), [2; 32])
}

pub(crate) fn settings() -> WingSettings {
    WingSettings::new(Origin::of_authority("relay.example:7444").unwrap())
}

impl World {
    pub(crate) fn with_seed(seed: u64) -> Self {
        Self::with(seed, |_| {})
    }

    pub(crate) fn with(seed: u64, change: impl FnOnce(&mut WingSettings)) -> Self {
        let mut settings = settings();
        change(&mut settings);
        let clock = ManualClock::at(Wall::from_seconds(NOON));
        Self::start(Place::memory(), settings, clock, Dice::seeded(seed))
    }

    /// A relay on disk.
    pub(crate) fn at(place: Place, seed: u64) -> Self {
        let clock = ManualClock::at(Wall::from_seconds(NOON));
        Self::start(place, settings(), clock, Dice::seeded(seed))
    }

    fn start(place: Place, settings: WingSettings, clock: ManualClock, mut dice: Dice) -> Self {
        let (scribe, shared) = prepare(
            &place,
            settings.clone(),
            keys(),
            Arc::new(clock.clone()),
            dice.stream("relay"),
            Arc::new(NoFailpoints),
        )
        .unwrap();
        Self {
            clock,
            scribe,
            shared,
            dice,
            place,
            settings,
        }
    }

    /// The process ends between two transactions and is started again, with the machine's clock at
    /// this second.
    pub(crate) fn restart_at(self, wall: u64) -> Self {
        let clock = ManualClock::at(Wall::from_seconds(wall));
        let Self {
            scribe,
            shared,
            dice,
            place,
            settings,
            ..
        } = self;
        drop(scribe);
        let again = Self::start(place, settings, clock, dice);
        drop(shared); // until here it kept a database in memory alive
        again
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// The relay's time, in seconds.
    pub(crate) fn now(&self) -> u64 {
        self.shared.tools.clock.now().seconds()
    }

    /// Has a job done, as a group of its own.
    pub(crate) fn does<T: Send + 'static>(
        &mut self,
        work: impl Fn(&mut Desk<'_>) -> Judged<T> + Send + 'static,
    ) -> Result<T, Refusal> {
        let job = Job::new(0, move |desk| settled(work(desk)));
        let mut answers = self.scribe.commit(&[job]).unwrap();
        match answers.pop().unwrap() {
            Answer::Done(outcome) => *outcome.downcast().unwrap(),
            Answer::NoRoom => panic!("there is room"),
            Answer::Faulty => panic!("the rows are what they should be"),
        }
    }

    pub(crate) fn reads<T>(
        &self,
        question: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> T {
        self.shared.readers.with(question).unwrap()
    }

    /// Everything that chores have to do now.
    pub(crate) fn chores(&mut self) {
        while self.does(talk::notices::round).unwrap() {}
    }

    pub(crate) fn enrol(domain: &str) -> Enrol {
        Enrol {
            number: Number::FIRST,
            name: Name::new("Bakery").unwrap(),
            domain: Domain::new(domain).unwrap(),
            industry: Industry::Food,
            hosting: Hosting::Itself,
            endpoint: Endpoint::new([7; 64]),
        }
    }

    /// A business that enrolled.
    pub(crate) fn enrolled(&mut self, enrol: Enrol) -> Shop {
        let key = SigningKey::draw(&mut self.dice);
        let account = AccountKey::from(&key.public());
        let id = BusinessId::of(&account);
        self.does(move |desk| registry::enrol(desk, &account, &enrol))
            .unwrap();
        let number = self.reads(|rows| registry::find(rows, &id)).unwrap().number;
        Shop { key, id, number }
    }

    pub(crate) fn verify(&mut self, shop: &Shop) {
        let number = shop.number;
        let evidence = Evidence::WellKnown(registry::well_known(&shop.id));
        let verified = self.does(move |desk| registry::verify(desk, number, &evidence));
        assert_eq!(verified, Ok(Ok(())));
    }

    /// A verified business of that domain.
    pub(crate) fn shop(&mut self, domain: &str) -> Shop {
        let shop = self.enrolled(Self::enrol(domain));
        self.verify(&shop);
        shop
    }

    pub(crate) fn certificate(&mut self, shop: &Shop) -> registry::Issued {
        let id = shop.id;
        self.does(move |desk| {
            let business = registry::find(desk.tx, &id)?.unwrap();
            registry::certify(desk, &business)
        })
        .unwrap()
    }

    /// A consent to the current table with nothing switched on.
    pub(crate) fn consent(&self, shop: &Shop, key: &SigningKey, counter: u64) -> Signed {
        let now = Seconds::new(self.now());
        let accepted = self.shared.tools.tables.current(now).unwrap();
        let draft = Draft {
            business: shop.id,
            accepted: &accepted,
            choices: Choices::essential_only(),
            region: None,
            counter: NonZeroU64::new(counter).unwrap(),
            issued: now,
            expiry: Seconds::new(self.now() + 86_400 * 365),
            refusal: Objection::None,
        };
        Signed::decode(&draft.sign(key).unwrap().encode()).unwrap()
    }

    /// What a customer says to begin.
    pub(crate) fn begin(
        &mut self,
        shop: &Shop,
        key: &SigningKey,
        rights: &SigningKey,
        opted_in: Categories,
    ) -> Begin {
        let certificate = self.certificate(shop).hash();
        Begin {
            number: Number::FIRST,
            business: shop.id,
            certificate,
            consent: self.consent(shop, key, 1),
            rights: RightsKey::from(&rights.public()),
            opted_in,
            declared: Declared::nothing(),
        }
    }

    pub(crate) fn does_begin(
        &mut self,
        key: &SigningKey,
        begin: Begin,
    ) -> Result<ConversationId, Refusal> {
        let pairwise = PairwiseKey::from(&key.public());
        let tables = std::sync::Arc::clone(&self.shared.tools.tables);
        self.does(move |desk| {
            let presented = Presented::of(&begin.consent, |hash| tables.find(hash));
            Ok(talk::begin(desk, &pairwise, &begin, &presented)?.0)
        })
    }

    /// A customer who began with a shop, opted in to everything.
    pub(crate) fn customer(&mut self, shop: &Shop) -> Customer {
        let (key, rights) = (
            SigningKey::draw(&mut self.dice),
            SigningKey::draw(&mut self.dice),
        );
        let all: Categories = Category::ALL.into_iter().collect();
        let begin = self.begin(shop, &key, &rights, all);
        let conversation = self.does_begin(&key, begin).unwrap();
        let number = self
            .reads(|rows| talk::find(rows, &conversation))
            .unwrap()
            .number;
        Customer {
            conversation,
            number,
        }
    }

    pub(crate) fn say(&mut self, conversation: ConversationId, clear: Clear) -> Say {
        let envelope = vec![self.dice.bytes::<1>()[0]; 4_096];
        let clear = anew(clear, self.dice.bytes());
        Say {
            number: Number::FIRST,
            conversation,
            clear,
            envelope: Envelope::try_from(envelope).unwrap(),
        }
    }

    pub(crate) fn customer_says(
        &mut self,
        customer: &Customer,
        clear: Clear,
    ) -> Result<Said, Refusal> {
        let (own, say) = (customer.number, self.say(customer.conversation, clear));
        self.does(move |desk| talk::say_as_customer(desk, own, &say, Observed::default()))
    }

    pub(crate) fn shop_says(
        &mut self,
        shop: &Shop,
        customer: &Customer,
        clear: Clear,
    ) -> Result<Said, Refusal> {
        let (own, say) = (shop.number, self.say(customer.conversation, clear));
        self.does(move |desk| talk::say_as_business(desk, own, &say))
    }

    /// A template of a category, handed in and approved.
    pub(crate) fn template(&mut self, shop: &Shop, category: Category) -> Clear {
        let (id, state) = self.submitted(shop, category);
        if state == TemplateState::Pending {
            let approve = templates::Decision::Approve;
            let decided = self.does(move |desk| templates::decide(desk, &id, approve));
            assert_eq!(decided, Ok(true));
        }
        Clear::Template(COMMITMENT, id, Version::new(1))
    }

    /// A template of a category, handed in.
    pub(crate) fn submitted(
        &mut self,
        shop: &Shop,
        category: Category,
    ) -> (TemplateId, TemplateState) {
        let draft = draft(category);
        let (business, bytes) = (shop.id, draft.to_bytes().unwrap());
        let taken = self.does(move |desk| {
            let business = registry::find(desk.tx, &business)?.unwrap();
            templates::submit(desk, &business, &bytes)
        });
        let taken = taken.unwrap();
        (taken.template, taken.state)
    }

    /// What lies there for a customer.
    pub(crate) fn for_customer(&self, customer: &Customer) -> Vec<Event> {
        self.events(Receiver::customer(customer.number))
    }

    /// What lies there for a business.
    pub(crate) fn for_shop(&self, shop: &Shop) -> Vec<Event> {
        self.events(Receiver::business(shop.number))
    }

    fn events(&self, receiver: Receiver) -> Vec<Event> {
        let room = Room {
            events: usize::MAX,
            bytes: usize::MAX,
        };
        let (letters, more) = self.reads(|rows| talk::page(rows, receiver, 0, room, true));
        assert!(!more);
        letters
            .into_iter()
            .map(|letter| letter.tagged(Tag::FIRST))
            .collect()
    }

    /// A receiver collects everything.
    pub(crate) fn collects(&mut self, receiver: Receiver) -> u64 {
        self.does(move |desk| talk::acknowledge(desk, receiver, i64::MAX))
            .unwrap()
    }

    /// The operator revokes a business.
    pub(crate) fn revokes(&mut self, shop: &Shop) {
        let number = shop.number;
        let landed = self.does(move |desk| registry::revoke(desk, number, Reason::Spam));
        assert_eq!(landed, Ok(Barred::default()));
    }

    /// A customer leaves.
    pub(crate) fn leaves(&mut self, customer: &Customer) {
        let number = customer.number;
        self.does(move |desk| {
            let mut own = talk::try_load(desk.tx, number)?.unwrap();
            let _landed = talk::leave(desk, &mut own)?;
            Ok(())
        })
        .unwrap();
    }
}
