//! Answers what an operator asks about the business wing.
//! Knows: businesses, templates, policies, what customers reported. Never knows: who a customer is; sealed messages.

use std::sync::Arc;

use partywall_business::certificate::Hosting;
use partywall_business::template::{Draft, TemplateBytes};
use partywall_business::{BusinessId, BusinessLink, BusinessStanding, Domain, Reason, TemplateId};
use partywall_business_plane::{self as plane, Named, Plane, TemplateFilter};
use partywall_ground::{RelayKey, Seconds};
use partywall_proof::link::Authority;
use partywall_world::Wall;

use super::dates::moment;
use super::words::{
    Answer, BusinessAsk, BusinessLine, BusinessStatus, Evidence, FactsLine, TemplateLine,
};
use crate::exporter::ExporterWatch;
use crate::identity::vouching::Vouching;
use crate::vitals::Vitals;

/// What the office needs of the business wing.
pub struct BusinessOffice {
    /// What it keeps and carries; none when none is running.
    pub plane: Option<Arc<Plane>>,
    /// The key that business links carry.
    pub key: RelayKey,
    /// Who vouches.
    pub vouching: Arc<Vouching>,
    /// Where links lead; none while the port is not picked yet.
    pub authority: Option<Authority>,
    /// How the wing is; none when none is running.
    pub vitals: Option<Arc<Vitals>>,
    /// How its exporter is; none when none is running.
    pub exporter: Option<ExporterWatch>,
}

/// A suspension or pause without an end.
const NEVER: u64 = i64::MAX as u64;

impl BusinessOffice {
    /// The business link.
    #[must_use]
    pub fn link(&self) -> Option<String> {
        let link = BusinessLink::new(self.authority.clone()?, self.key, None);
        Some(link.as_web_link())
    }

    /// The running wing, or what to do.
    pub(super) fn plane(&self) -> Result<&Arc<Plane>, String> {
        self.plane.as_ref().ok_or_else(|| {
            "no relay is running on this folder; start it with `partywall-relay serve`, then try again".into()
        })
    }

    pub(super) fn status(&self) -> Option<BusinessStatus> {
        Some(BusinessStatus {
            host: self.authority.as_ref()?.as_str().to_owned(),
            link: self.link()?,
            connections: self.vitals.as_ref()?.gate().connections() as u64,
            exporter: self.exporter.as_ref()?.word().to_owned(),
        })
    }

    /// Answers one question.
    pub(super) async fn answer(&self, ask: BusinessAsk, now: Wall) -> Result<Answer, String> {
        let plane = self.plane()?;
        match ask {
            BusinessAsk::List => self.businesses().await,
            BusinessAsk::Verify {
                business,
                shown,
                evidence,
            } => {
                let evidence = match evidence {
                    Evidence::WellKnown(body) => plane::Evidence::WellKnown(body),
                    Evidence::Text(text) => plane::Evidence::Word(text),
                };
                let shown = print_of(&shown)?;
                let done = plane
                    .verify_as_shown(named(&business)?, shown, evidence)
                    .await;
                acted(done, "verified", business)
            }
            BusinessAsk::Suspend {
                business,
                reason,
                until,
            } => {
                let until = ahead(until, now)?;
                let done = plane.suspend(named(&business)?, why(&reason)?, until).await;
                acted(done, "suspended", business)
            }
            BusinessAsk::Unsuspend { business } => {
                let done = plane.unsuspend(named(&business)?).await;
                acted(done, "unsuspended", business)
            }
            BusinessAsk::Revoke { business, reason } => {
                let done = plane.revoke(named(&business)?, why(&reason)?).await;
                acted(done, "revoked", business)
            }
            BusinessAsk::Templates { pending } => self.templates(pending).await,
            BusinessAsk::Approve { template } => {
                let done = plane.approve(template_id(&template)?).await;
                acted(done, "approved", template)
            }
            BusinessAsk::Reject { template, because } => {
                let done = plane.reject(template_id(&template)?, why(&because)?).await;
                acted(done, "rejected", template)
            }
            BusinessAsk::Pause {
                template,
                because,
                until,
            } => {
                let (id, until) = (template_id(&template)?, ahead(until, now)?);
                let done = plane.pause(id, why(&because)?, until).await;
                acted(done, "paused", template)
            }
            BusinessAsk::Reports => self.reports().await,
            BusinessAsk::Policies => self.policies(now).await,
            BusinessAsk::Table { version } => self.table(version).await,
            BusinessAsk::Publish { policy } => self.publish(&policy).await,
        }
    }

    async fn businesses(&self) -> Result<Answer, String> {
        let plane = self.plane()?;
        let lines = plane
            .businesses()
            .await
            .map_err(|error| error.to_string())?;
        let businesses = lines.into_iter().map(|line| BusinessLine {
            well_known: plane.well_known(&line.id),
            id: hex::encode(line.id.as_bytes()),
            standing: standing(line.standing).to_owned(),
            reason: line.reason.map(|reason| reason.word().to_owned()),
            until: line.until.and_then(|until| moment(until.value())),
            verified: line.verified.map(facts),
            asked: line.asked.map(facts),
        });
        Ok(Answer::Businesses {
            businesses: businesses.collect(),
        })
    }

    async fn templates(&self, pending: bool) -> Result<Answer, String> {
        let filter = if pending {
            TemplateFilter::Pending
        } else {
            TemplateFilter::All
        };
        let lines = self.plane()?.templates(filter).await;
        let lines = lines.map_err(|error| error.to_string())?;
        Ok(Answer::Templates {
            templates: lines.into_iter().filter_map(template).collect(),
        })
    }
}

fn acted(done: Result<(), plane::PlaneError>, what: &str, to: String) -> Result<Answer, String> {
    done.map_err(|error| error.to_string())?;
    Ok(Answer::Done {
        done: what.to_owned(),
        to,
    })
}

/// A business by its id in 64 hexadecimal digits, or else by its domain.
fn named(text: &str) -> Result<Named, String> {
    let mut id = [0; BusinessId::LENGTH];
    if hex::decode_to_slice(text, &mut id).is_ok() {
        return Ok(Named::Id(BusinessId::new(id)));
    }
    Domain::new(&text.to_ascii_lowercase())
        .map(Named::Domain)
        .map_err(|_| {
            "name the business by its domain, or by its id as `business list` shows it".into()
        })
}

fn template_id(text: &str) -> Result<TemplateId, String> {
    let mut id = [0; TemplateId::LENGTH];
    hex::decode_to_slice(text, &mut id)
        .map_err(|_| "a template's id has 32 hexadecimal digits; `template list` shows them")?;
    Ok(TemplateId::new(id))
}

fn why(word: &str) -> Result<Reason, String> {
    Reason::from_word(word).ok_or_else(|| {
        let words: Vec<_> = Reason::ALL.iter().map(|reason| reason.word()).collect();
        format!("a reason is one of {}", words.join(", "))
    })
}

fn ahead(until: Option<u64>, now: Wall) -> Result<Seconds, String> {
    match until {
        None => Ok(Seconds::new(NEVER)),
        Some(until) if until > now.seconds() => Ok(Seconds::new(until)),
        Some(_past) => Err("that day has begun already; name a later one, as YYYY-MM-DD".into()),
    }
}

fn standing(standing: BusinessStanding) -> &'static str {
    match standing {
        BusinessStanding::Unknown => "unknown",
        BusinessStanding::Pending => "pending",
        BusinessStanding::Verified => "verified",
        BusinessStanding::Suspended => "suspended",
        BusinessStanding::Revoked => "revoked",
    }
}

fn facts(facts: plane::BusinessFacts) -> FactsLine {
    FactsLine {
        print: hex::encode(facts.print()),
        name: facts.name,
        domain: facts.domain.as_str().to_owned(),
        industry: facts.industry.word().to_owned(),
        hosting: match facts.hosting {
            Hosting::Itself => "self".to_owned(),
            Hosting::Provider(name) => format!("provider {}", name.as_str()),
            Hosting::Operator => "operator".to_owned(),
        },
    }
}

fn template(line: plane::TemplateSummary) -> Option<TemplateLine> {
    let draft = Draft::decode(&TemplateBytes::new(&line.bytes).ok()?).ok()?;
    Some(TemplateLine {
        id: hex::encode(line.id.as_bytes()),
        business: hex::encode(line.business.as_bytes()),
        name: draft.name,
        version: draft.version.value(),
        language: draft.language,
        category: line.category.word().to_owned(),
        state: line.state.word().to_owned(),
        until: line.until.and_then(|until| moment(until.value())),
        lint: line
            .lint
            .iter()
            .map(|lint| lint.word().to_owned())
            .collect(),
        header: draft.header,
        body: draft.body,
        footer: draft.footer,
        buttons: draft.buttons,
    })
}

/// The print of what an operator was shown.
fn print_of(shown: &str) -> Result<[u8; 32], String> {
    let mut print = [0; 32];
    hex::decode_to_slice(shown, &mut print)
        .map_err(|_| "the print of what was shown is not 64 hexadecimal digits".to_owned())?;
    Ok(print)
}
