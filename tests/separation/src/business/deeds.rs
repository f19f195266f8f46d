//! How each step of a trace is done: by whom, with which frames.
//! Knows: the wire as clients speak it. Never knows: what the other wing does.

use partywall_business::answer::Answer;
use partywall_business::certificate::{Hosting, Industry, Name};
use partywall_business::id::{AccountKey, BusinessId};
use partywall_business::request::{self, FromClient};
use partywall_business::template::{self, ParameterKind, Slot};
use partywall_business::{
    Category, Domain, Endpoint, Number, Reason, SealedBundle, ShelfBefore, Version,
};
use partywall_business_plane::{Evidence, Named as Whom, TemplateFilter, policy};
use partywall_ground::Seconds;
use partywall_proof::SigningKey;
use std::sync::Arc;

use super::actors::{End, Shop, Who};
use super::trace::Step;
use super::{BusinessWing, policy as policies, said};

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
