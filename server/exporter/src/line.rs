//! One connection to the relay: what is heard goes to the sink that it is for, what sinks say goes out. (SPEC §14)
//! Knows: frames, and which batch is whose. Never knows: what a batch holds. When it ends, every sink's task ends with it.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use partywall_business::export::{
    Carried, Carry, Claim, CloseBatch, FromExporter, FromRelay, Head, Most, Sink, SinkName,
};
use partywall_business::id::BatchId;
use partywall_business::ledger::Operator;
use partywall_proof::PublicKey;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::carrier::{Carrier, Desk, Gone, Saying, Word};
use crate::stop::Stopping;
use crate::tell::Lost;

/// How long the relay may take for its first words.
const PATIENCE: Duration = Duration::from_secs(10);
/// What may be heard of one sink before it is listened to: an answer and a wake.
const UNHEARD: usize = 4;

/// Both sides have said who they are.
pub(crate) struct Line<S> {
    stream: S,
    operator: Operator,
}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Line<S> {
    /// Says what is carried, and hears whose records there will be. `carriers` ascend by name.
    pub(crate) async fn greet(mut stream: S, carriers: &[Arc<Carrier>]) -> Result<Self, Lost> {
        let sinks = carriers.iter().map(|carrier| Sink {
            sink: carrier.name.clone(),
            recipient: carrier.recipient,
        });
        let sinks: Vec<_> = sinks.collect();
        let sinks = sinks
            .try_into()
            .expect("the configuration has 1 to 64 sinks");
        let greeted = timeout(PATIENCE, async {
            write(&mut stream, &Carry { sinks }.into()).await?;
            read(&mut stream).await
        });
        let FromRelay::Carried(carried) = greeted.await.map_err(|_| Lost::Silent)?? else {
            return Err(Lost::Nonsense);
        };
        let operator = operator(carried).ok_or(Lost::Nonsense)?;
        Ok(Self { stream, operator })
    }

    /// Whose records there will be.
    pub(crate) const fn operator(&self) -> &Operator {
        &self.operator
    }

    /// Lets every sink work, each as a task of its own, until the connection breaks or all of them have finished.
    pub(crate) async fn serve(
        self,
        carriers: &[Arc<Carrier>],
        stop: &Stopping,
    ) -> Result<(), Lost> {
        let (say, mut said) = mpsc::channel(carriers.len());
        let operator = Arc::new(self.operator);
        let mut working = JoinSet::new();
        let mut ears = Vec::new();
        for (place, carrier) in carriers.iter().enumerate() {
            let (to, heard) = mpsc::channel(UNHEARD);
            let (abort, aborted) = watch::channel(None);
            ears.push(Ear {
                name: carrier.name.clone(),
                to,
                abort,
                open: None,
            });
            let desk = Desk {
                heard,
                aborted,
                say: say.clone(),
                place,
            };
            let (carrier, operator, stop) =
                (Arc::clone(carrier), Arc::clone(&operator), stop.clone());
            working.spawn(async move { carrier.work(desk, &operator, stop).await });
        }
        drop(say);
        let (mut from, mut to) = split(self.stream);
        let ended = tokio::select! {
            lost = hear(&mut from, &mut ears) => Err(lost),
            lost = speak(&mut to, &mut said, carriers) => Err(lost),
            ended = finished(&mut working) => ended,
        };
        working.shutdown().await;
        ended
    }
}

fn operator(carried: Carried) -> Option<Operator> {
    let key = PublicKey::from_bytes(carried.operator.as_bytes()).ok()?;
    Some(Operator::new(carried.origin, key))
}

async fn finished(working: &mut JoinSet<Result<(), Gone>>) -> Result<(), Lost> {
    while let Some(ended) = working.join_next().await {
        match ended {
            Ok(Ok(())) => {}
            Ok(Err(Gone)) => return Err(Lost::Nonsense),
            Err(_broken) => return Err(Lost::Ended),
        }
    }
    Ok(())
}

/// The relay's way to one sink's task.
struct Ear {
    name: SinkName,
    to: mpsc::Sender<Word>,
    abort: watch::Sender<Option<BatchId>>,
    /// The batch that is open.
    open: Option<BatchId>,
}

async fn hear(from: &mut (impl AsyncRead + Unpin), ears: &mut [Ear]) -> Lost {
    loop {
        let heard = match read(from).await {
            Ok(heard) => heard,
            Err(lost) => return lost,
        };
        if passed_on(heard, ears).is_none() {
            return Lost::Nonsense;
        }
    }
}

/// `None` if the relay spoke out of turn.
fn passed_on(heard: FromRelay, ears: &mut [Ear]) -> Option<()> {
    match heard {
        FromRelay::Batch(batch) => {
            let ear = ears.iter_mut().find(|ear| ear.name == batch.sink)?;
            match ear.open {
                // Offered once more while it is being sent: X-2.
                Some(open) if open == batch.batch => Some(()),
                Some(_another) => None,
                None => {
                    ear.open = Some(batch.batch);
                    ear.to.try_send(Word::Batch(Box::new(batch))).ok()
                }
            }
        }
        FromRelay::Idle(idle) => {
            let ear = ears.iter().find(|ear| ear.name == idle.sink)?;
            ear.to.try_send(Word::Idle).ok()
        }
        FromRelay::Wake(wake) => {
            let ear = ears.iter().find(|ear| ear.name == wake.sink)?;
            // One that has finished does not claim any more.
            if ear.to.is_closed() {
                Some(())
            } else {
                ear.to.try_send(Word::Wake).ok()
            }
        }
        FromRelay::Closed(closed) => {
            let ear = ears.iter_mut().find(|ear| ear.open == Some(closed.batch))?;
            ear.open = None;
            ear.to.try_send(Word::Closed).ok()
        }
        FromRelay::Abort(abort) => {
            // One that was closed in the meantime needs no abort.
            if let Some(ear) = ears.iter().find(|ear| ear.open == Some(abort.batch)) {
                ear.abort.send_replace(Some(abort.batch));
            }
            Some(())
        }
        FromRelay::Carried(_) => None,
    }
}

async fn speak(
    to: &mut (impl AsyncWrite + Unpin),
    said: &mut mpsc::Receiver<(usize, Saying)>,
    carriers: &[Arc<Carrier>],
) -> Lost {
    while let Some((place, saying)) = said.recv().await {
        let word = match saying {
            Saying::Claim => Claim {
                sink: carriers[place].name.clone(),
                most: Most::LARGEST,
            }
            .into(),
            Saying::Close(batch, outcome) => CloseBatch { batch, outcome }.into(),
        };
        if let Err(lost) = write(to, &word).await {
            return lost;
        }
    }
    // All sinks have finished: whoever waits for them says so.
    pending().await
}

async fn write(to: &mut (impl AsyncWrite + Unpin), word: &FromExporter) -> Result<(), Lost> {
    to.write_all(&word.encode())
        .await
        .map_err(|_| Lost::Ended)?;
    to.flush().await.map_err(|_| Lost::Ended)
}

async fn read(from: &mut (impl AsyncRead + Unpin)) -> Result<FromRelay, Lost> {
    let mut head = [0; Head::LENGTH];
    from.read_exact(&mut head).await.map_err(|_| Lost::Ended)?;
    let head = Head::parse(&head).map_err(|_| Lost::Nonsense)?;
    // Grows as bytes come, whatever the head promises.
    let mut body = Vec::new();
    let length = head.length() as u64;
    from.take(length)
        .read_to_end(&mut body)
        .await
        .map_err(|_| Lost::Ended)?;
    if body.len() < head.length() {
        return Err(Lost::Ended);
    }
    FromRelay::decode(&head, &body).map_err(|_| Lost::Nonsense)
}
