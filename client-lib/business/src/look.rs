//! Looks a business up on a line, and remembers what was proven: the ledger's newest checkpoint,
//! the newest table, or the evidence of two histories. (SPEC B-8, T-9, L-9 to L-11)
//! Knows: what to ask for and in which order. Never knows: what a conversation makes of it.

use std::sync::Arc;

use partywall_business::TableHash;
use partywall_business::answer::{Answer, Consistent};
use partywall_business::ledger::{
    Checkpoint, Consistency as Growth, Fork, Operator, Path, Size, Witness,
};
use partywall_business::request::{Consistency, Find, Named, Table as AskTable};
use partywall_business::table::Table;
use partywall_ground::{Seconds, cbor};

use crate::core::Core;
use crate::error::{AskError, Distrust, FindError, Refusal, Rule};
use crate::line::Line;
use crate::records::{self, Relay};
use crate::store;
use crate::trust::{self, Shown, Wanted};

/// How often the ledger may move on while its consistency is asked for.
const TRIES: usize = 8;
/// How many tables may lie between the one that was seen and the one that is shown.
const BETWEEN: usize = 64;

/// What of a relay is remembered when a look begins.
struct Memory {
    relay: Relay,
    operator: Operator,
    witness: Option<Witness>,
    table: Option<Table>,
}

/// Looks a business up, believes what holds, remembers it.
pub(crate) async fn look(
    core: &Arc<Core>,
    relay: i64,
    line: &Line,
    wanted: Wanted,
) -> Result<Shown, FindError> {
    let one_at_a_time = core.looking(relay);
    let _looking = one_at_a_time.lock().await;
    let memory = remembered(core, relay).await?;
    if let Some(fork) = &memory.relay.fork {
        let fork: Fork = minicbor::decode(fork).map_err(|_shape| Distrust::NotYours)?;
        return Err(Distrust::Fork(Box::new(fork)).into());
    }
    let named = match wanted.clone() {
        Wanted::Domain(domain) => Named::Domain(domain),
        Wanted::Business(business) => Named::Business(business),
    };
    let answer = line
        .ask(move |number| Find { number, named }.into())
        .await?;
    let Answer::Found(found) = answer else {
        return Err(AskError::Nonsense.into());
    };
    let now = Seconds::new(core.clock.wall().seconds());
    let shown = trust::shown(found, &memory.operator, &wanted, now)?;
    let witness = witnessed(core, relay, line, &memory, &shown.checkpoints).await?;
    let between = between(line, &memory, &shown.table).await?;
    trust::succeeds(memory.table.as_ref(), &between, &shown.table)?;
    let table = shown.table.clone();
    core.work(move |work| remember(work, relay, witness.as_ref(), &between, &table))
        .await?;
    Ok(shown)
}

/// Fetches a table by its hash and proves it, and its checkpoint against what was seen.
pub(crate) async fn fetch_table(
    core: &Arc<Core>,
    relay: i64,
    line: &Line,
    hash: TableHash,
) -> Result<Table, FindError> {
    let one_at_a_time = core.looking(relay);
    let _looking = one_at_a_time.lock().await;
    let memory = remembered(core, relay).await?;
    let (table, listed) = ask_table(line, &memory.operator, hash).await?;
    let witness = witnessed(core, relay, line, &memory, &[listed]).await?;
    let kept = table.clone();
    core.work(move |work| {
        keep_table(work, &kept)?;
        note(work, relay, witness.as_ref())
    })
    .await?;
    Ok(table)
}

/// Joins a checkpoint that came with something else to what was seen.
pub(crate) async fn recognise(
    core: &Arc<Core>,
    relay: i64,
    line: &Line,
    shown: Vec<Checkpoint>,
) -> Result<(), FindError> {
    let one_at_a_time = core.looking(relay);
    let _looking = one_at_a_time.lock().await;
    let memory = remembered(core, relay).await?;
    let witness = witnessed(core, relay, line, &memory, &shown).await?;
    core.work(move |work| note(work, relay, witness.as_ref()))
        .await?;
    Ok(())
}

async fn remembered(core: &Arc<Core>, relay: i64) -> Result<Memory, FindError> {
    let memory = core
        .work(move |work| {
            let relay: Relay = records::must(work, store::Table::Relay, relay)?;
            let operator = trust::operator(&relay)?;
            let table = match &relay.table {
                Some(hash) => work.policy(operator.key(), hash)?,
                None => None,
            };
            Ok(Memory {
                witness: trust::witness(&relay, &operator)?,
                table,
                operator,
                relay,
            })
        })
        .await?;
    Ok(memory)
}

/// Asks until all proofs are to one checkpoint, then judges them together. Evidence of a second
/// history is kept before anybody hears of it.
async fn witnessed(
    core: &Arc<Core>,
    relay: i64,
    line: &Line,
    memory: &Memory,
    shown: &[Checkpoint],
) -> Result<Option<Witness>, FindError> {
    let remembered = memory.witness.as_ref();
    if let Some(witness) = remembered {
        let same = |one: &Checkpoint| {
            one.size() == witness.checkpoint().size() && one.root() == witness.checkpoint().root()
        };
        if shown.iter().all(same) {
            return Ok(None);
        }
    }
    let sizes = trust::sizes(remembered, shown);
    let Some(newest) = sizes.last().copied() else {
        return Ok(None);
    };
    let mut to = newest;
    for _ in 0..TRIES {
        let mut answers = Vec::with_capacity(sizes.len());
        for from in &sizes {
            match consistency(line, *from, to).await {
                Ok(answer) => answers.push((*from, answer)),
                Err(AskError::Refused(refusal)) => {
                    return unproven(core, relay, remembered, shown, refusal).await;
                }
                Err(other) => return Err(other.into()),
            }
        }
        if !trust::are_of_one(&answers) {
            let sizes = answers.iter().filter_map(|(_, answer)| {
                let note = answer.checkpoint.clone().verify(&memory.operator).ok()?;
                Some(note.size())
            });
            to = sizes.max().map_or(to, |size| size.max(to));
            continue;
        }
        return match trust::joined(remembered, shown, answers, &memory.operator) {
            Err(Distrust::Fork(fork)) => Err(kept(core, relay, fork).await?.into()),
            judged => Ok(judged?),
        };
    }
    Err(AskError::Nonsense.into())
}

/// A relay that does not show that its ledger only grew: unless it is merely busy, that is what the
/// evidence says.
async fn unproven(
    core: &Arc<Core>,
    relay: i64,
    remembered: Option<&Witness>,
    shown: &[Checkpoint],
    refusal: Refusal,
) -> Result<Option<Witness>, FindError> {
    let passes = matches!(refusal.rule, Rule::Busy | Rule::LowDisk | Rule::Pace);
    if let (Some(witness), false) = (remembered, passes) {
        for checkpoint in shown {
            let nothing = Growth {
                old: witness.checkpoint().size(),
                new: checkpoint.size(),
                path: Path::default(),
            };
            if let Err(fork) = witness.advance(checkpoint.clone(), &nothing) {
                return Err(kept(core, relay, fork).await?.into());
            }
        }
    }
    Err(AskError::Refused(refusal).into())
}

/// Keeps the evidence before anybody hears of it.
async fn kept(core: &Arc<Core>, relay: i64, fork: Box<Fork>) -> Result<Distrust, FindError> {
    let evidence = cbor::encode(fork.as_ref());
    core.work(move |work| {
        let mut record: Relay = records::must(work, store::Table::Relay, relay)?;
        record.fork = Some(evidence);
        records::update(work, store::Table::Relay, relay, &record)
    })
    .await?;
    Ok(Distrust::Fork(fork))
}

async fn consistency(line: &Line, from: Size, to: Size) -> Result<Consistent, AskError> {
    let ask = move |number| Consistency { number, from, to }.into();
    match line.ask(ask).await? {
        Answer::Consistent(answer) => Ok(answer),
        _ => Err(AskError::Nonsense),
    }
}

/// The tables between the one that was seen and the one that is shown, in order.
async fn between(line: &Line, memory: &Memory, shown: &Table) -> Result<Vec<Table>, FindError> {
    let Some(seen) = &memory.table else {
        return Ok(Vec::new());
    };
    let mut between = Vec::new();
    let mut before = shown.predecessor();
    let missing = shown.version().get().saturating_sub(seen.version().get());
    for _ in 1..missing {
        let (Some(hash), true) = (before, between.len() < BETWEEN) else {
            return Err(Distrust::Lineage.into());
        };
        let (table, _) = ask_table(line, &memory.operator, hash).await?;
        before = table.predecessor();
        between.push(table);
    }
    between.reverse();
    Ok(between)
}

async fn ask_table(
    line: &Line,
    operator: &Operator,
    hash: TableHash,
) -> Result<(Table, Checkpoint), FindError> {
    let ask = move |number| {
        AskTable {
            number,
            table: hash,
        }
        .into()
    };
    let Answer::TableIs(answer) = line.ask(ask).await? else {
        return Err(AskError::Nonsense.into());
    };
    let (table, listed) = trust::table(&answer.table, *answer.table_entry, operator)?;
    if table.hash() != hash {
        return Err(Distrust::Table.into());
    }
    Ok((table, listed))
}

fn remember(
    work: &mut crate::core::Work<'_>,
    relay: i64,
    witness: Option<&Witness>,
    between: &[Table],
    table: &Table,
) -> Result<(), store::StoreTrouble> {
    for table in between.iter().chain(std::iter::once(table)) {
        keep_table(work, table)?;
    }
    note(work, relay, witness)?;
    let mut record: Relay = records::must(work, store::Table::Relay, relay)?;
    if record.table != Some(table.hash()) {
        record.table = Some(table.hash());
        record.version = table.version().get();
        records::update(work, store::Table::Relay, relay, &record)?;
    }
    Ok(())
}

fn note(
    work: &mut crate::core::Work<'_>,
    relay: i64,
    witness: Option<&Witness>,
) -> Result<(), store::StoreTrouble> {
    let Some(witness) = witness else {
        return Ok(());
    };
    let mut record: Relay = records::must(work, store::Table::Relay, relay)?;
    record.note = Some(witness.checkpoint().note().to_vec());
    records::update(work, store::Table::Relay, relay, &record)
}

fn keep_table(work: &mut crate::core::Work<'_>, table: &Table) -> Result<(), store::StoreTrouble> {
    let hash = table.hash();
    if records::by_key(work, "policy", hash.as_bytes())?.is_none() {
        records::insert_by(work, "policy", hash.as_bytes(), &table.signed())?;
    }
    Ok(())
}
