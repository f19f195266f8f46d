//! What may be told, and what was: switches and disclosures, each with a proof that was verified.
//! (SPEC §11.7, §12.6, L-8)
//! Knows: records, proofs, sentences. Never knows: how the relay came by a value.

use std::sync::Arc;

use partywall_business::answer::Answer;
use partywall_business::disclosure::Record;
use partywall_business::field::{Basis, Field, Purpose, Recipient};
use partywall_business::id::Subject;
use partywall_business::ledger::{
    Checkpoint, Inclusion, Opening, Operator, Proven, UnverifiedProof,
};
use partywall_business::request::Disclosures;
use partywall_business::rights;
use partywall_business::sentence::{Names, Switch as Sign};
use partywall_business::table::Row;
use partywall_business::value::Value;
use partywall_business::{Count, More, TableHash};
use partywall_ground::Seconds;

use super::{Standing, Terms, TermsRow, changes, pump};
use crate::core::Core;
use crate::error::{AskError, Distrust, FindError, RightsError};
use crate::line::Line;
use crate::look;
use crate::records::{self, Relay, Talk};
use crate::store::Table;
use crate::trust;

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switched {
    /// Told, or let in.
    On,
    /// Not.
    Off,
}

/// What may be told of this customer, and what was.
#[derive(Clone, Debug)]
pub struct Shared {
    /// What can be switched, under the accepted table.
    pub switches: Vec<Switch>,
    /// What cannot be: needs and laws.
    pub always: Vec<TermsRow>,
    /// What was told, in the order of the ledger.
    pub disclosures: Vec<Disclosed>,
}

/// One switch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switch {
    /// What it is for; its sentence ends with "On." or "Off.", as it stands.
    pub row: TermsRow,
    /// Whether it is on.
    pub on: bool,
}

/// One value that was told.
#[derive(Clone, Debug, PartialEq)]
pub struct Disclosed {
    /// One sentence for people.
    pub sentence: String,
    /// What.
    pub field: Field,
    /// The value, as it was told.
    pub value: Value,
    /// To whom.
    pub recipient: Recipient,
    /// What for.
    pub purpose: Purpose,
    /// On what ground.
    pub basis: Basis,
    /// When, rounded down to the hour.
    pub time: Seconds,
    /// For how many days the recipient may keep it.
    pub keep_days: u16,
    /// Under which table.
    pub table: TableHash,
    /// What became of it; `None` until it is known.
    pub outcome: Option<Outcome>,
    /// Where the ledger says so. It was verified before this was made.
    pub proof: Proof,
}

/// What became of a disclosure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The recipient has it.
    Sent,
    /// It was not sent.
    Void,
    /// It may have been sent; it never will be again.
    Uncertain,
}

/// A verified place in the ledger, and all that somebody else needs to verify it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The entry's number, from 0.
    pub index: u64,
    /// The entry's salt.
    pub salt: [u8; 32],
    /// The entry's payload: the disclosure's own bytes.
    pub payload: Vec<u8>,
    /// How many entries the checkpoint is for.
    pub size: u64,
    /// The hashes beside the way from the leaf to the root.
    pub path: Vec<[u8; 32]>,
    /// The checkpoint: a signed note.
    pub checkpoint: String,
}

pub(super) async fn shared(core: &Arc<Core>, row: i64) -> Result<Shared, RightsError> {
    let now = core
        .work(move |work| changes::standpoint(work, row))
        .await?;
    let disclosures = disclosures(core, row, &now.talk).await?;
    let choices = now.choices();
    let region = now.consent.region();
    let is_open = now.talk.is_open();
    let names = Names::of(&now.talk.name, &now.accepted);
    let mut always = Vec::new();
    let mut switches = Vec::new();
    for mut of_terms in Terms::of(&now.accepted, &now.talk.name, region).rows {
        if !of_terms.can_be_switched {
            always.push(of_terms);
            continue;
        }
        let on = is_open && choices.rows.contains(of_terms.row);
        let sign = if on { Sign::On } else { Sign::Off };
        let which = of_terms.row;
        let sentence = now
            .accepted
            .sentence(names, which, Basis::Consent, region, sign);
        of_terms.sentence = sentence.unwrap_or(of_terms.sentence);
        switches.push(Switch { row: of_terms, on });
    }
    Ok(Shared {
        switches,
        always,
        disclosures,
    })
}

/// Everything that was told, page by page, every proof verified and every checkpoint joined to
/// what was seen before.
pub(super) async fn disclosures(
    core: &Arc<Core>,
    row: i64,
    talk: &Talk,
) -> Result<Vec<Disclosed>, RightsError> {
    let relay_row = talk.relay;
    let relay: Relay = core
        .work(move |work| records::must(work, Table::Relay, relay_row))
        .await?;
    let operator = trust::operator(&relay).map_err(|_bad| Distrust::NotYours)?;
    let line = entitled_line(core, row, talk).await?;
    let mut told = Vec::new();
    let mut checkpoints: Vec<Checkpoint> = Vec::new();
    let mut after = 0;
    loop {
        let page = move |number| {
            let after = Count::new(after);
            Disclosures { number, after }.into()
        };
        let Answer::DisclosuresAre(answer) = line.ask(page).await? else {
            return Err(AskError::Nonsense.into());
        };
        let note = answer.checkpoint;
        let checkpoint = note.clone().verify(&operator).map_err(Distrust::from)?;
        for record in answer.records {
            let index = record.disclosure.index.value();
            if index < after {
                return Err(AskError::Nonsense.into());
            }
            after = index + 1;
            told.push(one(record, &note, &operator, talk)?);
        }
        checkpoints.push(checkpoint);
        if answer.more == More::No {
            break;
        }
        if after == 0 {
            return Err(AskError::Nonsense.into());
        }
    }
    checkpoints.dedup_by_key(|checkpoint| checkpoint.size());
    look::recognise(core, talk.relay, &line, checkpoints)
        .await
        .map_err(|why| match why {
            FindError::Ask(ask) => RightsError::Ask(ask),
            FindError::Distrust(distrust) => RightsError::Distrust(distrust),
            FindError::Domain(_) => RightsError::Ask(AskError::Nonsense),
        })?;
    Ok(told)
}

/// The line of an open conversation, or one with the rights key.
pub(super) async fn entitled_line(
    core: &Arc<Core>,
    row: i64,
    talk: &Talk,
) -> Result<Line, RightsError> {
    let line = if talk.standing == Standing::Open {
        pump::line(core, row, talk).await
    } else {
        pump::rights_line(core, talk).await
    };
    line.map_err(|stopped| AskError::Stopped(stopped).into())
}

fn one(
    record: rights::Record,
    note: &partywall_business::ledger::UnverifiedCheckpoint,
    operator: &Operator,
    talk: &Talk,
) -> Result<Disclosed, Distrust> {
    let prove = |opening: Opening, inclusion: Inclusion| {
        let checkpoint = note.clone();
        let proof = UnverifiedProof {
            opening,
            inclusion,
            checkpoint,
        };
        proof.verify(operator)
    };
    let entry = prove(record.disclosure, record.disclosure_inclusion)?;
    let says = Record::decode(entry.payload().as_bytes()).map_err(|_shape| Distrust::OtherEntry)?;
    let subject = Subject::of(&talk.thread.conversation, says.recipient);
    if says.business != talk.business || says.subject != subject {
        return Err(Distrust::NotYours);
    }
    let outcome = match (record.outcome, record.outcome_inclusion) {
        (Some(opening), Some(inclusion)) => Some(outcome(&prove(opening, inclusion)?, &says)?),
        (None, None) => None,
        _ => return Err(Distrust::OtherEntry),
    };
    Ok(Disclosed {
        sentence: sentence(&says, &talk.name),
        field: says.value.field(),
        value: says.value,
        recipient: says.recipient,
        purpose: says.purpose,
        basis: says.basis,
        time: says.time,
        keep_days: says.keep.days(),
        table: says.table,
        outcome,
        proof: Proof::of(entry),
    })
}

/// The outcome of exactly this disclosure: `{0 => 2, 1 => batch, 2 => record key, 3 => code, 4 => time}`.
fn outcome(entry: &Proven, of: &Record) -> Result<Outcome, Distrust> {
    read_outcome(entry.payload().as_bytes(), of).ok_or(Distrust::OtherEntry)
}

fn read_outcome(payload: &[u8], of: &Record) -> Option<Outcome> {
    partywall_ground::cbor::check(payload).ok()?;
    let mut decoder = minicbor::Decoder::new(payload);
    let of_five = decoder.map().ok()? == Some(5);
    let of_kind = decoder.u8().ok()? == 0 && decoder.u8().ok()? == 2;
    let _batch = (decoder.u8().ok()? == 1).then_some(decoder.bytes().ok()?)?;
    let named = decoder.u8().ok()? == 2 && decoder.bytes().ok()? == of.key.as_bytes();
    let coded = decoder.u8().ok()? == 3;
    if !(of_five && of_kind && named && coded) {
        return None;
    }
    match decoder.u8().ok()? {
        1 => Some(Outcome::Sent),
        2 => Some(Outcome::Void),
        3 => Some(Outcome::Uncertain),
        _ => None,
    }
}

fn sentence(says: &Record, business: &str) -> String {
    let row = Row::new(says.value.field(), says.recipient, says.purpose);
    let to = match row.recipient {
        Recipient::Business => business.to_owned(),
        Recipient::Parent => "the parent company".to_owned(),
        Recipient::ServiceProvider => "the service provider".to_owned(),
    };
    format!(
        "{to} was told {}, {}.",
        row.field.phrase(),
        row.purpose.phrase()
    )
}

impl Proof {
    pub(crate) fn of(entry: Proven) -> Proof {
        let kept = entry.into_unverified();
        let path = kept.inclusion.path.iter();
        Proof {
            index: kept.opening.index.value(),
            salt: *kept.opening.salt.as_bytes(),
            payload: kept.opening.payload.as_bytes().to_vec(),
            size: kept.inclusion.size.value(),
            path: path.map(|hash| *hash.as_bytes()).collect(),
            checkpoint: String::from_utf8_lossy(kept.checkpoint.as_bytes()).into_owned(),
        }
    }
}
