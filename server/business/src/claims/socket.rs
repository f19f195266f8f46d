//! The exporter's connection: claims and closes as they come, aborts and wake-ups as there is reason.
//! (SPEC §14)
//! Knows: one stream, the sinks that are carried on it. Never knows: a sink's credentials; keeps
//! nothing that the database does not have.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use partywall_business::export::{
    Abort, Carried, Carry, Claim, CloseBatch, Closed, FromExporter, FromRelay, Head, Idle, Outcome,
    SinkName, Wake,
};
use partywall_business::field::Recipient;
use partywall_business::id::BatchId;
use partywall_ground::limits::FRAME;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::sync::mpsc;

use super::batch;
use super::claim::{self, Claimant, claim};
use super::close::close;
use super::tower::EndExporter;
use super::waiting::waits;
use crate::wing::{Wing, settled};

/// Bytes that a claim may write for each record.
const GROWTH: usize = 2_048;

/// How long an exporter may take to say what it carries.
const FIRST_WORD: Duration = Duration::from_secs(10);

/// Why a connection ends: it is closed, and that is all that the exporter learns.
struct Over;

/// Serves an exporter until its connection ends, or has to.
pub(crate) async fn serve<S>(wing: &Wing, stream: S, ending: impl EndExporter)
where
    S: AsyncRead + AsyncWrite + Send + 'static,
{
    let (mut reading, writing) = tokio::io::split(stream);
    // There is one seat: who says nothing does not keep it.
    let first = tokio::time::timeout(FIRST_WORD, read(&mut reading)).await;
    let Ok(Ok(FromExporter::Carry(carry))) = first else {
        return;
    };
    let sinks: BTreeMap<String, Recipient> = carry
        .sinks
        .iter()
        .map(|sink| (sink.sink.as_str().to_owned(), sink.recipient))
        .collect();
    if !is_right(&carry) {
        return;
    }
    let Some(carrying) = wing.tower.carry(sinks.keys().cloned(), ending) else {
        return;
    };
    let mut service = Service {
        wing,
        writing,
        sinks,
        idle: BTreeSet::new(),
        aborted: BTreeSet::new(),
    };
    let mut end = wing.fate.follow();
    let frames = frames(reading);
    tokio::select! {
        biased;
        () = carrying.over() => {}
        _ = end.wait_for(Option::is_some) => {}
        _ended = service.serve(frames) => {}
    }
}

/// Each sink is named once, in whatever order, and the business's own door is nobody's sink.
fn is_right(carry: &Carry) -> bool {
    let names: BTreeSet<&str> = carry.sinks.iter().map(|sink| sink.sink.as_str()).collect();
    names.len() == carry.sinks.len()
        && carry
            .sinks
            .iter()
            .all(|sink| sink.recipient != Recipient::Business)
}

/// Reads on a task of its own, so that nothing that was read is lost when something else comes first.
fn frames<S>(mut reading: ReadHalf<S>) -> mpsc::Receiver<FromExporter>
where
    S: AsyncRead + Send + 'static,
{
    let (said, heard) = mpsc::channel(1);
    tokio::spawn(async move {
        loop {
            let frame = tokio::select! {
                frame = read(&mut reading) => frame,
                () = said.closed() => return,
            };
            let Ok(frame) = frame else { return };
            if said.send(frame).await.is_err() {
                return;
            }
        }
    });
    heard
}

async fn read<S: AsyncRead>(reading: &mut ReadHalf<S>) -> Result<FromExporter, Over> {
    let mut head = [0; Head::LENGTH];
    reading.read_exact(&mut head).await.map_err(|_| Over)?;
    let head = Head::parse(&head).map_err(|_| Over)?;
    // What an exporter says is short.
    if head.length() > FRAME {
        return Err(Over);
    }
    let mut body = vec![0; head.length()];
    reading.read_exact(&mut body).await.map_err(|_| Over)?;
    FromExporter::decode(&head, &body).map_err(|_| Over)
}

/// One exporter that is served.
struct Service<'w, S> {
    wing: &'w Wing,
    writing: WriteHalf<S>,
    sinks: BTreeMap<String, Recipient>,
    /// Sinks that were told that nothing waits, and have not asked since.
    idle: BTreeSet<String>,
    /// Batches that it was told to abort.
    aborted: BTreeSet<BatchId>,
}

impl<S: AsyncWrite> Service<'_, S> {
    async fn serve(&mut self, mut frames: mpsc::Receiver<FromExporter>) -> Result<(), Over> {
        let carried = Carried {
            operator: self.wing.keys.public(),
            origin: self.wing.settings.origin.clone(),
        };
        self.say(carried).await?;
        let bell = &self.wing.lines.exporter;
        loop {
            // Made before the database is read: a bell that rings meanwhile is heard.
            let rung = bell.notified();
            self.look().await?;
            tokio::select! {
                frame = frames.recv() => match frame.ok_or(Over)? {
                    FromExporter::Claim(claim) => self.claim(claim).await?,
                    FromExporter::Close(close) => self.close(close).await?,
                    FromExporter::Carry(_) => return Err(Over),
                },
                () = rung => {}
            }
        }
    }

    /// Says what the database says since: what to abort, who need wait no longer.
    async fn look(&mut self) -> Result<(), Over> {
        let sinks: Vec<String> = self.sinks.keys().cloned().collect();
        let idle: Vec<(String, Recipient)> = self
            .sinks
            .iter()
            .filter(|(sink, _)| self.idle.contains(*sink))
            .map(|(sink, recipient)| (sink.clone(), *recipient))
            .collect();
        let news = self.wing.read(move |rows| {
            let aborted = batch::aborted(rows)?.into_iter();
            let aborted: Vec<BatchId> = aborted
                .filter(|open| sinks.contains(&open.sink))
                .map(|open| open.batch)
                .collect();
            let mut waiting = Vec::new();
            for (sink, recipient) in idle {
                if waits(rows, &sink, recipient)? {
                    waiting.push(sink);
                }
            }
            Ok((aborted, waiting))
        });
        let (aborted, waiting) = news.await.ok_or(Over)?;
        self.aborted.retain(|batch| aborted.contains(batch));
        for batch in aborted {
            if self.aborted.insert(batch) {
                self.say(Abort { batch }).await?;
            }
        }
        for sink in waiting {
            self.idle.remove(&sink);
            let sink = name(&sink)?;
            self.say(Wake { sink }).await?;
        }
        Ok(())
    }

    async fn claim(&mut self, asked: Claim) -> Result<(), Over> {
        let sink = asked.sink.as_str().to_owned();
        let recipient = *self.sinks.get(&sink).ok_or(Over)?;
        let claimant = Claimant {
            sink: sink.clone(),
            recipient,
            most: usize::from(asked.most.records()),
        };
        self.idle.remove(&sink);
        let origin = self.wing.settings.origin.clone();
        let growth = GROWTH * claimant.most;
        let claimed = self
            .wing
            .ask(growth, move |desk| settled(claim(desk, &claimant, &origin)))
            .await;
        // Too much to do, or no room: it asks again when it is woken, or comes back.
        let claimed = claimed.map_err(|_| Over)?.map_err(|_| Over)?;
        match claimed {
            claim::Claim::Offered(batch) => self.offer(batch).await,
            claim::Claim::Fresh(batch) => self.offer_first(batch).await,
            claim::Claim::Aborted(_) => Ok(()),
            claim::Claim::Strange => Err(Over),
            claim::Claim::Idle => {
                self.idle.insert(sink);
                self.say(Idle { sink: asked.sink }).await
            }
        }
    }

    /// The open batch, the same bytes each time; an aborted one is told by [`Service::look`].
    async fn offer(&mut self, batch: BatchId) -> Result<(), Over> {
        match self.frame(batch).await? {
            Some(frame) => self.write(&frame).await,
            None => Ok(()),
        }
    }

    /// A batch that nobody has seen: aborted before it is offered, none of it left.
    async fn offer_first(&mut self, batch: BatchId) -> Result<(), Over> {
        if let Some(frame) = self.frame(batch).await? {
            return self.write(&frame).await;
        }
        self.finish(batch, Outcome::Void).await
    }

    async fn frame(&self, batch: BatchId) -> Result<Option<Vec<u8>>, Over> {
        let frame = self.wing.read(move |rows| batch::frame(rows, &batch));
        frame.await.ok_or(Over)
    }

    async fn close(&mut self, said: CloseBatch) -> Result<(), Over> {
        let batch = said.batch;
        let open = self.wing.read(move |rows| batch::of_id(rows, &batch));
        if let Some(open) = open.await.ok_or(Over)? {
            if !self.sinks.contains_key(&open.sink) {
                return Err(Over);
            }
            self.finish(batch, said.outcome).await?;
        }
        self.say(Closed { batch }).await
    }

    async fn finish(&self, batch: BatchId, outcome: Outcome) -> Result<(), Over> {
        let closed = self
            .wing
            .ask(0, move |desk| settled(close(desk, &batch, outcome)))
            .await;
        closed.map_err(|_| Over)?.map_err(|_| Over)?;
        Ok(())
    }

    async fn say(&mut self, words: impl Into<FromRelay>) -> Result<(), Over> {
        self.write(&words.into().encode()).await
    }

    async fn write(&mut self, frame: &[u8]) -> Result<(), Over> {
        self.writing.write_all(frame).await.map_err(|_| Over)?;
        self.writing.flush().await.map_err(|_| Over)
    }
}

fn name(sink: &str) -> Result<SinkName, Over> {
    SinkName::new(sink).map_err(|_| Over)
}
