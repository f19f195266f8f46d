//! How each step of a trace is done: by whom, with which frames.
//! Knows: the wire as clients speak it. Never knows: what the other wing does.

use std::collections::BTreeSet;
use std::num::NonZeroU64;

use partywall_business::answer::Answer;
use partywall_business::certificate::{Hosting, Industry, Name, UnverifiedCertificate};
use partywall_business::consent::{Choices, Draft, Refusal as Objection};
use partywall_business::field::Region;
use partywall_business::id::{AccountKey, BusinessId, TableHash};
use partywall_business::ledger::Size;
use partywall_business::request::{self, FromClient, Named};
use partywall_business::signed::Signed;
use partywall_business::table::{Table, UnverifiedTable};
use partywall_business::template::{self, ParameterKind, Slot};
use partywall_business::value::{
    Country, Currency, DeviceClass, Initials, Locale, Money, PhoneNumber, Value, Version as System,
};
use partywall_business::{
    Blocking, Categories, Category, CertificateHash, Clear, Commitment, Count, Declared, Domain,
    Endpoint, Envelope, Number, OptIn, Reason, RightsKey, SealedBundle, ShelfBefore, Version,
};
use partywall_business_plane::{Evidence, Named as Whom, TemplateFilter, policy};
use partywall_ground::Seconds;
use partywall_proof::SigningKey;
use std::sync::Arc;

use super::actors::{Customer, End, Shop, Who};
use super::trace::Step;
use super::{BusinessWing, operator_key, policy as policies, said};

/// From which days on policies hold; each is published a month and more before.
const EFFECTIVE: [&str; 3] = ["2026-08-01", "2026-10-01", "2026-12-01"];

impl BusinessWing {
    /// Does one step of a trace, and lets everything come to rest.
    pub fn does(&mut self, step: &Step) {
        let customers = self.customers.len();
        let of = |who: usize| who % customers.max(1);
        match step {
            Step::Enrol => self.enrol(),
            Step::Verify(shop) => self.verify(*shop),
            Step::Publish => self.publish(),
            Step::Exporter => self.exporter_connects(),
            Step::Claim(sink, most) => self.exporter_claims(*sink, *most),
            Step::Close(sink, outcome) => self.exporter_closes(*sink, *outcome),
            Step::Ledger => self.read_ledger(),
            Step::Nonsense => self.nonsense(),
            Step::Look => self.look(),
            Step::Template(shop, category) => self.template(*shop, *category),
            Step::Begin(shop) => self.begin(*shop),
            Step::Take(shop) => self.take(*shop),
            Step::Suspend(shop) => self.suspend(*shop),
            Step::Revoke(shop) => self.revoke(*shop),
            _ if customers == 0 => {}
            Step::Say(who) => self.say(of(*who)),
            Step::Answer(who) => self.answer(of(*who), None),
            Step::SendTemplate(who) => self.send_template(of(*who)),
            Step::Consent(who) => self.consent(of(*who)),
            Step::Declare(who) => self.declare(of(*who)),
            Step::Opt(who) => self.opt(of(*who)),
            Step::Block(who) => self.block(of(*who)),
            Step::Leave(who) => {
                self.asks(Who::Customer(of(*who)), |number| {
                    request::Leave { number }.into()
                });
            }
            Step::Erase(who) => {
                self.asks(Who::Customer(of(*who)), |number| {
                    request::Erase { number }.into()
                });
            }
            Step::Rights(who) => self.rights(of(*who)),
            Step::Collect(who) => {
                let shop = self.customers[of(*who)].shop;
                self.collects(Who::Customer(of(*who)));
                self.collects(Who::Shop(shop));
            }
            Step::Vanish(who) => {
                self.end(Who::Customer(of(*who))).vanish();
                self.rig.settle();
            }
        }
    }

    fn enrol(&mut self) {
        let key = SigningKey::draw(&mut self.dice);
        let id = BusinessId::of(&AccountKey::new(*key.public().as_bytes()));
        let number = self.shops.len();
        let domain = format!("shop{number}.example");
        self.shops.push(Shop {
            key,
            id,
            domain: domain.clone(),
            end: End::from(100 + number),
            templates: Vec::new(),
        });
        let endpoint = Endpoint::new(self.dice.bytes());
        let (Ok(name), Ok(domain)) = (Name::new("A shop"), Domain::new(&domain)) else {
            return;
        };
        self.asks(Who::Shop(number), |number| {
            let enrol = request::Enrol {
                number,
                name,
                domain,
                industry: Industry::Food,
                hosting: Hosting::Itself,
                endpoint,
            };
            enrol.into()
        });
        let bundles = [self.bundle(), self.bundle()];
        let last_resort = Some(self.bundle());
        self.asks(Who::Shop(number), |number| {
            let shelve = request::Shelve {
                number,
                before: ShelfBefore::Kept,
                one_time: bundles.to_vec().try_into().unwrap_or_default(),
                last_resort,
            };
            shelve.into()
        });
    }

    fn bundle(&mut self) -> SealedBundle {
        let bytes: [u8; SealedBundle::LENGTH] = self.dice.bytes();
        SealedBundle::try_from(bytes.to_vec()).expect("it is as long as a bundle")
    }

    fn tells(&mut self, what: &str, told: impl std::fmt::Debug) {
        self.told.push(format!("{what}: {told:?}"));
    }

    fn verify(&mut self, shop: usize) {
        let whom = self.shop(shop);
        let plane = Arc::clone(&self.plane);
        let told = self
            .rig
            .ask(async move { plane.verify(whom, Evidence::Word("seen".to_owned())).await });
        self.tells("verify", told);
    }

    fn shop(&self, shop: usize) -> Whom {
        Whom::Id(self.shops[shop % self.shops.len()].id)
    }

    fn suspend(&mut self, shop: usize) {
        let (whom, plane) = (self.shop(shop), Arc::clone(&self.plane));
        let until = Seconds::new(self.now().value() + 3_600);
        let told = self
            .rig
            .ask(async move { plane.suspend(whom, Reason::Spam, until).await });
        self.tells("suspend", told);
    }

    fn revoke(&mut self, shop: usize) {
        let (whom, plane) = (self.shop(shop), Arc::clone(&self.plane));
        let told = self
            .rig
            .ask(async move { plane.revoke(whom, Reason::Terms).await });
        self.tells("revoke", told);
    }

    fn publish(&mut self) {
        let plane = Arc::clone(&self.plane);
        let published = self.rig.ask(async move { plane.policies().await });
        let Some(Ok(lines)) = published else { return };
        let Some(effective) = EFFECTIVE.get(lines.len().saturating_sub(1)) else {
            return;
        };
        let version = u32::try_from(lines.len()).unwrap_or(u32::MAX) + 1;
        let text = policies::variant(version, effective, &mut self.dice);
        let compiled = match policy::compile(&text) {
            Ok(compiled) => compiled,
            Err(errors) => return self.tells("compile", errors),
        };
        let plane = Arc::clone(&self.plane);
        let told = self.rig.ask(async move { plane.publish(compiled).await });
        self.tells("publish", told);
    }

    fn template(&mut self, shop: usize, category: u64) {
        let shop = shop % self.shops.len();
        let category = Category::ALL[category as usize % 3];
        let draft = draft(category, self.dice.below(1_000_000));
        let Some(template) = draft.to_bytes() else {
            return;
        };
        let answer = self.asks(Who::Shop(shop), |number| {
            request::Submit { number, template }.into()
        });
        let Some(Answer::Submitted(taken)) = answer.as_deref().and_then(said::answer) else {
            return;
        };
        self.shops[shop].templates.push(taken.template);
        if self.dice.below(3) > 0 {
            let plane = Arc::clone(&self.plane);
            let told = self
                .rig
                .ask(async move { plane.approve(taken.template).await });
            self.tells("approve", told);
        }
    }

    fn take(&mut self, shop: usize) {
        let business = self.shops[shop % self.shops.len()].id;
        let from = std::net::IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 1));
        let Some(line) = self.dial(from) else { return };
        let number = Number::FIRST;
        line.say(FromClient::from(request::Take { number, business }).encode());
        self.rig.settle();
        line.farewell();
        self.rig.settle();
    }

    fn nonsense(&mut self) {
        let from = std::net::IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 2));
        let Some(line) = self.dial(from) else { return };
        let bytes: [u8; 40] = self.dice.bytes();
        line.say(bytes.to_vec());
        self.rig.settle();
    }

    fn read_ledger(&mut self) {
        for path in ["/checkpoint", "/tile/0/000.p/1", "/tile/entries/000.p/1"] {
            self.get(path, "");
        }
    }

    fn look(&mut self) {
        let plane = Arc::clone(&self.plane);
        let seen = self.rig.ask(async move {
            let businesses = plane.businesses().await;
            let templates = plane.templates(TemplateFilter::All).await;
            format!("{businesses:?} {templates:?} {:?}", plane.policies().await)
        });
        self.tells("look", seen);
    }

    /// Certificate and table, as the customer is shown them.
    fn finds(&mut self, who: Who, shop: usize) -> Option<(CertificateHash, Table)> {
        let domain = Domain::new(&self.shops[shop].domain).ok()?;
        let named = Named::Domain(domain);
        let answer = self.asks(who, |number| request::Find { number, named }.into())?;
        let Some(Answer::Found(found)) = said::answer(&answer) else {
            return None;
        };
        let operator = operator_key().public();
        let table = UnverifiedTable::decode(&found.table.encode()).ok()?;
        let table = table.verify(&operator).ok()?;
        let certificate = UnverifiedCertificate::new(found.certificate);
        let certificate = certificate.verify(&operator, self.now()).ok()?;
        Some((certificate.hash(), table))
    }

    fn begin(&mut self, shop: usize) {
        let shop = shop % self.shops.len();
        let number = self.customers.len();
        self.customers.push(Customer {
            key: SigningKey::draw(&mut self.dice),
            rights: SigningKey::draw(&mut self.dice),
            shop,
            conversation: None,
            counter: 0,
            chosen: BTreeSet::new(),
            end: End::from(number),
        });
        let Some((certificate, table)) = self.finds(Who::Customer(number), shop) else {
            return;
        };
        let Some(consent) = self.signs(number, &table) else {
            return;
        };
        let business = self.shops[shop].id;
        let rights = RightsKey::from(&self.customers[number].rights.public());
        let declared = self.values(number);
        let opted_in: Categories = Category::ALL
            .into_iter()
            .filter(|_| self.dice.below(2) == 0)
            .collect();
        let answer = self.asks(Who::Customer(number), |number| {
            let begin = request::Begin {
                number,
                business,
                certificate,
                consent,
                rights,
                opted_in,
                declared,
            };
            begin.into()
        });
        if let Some(Answer::Begun(begun)) = answer.as_deref().and_then(said::answer) {
            self.customers[number].conversation = Some(begun.conversation);
        }
    }

    /// A consent to some of what the table offers: none, some or all of it.
    fn signs(&mut self, customer: usize, table: &Table) -> Option<Signed> {
        let region = match self.dice.below(4) {
            0 => None,
            1 => Some(Region::Other),
            _ => Some(Region::Eu),
        };
        let inclination = self.dice.below(4);
        let refusal = match self.dice.below(6) {
            0 => Objection::Objection,
            _ => Objection::None,
        };
        let offered = table.choosable(region);
        let choices: Choices = offered
            .iter()
            .filter(|row| refusal == Objection::None || !row.purpose.is_refusable())
            .filter(|_| self.dice.below(3) < inclination)
            .collect();
        let now = self.now();
        let customer = &mut self.customers[customer];
        customer.counter += 1;
        customer.chosen = choices.iter().map(|row| row.field).collect();
        let draft = Draft {
            business: self.shops[customer.shop].id,
            accepted: table,
            choices,
            region,
            counter: NonZeroU64::new(customer.counter)?,
            issued: now,
            expiry: Seconds::new(now.value() + 86_400 * 365),
            refusal,
        };
        Signed::decode(&draft.sign(&customer.key).ok()?.encode()).ok()
    }

    /// Values that the customer's choices let be told, and now and then others, which are refused.
    fn values(&mut self, customer: usize) -> Declared {
        let dice = &mut self.dice;
        let chosen = &self.customers[customer].chosen;
        let mut values = Vec::new();
        values.extend(PhoneNumber::new(431_000_000 + dice.below(1 << 20)).map(Value::PhoneNumber));
        values.extend(Locale::new("deAT").map(Value::Locale));
        values.extend(Country::new("AT").map(Value::Country));
        values.extend(Initials::new("AB").map(Value::DisplayName));
        values.push(Value::DeviceModel(DeviceClass::Linux));
        values.push(Value::AdReferral(dice.below(1 << 16) as u16));
        let (major, minor) = (dice.below(20) as u16, Some(dice.below(9) as u16));
        values.push(Value::OsVersion(System { major, minor }));
        let (minor, currency) = (dice.below(1 << 30), Currency::Eur);
        values.push(Value::PurchaseTotal(Money { minor, currency }));
        let careful = dice.below(8) > 0;
        values.retain(|value| dice.below(4) > 0 && (!careful || chosen.contains(&value.field())));
        Declared::of(values).unwrap_or_default()
    }

    fn consent(&mut self, customer: usize) {
        let (who, shop) = (Who::Customer(customer), self.customers[customer].shop);
        let Some((_, table)) = self.finds(who, shop) else {
            return;
        };
        let Some(consent) = self.signs(customer, &table) else {
            return;
        };
        let declared = self.values(customer);
        self.asks(who, |number| {
            let consent = request::Consent {
                number,
                consent,
                declared,
            };
            consent.into()
        });
        let table: TableHash = table.hash();
        self.asks(who, |number| request::Table { number, table }.into());
    }

    fn declare(&mut self, customer: usize) {
        let declared = self.values(customer);
        self.asks(Who::Customer(customer), |number| {
            request::Declare { number, declared }.into()
        });
    }

    fn opt(&mut self, customer: usize) {
        let category = Category::ALL[self.dice.below(3) as usize];
        let opt_in = if self.dice.below(2) == 0 {
            OptIn::Out
        } else {
            OptIn::In
        };
        self.asks(Who::Customer(customer), |number| {
            let opt = request::Opt {
                number,
                category,
                opt_in,
            };
            opt.into()
        });
    }

    fn block(&mut self, customer: usize) {
        let blocking = if self.dice.below(2) == 0 {
            Blocking::Off
        } else {
            Blocking::On
        };
        self.asks(Who::Customer(customer), |number| {
            request::Block { number, blocking }.into()
        });
    }

    fn rights(&mut self, customer: usize) {
        let who = Who::Customer(customer);
        self.asks(who, |number| request::Held { number }.into());
        let after = Count::new(0);
        self.asks(who, |number| request::Consents { number, after }.into());
        self.asks(who, |number| request::Disclosures { number, after }.into());
        let (from, to) = (Size::new(1), Size::new(2));
        self.asks(who, |number| {
            request::Consistency { number, from, to }.into()
        });
    }

    fn envelope(&mut self) -> Envelope {
        let bytes: [u8; 64] = self.dice.bytes();
        let size = if self.dice.below(8) == 0 {
            16_384
        } else {
            4_096
        };
        Envelope::try_from(
            bytes
                .iter()
                .copied()
                .cycle()
                .take(size)
                .collect::<Vec<u8>>(),
        )
        .expect("it is as long as an envelope")
    }

    fn say(&mut self, customer: usize) {
        let Some(conversation) = self.customers[customer].conversation else {
            return;
        };
        let clear = Clear::Reply(Commitment::new(self.dice.bytes()));
        let envelope = self.envelope();
        self.asks(Who::Customer(customer), |number| {
            let say = request::Say {
                number,
                conversation,
                clear,
                envelope,
            };
            say.into()
        });
    }

    fn answer(&mut self, customer: usize, template: Option<Version>) {
        let shop = self.customers[customer].shop;
        let Some(conversation) = self.customers[customer].conversation else {
            return;
        };
        let commitment = Commitment::new(self.dice.bytes());
        let newest = self.shops[shop].templates.last().copied();
        let clear = match (template, newest) {
            (Some(version), Some(newest)) => Clear::Template(commitment, newest, version),
            _ => Clear::Reply(commitment),
        };
        let envelope = self.envelope();
        self.asks(Who::Shop(shop), |number| {
            let say = request::Say {
                number,
                conversation,
                clear,
                envelope,
            };
            say.into()
        });
    }

    fn send_template(&mut self, customer: usize) {
        self.answer(customer, Some(Version::new(1)));
    }
}

fn draft(category: Category, salt: u64) -> template::Draft {
    let (body, kind) = match category {
        Category::Authentication => ("Your code is {{1}}, for the till.", ParameterKind::Code),
        _ => (
            "Your order of {{1}} loaves is ready.",
            ParameterKind::Integer,
        ),
    };
    template::Draft {
        name: format!("ready_{salt}"),
        version: Version::new(1),
        language: "en".to_owned(),
        category,
        header: None,
        body: body.to_owned(),
        footer: None,
        buttons: Vec::new(),
        slots: vec![Slot {
            kind,
            options: None,
        }],
    }
}
