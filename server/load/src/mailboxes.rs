//! Mailboxes made for a load: who reads each, and what lets somebody write to it.
//! Knows: keys and capabilities of its own making. Never knows: what lies in them.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::Arc;

use partywall_ground::Capability;
use partywall_peer::collect::{self, Create};
use partywall_peer::proofs::Admission;
use partywall_peer::{Slot, drop_id};
use partywall_proof::SigningKey;
use partywall_world::Dice;

use crate::closing;
use crate::dialect::Dialect;
use crate::greeted::Greeted;
use crate::reader::Reader;
use crate::wire::Wire;
use crate::writer::Writer;
use crate::{LoadError, Target};

/// A mailbox of the load's own.
pub(crate) struct Mailbox {
    pub(crate) pair: u32,
    /// Absent at a yardstick, where a number is all there is.
    pub(crate) keys: Option<Keys>,
}

pub(crate) struct Keys {
    pub(crate) reader: SigningKey,
    pub(crate) capability: Capability,
}

/// Mailboxes on one target, in the order in which they were made.
pub struct Mailboxes {
    target: Target,
    list: Arc<[Mailbox]>,
}

/// Some of them.
pub(crate) struct Share {
    target: Target,
    list: Arc<[Mailbox]>,
    range: Range<usize>,
}

/// Requests that one connection has open while mailboxes are made.
const OPEN: usize = 16;

/// Connections on which mailboxes are made at once: each writes one request after the other.
const TOGETHER: usize = 8;

/// Mailboxes that one connection reads. (SPEC §5.7)
pub(crate) const SLOTS: usize = 1_000;

impl Mailboxes {
    /// Makes so many. Nobody reads them yet.
    ///
    /// # Errors
    /// The target refuses or cannot be reached.
    pub async fn make(target: &Target, count: NonZeroUsize) -> Result<Self, LoadError> {
        let mut list = Vec::with_capacity(count.get());
        let mut wanted: VecDeque<usize> = (0..count.get())
            .step_by(SLOTS)
            .map(|made| SLOTS.min(count.get() - made))
            .collect();
        let mut making = VecDeque::new();
        let mut refused = None;
        loop {
            while making.len() < TOGETHER && refused.is_none() {
                let Some(count) = wanted.pop_front() else {
                    break;
                };
                let number = u32::try_from(count).unwrap_or(u32::MAX);
                let target = target.clone();
                let first = target.numbers(number);
                making.push_back(tokio::spawn(
                    async move { some(&target, first, number).await },
                ));
            }
            let Some(oldest) = making.pop_front() else {
                break;
            };
            let made = oldest
                .await
                .map_err(|error| LoadError::Machine(error.to_string()))?;
            // Whoever is at it is let through to the end: it gives back what it cannot use.
            match made {
                Ok(made) => list.extend(made),
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        match refused {
            None => Ok(Self {
                target: target.clone(),
                list: list.into(),
            }),
            Some(error) => Err(error),
        }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.list.len()
    }

    /// Where they are.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Shares of so many mailboxes each (1,000 at most), for a connection that reads them.
    pub(crate) fn shares(&self, each: usize) -> Vec<Share> {
        let each = each.clamp(1, SLOTS);
        let begins = (0..self.list.len()).step_by(each);
        let share = |begin: usize| Share {
            target: self.target.clone(),
            list: Arc::clone(&self.list),
            range: begin..(begin + each).min(self.list.len()),
        };
        begins.map(share).collect()
    }
}

impl Share {
    fn mailboxes(&self) -> &[Mailbox] {
        self.list.get(self.range.clone()).unwrap_or_default()
    }

    /// A connection that reads all of them.
    pub(crate) async fn reader(&self) -> Result<Reader, LoadError> {
        Reader::attach(&self.target, self.mailboxes()).await
    }

    /// A connection that writes to the first of them.
    pub(crate) async fn writer(&self) -> Result<Writer, LoadError> {
        let mailbox = self.mailboxes().first().ok_or(LoadError::Nonsense)?;
        Writer::open(&self.target, mailbox).await
    }
}

/// So many, with the numbers from `first` on.
async fn some(target: &Target, first: u32, number: u32) -> Result<Vec<Mailbox>, LoadError> {
    let pairs = first..first.saturating_add(number);
    let Dialect::Relay(door) = &target.dialect else {
        let named = |pair| Mailbox { pair, keys: None };
        let list: Vec<Mailbox> = pairs.map(named).collect();
        Reader::attach(target, &list).await?;
        return Ok(list);
    };
    let mut dice = Dice::from_os().map_err(|error| LoadError::Machine(error.to_string()))?;
    let Greeted { mut wire, greeting } = Greeted::enter(target, "/v1/collect").await?;
    let mut list = Vec::with_capacity(pairs.len());
    let (mut open, mut answers) = (0, Answers::default());
    for (slot, pair) in (0..number).zip(pairs) {
        if answers.refused.is_some() {
            break;
        }
        let reader = SigningKey::draw(&mut dice);
        let capability = Capability::new(dice.bytes());
        let admission = door.pass().map_or(Admission::Open, Admission::Pass);
        let (slot, drop) = (Slot::new(slot), drop_id(&capability));
        let create = Create::sign(&reader, &greeting, slot, drop, admission, &mut dice);
        let create: collect::FromClient = create.into();
        wire.put(&[&create.encode()]);
        let keys = Some(Keys { reader, capability });
        list.push(Mailbox { pair, keys });
        open += 1;
        if open == OPEN {
            answers.hear(&mut wire).await?;
            open -= 1;
        }
    }
    for _ in 0..open {
        answers.hear(&mut wire).await?;
    }
    match answers.refused {
        None => Ok(list),
        Some(refused) => {
            closing::close(&mut wire, &answers.made).await?;
            Err(refused)
        }
    }
}

/// What became of requests for mailboxes.
#[derive(Default)]
struct Answers {
    made: Vec<Slot>,
    /// The first refusal: then no mailbox is wanted any more.
    refused: Option<LoadError>,
}

impl Answers {
    async fn hear(&mut self, wire: &mut Wire) -> Result<(), LoadError> {
        wire.flush().await?;
        match collect::FromRelay::decode(&wire.hear().await?) {
            Ok(collect::FromRelay::Attached(attached)) => self.made.push(attached.slot),
            Ok(collect::FromRelay::Refused(refused)) => {
                let refused = LoadError::Refused(refused.reason.to_string());
                self.refused.get_or_insert(refused);
            }
            _ => return Err(LoadError::Nonsense),
        }
        Ok(())
    }
}
