//! The lines that are open, their events in one stream, their commands in bounded queues.
//! Knows: rows of relays and targets. Never knows: what is said.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio::task::JoinHandle;

use crate::conversation::{Effect, Input};
use crate::seam::{CollectCommand, Deposit, Street};

/// Events of all lines that may wait.
const EVENTS: usize = 256;
/// How long lines may take to say their last.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// One line: its commands, and the task that brings its events.
struct Line<C> {
    number: u64,
    commands: mpsc::Sender<C>,
    waiting: VecDeque<C>,
    events: JoinHandle<()>,
}

/// All open lines.
pub(super) struct Lines {
    street: Arc<dyn Street>,
    collect: BTreeMap<i64, Line<CollectCommand>>,
    deposit: BTreeMap<i64, Line<Deposit>>,
    last: u64,
    sender: mpsc::Sender<(u64, Input)>,
    events: mpsc::Receiver<(u64, Input)>,
}

impl Lines {
    pub(super) fn new(street: Arc<dyn Street>) -> Lines {
        let (sender, events) = mpsc::channel(EVENTS);
        Lines {
            street,
            collect: BTreeMap::new(),
            deposit: BTreeMap::new(),
            last: 0,
            sender,
            events,
        }
    }

    /// Does what a step asked for.
    pub(super) fn act(&mut self, effect: Effect) {
        match effect {
            Effect::Collect(relay, place) => {
                let line = self.street.collect(place);
                let number = self.number();
                let told = self.forward(number, line.events, move |e| Input::Collect(relay, e));
                let line = Line::new(number, line.commands, told);
                self.collect.insert(relay, line);
            }
            Effect::Deposit(target, place) => {
                let line = self.street.deposit(place);
                let number = self.number();
                let told = self.forward(number, line.events, move |e| Input::Deposit(target, e));
                let line = Line::new(number, line.commands, told);
                self.deposit.insert(target, line);
            }
            Effect::Command(relay, command) => {
                if let Some(line) = self.collect.get_mut(&relay) {
                    line.waiting.push_back(command);
                }
            }
            Effect::Put(target, command) => {
                if let Some(line) = self.deposit.get_mut(&target) {
                    line.waiting.push_back(command);
                }
            }
            Effect::Hang(relay) => {
                if let Some(mut line) = self.collect.remove(&relay) {
                    line.flush();
                    line.events.abort();
                }
            }
            Effect::Leave(target) => {
                if let Some(line) = self.deposit.remove(&target) {
                    line.events.abort();
                }
            }
            Effect::Fleeting(_) | Effect::Answer(_) => {}
        }
    }

    /// Hands commands over as far as there is room.
    pub(super) fn flush(&mut self) {
        self.collect.values_mut().for_each(Line::flush);
        self.deposit.values_mut().for_each(Line::flush);
    }

    /// Whether commands wait for room.
    pub(super) fn are_full(&self) -> bool {
        let collect = self.collect.values().any(|line| !line.waiting.is_empty());
        collect || self.deposit.values().any(|line| !line.waiting.is_empty())
    }

    /// The next event of any line; `None` for one of a line that was ended.
    pub(super) async fn next(&mut self) -> Option<Input> {
        let (number, input) = self.events.recv().await?;
        self.is_of_now(number, &input).then_some(input)
    }

    /// The next event that is there.
    pub(super) fn try_next(&mut self) -> Option<Input> {
        loop {
            let (number, input) = self.events.try_recv().ok()?;
            if self.is_of_now(number, &input) {
                return Some(input);
            }
        }
    }

    /// Ends all lines, and gives them a moment to say their last.
    pub(super) async fn end(mut self) {
        self.flush();
        self.events.close();
        let mut told = Vec::new();
        for (_, line) in std::mem::take(&mut self.collect) {
            told.push(line.events);
        }
        for (_, line) in std::mem::take(&mut self.deposit) {
            told.push(line.events);
        }
        let all = async {
            for told in &mut told {
                // A task that was aborted has ended as well.
                let _ = told.await;
            }
        };
        if tokio::time::timeout(LAST_WORDS, all).await.is_err() {
            told.iter().for_each(JoinHandle::abort);
        }
    }

    fn is_of_now(&self, number: u64, input: &Input) -> bool {
        let now = match input {
            Input::Collect(relay, _) => self.collect.get(relay).map(|line| line.number),
            Input::Deposit(target, _) => self.deposit.get(target).map(|line| line.number),
            Input::Order(_) => None,
        };
        now == Some(number)
    }

    fn number(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    fn forward<E: Send + 'static>(
        &self,
        number: u64,
        mut events: mpsc::Receiver<E>,
        wrap: impl Fn(E) -> Input + Send + 'static,
    ) -> JoinHandle<()> {
        let sender = self.sender.clone();
        tokio::spawn(async move {
            while let Some(event) = events.recv().await {
                // Once the driver listens no more, the line is only waited for.
                let _ = sender.send((number, wrap(event))).await;
            }
        })
    }
}

impl<C> Line<C> {
    fn new(number: u64, commands: mpsc::Sender<C>, events: JoinHandle<()>) -> Self {
        Line {
            number,
            commands,
            waiting: VecDeque::new(),
            events,
        }
    }

    fn flush(&mut self) {
        while let Some(command) = self.waiting.pop_front() {
            match self.commands.try_send(command) {
                Ok(()) => {}
                Err(TrySendError::Full(command)) => {
                    self.waiting.push_front(command);
                    return;
                }
                Err(TrySendError::Closed(_)) => {
                    self.waiting.clear();
                    return;
                }
            }
        }
    }
}
