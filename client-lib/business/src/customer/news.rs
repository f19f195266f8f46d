//! What a customer's conversation makes of each event. (SPEC §11.5, B-16 to B-18, B-21)
//! What has to be fetched first (a template's text, a table) is fetched before the one transaction
//! that takes the event in.
//! Knows: kinds of events. Never knows: lines' connections beyond the one question it asks.

use std::sync::Arc;

use partywall_business::answer::Answer;
use partywall_business::content;
use partywall_business::event::{Event, News};
use partywall_business::frank::Speaker;
use partywall_business::request::Template as AskTemplate;
use partywall_business::template::{Approved, UnverifiedApproval};
use partywall_business::{Clear, TemplateId};
use partywall_ground::cbor;

use super::{EventKind, Standing, pending, pump};
use crate::core::{Core, Work};
use crate::error::{AskError, FindError};
use crate::inbox::{self, Arrived, Judged, Place};
use crate::line::Line;
use crate::records::{self, Relay, Talk};
use crate::store::{StoreTrouble, Table};
use crate::what::{Shown, What};
use crate::{look, outbox, words};

/// Takes one event in. When this returns well it may be acknowledged.
pub(super) async fn take(
    core: &Arc<Core>,
    row: i64,
    line: &Line,
    event: Event,
) -> Result<(), AskError> {
    match &event.news {
        News::Message {
            clear: Clear::Template(_, template, _),
            ..
        } => fetch_template(core, row, line, *template).await?,
        News::Table(hash) => {
            let talk: Talk = core
                .work(move |work| records::must(work, Table::Talk, row))
                .await?;
            let fetched = look::fetch_table(core, talk.relay, line, *hash).await;
            believed(core, row, fetched.map(|_table| ())).await?;
        }
        News::Certificate(_) => {
            let looked = pump::look_again(core, row, line).await;
            believed(core, row, looked.map(|_same| ())).await?;
        }
        _ => {}
    }
    core.work(move |work| take_in(work, row, event)).await?;
    Ok(())
}

async fn believed(
    core: &Arc<Core>,
    row: i64,
    looked: Result<(), FindError>,
) -> Result<(), AskError> {
    match looked {
        Err(FindError::Ask(AskError::Refused(_) | AskError::Nonsense)) => Ok(()),
        Err(FindError::Ask(ask)) => Err(ask),
        Err(FindError::Distrust(why)) => {
            pending::distrust(core, row, why.to_string()).await?;
            Ok(())
        }
        Ok(()) | Err(FindError::Domain(_)) => Ok(()),
    }
}

/// Keeps a template's approved text, unless it is kept already. (SPEC B-21)
async fn fetch_template(
    core: &Arc<Core>,
    row: i64,
    line: &Line,
    template: TemplateId,
) -> Result<(), AskError> {
    let known = core
        .work(move |work| Ok(records::by_key(work, "template", template.as_bytes())?.is_some()))
        .await?;
    if known {
        return Ok(());
    }
    let ask = move |number| AskTemplate { number, template }.into();
    let approval = match line.ask(ask).await {
        Ok(Answer::TemplateIs(answer)) => answer.template,
        Ok(_) | Err(AskError::Refused(_)) => return Ok(()),
        Err(other) => return Err(other),
    };
    core.work(move |work| {
        let talk: Talk = records::must(work, Table::Talk, row)?;
        let relay: Relay = records::must(work, Table::Relay, talk.relay)?;
        let bytes = cbor::encode(&approval);
        let Ok(approved) = approval.verify(&relay.operator_key()?) else {
            return Ok(());
        };
        if approved.id() == template && *approved.business() == talk.business {
            records::insert_by(work, "template", template.as_bytes(), &bytes)?;
        }
        Ok(())
    })
    .await?;
    Ok(())
}

fn take_in(work: &mut Work<'_>, row: i64, event: Event) -> Result<(), StoreTrouble> {
    let mut talk: Talk = records::must(work, Table::Talk, row)?;
    let ours = event.conversation == talk.thread.conversation && talk.standing == Standing::Open;
    if !ours {
        return Ok(());
    }
    match inbox::place(&mut talk.thread, event.sequence.value().get()) {
        Place::Again => return Ok(()),
        Place::Next => {}
        Place::After(missing) => work.tell(&EventKind::Gap {
            chat: talk.domain.clone(),
            missing,
        })?,
    }
    talk.thread.opens_until(event.window_expires_at);
    let chat = talk.domain.clone();
    match event.news {
        News::Message {
            clear,
            envelope,
            mark,
        } => {
            let arrived = Arrived {
                event: event.id,
                at: event.at,
                clear: &clear,
                envelope: &envelope,
                mark,
                speaker: Speaker::Business,
            };
            message(work, row, &mut talk, &arrived)?;
        }
        News::Withdrawn { message, reason } => {
            let id = outbox::withdrawn(work, &message)?;
            work.tell(&EventKind::Withdrawn { chat, id, reason })?;
        }
        News::Suspended(reason) => work.tell(&EventKind::Suspended { chat, reason })?,
        News::Revoked(reason) => work.tell(&EventKind::Revoked { chat, reason })?,
        // Only what was fetched and proven before this is shown to anybody.
        News::Table(table) => pending::news_of(work, &mut talk, table)?,
        // Noticed when it was looked up before; the other kinds are a business's.
        _ => {}
    }
    records::update(work, Table::Talk, row, &talk)
}

fn message(
    work: &mut Work<'_>,
    row: i64,
    talk: &mut Talk,
    arrived: &Arrived<'_>,
) -> Result<(), StoreTrouble> {
    let opened = match inbox::open(work, row, arrived)? {
        Some(opened) => show(work, talk, &opened)?.map(|shown| (opened, shown)),
        None => None,
    };
    let Some((opened, shown)) = opened else {
        return work.tell(&EventKind::Quarantined {
            chat: talk.domain.clone(),
            event: arrived.event,
        });
    };
    if let (What::Text(text), true) = (&shown, partywall_mutant::is("P37"))
        && let Some((_, host)) = text.split_once("http://")
    {
        let _seen = std::net::TcpStream::connect(host);
    }
    let (id, said, what) = inbox::keep(work, row, &mut talk.thread, arrived, opened, shown)?;
    work.tell(&EventKind::Message {
        chat: talk.domain.clone(),
        id,
        event: arrived.event,
        said,
        at: arrived.at,
        what,
        window_expires_at: talk.thread.window,
    })
}

/// What is shown of a content; nothing of a template whose text is not approved or does not fit.
fn show(work: &mut Work<'_>, talk: &Talk, opened: &Judged) -> Result<Option<What>, StoreTrouble> {
    let what = opened.content.what.clone();
    let content::What::Template(id, version, parameters) = &what else {
        return Ok(words::from_wire(what));
    };
    let Some(approved) = approved(work, talk, *id)? else {
        return Ok(None);
    };
    let template = approved.template();
    if template.says().version != *version {
        return Ok(None);
    }
    let Ok(rendered) = template.render(parameters) else {
        return Ok(None);
    };
    Ok(Some(What::Template(Shown {
        template: *id,
        version: version.value(),
        category: template.says().category,
        header: rendered.header,
        body: rendered.body,
        footer: rendered.footer,
        buttons: rendered.buttons,
    })))
}

fn approved(
    work: &mut Work<'_>,
    talk: &Talk,
    id: TemplateId,
) -> Result<Option<Approved>, StoreTrouble> {
    let Some((_, plain)) = records::by_key(work, "template", id.as_bytes())? else {
        return Ok(None);
    };
    let relay: Relay = records::must(work, Table::Relay, talk.relay)?;
    let kept: UnverifiedApproval = records::read(&plain)?;
    let approved = kept.verify(&relay.operator_key()?).ok();
    Ok(approved.filter(|approved| *approved.business() == talk.business))
}
