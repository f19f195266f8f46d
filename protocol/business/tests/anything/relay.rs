//! One of everything that the relay says at either door.
//! Knows: bodies. Never knows: who reads them.

use crate::dice::Dice;
use partywall_business::answer::{self, FromRelay};
use partywall_business::event::{Event, News};
use partywall_business::export;
use partywall_business::field::Region;
use partywall_business::ledger::Hash;
use partywall_business::template::{Lint, UnverifiedApproval};
use partywall_business::*;
use partywall_ground::{AtMost, Days, Nonce32, RelayKey};
use partywall_proof::Hello;

impl Dice {
    pub(crate) fn relay_says(&self) -> Vec<FromRelay> {
        let number = self.number();
        let reason = self.pick(&Reason::ALL);
        let mut said: Vec<FromRelay> = vec![
            Hello {
                relay: RelayKey::new(self.b32()),
                nonce: Nonce32::new(self.b32()),
                vouches: AtMost::none(),
                clock: self.at(),
                retention: Days::new(self.count),
            }
            .into(),
            Welcome::Business(BusinessStanding::Revoked).into(),
            Welcome::Customer(ConversationStanding::Absent).into(),
            Welcome::Rights(ConversationStanding::Ended).into(),
            answer::Done { number }.into(),
            Refused {
                number,
                rule: self.pick(&Rule::ALL),
                until: self.maybe(self.at()),
            }
            .into(),
            answer::Found {
                number,
                certificate: self.signed(),
                certificate_entry: Box::new(self.proof()),
                table: self.signed(),
                table_entry: Box::new(self.proof()),
            }
            .into(),
            answer::TableIs {
                number,
                table: self.signed(),
                table_entry: Box::new(self.proof()),
            }
            .into(),
            answer::TemplateIs {
                number,
                template: UnverifiedApproval {
                    template: Bytes::new(&self.bytes()).expect("made to fit"),
                    business: BusinessId::new(self.b32()),
                    signature: self.signature(),
                },
            }
            .into(),
            answer::Taken {
                number,
                bundle: self.maybe(self.bundle()),
            }
            .into(),
            answer::Consistent {
                number,
                checkpoint: self.checkpoint(),
                path: self.listed(|| Hash::new(self.b32())),
            }
            .into(),
            answer::Shelved {
                number,
                one_time_left: self.count(),
            }
            .into(),
            answer::Submitted {
                number,
                template: self.template(),
                state: self.pick(&TemplateState::ALL),
                lint: self.listed(|| self.pick(&Lint::ALL)),
            }
            .into(),
            answer::TemplatesAre {
                number,
                templates: self.listed(|| answer::TemplateLine {
                    template: self.template(),
                    state: self.pick(&TemplateState::ALL),
                    reason: self.maybe(reason),
                    until: self.maybe(self.at()),
                }),
            }
            .into(),
            answer::StandingIs {
                number,
                standing: BusinessStanding::Verified,
                reason: self.maybe(reason),
                certificate: self.maybe(self.signed()),
            }
            .into(),
            answer::Begun {
                number,
                conversation: ConversationId::new(self.b32()),
            }
            .into(),
            answer::Accepted {
                number,
                event: EventId::new(self.b16()),
                sequence: self.sequence(),
                at: self.at(),
                window_expires_at: self.at(),
            }
            .into(),
            rights::HeldIs {
                number,
                conversation: ConversationId::new(self.b32()),
                business: BusinessId::new(self.b32()),
                standing: ConversationStanding::Open,
                opted_in: self.categories(),
                declared: self.declared(),
                waiting: self.count(),
                consents: self.count(),
                disclosures: self.count(),
                reports: self.count(),
                window_expires_at: self.at(),
            }
            .into(),
            rights::ConsentsAre {
                number,
                consents: self.listed(|| self.signed()),
                more: self.pick(&[More::No, More::Yes]),
            }
            .into(),
            rights::DisclosuresAre {
                number,
                records: self.listed(|| rights::Record {
                    disclosure: self.opening(),
                    disclosure_inclusion: self.inclusion(),
                    outcome: self.maybe(self.opening()),
                    outcome_inclusion: self.maybe(self.inclusion()),
                }),
                more: self.pick(&[More::No, More::Yes]),
                checkpoint: self.checkpoint(),
            }
            .into(),
            rights::Erased {
                number,
                receipt: self.signed(),
            }
            .into(),
        ];
        let events = self.news().into_iter().map(|news| Event {
            tag: self.tag(),
            id: EventId::new(self.b16()),
            conversation: ConversationId::new(self.b32()),
            sequence: self.sequence(),
            at: self.at(),
            window_expires_at: self.at(),
            news,
        });
        said.extend(events.map(FromRelay::from));
        said
    }

    pub(crate) fn news(&self) -> Vec<News> {
        let reason = self.pick(&Reason::ALL);
        vec![
            News::Message {
                clear: self.clear(),
                envelope: self.envelope(),
                mark: Mark::new(self.b32()),
            },
            News::Began {
                opted_in: self.categories(),
                region: self.maybe(self.pick(&Region::ALL)),
            },
            News::Left,
            News::Opted {
                category: self.pick(&Category::ALL),
                opt_in: OptIn::Out,
            },
            News::Disclosed {
                disclosure: Bytes::new(&self.bytes()).expect("made to fit"),
                entry: self.proof(),
            },
            News::Withdrawn {
                message: EventId::new(self.b16()),
                reason,
            },
            News::Suspended(reason),
            News::Revoked(reason),
            News::Table(TableHash::new(self.b32())),
            News::Certificate(CertificateHash::new(self.b32())),
        ]
    }

    pub(crate) fn exporters_hear(&self) -> Vec<export::FromRelay> {
        let batch = BatchId::new(self.b16());
        vec![
            export::Idle { sink: self.line() }.into(),
            export::Wake { sink: self.line() }.into(),
            export::Closed { batch }.into(),
            export::Abort { batch }.into(),
            export::Batch {
                sink: self.line(),
                batch,
                sequence: self.count(),
                records: AtMost::none(),
                retractions: self.listed(|| RecordKey::new(self.b16())),
                checkpoint: self.checkpoint(),
            }
            .into(),
        ]
    }
}
