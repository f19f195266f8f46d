//! One of everything that clients and exporters say.
//! Knows: bodies. Never knows: who reads them.

use crate::dice::Dice;
use partywall_business::certificate::{Hosting, Industry};
use partywall_business::export::{self, FromExporter};
use partywall_business::field::Recipient;
use partywall_business::frank::FrankingKey;
use partywall_business::ledger::Size;
use partywall_business::request::{self, FromClient, Named};
use partywall_business::*;
use partywall_ground::{Nonce32, Spki};

impl Dice {
    pub(crate) fn clients_say(&self) -> Vec<FromClient> {
        let number = self.number();
        let business = BusinessId::new(self.b32());
        let named = match self.flag {
            true => Named::Domain(self.domain()),
            false => Named::Business(business),
        };
        vec![
            Login {
                role: self.pick(&Role::ALL),
                key: CallerKey::new(self.b32()),
                nonce: Nonce32::new(self.b32()),
                spki: Spki::new(self.b32()),
                signature: self.signature(),
            }
            .into(),
            request::Ack { tag: self.tag() }.into(),
            request::Find { number, named }.into(),
            request::Table {
                number,
                table: TableHash::new(self.b32()),
            }
            .into(),
            request::Template {
                number,
                template: self.template(),
            }
            .into(),
            request::Take { number, business }.into(),
            request::Consistency {
                number,
                from: Size::new(self.count),
                to: Size::new(self.count),
            }
            .into(),
            request::Enrol {
                number,
                name: self.line(),
                domain: self.domain(),
                industry: self.pick(&Industry::ALL),
                hosting: match self.length {
                    0 => Hosting::Itself,
                    1 => Hosting::Operator,
                    _ => Hosting::Provider(self.line()),
                },
                endpoint: Endpoint::new([self.byte; 64]),
            }
            .into(),
            request::Shelve {
                number,
                before: self.pick(&[ShelfBefore::Kept, ShelfBefore::Cleared]),
                one_time: self.listed(|| self.bundle()),
                last_resort: self.maybe(self.bundle()),
            }
            .into(),
            request::Submit {
                number,
                template: Bytes::new(&self.bytes()).expect("made to fit"),
            }
            .into(),
            request::Templates { number }.into(),
            request::StandingOf { number }.into(),
            request::Begin {
                number,
                business,
                certificate: CertificateHash::new(self.b32()),
                consent: self.signed(),
                rights: RightsKey::new(self.b32()),
                opted_in: self.categories(),
                declared: self.declared(),
            }
            .into(),
            request::Consent {
                number,
                consent: self.signed(),
                declared: self.declared(),
            }
            .into(),
            request::Declare {
                number,
                declared: self.declared(),
            }
            .into(),
            request::Opt {
                number,
                category: self.pick(&Category::ALL),
                opt_in: self.pick(&[OptIn::In, OptIn::Out]),
            }
            .into(),
            request::Block {
                number,
                blocking: self.pick(&[Blocking::On, Blocking::Off]),
            }
            .into(),
            request::Leave { number }.into(),
            request::Report {
                number,
                event: EventId::new(self.b16()),
                content: Bytes::new(&self.bytes()).expect("made to fit"),
                key: FrankingKey::new(self.b32()),
                clear: self.clear(),
                mark: Mark::new(self.b32()),
                at: self.at(),
                why: self.pick(&Why::ALL),
            }
            .into(),
            request::Say {
                number,
                conversation: ConversationId::new(self.b32()),
                clear: self.clear(),
                envelope: self.envelope(),
            }
            .into(),
            request::Held { number }.into(),
            request::Consents {
                number,
                after: self.count(),
            }
            .into(),
            request::Disclosures {
                number,
                after: self.count(),
            }
            .into(),
            request::Erase { number }.into(),
        ]
    }

    pub(crate) fn exporters_say(&self) -> Vec<FromExporter> {
        let batch = BatchId::new(self.b16());
        let sink = export::Sink {
            sink: self.line(),
            recipient: self.pick(&Recipient::ALL),
        };
        vec![
            export::Carry {
                sinks: vec![sink; 1 + self.length].try_into().expect("made to fit"),
            }
            .into(),
            export::Claim {
                sink: self.line(),
                most: export::Most::LARGEST,
            }
            .into(),
            export::CloseBatch {
                batch,
                outcome: self.pick(&export::Outcome::ALL),
            }
            .into(),
        ]
    }
}
