//! Where a job is worked on: inside the writer's transaction, with the time of the group, dice, keys,
//! and a list of what is to be done after the commit.
//! Knows: tools. Never knows: sockets, or who waits for the answer.
//!
//! A job decides first and writes then: what is refused has written nothing.

use partywall_business::ledger::Size;
use partywall_business::window::Pace;
use partywall_store::StoreError;
use partywall_store::sql::{Connection, Transaction};
use partywall_world::Dice;

use crate::clock::RelayTime;
use crate::effects::Effects;
use crate::gauges::Counters;
use crate::keys::OperatorKeys;
use crate::pace::Paces;
use crate::sharing::Policies;
use crate::{WingSettings, chores, registry, talk};

/// The tools of one job.
pub(crate) struct Desk<'group> {
    /// The group's transaction.
    pub(crate) tx: &'group Transaction<'group>,
    /// The relay's time, the same for the whole group.
    pub(crate) now: RelayTime,
    /// The writer's own dice.
    pub(crate) dice: &'group mut Dice,
    /// The operator's keys.
    pub(crate) keys: &'group OperatorKeys,
    /// What the operator decided.
    pub(crate) settings: &'group WingSettings,
    /// Where things are counted; what is counted here may be undone and is then counted again.
    pub(crate) counters: &'group Counters,
    /// The operator's sign that nobody new is to be taken in.
    pub(crate) low_disk: bool,
    /// Whether the disk has room for more than there is.
    pub(crate) room: Room,
    /// What is to be done once all of this is on disk.
    pub(crate) effects: &'group mut Effects,
    /// What the writer remembers from job to job.
    pub(crate) memory: &'group mut Memory,
}

/// Conversations of one business that begin: 200 at once and one a second. (SPEC B-15)
const BEGIN: Pace = Pace::new(200, 1_000);

/// How the disk is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Room {
    Enough,
    /// Nothing is kept that was not there before; what deletes goes on.
    None,
    /// Nothing is written at all: the log has to be emptied first, and somebody reads it.
    ForNothing,
}

/// What the writer remembers from job to job: nothing that is not in the database too, but for paces.
/// It is read anew when a transaction did not happen.
pub(crate) struct Memory {
    /// Above every place of an event that was given out since the start. Never given out again, so
    /// that a late acknowledgement can delete nothing that came later.
    pub(crate) next_place: i64,
    /// Above every number of a conversation that was given out since the start. Never given out again,
    /// so that nobody who is still connected reads for a conversation that came later.
    pub(crate) next_conversation: i64,
    /// Above every number of a business that was given out since the start, for the same reason.
    pub(crate) next_business: i64,
    /// Every table that was published, and what was worked out of them.
    pub(crate) policies: Policies,
    /// When chores looked last.
    pub(crate) chores: chores::Due,
    /// How far the ledger reached when it was signed for last.
    pub(crate) published: Size,
    /// Paces of what businesses say in all their conversations together.
    pub(crate) speech: Paces<i64>,
    /// Paces at which conversations of businesses begin.
    pub(crate) begins: Paces<i64>,
    /// Paces of shelves.
    pub(crate) shelves: Paces<i64>,
}

impl Memory {
    /// Of a database as it was left.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn over(connection: &Connection, keys: &OperatorKeys) -> Result<Self, StoreError> {
        Ok(Self {
            next_place: talk::last_place(connection)? + 1,
            next_conversation: talk::last_number(connection)? + 1,
            next_business: registry::last_number(connection)? + 1,
            policies: Policies::read(connection, &keys.business().public())?,
            chores: chores::Due::default(),
            // Signed again with the first group: what a crash left unsigned is signed then.
            published: Size::EMPTY,
            speech: Paces::new(Pace::BUSINESS),
            begins: Paces::new(BEGIN),
            shelves: registry::paces(),
        })
    }
}
