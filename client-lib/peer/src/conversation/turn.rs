//! One turn of the engine: the memory, the rows and the time, side by side; and what may go in and out.
//! Knows: where everything is. Never knows: a rule.

use std::collections::{BTreeMap, BTreeSet};

use partywall_ground::{Day, Peer};
use partywall_session::Session;
use partywall_world::{Dice, Monotonic};

use super::add::Adding;
use super::engine::Now;
use super::invite::Inviting;
use super::mailboxes::Line;
use super::outbox::DropLine;
use super::records::{
    ChannelRecord, ContactRecord, EventRecord, HeldRecord, MailboxRecord, RelayRecord,
    SettingRecord, TargetRecord,
};
use super::revoke::Revoking;
use super::rows::{Rows, read, written};
use crate::desk::{Order, Reply};
use crate::error::StoreTrouble;
use crate::event::EventKind;
use crate::seam::{
    CollectCommand, CollectEvent, Deposit, DepositEvent, DropPlace, RelayPlace, Tag,
};
use crate::store::{Hands, Table};

/// What may go into a step.
pub(crate) enum Input {
    /// A handle asks.
    Order(Order),
    /// A relay's collect line tells.
    Collect(i64, CollectEvent),
    /// A drop's deposit line tells.
    Deposit(i64, DepositEvent),
}

/// What is to be done after the commit.
pub(crate) enum Effect {
    /// Begin a collect line, by the relay's row.
    Collect(i64, RelayPlace),
    /// Say something on it.
    Command(i64, CollectCommand),
    /// End it.
    Hang(i64),
    /// Begin a deposit line, by the target's row.
    Deposit(i64, DropPlace),
    /// Say something on it.
    Put(i64, Deposit),
    /// End it.
    Leave(i64),
    /// Tell those who listen now.
    Fleeting(EventKind),
    /// Hand out an answer.
    Answer(Box<dyn FnOnce() + Send>),
}

/// What a session was begun on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begun {
    /// A bundle behind a link.
    OnLink {
        /// The bundle was the last-resort one. (S-2)
        weak: bool,
    },
    /// The peer's renewal, by us.
    Anew,
    /// Our renewal, by the peer.
    AnewByPeer,
}

/// Everything that is in memory between steps.
pub(crate) struct Mind {
    pub(super) dice: Dice,
    pub(super) settings: Rows<SettingRecord>,
    pub(super) relays: Rows<RelayRecord>,
    pub(super) mailboxes: Rows<MailboxRecord>,
    pub(super) targets: Rows<TargetRecord>,
    pub(super) contacts: Rows<ContactRecord>,
    pub(super) channels: Rows<ChannelRecord>,
    pub(super) held: BTreeMap<i64, BTreeMap<u64, (i64, HeldRecord)>>,
    /// Sessions by the row of their state, read when first wanted.
    pub(super) sessions: BTreeMap<i64, Session<Peer>>,
    pub(super) stepped: BTreeSet<i64>,
    pub(super) lines: BTreeMap<i64, Line>,
    pub(super) drops: BTreeMap<i64, DropLine>,
    pub(super) acks: BTreeMap<i64, Tag>,
    pub(super) inviting: Vec<Inviting>,
    pub(super) revoking: Vec<Revoking>,
    pub(super) adding: Vec<Adding>,
    /// Contacts something has happened to in this step.
    pub(super) touched: BTreeSet<i64>,
    /// When a contact is owed a content of our own.
    pub(super) due: BTreeMap<i64, Monotonic>,
    /// Contacts whose mailbox has shown since the store was opened that it is no older copy.
    pub(super) trusted: BTreeSet<i64>,
    /// Contacts with which this engine has begun anew.
    pub(super) begun_anew: BTreeSet<i64>,
    pub(super) newest: i64,
    pub(super) moved: u64,
    pub(super) last_step: Option<Monotonic>,
    pub(super) deleted: bool,
}

/// A step under way.
pub(crate) struct Turn<'step, 'open> {
    pub(super) mind: &'step mut Mind,
    pub(super) hands: &'step mut Hands<'open>,
    pub(super) now: Now,
    pub(super) effects: Vec<Effect>,
}

impl Turn<'_, '_> {
    pub(super) fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// Hands out an answer after the commit.
    pub(super) fn answer<T: Send + 'static>(&mut self, reply: Reply<T>, answer: T) {
        self.effect(Effect::Answer(Box::new(move || {
            // Who no longer waits for the answer does not want it.
            let _ = reply.send(answer);
        })));
    }

    pub(super) fn today(&self) -> u32 {
        self.now.wall.day().number()
    }

    pub(super) fn day(&self) -> Day {
        Day::new(self.today())
    }

    pub(super) fn setting(&self) -> &SettingRecord {
        let first = self.mind.settings.iter().next();
        first
            .expect("the settings are written when a store is made")
            .1
    }

    pub(super) fn edit_setting(&mut self) -> &mut SettingRecord {
        let id = self.mind.settings.iter().next().map(|(id, _)| id);
        id.and_then(|id| self.mind.settings.edit(id))
            .expect("the settings are written when a store is made")
    }

    /// The day until which something is kept: retention and a week.
    pub(super) fn keep_until(&self) -> u32 {
        self.today().saturating_add(self.setting().retention + 7)
    }

    pub(super) fn contact(&self, id: i64) -> Result<&ContactRecord, StoreTrouble> {
        self.mind.contacts.get(id).ok_or(StoreTrouble::Damaged)
    }

    pub(super) fn edit_contact(&mut self, id: i64) -> Result<&mut ContactRecord, StoreTrouble> {
        self.mind.touched.insert(id);
        self.mind.contacts.edit(id).ok_or(StoreTrouble::Damaged)
    }

    /// Whether the peer is confirmed in the session that seals. (S-13)
    pub(super) fn is_confirmed(&self, record: &ContactRecord) -> bool {
        let sending = self.mind.channels.get(record.sending);
        sending.is_some_and(|known| known.confirmed)
    }

    /// A session, for a step of it.
    pub(super) fn session(&mut self, row: i64) -> Result<&mut Session<Peer>, StoreTrouble> {
        if !self.mind.sessions.contains_key(&row) {
            let plain = self.hands.one(Table::Session, row)?;
            let plain = plain.ok_or(StoreTrouble::Damaged)?;
            let session = Session::from_bytes(&plain).map_err(|_| StoreTrouble::Damaged)?;
            self.mind.sessions.insert(row, session);
        }
        let session = self.mind.sessions.get_mut(&row);
        session.ok_or(StoreTrouble::Damaged)
    }

    /// Keeps a new session for a contact; gives back its channel's row.
    pub(super) fn keep_session(
        &mut self,
        contact: i64,
        session: Session<Peer>,
        begun: Begun,
    ) -> Result<i64, StoreTrouble> {
        let row = self.hands.insert(Table::Session, &session.to_bytes())?;
        self.mind.sessions.insert(row, session);
        let channel = ChannelRecord {
            contact,
            session: row,
            until: None,
            anew: matches!(begun, Begun::Anew),
            weak_until: match begun {
                Begun::OnLink { weak: false } => None,
                _ => Some(self.keep_until()),
            },
            confirmed: false,
            renewed: !matches!(begun, Begun::OnLink { .. }),
            first: None,
            unproven: None,
        };
        self.mind.channels.insert(channel, self.hands)
    }

    /// A durable event.
    pub(super) fn tell(&mut self, contact: i64, event: &EventRecord) -> Result<(), StoreTrouble> {
        let id = self
            .hands
            .insert_of(Table::Event, contact, &written(event))?;
        self.mind.newest = id;
        Ok(())
    }

    /// Keeps in memory and in its row what arrived before its turn.
    pub(super) fn hold(&mut self, contact: i64, held: HeldRecord) -> Result<(), StoreTrouble> {
        let row = self
            .hands
            .insert_of(Table::Held, contact, &written(&held))?;
        let all = self.mind.held.entry(contact).or_default();
        all.insert(held.sequence, (row, held));
        Ok(())
    }

    /// Writes back everything that changed in memory.
    pub(super) fn flush(&mut self) -> Result<(), StoreTrouble> {
        for row in std::mem::take(&mut self.mind.stepped) {
            if let Some(session) = self.mind.sessions.get(&row) {
                self.hands
                    .update(Table::Session, row, &session.to_bytes())?;
            }
        }
        self.mind.settings.flush(self.hands)?;
        self.mind.relays.flush(self.hands)?;
        self.mind.mailboxes.flush(self.hands)?;
        self.mind.targets.flush(self.hands)?;
        self.mind.contacts.flush(self.hands)?;
        self.mind.channels.flush(self.hands)
    }
}

/// Reads everything that is kept in memory.
pub(super) fn load(hands: &mut Hands<'_>, dice: Dice) -> Result<Mind, StoreTrouble> {
    let mut settings = Rows::load(Table::Setting, hands)?;
    if settings.iter().next().is_none() {
        let fresh = SettingRecord {
            receipts: true,
            retention: 30,
            home: None,
            swept: 0,
        };
        settings.insert(fresh, hands)?;
    }
    let contacts: Rows<ContactRecord> = Rows::load(Table::Contact, hands)?;
    let mut held: BTreeMap<i64, BTreeMap<u64, (i64, HeldRecord)>> = BTreeMap::new();
    for (contact, _) in contacts.iter() {
        for (row, plain) in hands.held(contact)? {
            let record: HeldRecord = read(&plain)?;
            let all = held.entry(contact).or_default();
            all.insert(record.sequence, (row, record));
        }
    }
    Ok(Mind {
        dice,
        settings,
        relays: Rows::load(Table::Relay, hands)?,
        mailboxes: Rows::load(Table::Mailbox, hands)?,
        targets: Rows::load(Table::Target, hands)?,
        channels: Rows::load(Table::Channel, hands)?,
        newest: hands.newest_event()?,
        contacts,
        held,
        sessions: BTreeMap::new(),
        stepped: BTreeSet::new(),
        lines: BTreeMap::new(),
        drops: BTreeMap::new(),
        acks: BTreeMap::new(),
        inviting: Vec::new(),
        revoking: Vec::new(),
        adding: Vec::new(),
        touched: BTreeSet::new(),
        due: BTreeMap::new(),
        trusted: BTreeSet::new(),
        begun_anew: BTreeSet::new(),
        moved: 0,
        last_step: None,
        deleted: false,
    })
}
