//! The loop of `send --lines`: settle which run this is, then keep, say, count, until the input ends.
//! Knows: the order in which things become durable. Never knows: terminals, the client's store.

use std::future::Future;

use partywall_client::MessageId;
use tokio::sync::mpsc;

use super::reading::Line;
use super::record::{Record, RunId};
use super::resume::{Comparing, Verdict};
use super::run::{Keyed, Run};
use crate::trouble::Trouble;

/// Lines that are said in one go.
const GROUP: usize = 256;

/// Whom the lines are said to, and where the record is kept.
pub(crate) trait Mouth {
    /// What is kept beside the contact.
    fn record(&mut self) -> impl Future<Output = Result<Option<Record>, Trouble>> + Send;
    /// Keeps a record, or none; durable when this returns.
    fn keep(&mut self, record: Option<&Record>)
    -> impl Future<Output = Result<(), Trouble>> + Send;
    /// Says these in order; durable when this returns. A key said before says nothing.
    fn say(&mut self, lines: Vec<Keyed>) -> impl Future<Output = Result<Taken, Trouble>> + Send;
    /// Shows how far it is.
    fn show(&mut self, tally: &Tally) -> impl Future<Output = ()> + Send;
}

/// What was taken in one go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    /// The messages, in order.
    pub(crate) ids: Vec<MessageId>,
    /// How many of them had been taken before.
    pub(crate) repeated: u64,
}

/// How far a run is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// The messages taken, in order, those of earlier starts included.
    pub(crate) ids: Vec<MessageId>,
    /// How many of them had been taken by an earlier start.
    pub(crate) repeated: u64,
}

/// Which run the person wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Go on with an interrupted one if the input is the same; else a run of its own with this id.
    Resumed(RunId),
    /// A run of its own with this id.
    Anew(RunId),
    /// The run of this name.
    Named(String),
}

/// Says every line of the input. The record stays until [`complete`].
///
/// # Errors
/// Those of the input and of the mouth; what was taken stays taken, and the run can be resumed.
pub(crate) async fn feed<M: Mouth>(
    mouth: &mut M,
    input: &mut mpsc::Receiver<Result<Line, Trouble>>,
    wanted: Wanted,
) -> Result<(Run, Tally), Trouble> {
    let mut tally = Tally::default();
    let (mut run, mut group) = Box::pin(settle(mouth, input, wanted)).await?;
    let mut refused = None;
    loop {
        if !group.is_empty() {
            let (record, keyed) = run.next(std::mem::take(&mut group));
            if let Some(record) = record {
                mouth.keep(Some(&record)).await?;
            }
            let taken = mouth.say(keyed).await?;
            tally.ids.extend(taken.ids);
            tally.repeated += taken.repeated;
            mouth.show(&tally).await;
        }
        if let Some(trouble) = refused {
            return Err(trouble);
        }
        let mut arrived = Vec::new();
        if input.recv_many(&mut arrived, GROUP).await == 0 {
            return Ok((run, tally));
        }
        for line in arrived {
            match line {
                Ok(line) => group.push(line),
                Err(trouble) => refused = Some(trouble),
            }
        }
    }
}

/// Takes the record away: from now on the same input is a new run.
///
/// # Errors
/// Those of the mouth.
pub(crate) async fn complete<M: Mouth>(mouth: &mut M, run: &Run) -> Result<(), Trouble> {
    if run.leaves_a_record() {
        mouth.keep(None).await?;
    }
    Ok(())
}

/// Which run this is, and the lines that were read to find out.
async fn settle<M: Mouth>(
    mouth: &mut M,
    input: &mut mpsc::Receiver<Result<Line, Trouble>>,
    wanted: Wanted,
) -> Result<(Run, Vec<Line>), Trouble> {
    let fresh = match wanted {
        Wanted::Named(name) => return Ok((Run::named(&name), Vec::new())),
        Wanted::Anew(id) => return Ok((Run::fresh(id), Vec::new())),
        Wanted::Resumed(id) => id,
    };
    let Some(record) = mouth.record().await? else {
        return Ok((Run::fresh(fresh), Vec::new()));
    };
    let mut comparing = Comparing::with(record);
    loop {
        let Some(line) = input.recv().await else {
            return Ok((Run::fresh(fresh), comparing.ended()));
        };
        let line = line?;
        match comparing.next(line) {
            Verdict::Open(open) => comparing = open,
            Verdict::Same(record, held) => return Ok((Run::again(record), held)),
            Verdict::Another(held) => return Ok((Run::fresh(fresh), held)),
        }
    }
}

#[cfg(test)]
mod tests;
