//! Whoever comes to the business wing for what is not theirs: a business that looks people up, an agent
//! with a key that no business enrolled.
//! Knows: the wire as clients speak it, and what a customer's app holds. Never knows: what is behind the door.

use partywall_business::answer::{Answer, FromRelay};
use partywall_business::field::Field;
use partywall_business::id::BusinessId;
use partywall_business::request::{self, FromClient, Named};
use partywall_business::{Clear, Commitment, Declared, Domain, Number, Role, ShelfBefore};
use partywall_proof::SigningKey;
use std::net::IpAddr;

use super::BusinessWing;
use super::actors::{End, Shop, Who};
use super::said;

impl BusinessWing {
    /// What a business is told when it looks these bytes up as if they were a business.
    pub fn business_looks_up(&mut self, shop: usize, name: [u8; 32]) -> Option<String> {
        let named = Named::Business(BusinessId::new(name));
        self.looked_up(shop, named)
    }

    /// What a business is told when it looks a domain up.
    pub fn business_looks_for(&mut self, shop: usize, domain: &str) -> Option<String> {
        let named = Named::Domain(Domain::new(domain).ok()?);
        self.looked_up(shop, named)
    }

    fn looked_up(&mut self, shop: usize, named: Named) -> Option<String> {
        let frame = self.asks(Who::Shop(shop), |number| {
            request::Find { number, named }.into()
        })?;
        match said::answer(&frame)? {
            Answer::Refused(refused) => Some(format!("{:?} {:?}", refused.rule, refused.until)),
            other => Some(format!("{:?}", other.kind())),
        }
    }

    /// Everything by which a customer's app knows its customer: keys, and the name of the conversation.
    #[must_use]
    pub fn names_of_customers(&self) -> Vec<[u8; 32]> {
        let names = self.customers.iter().flat_map(|customer| {
            let conversation = customer.conversation.map(|name| *name.as_bytes());
            let keys = [&customer.key, &customer.rights].map(|key| *key.public().as_bytes());
            keys.into_iter().chain(conversation)
        });
        names.collect()
    }

    /// How often customers began.
    #[must_use]
    pub fn conversations(&self) -> usize {
        let begun = self.customers.iter();
        begun
            .filter(|customer| customer.conversation.is_some())
            .count()
    }

    /// Customers come until the shop takes one, for some agree to less than a conversation needs, or declare
    /// more than the policy permits. Which customer it is.
    pub fn somebody_begins(&mut self, shop: usize) -> Option<usize> {
        let before = self.conversations();
        let taken = (0..32).any(|_| {
            self.begin(shop);
            self.conversations() > before
        });
        taken.then(|| self.customers.len() - 1)
    }

    /// What a shop's connection heard, without what names anything: kinds, sequences, times, rules.
    #[must_use]
    pub fn heard_by_shop(&mut self, shop: usize) -> Vec<String> {
        let frames = self.end(Who::Shop(shop)).heard();
        let shown = frames.iter().map(|frame| match FromRelay::decode(frame) {
            Ok(FromRelay::Event(event)) => format!(
                "event {:?} at {:?} until {:?}",
                event.sequence, event.at, event.window_expires_at
            ),
            Ok(FromRelay::Answer(Answer::Accepted(told))) => format!(
                "accepted {:?} {:?} at {:?} until {:?}",
                told.number, told.sequence, told.at, told.window_expires_at
            ),
            Ok(FromRelay::Answer(Answer::Refused(refused))) => {
                format!("refused {:?} {:?}", refused.number, refused.rule)
            }
            Ok(other) => format!("{:?}", other.kind()),
            Err(close) => format!("{close:?}"),
        });
        shown.collect()
    }

    /// A customer acknowledges what lies for it; its business does nothing.
    pub fn customer_collects(&mut self, customer: usize) {
        self.collects(Who::Customer(customer));
    }

    /// A customer hangs up, and comes from elsewhere from now on.
    pub fn customer_moves(&mut self, customer: usize, from: IpAddr) {
        let end = self.end(Who::Customer(customer));
        end.vanish();
        end.moves(from);
        self.rig.settle();
    }

    /// A customer declares everything that its choices, or a law, let be told.
    pub fn customer_declares_everything(&mut self, customer: usize) {
        let mut values = self.everything();
        let chosen = &self.customers[customer].chosen;
        values.retain(|value| chosen.contains(&value.field()));
        let bought = self.everything();
        let bought = bought
            .into_iter()
            .filter(|value| value.field() == Field::PurchaseTotal);
        // Where no law asks for what was bought, that alone is refused.
        for declared in [values, bought.collect()] {
            let declared = Declared::of(declared).unwrap_or_default();
            self.asks(Who::Customer(customer), |number| {
                request::Declare { number, declared }.into()
            });
        }
    }

    /// An agent comes with a key that no business enrolled, and asks for everything that a business may
    /// ask for, about every conversation. What it was told, by the name of what it asked.
    pub fn agent_asks_for_everything(&mut self) -> Vec<(&'static str, String)> {
        let key = SigningKey::draw(&mut self.dice);
        let agent = self.shops.len();
        self.shops.push(Shop {
            id: self.shops[0].id,
            domain: String::new(),
            end: End::from(150),
            templates: Vec::new(),
            key,
        });
        let mut told = Vec::new();
        let known: Vec<_> = self
            .customers
            .iter()
            .filter_map(|one| one.conversation)
            .collect();
        let (commitment, envelope) = (Commitment::new([7; 32]), self.envelope());
        for conversation in known {
            let (clear, envelope) = (Clear::Reply(commitment), envelope.clone());
            let say = |number| {
                let say = request::Say {
                    number,
                    conversation,
                    clear,
                    envelope,
                };
                say.into()
            };
            told.push(("say", self.agent_is_told(agent, say)));
        }
        let bundles = Vec::new().try_into().unwrap_or_default();
        let shelve = |number| {
            let shelve = request::Shelve {
                number,
                before: ShelfBefore::Kept,
                one_time: bundles,
                last_resort: None,
            };
            shelve.into()
        };
        told.push(("shelve", self.agent_is_told(agent, shelve)));
        let templates = |number| request::Templates { number }.into();
        told.push(("templates", self.agent_is_told(agent, templates)));
        let standing = |number| request::StandingOf { number }.into();
        told.push(("standing", self.agent_is_told(agent, standing)));
        self.collects(Who::Shop(agent));
        let events = self.heard_by_shop(agent);
        let events = events.iter().filter(|line| line.starts_with("event"));
        told.push(("events", events.count().to_string()));
        self.shops.truncate(agent);
        told
    }

    fn agent_is_told(
        &mut self,
        agent: usize,
        request: impl FnOnce(Number) -> FromClient,
    ) -> String {
        let Some(frame) = self.asks(Who::Shop(agent), request) else {
            return "nothing".to_owned();
        };
        match FromRelay::decode(&frame) {
            Ok(FromRelay::Answer(Answer::Refused(refused))) => format!("{:?}", refused.rule),
            Ok(FromRelay::Answer(Answer::TemplatesAre(list))) => {
                format!("{} templates", list.templates.len())
            }
            Ok(FromRelay::Answer(Answer::StandingIs(standing))) => {
                format!("{:?}", standing.standing)
            }
            Ok(other) => format!("{:?}", other.kind()),
            Err(close) => format!("{close:?}"),
        }
    }

    /// Somebody proves a business's role with a key of their own; what they were welcomed as.
    pub fn stranger_logs_in_as_business(&mut self) -> Option<String> {
        let key = SigningKey::draw(&mut self.dice);
        let from = std::net::IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 9));
        let line = self.log_in(from, &key, Role::Business)?;
        let heard = line.heard();
        match FromRelay::decode(heard.frames.get(1)?) {
            Ok(FromRelay::Welcome(welcome)) => Some(format!("{welcome:?}")),
            _ => None,
        }
    }
}
