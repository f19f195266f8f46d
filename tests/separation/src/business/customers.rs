//! What customers do, and what their businesses answer them.
//! Knows: the wire as clients speak it. Never knows: what the other wing does.

use std::collections::BTreeSet;
use std::num::NonZeroU64;

use partywall_business::answer::Answer;
use partywall_business::certificate::UnverifiedCertificate;
use partywall_business::consent::{Choices, Draft, Refusal as Objection};
use partywall_business::field::Region;
use partywall_business::id::TableHash;
use partywall_business::ledger::Size;
use partywall_business::request::{self, Named};
use partywall_business::signed::Signed;
use partywall_business::table::{Table, UnverifiedTable};
use partywall_business::value::{
    Country, Currency, DeviceClass, Initials, Locale, Money, PhoneNumber, Value, Version as System,
};
use partywall_business::{
    Blocking, Categories, Category, CertificateHash, Clear, Commitment, Count, Declared, Domain,
    Envelope, OptIn, RightsKey, Version,
};
use partywall_ground::Seconds;
use partywall_proof::SigningKey;

use super::actors::{Customer, End, Who};
use super::{BusinessWing, operator_key, said};

impl BusinessWing {
    /// Certificate and table, as the customer is shown them.
    pub(super) fn finds(&mut self, who: Who, shop: usize) -> Option<(CertificateHash, Table)> {
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

    pub(super) fn begin(&mut self, shop: usize) {
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
    pub(super) fn signs(&mut self, customer: usize, table: &Table) -> Option<Signed> {
        let region = match self.dice.below(4) {
            0 => None,
            1 => Some(Region::Other),
            _ => Some(Region::Eu),
        };
        let willing = self.willing.is_some();
        let inclination = if willing { 3 } else { self.dice.below(4) };
        let refusal = match self.dice.below(6) {
            0 if !willing => Objection::Objection,
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
    pub(super) fn values(&mut self, customer: usize) -> Declared {
        if let Some(phone) = self.willing {
            let phone = PhoneNumber::new(phone).map(Value::PhoneNumber);
            return Declared::of(phone.into_iter().collect()).unwrap_or_default();
        }
        let mut values = self.everything();
        let dice = &mut self.dice;
        let chosen = &self.customers[customer].chosen;
        let careful = dice.below(8) > 0;
        values.retain(|value| dice.below(4) > 0 && (!careful || chosen.contains(&value.field())));
        Declared::of(values).unwrap_or_default()
    }

    /// A value for each field that a customer can declare.
    pub(super) fn everything(&mut self) -> Vec<Value> {
        let dice = &mut self.dice;
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
        values
    }

    pub(super) fn consent(&mut self, customer: usize) {
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

    pub(super) fn declare(&mut self, customer: usize) {
        let declared = self.values(customer);
        self.asks(Who::Customer(customer), |number| {
            request::Declare { number, declared }.into()
        });
    }

    pub(super) fn opt(&mut self, customer: usize) {
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

    pub(super) fn block(&mut self, customer: usize) {
        let blocking = if self.dice.below(2) == 0 {
            Blocking::Off
        } else {
            Blocking::On
        };
        self.asks(Who::Customer(customer), |number| {
            request::Block { number, blocking }.into()
        });
    }

    pub(super) fn rights(&mut self, customer: usize) {
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

    pub(super) fn envelope(&mut self) -> Envelope {
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

    pub(super) fn say(&mut self, customer: usize) {
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

    pub(super) fn answer(&mut self, customer: usize, template: Option<Version>) {
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

    pub(super) fn send_template(&mut self, customer: usize) {
        self.answer(customer, Some(Version::new(1)));
    }
}
