//! What people do, whoever dies meanwhile: each deed is said until it is answered, and looked behind.
//! Knows: requests of the wire. Never knows: which deed comes next.

use std::num::NonZeroU64;
use std::sync::Arc;

use partywall_business::answer::Answer;
use partywall_business::certificate::{Hosting, Industry, Name, UnverifiedCertificate};
use partywall_business::consent::{Choices, Draft, Refusal};
use partywall_business::field::Region;
use partywall_business::id::{AccountKey, BusinessId, TableHash};
use partywall_business::request::{self, Named};
use partywall_business::signed::Signed;
use partywall_business::table::{Row, Table, UnverifiedTable};
use partywall_business::value::{Country, Locale, PhoneNumber, Value, Version as System};
use partywall_business::{
    Categories, CertificateHash, Clear, Commitment, Declared, Domain, Endpoint, Envelope, Reason,
    RightsKey, Rule,
};
use partywall_business_plane::{Evidence, Named as Whom, policy};
use partywall_ground::Seconds;
use partywall_proof::SigningKey;

use crate::door::now;
use crate::oracle::{self, Agreed};
use crate::people::{Customer, Shop};
use crate::relay::operator_key;
use crate::world::{Who, World};

impl World {
    /// A business enrols and is verified.
    ///
    /// # Panics
    /// Never: the names are good.
    pub async fn opens_a_shop(&mut self) -> usize {
        let key = SigningKey::draw(&mut self.dice);
        let id = BusinessId::of(&AccountKey::new(*key.public().as_bytes()));
        let shop = self.shops.len();
        let domain = Domain::new(&format!("shop{shop}.example")).expect("a good domain");
        let endpoint = Endpoint::new(self.dice.bytes());
        self.shops.push(Shop {
            key,
            id,
            domain: domain.clone(),
            line: None,
            is_barred: false,
            is_revoked: false,
        });
        let name = Name::new("A shop").expect("a good name");
        self.ask(Who::Shop(shop), |number| {
            let enrol = request::Enrol {
                number,
                name: name.clone(),
                domain: domain.clone(),
                industry: Industry::Food,
                hosting: Hosting::Itself,
                endpoint,
            };
            enrol.into()
        })
        .await;
        let _said_twice = self
            .operator(move |plane| async move {
                let evidence = Evidence::Word("seen".to_owned());
                plane.verify(Whom::Id(id), evidence).await
            })
            .await;
        shop
    }

    /// The operator publishes a policy; the judge reads its table.
    ///
    /// # Panics
    /// When the policy cannot be published.
    pub async fn publishes(&mut self, text: &str) {
        let compiled = policy::compile(text).expect("the policy is whole");
        let plane = self.plane();
        let published = plane.publish(compiled).await;
        assert!(published.is_ok(), "published");
        for line in plane.policies().await.expect("the relay runs") {
            let answer = self
                .ask(Who::Shop(0), |number| {
                    let table = line.hash;
                    request::Table { number, table }.into()
                })
                .await;
            let Answer::TableIs(answer) = answer else {
                unreachable!("a table that was published is known");
            };
            self.knows(line.hash, &answer.table);
        }
    }

    /// The judge reads a table with eyes of its own.
    fn knows(&mut self, hash: TableHash, signed: &Signed) {
        let hash = hex::encode(hash.as_bytes());
        let whole = signed.encode();
        let mut decoder = minicbor::Decoder::new(&whole);
        let _map = decoder.map();
        let _key = decoder.u8();
        let body = decoder.bytes().expect("a signed body");
        let table = oracle::Table::read(hash.clone(), body).expect("a table");
        self.judge.tables.insert(hash, table);
    }

    /// Somebody new begins with a shop; `chooses` says which rows are on.
    pub async fn begins(&mut self, shop: usize, chooses: impl FnMut(&Row) -> bool) -> usize {
        let key = SigningKey::draw(&mut self.dice);
        let customer = self.customers.len();
        self.customers
            .push(Customer::new(key, shop, &self.shops[shop].id));
        let rights = RightsKey::new(self.dice.bytes());
        let Some((certificate, table)) = self.finds(customer).await else {
            return customer;
        };
        let consent = self.signs(customer, &table, None, chooses);
        let declared = self.values();
        let business = self.shops[shop].id;
        let mut certificate = certificate;
        loop {
            let answer = self
                .ask(Who::Customer(customer), |number| {
                    let begin = request::Begin {
                        number,
                        business,
                        certificate,
                        consent: consent.clone(),
                        rights,
                        opted_in: Categories::none(),
                        declared: declared.clone(),
                    };
                    begin.into()
                })
                .await;
            match answer {
                Answer::Refused(refused) if refused.rule == Rule::StaleCertificate => {
                    match self.finds(customer).await {
                        Some((newer, _)) => certificate = newer,
                        None => return customer,
                    }
                }
                _ => return customer,
            }
        }
    }

    /// Certificate and current table, as the customer is shown them.
    pub async fn finds(&mut self, customer: usize) -> Option<(CertificateHash, Table)> {
        let domain = self.shops[self.customers[customer].shop].domain.clone();
        let answer = self
            .ask(Who::Customer(customer), |number| {
                let named = Named::Domain(domain.clone());
                request::Find { number, named }.into()
            })
            .await;
        let Answer::Found(found) = answer else {
            return None;
        };
        let operator = operator_key().public();
        let table = UnverifiedTable::decode(&found.table.encode()).ok()?;
        let table = table.verify(&operator).ok()?;
        let certificate = UnverifiedCertificate::new(found.certificate);
        let certificate = certificate.verify(&operator, now(&self.clock)).ok()?;
        Some((certificate.hash(), table))
    }

    /// A receipt over the rows that are chosen; from here on it may count.
    ///
    /// # Panics
    /// Never: only what is offered can be chosen.
    pub fn signs(
        &mut self,
        customer: usize,
        table: &Table,
        region: Option<Region>,
        mut chooses: impl FnMut(&Row) -> bool,
    ) -> Signed {
        let offered = table.choosable(region);
        let rows: Vec<Row> = offered.iter().filter(|row| chooses(row)).collect();
        let choices: Choices = rows.iter().copied().collect();
        let now = now(&self.clock);
        let customer = &mut self.customers[customer];
        customer.counter += 1;
        customer.history.push(Agreed {
            table: hex::encode(table.hash().as_bytes()),
            choices: rows
                .iter()
                .map(|row| (row.field.code(), row.recipient.code(), row.purpose.code()))
                .collect(),
            region: region.map_or(0, Region::code),
        });
        let draft = Draft {
            business: self.shops[customer.shop].id,
            accepted: table,
            choices,
            region,
            counter: NonZeroU64::new(customer.counter).expect("it was counted up"),
            issued: now,
            expiry: Seconds::new(now.value() + 86_400 * 3_000),
            refusal: Refusal::None,
        };
        let signed = draft
            .sign(&customer.key)
            .expect("only what is offered was chosen");
        Signed::decode(&signed.encode()).expect("it was just made")
    }

    /// A customer chooses anew; looked behind when it was answered.
    pub async fn consents(&mut self, customer: usize, chooses: impl FnMut(&Row) -> bool) -> Answer {
        let Some((_, table)) = self.finds(customer).await else {
            return self.finds_nothing(customer).await;
        };
        self.look();
        let consent = self.signs(customer, &table, None, chooses);
        let answer = self
            .ask(Who::Customer(customer), |number| {
                let consent = request::Consent {
                    number,
                    consent: consent.clone(),
                    declared: Declared::nothing(),
                };
                consent.into()
            })
            .await;
        self.breathe().await;
        self.look();
        let one = &mut self.customers[customer];
        match &answer {
            Answer::Done(_) => {
                one.answered = one.history.len() - 1;
                self.judge.bars += 1;
            }
            // It never counted.
            _ => drop(one.history.pop()),
        }
        answer
    }

    async fn finds_nothing(&mut self, customer: usize) -> Answer {
        self.ask(Who::Customer(customer), |number| {
            request::Held { number }.into()
        })
        .await
    }

    /// A customer says something.
    pub async fn says(&mut self, customer: usize) {
        let conversation = self.customers[customer].conversation;
        let clear = Clear::Reply(Commitment::new(self.dice.bytes()));
        let byte = self.dice.bytes::<1>()[0];
        self.ask(Who::Customer(customer), |number| {
            let envelope = Envelope::try_from(vec![byte; 4_096]);
            let say = request::Say {
                number,
                conversation,
                clear,
                envelope: envelope.expect("it is as long as an envelope"),
            };
            say.into()
        })
        .await;
    }

    /// A customer declares other values.
    pub async fn declares(&mut self, customer: usize) -> Answer {
        let declared = self.values();
        self.ask(Who::Customer(customer), |number| {
            let declared = declared.clone();
            request::Declare { number, declared }.into()
        })
        .await
    }

    /// A customer leaves; nothing arrives after it was answered.
    pub async fn leaves(&mut self, customer: usize) {
        self.customers[customer].has_left = true;
        self.ask(Who::Customer(customer), |number| {
            request::Leave { number }.into()
        })
        .await;
        self.was_barred(customer).await;
    }

    /// A customer erases everything; nothing arrives after it was answered.
    pub async fn erases(&mut self, customer: usize) {
        self.customers[customer].is_erased = true;
        self.ask(Who::Customer(customer), |number| {
            request::Erase { number }.into()
        })
        .await;
        self.was_barred(customer).await;
    }

    async fn was_barred(&mut self, customer: usize) {
        self.breathe().await;
        self.look();
        self.customers[customer].is_barred = true;
        self.judge.bars += 1;
    }

    /// The operator suspends a business.
    pub async fn suspends(&mut self, shop: usize) {
        let (id, until) = (self.shops[shop].id, self.clock_in(3_000));
        let suspended = self
            .operator(
                move |plane| async move { plane.suspend(Whom::Id(id), Reason::Spam, until).await },
            )
            .await;
        self.breathe().await;
        self.look();
        if suspended.is_ok() {
            self.shops[shop].is_barred = true;
            self.judge.bars += 1;
        }
    }

    /// The operator ends it.
    pub async fn unsuspends(&mut self, shop: usize) {
        if self.shops[shop].is_revoked {
            return;
        }
        self.shops[shop].is_barred = false;
        let id = self.shops[shop].id;
        let _twice = self
            .operator(move |plane| async move { plane.unsuspend(Whom::Id(id)).await })
            .await;
    }

    /// The operator revokes a business.
    pub async fn revokes(&mut self, shop: usize) {
        let id = self.shops[shop].id;
        let _twice = self
            .operator(move |plane: Arc<_>| async move {
                plane.revoke(Whom::Id(id), Reason::Terms).await
            })
            .await;
        self.breathe().await;
        self.look();
        let shop = &mut self.shops[shop];
        (shop.is_barred, shop.is_revoked) = (true, true);
        self.judge.bars += 1;
    }

    fn clock_in(&self, days: u64) -> Seconds {
        Seconds::new(now(&self.clock).value() + days * 86_400)
    }

    /// Everything that a client may declare in these worlds.
    ///
    /// # Panics
    /// Never: the values are good.
    pub fn values(&mut self) -> Declared {
        let phone = PhoneNumber::new(431_000_000 + self.dice.below(1 << 20));
        let mut values = vec![
            Value::PhoneNumber(phone.expect("a good number")),
            Value::Locale(Locale::new("deAT").expect("a good locale")),
            Value::Country(Country::new("AT").expect("a good country")),
        ];
        // Under the third table nobody may be told it, and nobody takes it.
        let now = now(&self.clock).value();
        let in_force = self
            .judge
            .tables
            .values()
            .filter(|table| table.effective <= now);
        if in_force.count() > 2 {
            values.retain(|value| !matches!(value, Value::Locale(_)));
        }
        let (major, minor) = (self.dice.below(20) as u16, Some(self.dice.below(9) as u16));
        values.push(Value::OsVersion(System { major, minor }));
        Declared::of(values).unwrap_or_default()
    }
}
