//! Templates of a shop: handed in, asked after, set with parameters. (SPEC §11.6, §11.9)
//! Knows: drafts that were handed in from this store. Never knows: whom they are sent to.

use std::sync::Arc;

use partywall_business::answer::Answer;
use partywall_business::request::{Submit, Templates};
use partywall_business::template::{Draft, Lint, Parameter, Template, TemplateBytes};
use partywall_business::{Reason, TemplateId, TemplateState};
use partywall_ground::Seconds;

use super::{enrol, pump};
use crate::core::Core;
use crate::error::{AskError, Refusal, Rule, SayError};
use crate::outbox::Words;
use crate::records;
use crate::what::Shown;

/// One thing that lint found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which rule; its code is the SPEC's number.
    pub rule: Lint,
    /// Whether no operator can lift it.
    pub refuses: bool,
}

/// A template that was handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submitted {
    /// Which.
    pub template: TemplateId,
    /// How it stands.
    pub state: TemplateState,
    /// What the relay's lint found.
    pub findings: Vec<Finding>,
}

/// How a template stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateCard {
    /// Which.
    pub template: TemplateId,
    /// Its name, if it was handed in from this store.
    pub name: Option<String>,
    /// How it stands.
    pub state: TemplateState,
    /// Why, if the operator says so.
    pub reason: Option<Reason>,
    /// Until when it is paused.
    pub until: Option<Seconds>,
}

/// A template was not handed in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// It breaks rules that no operator can lift; nothing was sent.
    #[error("this template breaks rules that no operator can lift; change it: {}", numbers(.0))]
    Refused(Vec<Finding>),
    /// About the relay.
    #[error(transparent)]
    Ask(#[from] AskError),
}

fn numbers(findings: &[Finding]) -> String {
    let numbers: Vec<String> = findings
        .iter()
        .map(|finding| format!("rule {}", finding.rule.code()))
        .collect();
    numbers.join(", ")
}

fn finding(rule: Lint) -> Finding {
    Finding {
        rule,
        refuses: rule.refuses(),
    }
}

pub(super) async fn submit(core: &Arc<Core>, draft: Draft) -> Result<Submitted, TemplateError> {
    let template = draft
        .checked()
        .map_err(|refusing| TemplateError::Refused(refusing.into_iter().map(finding).collect()))?;
    let bytes = template.bytes().clone();
    let shop = core.work(enrol::shop).await;
    let Some(shop) = shop.map_err(AskError::Stopped)? else {
        return Err(AskError::Refused(Refusal::by(Rule::NoSuchBusiness)).into());
    };
    let id = template.id(&shop.business);
    let kept = bytes.clone();
    core.work(move |work| {
        if records::by_key(work, "template", id.as_bytes())?.is_none() {
            records::insert_by(work, "template", id.as_bytes(), kept.as_bytes())?;
        }
        Ok(())
    })
    .await
    .map_err(AskError::Stopped)?;
    let line = pump::line(core).await?;
    let ask = move |number| {
        Submit {
            number,
            template: bytes,
        }
        .into()
    };
    match line.ask(ask).await? {
        Answer::Submitted(answer) if answer.template == id => Ok(Submitted {
            template: answer.template,
            state: answer.state,
            findings: answer.lint.into_iter().map(finding).collect(),
        }),
        _ => Err(AskError::Nonsense.into()),
    }
}

pub(super) async fn all(core: &Arc<Core>) -> Result<Vec<TemplateCard>, AskError> {
    let line = pump::line(core).await?;
    let ask = |number| Templates { number }.into();
    let Answer::TemplatesAre(answer) = line.ask(ask).await? else {
        return Err(AskError::Nonsense);
    };
    let mut cards = Vec::with_capacity(answer.templates.len());
    for line in answer.templates {
        cards.push(TemplateCard {
            template: line.template,
            name: kept(core, line.template)
                .await?
                .map(|template| template.says().name.clone()),
            state: line.state,
            reason: line.reason,
            until: line.until,
        });
    }
    Ok(cards)
}

/// A template with its parameters, ready to be said.
pub(super) async fn words(
    core: &Arc<Core>,
    id: TemplateId,
    parameters: Vec<Parameter>,
) -> Result<Words, SayError> {
    let found = kept(core, id).await.map_err(|ask| match ask {
        AskError::Stopped(stopped) => SayError::Stopped(stopped),
        _ => SayError::NoSuchTemplate,
    })?;
    let template = found.ok_or(SayError::NoSuchTemplate)?;
    let rendered = template
        .render(&parameters)
        .map_err(|_unfit| SayError::Parameters)?;
    let says = template.says();
    let shown = Shown {
        template: id,
        version: says.version.value(),
        category: says.category,
        header: rendered.header,
        body: rendered.body,
        footer: rendered.footer,
        buttons: rendered.buttons,
    };
    Ok(Words::Template(shown, parameters))
}

async fn kept(core: &Arc<Core>, id: TemplateId) -> Result<Option<Template>, AskError> {
    let found = core
        .work(move |work| records::by_key(work, "template", id.as_bytes()))
        .await?;
    Ok(found.and_then(|(_, plain)| {
        let bytes = TemplateBytes::new(&plain).ok()?;
        Draft::decode(&bytes).ok()?.checked().ok()
    }))
}
