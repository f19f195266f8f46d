//! A wing without doors: a writer that is stepped, a clock that is turned by hand, businesses and
//! customers with keys.
//! Knows: everything, as tests do.

mod date;
mod doors;
mod exporter;

pub(crate) use doors::{leaves, operator_of, says};
pub(crate) use exporter::records;

use self::date::date;
use std::collections::BTreeSet;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use partywall_business::consent::{Choices, Draft, Party, Refusal as Objection};
use partywall_business::export::{Batch, FromRelay, Head, Outcome, ProvenBatch};
use partywall_business::field::{Field, Purpose, Recipient, Region};
use partywall_business::id::{
    AccountKey, BatchId, BusinessId, ConversationId, PairwiseKey, RecordKey,
};
use partywall_business::ledger::{Operator, Origin};
use partywall_business::table::{Row, Table};
use partywall_business::value::Value;
use partywall_business::{Categories, RightsKey, Rule, Signed};
use partywall_ground::Seconds;
use partywall_proof::SigningKey;
use partywall_store::sql::Connection;
use partywall_store::{Bounds, Committer, Place, Writer};
use partywall_world::{Clock, Dice, ManualClock, Wall};

use crate::claims::claim::{Claim, Claimant, claim};
use crate::claims::close::close;
use crate::claims::{self, Bar, Barred, batch};
use crate::desk::Desk;
use crate::plane::{Shared, prepare};
use crate::refusal::Judged;
use crate::scribe::{Answer, Job, Scribe};
use crate::sharing::{self, Observed};
use crate::talk::{Conversation, State};
use crate::wing::{Wing, settled};
use crate::{NoFailpoints, OperatorKeys, WingSettings, policy, rights};
use partywall_door::Fate;

pub(crate) const DAY: Duration = Duration::from_secs(86_400);
/// 2026-06-01.
const START: u64 = 1_780_272_000;

/// A policy of which tests change single rows: everything a customer may be asked for, with the sinks.
pub(crate) const WIDE: &str = include_str!("wide.toml");

pub(crate) struct House {
    pub(crate) scribe: Scribe,
    pub(crate) shared: Shared,
    pub(crate) clock: ManualClock,
    pub(crate) business: BusinessId,
    operator: SigningKey,
    dice: Dice,
    starts: u64,
}

/// A customer, with what its app has.
pub(crate) struct Customer {
    pub(crate) key: SigningKey,
    pub(crate) rights: RightsKey,
    pub(crate) party: Party,
    pub(crate) counter: u64,
}

impl Customer {
    pub(crate) fn conversation(&self) -> ConversationId {
        self.party.conversation()
    }
}

impl House {
    /// With the strict policy that every wing begins with.
    pub(crate) fn strict() -> Self {
        Self::at(&Place::memory())
    }

    /// With a policy under which everything may be told.
    pub(crate) fn wide() -> Self {
        let mut house = Self::strict();
        house.follow(WIDE);
        house
    }

    pub(crate) fn at(place: &Place) -> Self {
        Self::once_more(place, 0, Wall::from_seconds(START))
    }

    /// No two starts of one wing draw the same.
    fn once_more(place: &Place, starts: u64, wall: Wall) -> Self {
        let clock = ManualClock::at(wall);
        let operator = SigningKey::from_seed(&[7; 32]);
        let keys = OperatorKeys::new(SigningKey::from_seed(&[7; 32]), [8; 32]);
        let origin = Origin::of_authority("relay.example:7444").unwrap();
        let (scribe, shared) = prepare(
            place,
            WingSettings::new(origin),
            keys,
            Arc::new(clock.clone()),
            Dice::seeded(2 * starts + 1),
            Arc::new(NoFailpoints),
        )
        .unwrap();
        let business = BusinessId::of(&AccountKey::new([1; 32]));
        let mut house = Self {
            scribe,
            shared,
            clock,
            business,
            operator,
            dice: Dice::seeded(2 * starts + 2),
            starts,
        };
        let id = house.business;
        house.does(move |desk| {
            desk.tx.execute(
                "INSERT OR IGNORE INTO businesses (business, id, account, verified) VALUES (1, ?1, ?2, 1)",
                (id.as_bytes(), [1_u8; 32]),
            )?;
            Ok(())
        });
        house
    }

    /// One job in a transaction of its own, refused or done.
    pub(crate) fn tries<T: Send + 'static>(
        &mut self,
        work: impl Fn(&mut Desk<'_>) -> Judged<T> + Send + 'static,
    ) -> Result<T, Rule> {
        let job = Job::new(0, move |desk| settled(work(desk)));
        let mut answers = self.scribe.commit(&[job]).unwrap();
        let Some(Answer::Done(outcome)) = answers.pop() else {
            panic!("there is room");
        };
        let outcome: Box<Result<T, crate::refusal::Refusal>> = outcome.downcast().unwrap();
        outcome.map_err(|refusal| refusal.rule)
    }

    pub(crate) fn does<T: Send + 'static>(
        &mut self,
        work: impl Fn(&mut Desk<'_>) -> Judged<T> + Send + 'static,
    ) -> T {
        self.tries(work).unwrap()
    }

    pub(crate) fn rows<T>(&self, read: impl FnOnce(&Connection) -> T) -> T {
        self.shared.readers.with(read)
    }

    pub(crate) fn count(&self, query: &str) -> u64 {
        let count: i64 = self.rows(|rows| rows.query_row(query, [], |row| row.get(0)).unwrap());
        count.unsigned_abs()
    }

    pub(crate) fn now(&self) -> Seconds {
        self.shared.tools.clock.now().wire()
    }

    pub(crate) fn operator(&self) -> Operator {
        let origin = self.shared.tools.settings.origin.clone();
        Operator::new(origin, self.operator.public())
    }

    /// Publishes a policy text, dated after the notice and with the next version.
    pub(crate) fn publish(&mut self, text: &str) -> Table {
        let newest = self.newest();
        let day = self.now().value() / 86_400 + 31;
        let text = text
            .replace("VERSION", &(newest.version().get() + 1).to_string())
            .replace("EFFECTIVE", &date(day))
            .replace("SUNSET", &date(day + 10));
        let compiled = policy::compile(&text).unwrap();
        self.does(move |desk| sharing::publish(desk, &compiled))
            .unwrap();
        self.newest()
    }

    /// Publishes a policy and waits until its predecessor cannot be accepted any more.
    pub(crate) fn follow(&mut self, text: &str) -> Table {
        let table = self.publish(text);
        self.clock.advance(DAY * 42);
        table
    }

    pub(crate) fn newest(&self) -> Table {
        let lineage = self.scribe.memory.policies.lineage().unwrap();
        lineage.newest().clone()
    }

    pub(crate) fn current(&self) -> Table {
        let policies = &self.scribe.memory.policies;
        policies.current(self.now()).unwrap().clone()
    }

    pub(crate) fn stranger(&mut self) -> Customer {
        let key = SigningKey::draw(&mut self.dice);
        let pairwise = PairwiseKey::new(*key.public().as_bytes());
        Customer {
            key,
            rights: RightsKey::new(self.dice.bytes()),
            party: Party {
                business: self.business,
                pairwise,
            },
            counter: 0,
        }
    }

    /// A signed receipt with the customer's next counter.
    pub(crate) fn receipt(
        &self,
        customer: &mut Customer,
        accepted: &Table,
        choices: Choices,
    ) -> Signed {
        customer.counter += 1;
        self.receipt_with(customer, accepted, choices, customer.counter)
    }

    pub(crate) fn receipt_with(
        &self,
        customer: &Customer,
        accepted: &Table,
        choices: Choices,
        counter: u64,
    ) -> Signed {
        let now = self.now().value();
        let draft = Draft {
            business: customer.party.business,
            accepted,
            choices,
            region: Some(Region::Other),
            counter: NonZeroU64::new(counter).unwrap(),
            issued: Seconds::new(now),
            expiry: Seconds::new(now + 400 * 86_400),
            refusal: Objection::None,
        };
        let signed = draft.sign(&customer.key).unwrap();
        Signed::decode(&signed.encode()).unwrap()
    }

    /// Begins a conversation that accepts the current table with every choice it offers.
    pub(crate) fn customer(&mut self, declared: Vec<Value>) -> Customer {
        let mut customer = self.stranger();
        let table = self.current();
        let choices = table.choosable(Some(Region::Other));
        let signed = self.receipt(&mut customer, &table, choices);
        self.begin(&customer, signed, declared).unwrap();
        customer
    }

    pub(crate) fn begin(
        &mut self,
        customer: &Customer,
        signed: Signed,
        declared: Vec<Value>,
    ) -> Result<(), Rule> {
        let (party, rights) = (customer.party, customer.rights);
        self.tries(move |desk| {
            let weighed = sharing::weigh(desk, &party, &signed, declared.clone())?;
            if crate::talk::find(desk.tx, &party.conversation())?.is_none() {
                conversation(&party, rights).insert(desk)?;
            }
            saved(desk, &party.conversation(), |desk, conversation| {
                sharing::take(desk, conversation, weighed)
            })
        })
        .map(drop)
    }

    pub(crate) fn consents(
        &mut self,
        customer: &Customer,
        signed: Signed,
        declared: Vec<Value>,
    ) -> Result<Barred, Rule> {
        let party = customer.party;
        self.tries(move |desk| {
            let weighed = sharing::weigh(desk, &party, &signed, declared.clone())?;
            saved(desk, &party.conversation(), |desk, conversation| {
                sharing::take(desk, conversation, weighed)
            })
        })
    }

    /// Withdraws every choice.
    pub(crate) fn withdraw(&mut self, customer: &mut Customer) -> Barred {
        let table = self.current();
        let signed = self.receipt(customer, &table, Choices::essential_only());
        self.consents(customer, signed, Vec::new()).unwrap()
    }

    pub(crate) fn says(&mut self, customer: &Customer, observed: Observed) {
        let conversation = customer.conversation();
        self.does(move |desk| {
            saved(desk, &conversation, |desk, conversation| {
                sharing::said(desk, conversation, observed)
            })
        });
    }

    pub(crate) fn leaves(&mut self, customer: &Customer) -> Barred {
        let conversation = customer.conversation();
        self.does(move |desk| claims::bar(desk, Bar::Conversation(&conversation)))
    }

    pub(crate) fn erases(&mut self, customer: &Customer) -> rights::Erased {
        let (conversation, rights) = (customer.conversation(), customer.rights);
        self.does(move |desk| rights::erase(desk, &conversation, &rights))
    }

    /// The process ended, and begins again with what is on disk.
    pub(crate) fn restart(self, place: &Place) -> Self {
        let (wall, starts) = (self.clock.wall(), self.starts);
        drop(self);
        Self::once_more(place, starts + 1, wall)
    }
}

pub(crate) fn row(field: Field, recipient: Recipient, purpose: Purpose) -> Row {
    Row::new(field, recipient, purpose)
}

/// Every choice of a table but these.
pub(crate) fn all_but(table: &Table, rows: &[Row]) -> Choices {
    let rows: BTreeSet<Row> = rows.iter().copied().collect();
    table
        .choosable(Some(Region::Other))
        .iter()
        .filter(|row| !rows.contains(row))
        .collect()
}

/// Loads a conversation and saves it, as the rooms that talk do.
fn saved<T>(
    desk: &mut Desk<'_>,
    id: &ConversationId,
    work: impl FnOnce(&mut Desk<'_>, &mut Conversation) -> Judged<T>,
) -> Judged<T> {
    let mut conversation = crate::talk::find(desk.tx, id)?.unwrap();
    let done = work(desk, &mut conversation)?;
    conversation.save(desk)?;
    Ok(done)
}

fn conversation(party: &Party, rights: RightsKey) -> Conversation {
    Conversation {
        number: 0,
        id: party.conversation(),
        business: 1,
        pairwise: party.pairwise,
        rights,
        begun: [0; 32],
        state: State::Open,
        opted: Categories::none(),
        blocked: false,
        to_customer: 0,
        to_business: 0,
        mail_customer: 0,
        mail_business: 0,
        speech: Default::default(),
    }
}
