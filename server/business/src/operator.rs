//! The operator's words about businesses and templates. (SPEC B-9, B-10, B-22)
//! Knows: names that an operator types. Never knows: customers, how evidence was fetched.

use partywall_business::certificate::{Hosting, Industry};
use partywall_business::id::BusinessId;
use partywall_business::template::Lint;
use partywall_business::{
    BusinessStanding, Category, Domain, Endpoint, Reason, TemplateId, TemplateState,
};
use partywall_ground::{Seconds, lp_vec};

use crate::claims;
use crate::desk::Desk;
use crate::refusal::Judged;
use crate::registry::{self, Cannot, Evidence, Facts};
use crate::templates::{self, Decision};
use crate::{Plane, PlaneError};

/// A business, as the operator names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// By its id.
    Id(BusinessId),
    /// By the domain that was verified, or that it asked for.
    Domain(Domain),
}

/// What a business says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusinessFacts {
    /// Its name.
    pub name: String,
    /// Its domain.
    pub domain: Domain,
    /// What it does.
    pub industry: Industry,
    /// On whose machines it answers.
    pub hosting: Hosting,
    /// With which identity it answers.
    pub endpoint: Endpoint,
}

impl BusinessFacts {
    /// A fingerprint of all of them, 32 bytes: what an operator looked at, and nothing else, is
    /// verified. (SPEC B-10)
    #[must_use]
    pub fn print(&self) -> [u8; 32] {
        partywall_proof::sha256(&lp_vec(&[
            self.name.as_bytes(),
            self.domain.as_str().as_bytes(),
            self.industry.word().as_bytes(),
            &self.hosting.to_bytes(),
            self.endpoint.as_bytes(),
        ]))
    }
}

/// A business as its operator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusinessLine {
    /// Its id.
    pub id: BusinessId,
    /// How it stands now.
    pub standing: BusinessStanding,
    /// Why it was suspended or revoked.
    pub reason: Option<Reason>,
    /// Until when it is suspended.
    pub until: Option<Seconds>,
    /// What was verified.
    pub verified: Option<BusinessFacts>,
    /// What waits to be verified.
    pub asked: Option<BusinessFacts>,
}

/// Which templates the operator wants to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemplateFilter {
    /// Those that wait.
    Pending,
    /// Every one.
    All,
}

/// A template as its operator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateSummary {
    /// Its id.
    pub id: TemplateId,
    /// Whose it is.
    pub business: BusinessId,
    /// What it is for.
    pub category: Category,
    /// Where it is in its life.
    pub state: TemplateState,
    /// Until when it is paused.
    pub until: Option<Seconds>,
    /// What lint found.
    pub lint: Vec<Lint>,
    /// Its bytes; [`partywall_business::template::Draft::decode`] reads them.
    pub bytes: Vec<u8>,
}

impl Plane {
    /// Every business, in the order of their first enrolment.
    ///
    /// # Errors
    /// [`PlaneError::Stopped`].
    pub async fn businesses(&self) -> Result<Vec<BusinessLine>, PlaneError> {
        let now = self.wing.clock.now();
        let lines = self.wing.read(move |rows| {
            let all = registry::all(rows)?.into_iter();
            all.map(|business| registry::Line::of(rows, business, now))
                .collect::<Result<Vec<_>, _>>()
        });
        let lines = lines.await.ok_or(PlaneError::Stopped)?;
        Ok(lines.into_iter().map(line).collect())
    }

    /// The body that a business's well-known page has to have, byte for byte but for space around it.
    #[must_use]
    pub fn well_known(&self, business: &BusinessId) -> String {
        registry::well_known(business)
    }

    /// Verifies what a business asked to be. The evidence is kept. (SPEC B-10)
    ///
    /// # Errors
    /// Why it is not verified; nothing has changed then.
    pub async fn verify(&self, named: Named, evidence: Evidence) -> Result<(), PlaneError> {
        self.act(named, move |desk, number| {
            registry::verify(desk, number, &evidence)
        })
        .await
    }

    /// Verifies what a business asked to be if that is still what the operator was shown: it can ask
    /// for something else at any moment, also while its page is being fetched. (SPEC B-10)
    ///
    /// # Errors
    /// [`PlaneError::AskedOtherwise`], and as [`Plane::verify`].
    pub async fn verify_as_shown(
        &self,
        named: Named,
        shown: [u8; 32],
        evidence: Evidence,
    ) -> Result<(), PlaneError> {
        self.act(named, move |desk, number| {
            let asked = registry::asked(desk.tx, number)?.map(facts);
            match asked {
                Some(asked) if asked.print() != shown => Ok(Err(Cannot::AskedOtherwise)),
                _ => registry::verify(desk, number, &evidence),
            }
        })
        .await
    }

    /// Suspends a business until a moment of the relay's time. Answers when nothing that this bars is
    /// on its way any more. (SPEC X-4)
    ///
    /// # Errors
    /// Why it is not suspended.
    pub async fn suspend(
        &self,
        named: Named,
        reason: Reason,
        until: Seconds,
    ) -> Result<(), PlaneError> {
        let until = until.value();
        let act = move |desk: &mut Desk<'_>, number| {
            let suspended = registry::suspend(desk, number, reason, until)?;
            Ok(suspended.map(|barred| (barred, number)))
        };
        let (barred, business) = self.act(named, act).await?;
        claims::over(&self.wing, &barred, business).await;
        Ok(())
    }

    /// Ends a suspension.
    ///
    /// # Errors
    /// Why it does not end.
    pub async fn unsuspend(&self, named: Named) -> Result<(), PlaneError> {
        self.act(named, registry::unsuspend).await
    }

    /// Revokes a business, for good. Answers when nothing that this bars is on its way any more.
    /// (SPEC B-9)
    ///
    /// # Errors
    /// [`PlaneError::NoSuchBusiness`] and those of the store.
    pub async fn revoke(&self, named: Named, reason: Reason) -> Result<(), PlaneError> {
        let act = move |desk: &mut Desk<'_>, number| {
            Ok(Ok((registry::revoke(desk, number, reason)?, number)))
        };
        let (barred, business) = self.act(named, act).await?;
        claims::over(&self.wing, &barred, business).await;
        Ok(())
    }

    /// Templates, the oldest first: at most 1,000 that wait, or 10,000 in all.
    ///
    /// # Errors
    /// [`PlaneError::Stopped`].
    pub async fn templates(
        &self,
        filter: TemplateFilter,
    ) -> Result<Vec<TemplateSummary>, PlaneError> {
        let now = self.wing.clock.now();
        let lines = self.wing.read(move |rows| {
            let lines = templates::lines(rows, filter == TemplateFilter::Pending)?;
            let summed = lines.into_iter().map(|line| {
                let business = registry::load(rows, line.business)?.id;
                Ok(TemplateSummary {
                    id: line.id,
                    business,
                    category: line.category,
                    state: line.state_at(now),
                    until: line.paused_until(now),
                    lint: line.lint,
                    bytes: line.bytes,
                })
            });
            summed.collect::<Result<Vec<_>, _>>()
        });
        lines.await.ok_or(PlaneError::Stopped)
    }

    /// Approves a template that waits or is paused.
    ///
    /// # Errors
    /// [`PlaneError::NoSuchTemplate`] and those of the store.
    pub async fn approve(&self, template: TemplateId) -> Result<(), PlaneError> {
        self.decide(template, Decision::Approve).await
    }

    /// Rejects a template that waits.
    ///
    /// # Errors
    /// As [`Plane::approve`].
    pub async fn reject(&self, template: TemplateId, reason: Reason) -> Result<(), PlaneError> {
        self.decide(template, Decision::Reject(reason)).await
    }

    /// Pauses an approved template until a moment of the relay's time; then it is approved by itself.
    ///
    /// # Errors
    /// As [`Plane::approve`].
    pub async fn pause(
        &self,
        template: TemplateId,
        reason: Reason,
        until: Seconds,
    ) -> Result<(), PlaneError> {
        self.decide(template, Decision::Pause(reason, until.value()))
            .await
    }

    /// Disables a template, for good.
    ///
    /// # Errors
    /// As [`Plane::approve`].
    pub async fn disable(&self, template: TemplateId, reason: Reason) -> Result<(), PlaneError> {
        self.decide(template, Decision::Disable(reason)).await
    }

    async fn decide(&self, template: TemplateId, decision: Decision) -> Result<(), PlaneError> {
        let decided = self
            .wing
            .judge(0, move |desk| templates::decide(desk, &template, decision));
        match decided.await? {
            Ok(true) => Ok(()),
            _ => Err(PlaneError::NoSuchTemplate),
        }
    }

    async fn act<T: Send + 'static>(
        &self,
        named: Named,
        act: impl Fn(&mut Desk<'_>, i64) -> Judged<Result<T, Cannot>> + Send + 'static,
    ) -> Result<T, PlaneError> {
        let acted = self.wing.judge(0, move |desk| match number(desk, &named)? {
            Some(number) => act(desk, number).map(Some),
            None => Ok(None),
        });
        match acted.await? {
            Ok(Some(Ok(done))) => Ok(done),
            Ok(Some(Err(cannot))) => Err(cannot.into()),
            Ok(None) | Err(_) => Err(PlaneError::NoSuchBusiness),
        }
    }
}

impl From<Cannot> for PlaneError {
    fn from(cannot: Cannot) -> Self {
        match cannot {
            Cannot::NothingAsked => Self::NothingAsked,
            Cannot::AskedOtherwise => Self::AskedOtherwise,
            Cannot::Unproven => Self::Unproven,
            Cannot::Prohibited => Self::Prohibited,
            Cannot::DomainTaken => Self::DomainTaken,
            Cannot::Revoked => Self::Revoked,
        }
    }
}

/// The number of a business; by domain the verified one, or else the only one that asked for it.
fn number(desk: &Desk<'_>, named: &Named) -> Judged<Option<i64>> {
    Ok(match named {
        Named::Id(id) => registry::find(desk.tx, id)?.map(|business| business.number),
        Named::Domain(domain) => match registry::find_by_domain(desk.tx, domain)? {
            Some(business) => Some(business.number),
            None => registry::asking_for(desk, domain)?,
        },
    })
}

fn line(line: registry::Line) -> BusinessLine {
    let suspended = line.standing == BusinessStanding::Suspended;
    BusinessLine {
        id: line.business.id,
        standing: line.standing,
        reason: line.business.reason,
        until: suspended.then(|| Seconds::new(line.business.until)),
        verified: line.business.facts.map(facts),
        asked: line.asked.map(facts),
    }
}

fn facts(facts: Facts) -> BusinessFacts {
    BusinessFacts {
        name: facts.name.as_str().to_owned(),
        domain: facts.domain,
        industry: facts.industry,
        hosting: facts.hosting,
        endpoint: facts.endpoint,
    }
}
