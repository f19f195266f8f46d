//! What its person has to look at before anything goes on: new terms, a changed certificate, a
//! relay that was caught. (SPEC B-8, T-10, T-11)
//! Knows: what was accepted and what is shown now. Never knows: how it was proven.

use std::sync::Arc;

use partywall_business::TableHash;
use partywall_business::certificate::{Certificate, Certified, Hosting, Industry};
use partywall_business::field::Region;
use partywall_business::sentence::Names;
use partywall_business::table::{Difference, Table};

use super::{Choices, EventKind, Terms, changes, pump};
use crate::core::{Core, Work};
use crate::error::{AskError, ChangeError, FindError, LookError, RightsError, Stopped};
use crate::look;
use crate::records::{self, Relay, Talk};
use crate::store::{self, StoreTrouble};
use crate::trust::Shown;

/// A newer table, held against the accepted one. Until it is accepted only what both allow is told.
#[derive(Clone, Debug)]
pub struct PendingTerms {
    /// What would newly be told, one sentence each.
    pub newly_shared: Vec<TermsChange>,
    /// What is told otherwise than before.
    pub changed: Vec<TermsChange>,
    /// What stops.
    pub stopped: Vec<TermsChange>,
    /// The newer table, whole.
    pub terms: Terms,
    /// From when on the accepted table can be accepted no more, Unix seconds.
    pub sunset: Option<u64>,
    table: TableHash,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermsChange {
    /// One sentence for people.
    pub sentence: String,
    /// The change itself.
    pub change: partywall_business::table::Change,
}

/// A certificate with other keys, hosting or domain than the accepted one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedCertificate {
    /// The verified name.
    pub name: String,
    /// The name before.
    pub name_before: String,
    /// The verified domain.
    pub domain: String,
    /// The domain before.
    pub domain_before: String,
    /// What the business does.
    pub industry: Industry,
    /// On whose machines it answers now.
    pub hosting: Hosting,
    /// And before.
    pub hosting_before: Hosting,
    /// Whether the keys with which it answers are others.
    pub other_endpoint: bool,
    /// Whether the key with which it logs in is another.
    pub other_account: bool,
}

/// Notes what a look-up showed. `false`: something changed that its person has to accept first.
pub(super) async fn noticed(core: &Arc<Core>, row: i64, shown: Shown) -> Result<bool, Stopped> {
    let Shown {
        certificate, table, ..
    } = shown;
    let table = table.hash();
    core.work(move |work| {
        let mut talk: Talk = records::must(work, store::Table::Talk, row)?;
        let chat = talk.domain.clone();
        talk.distrusted = None;
        news_of(work, &mut talk, table)?;
        let same = binds_alike(&talk, &certificate)?;
        if same {
            renamed(work, &mut talk, certificate.says())?;
            talk.certificate = certificate.signed().clone();
            talk.changed = None;
        } else if talk.changed.as_ref() != Some(certificate.signed()) {
            let told = talk.changed.is_some();
            talk.changed = Some(certificate.signed().clone());
            if !told {
                work.tell(&EventKind::CertificateChanged { chat })?;
            }
        }
        records::update(work, store::Table::Talk, row, &talk)?;
        Ok(same)
    })
    .await
}

/// Takes over what a business is called and does, and tells of it if that is new.
fn renamed(work: &mut Work<'_>, talk: &mut Talk, says: &Certified) -> Result<(), StoreTrouble> {
    let name = says.name.as_str();
    if talk.name == name && talk.industry == says.industry {
        return Ok(());
    }
    let name_before = std::mem::replace(&mut talk.name, name.to_owned());
    let industry_before = std::mem::replace(&mut talk.industry, says.industry);
    work.tell(&EventKind::Renamed {
        chat: talk.domain.clone(),
        name: name.to_owned(),
        name_before,
        industry: says.industry.word().to_owned(),
        industry_before: industry_before.word().to_owned(),
    })
}

/// Tells of a table that is newer than the accepted one and than all that were told of: a customer
/// may accept a version before it is in force, and look-ups show the older one until then.
pub(super) fn news_of(
    work: &mut Work<'_>,
    talk: &mut Talk,
    table: TableHash,
) -> Result<(), StoreTrouble> {
    let pending = pending_table(work, talk)?;
    talk.published = pending.as_ref().map(Table::hash);
    if table == talk.accepted || talk.published == Some(table) {
        return Ok(());
    }
    let newest = match pending {
        Some(pending) => Some(pending),
        None => policy(work, talk, talk.accepted)?,
    };
    let Some(shown) = policy(work, talk, table)? else {
        return Ok(());
    };
    if newest.is_some_and(|newest| shown.version() <= newest.version()) {
        return Ok(());
    }
    talk.published = Some(table);
    let chat = talk.domain.clone();
    work.tell(&EventKind::TermsChanged { chat, table })
}

/// The table that its person may accept: the newest told of, if it is newer than the accepted one.
fn pending_table(work: &mut Work<'_>, talk: &Talk) -> Result<Option<Table>, StoreTrouble> {
    let Some(hash) = talk.published.filter(|hash| *hash != talk.accepted) else {
        return Ok(None);
    };
    let accepted = policy(work, talk, talk.accepted)?;
    let told = policy(work, talk, hash)?;
    let newer = |told: &Table| accepted.is_none_or(|old| told.version() > old.version());
    Ok(told.filter(newer))
}

fn policy(
    work: &mut Work<'_>,
    talk: &Talk,
    hash: TableHash,
) -> Result<Option<Table>, StoreTrouble> {
    let relay: Relay = records::must(work, store::Table::Relay, talk.relay)?;
    work.policy(&relay.operator_key()?, &hash)
}

/// Notes that the relay was caught; told once for each sentence.
pub(super) async fn distrust(core: &Arc<Core>, row: i64, why: String) -> Result<(), Stopped> {
    core.work(move |work| {
        let mut talk: Talk = records::must(work, store::Table::Talk, row)?;
        if talk.distrusted.as_ref() == Some(&why) {
            return Ok(());
        }
        talk.distrusted = Some(why.clone());
        let chat = talk.domain.clone();
        work.tell(&EventKind::Distrusted { chat, why })?;
        records::update(work, store::Table::Talk, row, &talk)
    })
    .await
}

pub(super) async fn terms(core: &Arc<Core>, row: i64) -> Result<Option<PendingTerms>, RightsError> {
    let pending = core
        .work(move |work| {
            let now = changes::standpoint(work, row)?;
            let Some(next) = pending_table(work, &now.talk)? else {
                return Ok(None);
            };
            let difference = now.accepted.difference(&next);
            let region = now.consent.region();
            Ok(Some(pending_of(&now.talk.name, region, &next, &difference)))
        })
        .await?;
    Ok(pending)
}

fn pending_of(
    business: &str,
    region: Option<Region>,
    next: &Table,
    difference: &Difference,
) -> PendingTerms {
    let names = Names::of(business, next);
    let in_words = |changes: &[partywall_business::table::Change]| {
        let worded = changes.iter().map(|change| TermsChange {
            sentence: change.sentence(names),
            change: change.clone(),
        });
        worded.collect()
    };
    PendingTerms {
        newly_shared: in_words(&difference.newly_shared),
        changed: in_words(&difference.changed),
        stopped: in_words(&difference.stopped),
        terms: Terms::of(next, business, region),
        sunset: next.sunset().map(|at| at.value()),
        table: next.hash(),
    }
}

impl PendingTerms {
    /// Which table.
    #[must_use]
    pub const fn table(&self) -> TableHash {
        self.table
    }
}

pub(super) async fn accept_terms(
    core: &Arc<Core>,
    row: i64,
    choices: Choices,
) -> Result<(), ChangeError> {
    let categories = choices.categories.clone();
    let next = core
        .work(move |work| {
            let talk: Talk = records::must(work, store::Table::Talk, row)?;
            pending_table(work, &talk)
        })
        .await?;
    let next = next.ok_or(ChangeError::NothingPending)?;
    changes::consent_to(core, row, Some(next), choices).await?;
    changes::opt_to(core, row, &categories).await
}

pub(super) async fn certificate(
    core: &Arc<Core>,
    row: i64,
) -> Result<Option<ChangedCertificate>, LookError> {
    let found = core
        .work(move |work| {
            let Some(talk) = records::one::<Talk>(work, store::Table::Talk, row)? else {
                return Ok(None);
            };
            Ok(Some(changed(&talk)?))
        })
        .await?;
    found.ok_or(LookError::NoSuchChat)
}

/// Accepts what is shown now, if it is what its person was shown: keys that changed once more wait
/// again.
pub(super) async fn accept_certificate(core: &Arc<Core>, row: i64) -> Result<(), ChangeError> {
    let talk: Talk = core
        .work(move |work| records::must(work, store::Table::Talk, row))
        .await?;
    let line = pump::line(core, row, &talk).await?;
    let wanted = crate::trust::Wanted::Business(talk.business);
    let shown = look::look(core, talk.relay, &line, wanted)
        .await
        .map_err(|why| match why {
            FindError::Ask(ask) => ChangeError::Ask(ask),
            FindError::Distrust(distrust) => ChangeError::Distrust(distrust),
            FindError::Domain(_) => ChangeError::Ask(AskError::Nonsense),
        })?;
    let accepted = core
        .work(move |work| {
            let mut talk: Talk = records::must(work, store::Table::Talk, row)?;
            let Some(pending) = talk.changed.clone() else {
                return Ok(false);
            };
            let mut seen = talk.clone();
            seen.certificate = pending;
            if !binds_alike(&seen, &shown.certificate)? {
                talk.changed = Some(shown.certificate.signed().clone());
                records::update(work, store::Table::Talk, row, &talk)?;
                return Ok(false);
            }
            let says = shown.certificate.says();
            talk.name = says.name.as_str().to_owned();
            talk.domain = says.domain.as_str().to_owned();
            talk.industry = says.industry;
            talk.hosting = says.hosting.clone();
            talk.certificate = shown.certificate.signed().clone();
            talk.changed = None;
            records::update(work, store::Table::Talk, row, &talk)?;
            // The sessions before this row are for reading only.
            records::insert_of(work, "session", row, None, &[])?;
            Ok(true)
        })
        .await?;
    if !accepted {
        return Err(ChangeError::NothingPending);
    }
    core.talks.wake(row);
    Ok(())
}

fn changed(talk: &Talk) -> Result<Option<ChangedCertificate>, StoreTrouble> {
    let Some(pending) = &talk.changed else {
        return Ok(None);
    };
    let read = |bytes: &[u8]| -> Result<Certified, StoreTrouble> {
        minicbor::decode(bytes).map_err(|_shape| StoreTrouble::Damaged)
    };
    let (before, after) = (read(&talk.certificate.bytes)?, read(&pending.bytes)?);
    Ok(Some(ChangedCertificate {
        name: after.name.as_str().to_owned(),
        name_before: talk.name.clone(),
        domain: after.domain.as_str().to_owned(),
        domain_before: before.domain.as_str().to_owned(),
        industry: after.industry,
        other_endpoint: after.endpoint != before.endpoint,
        other_account: after.account != before.account,
        hosting: after.hosting,
        hosting_before: before.hosting,
    }))
}

/// Whether a session under the accepted certificate may go on under another. (SPEC B-8)
fn binds_alike(talk: &Talk, other: &Certificate) -> Result<bool, StoreTrouble> {
    let before: Certified =
        minicbor::decode(&talk.certificate.bytes).map_err(|_shape| StoreTrouble::Damaged)?;
    let after = other.says();
    Ok(before.business == after.business
        && before.domain == after.domain
        && before.account == after.account
        && before.hosting == after.hosting
        && before.endpoint == after.endpoint)
}
