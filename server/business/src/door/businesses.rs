//! What businesses ask. (SPEC §11.4)
//! Knows: which job a request is. Never knows: a customer beyond the pseudonym in the request.

use partywall_business::answer::{
    Accepted, Shelved, StandingIs, Submitted, TemplateLine, TemplatesAre,
};
use partywall_business::id::{AccountKey, BusinessId};
use partywall_business::request::{Enrol, Say, Shelve, StandingOf, Submit, Templates};
use partywall_business::{BusinessStanding, Count, Rule};
use partywall_ground::limits::SEALED_BUNDLE;
use partywall_ground::{AtMost, Close};

use super::ask::Visitor;
use super::pending::{Asked, Reply};
use super::who::Who;
use crate::clock::RelayTime;
use crate::refusal::Judged;
use crate::{desk::Desk, registry, talk, templates};
use partywall_door::End;

/// About how much an enrolment adds.
const ENROLMENT: usize = 1_024;
/// What an event adds besides its envelope.
const EVENT: usize = 512;

/// The account key and, once it enrolled, the number.
fn of(visitor: &Visitor) -> Result<(AccountKey, Option<i64>), End> {
    match visitor.who {
        Who::Business { key, business } => Ok((key, business)),
        _ => Err(Some(Close::OutOfTurn)),
    }
}

/// The caller's own row; who never enrolled has none.
fn own(desk: &Desk<'_>, business: Option<i64>) -> Judged<registry::Business> {
    let number = business.ok_or(Rule::NotVerified)?;
    Ok(registry::try_load(desk.tx, number)?.ok_or(Rule::NotVerified)?)
}

pub(super) async fn enrol(visitor: Visitor, enrol: Enrol) -> Result<Reply, End> {
    let (key, _) = of(&visitor)?;
    let number = enrol.number;
    let enrolled = visitor.wing.judge(ENROLMENT, move |desk| {
        registry::enrol(desk, &key, &enrol)?;
        let known = registry::find(desk.tx, &BusinessId::of(&key))?;
        Ok(known.map(|business| business.number))
    });
    Reply::of(number, enrolled.await, |business| {
        let reply = Reply::done(number)?;
        let becomes = Some(Who::Business { key, business });
        Ok(Reply { becomes, ..reply })
    })
}

pub(super) fn shelve(visitor: &Visitor, shelve: Shelve) -> Asked {
    let business = of(visitor);
    let number = shelve.number;
    let bundles = shelve.one_time.len() + usize::from(shelve.last_resort.is_some());
    let wing = &visitor.wing;
    let shelved = business.map(|(_, business)| {
        wing.judge(bundles * SEALED_BUNDLE, move |desk| {
            let business = own(desk, business)?;
            if business.revoked {
                return Err(Rule::Revoked.into());
            }
            registry::put(desk, business.number, &shelve)
        })
    });
    Box::pin(async move {
        Reply::of(number, shelved?.await, |left| {
            let one_time_left = Count::new(left);
            Reply::answer(Shelved {
                number,
                one_time_left,
            })
        })
    })
}

pub(super) async fn submit(visitor: Visitor, submit: Submit) -> Result<Reply, End> {
    let (_, business) = of(&visitor)?;
    let number = submit.number;
    let size = submit.template.as_bytes().len() + 256;
    let taken = visitor.wing.judge(size, move |desk| {
        let business = own(desk, business)?;
        templates::submit(desk, &business, &submit.template)
    });
    Reply::of(number, taken.await, |taken| {
        let lint: Vec<_> = taken.lint.into_iter().collect();
        Reply::answer(Submitted {
            number,
            template: taken.template,
            state: taken.state,
            lint: AtMost::try_from(lint).unwrap_or_default(),
        })
    })
}

pub(super) async fn templates(visitor: Visitor, asked: Templates) -> Result<Reply, End> {
    let (_, business) = of(&visitor)?;
    let number = asked.number;
    let now = visitor.wing.clock.now();
    let lines = visitor.wing.read(move |rows| {
        let known = business.map(|business| registry::try_load(rows, business));
        match known.transpose()?.flatten() {
            Some(business) if business.revoked => Ok(None),
            Some(business) => templates::of_business(rows, business.number).map(Some),
            None => Ok(Some(Vec::new())),
        }
    });
    let Some(lines) = lines.await.ok_or(Some(Close::Fault))? else {
        return Reply::refused(number, Rule::Revoked.into());
    };
    let lines: Vec<_> = lines.iter().map(|line| shown(line, now)).collect();
    Reply::answer(TemplatesAre {
        number,
        templates: AtMost::try_from(lines).unwrap_or_default(),
    })
}

fn shown(line: &templates::Line, now: RelayTime) -> TemplateLine {
    use partywall_business::TemplateState::{Approved, Pending};
    let state = line.state_at(now);
    TemplateLine {
        template: line.id,
        state,
        reason: line.reason.filter(|_| !matches!(state, Approved | Pending)),
        until: line.paused_until(now),
    }
}

/// How the business stands, as `welcome` says it: a verified one with a change that waits is verified,
/// and has the certificate that still holds.
pub(super) async fn standing_of(visitor: Visitor, asked: StandingOf) -> Result<Reply, End> {
    let (_, business) = of(&visitor)?;
    let number = asked.number;
    let now = visitor.wing.clock.now();
    let Some(business) = business else {
        return standing(number, BusinessStanding::Unknown);
    };
    let known = visitor
        .wing
        .read(move |rows| registry::try_load(rows, business))
        .await
        .ok_or(Some(Close::Fault))?;
    let Some(known) = known else {
        return standing(number, BusinessStanding::Unknown);
    };
    let at_present = known.standing(now);
    if at_present != BusinessStanding::Verified {
        let reason = known.reason.filter(|_| {
            matches!(
                at_present,
                BusinessStanding::Suspended | BusinessStanding::Revoked
            )
        });
        return Reply::answer(StandingIs {
            number,
            standing: at_present,
            reason,
            certificate: None,
        });
    }
    let issued = visitor.wing.judge(EVENT, move |desk| {
        let business = registry::load(desk.tx, business)?;
        business.may_act(desk.now)?;
        registry::certify(desk, &business)
    });
    Reply::of(number, issued.await, |issued| {
        Reply::answer(StandingIs {
            number,
            standing: BusinessStanding::Verified,
            reason: None,
            certificate: Some(issued.signed),
        })
    })
}

fn standing(number: partywall_business::Number, standing: BusinessStanding) -> Result<Reply, End> {
    Reply::answer(StandingIs {
        number,
        standing,
        reason: None,
        certificate: None,
    })
}

pub(super) fn say(visitor: &Visitor, say: Say) -> Asked {
    let business = of(visitor);
    let number = say.number;
    let growth = EVENT + say.envelope.as_bytes().len();
    let wing = &visitor.wing;
    let said = business.map(|(_, business)| {
        wing.judge(growth, move |desk| {
            let business = business.ok_or(Rule::NotVerified)?;
            talk::say_as_business(desk, business, &say)
        })
    });
    Box::pin(async move { Reply::of(number, said?.await, |said| accepted(number, said)) })
}

/// What was said is on disk. (B-17)
pub(super) fn accepted(number: partywall_business::Number, said: talk::Said) -> Result<Reply, End> {
    Reply::answer(Accepted {
        number,
        event: said.event,
        sequence: said.sequence,
        at: said.at,
        window_expires_at: said.window_expires_at,
    })
}
