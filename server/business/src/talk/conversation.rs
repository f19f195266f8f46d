//! One conversation, as its row has it. (SPEC §11.1)
//! Knows: a pseudonym, keys, sequences, speech. Never knows: who the customer is.

use partywall_business::id::{ConversationId, PairwiseKey};
use partywall_business::{Categories, Category, ConversationStanding, RightsKey};
use partywall_store::StoreError;
use partywall_store::sql::{self, Connection, OptionalExtension, Params, Row, params};

use super::speech::Speech;
use crate::desk::Desk;
use crate::effects::Receiver;
use crate::refusal::Judged;

/// Whether it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Open,
    /// The customer left.
    Ended,
}

/// A conversation. Numbers are the database's.
pub(crate) struct Conversation {
    pub(crate) number: i64,
    pub(crate) id: ConversationId,
    /// Its business's number.
    pub(crate) business: i64,
    pub(crate) pairwise: PairwiseKey,
    pub(crate) rights: RightsKey,
    /// What the `begin` that made it said, hashed.
    pub(crate) begun: [u8; 32],
    pub(crate) state: State,
    pub(crate) opted: Categories,
    pub(crate) blocked: bool,
    /// The last sequence of an event to either side.
    pub(crate) to_customer: u64,
    pub(crate) to_business: u64,
    /// Events of every kind that lie uncollected.
    pub(crate) mail_customer: u32,
    pub(crate) mail_business: u32,
    pub(crate) speech: Speech,
}

const COLUMNS: &str =
    "SELECT conversation, id, business, pairwise, rights, begun, state, opted, blocked,
    to_customer, to_business, mail_customer, mail_business, speech FROM conversations";

impl Conversation {
    /// How it stands, as `welcome` says it.
    pub(crate) const fn standing(&self) -> ConversationStanding {
        match self.state {
            State::Open => ConversationStanding::Open,
            State::Ended => ConversationStanding::Ended,
        }
    }

    /// Who hears what the business says.
    pub(crate) const fn customer(&self) -> Receiver {
        Receiver::customer(self.number)
    }

    /// Its customer changes something: at a pace, and while there is room to tell of it. What changes
    /// is in memory: the caller saves it. (B-15)
    pub(crate) fn paces(&mut self, desk: &Desk<'_>) -> Judged<()> {
        let next = self.speech.customer_changes(desk.now)?;
        super::room::admits(desk, self, super::events::Side::Business)?;
        self.speech = next;
        Ok(())
    }

    /// Writes down what changed of it.
    pub(crate) fn save(&self, desk: &Desk<'_>) -> Judged<()> {
        desk.tx
            .prepare_cached(
                "UPDATE conversations SET state = ?2, opted = ?3, blocked = ?4, to_customer = ?5,
                 to_business = ?6, mail_customer = ?7, mail_business = ?8, speech = ?9
                 WHERE conversation = ?1",
            )?
            .execute(params![
                self.number,
                state_code(self.state),
                bits(&self.opted),
                self.blocked,
                self.to_customer.cast_signed(),
                self.to_business.cast_signed(),
                self.mail_customer,
                self.mail_business,
                self.speech.stored()
            ])?;
        Ok(())
    }

    /// Writes it down for the first time; its number.
    pub(crate) fn insert(&self, desk: &mut Desk<'_>) -> Judged<i64> {
        let number = desk.memory.next_conversation;
        desk.tx
            .prepare_cached(
                "INSERT INTO conversations (id, business, pairwise, rights, begun, state, opted, began, speech,
                 conversation) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute(params![
                self.id.as_bytes(),
                self.business,
                self.pairwise.as_bytes(),
                self.rights.as_bytes(),
                self.begun,
                state_code(self.state),
                bits(&self.opted),
                desk.now.stored(),
                self.speech.stored(),
                number
            ])?;
        desk.memory.next_conversation = number + 1;
        Ok(number)
    }
}

/// The conversation with that id.
pub(crate) fn find(
    rows: &Connection,
    id: &ConversationId,
) -> Result<Option<Conversation>, StoreError> {
    one(rows, "WHERE id = ?1", [id.as_bytes()])
}

/// The conversation with that number, which must be there.
pub(crate) fn load(rows: &Connection, number: i64) -> Result<Conversation, StoreError> {
    try_load(rows, number)?.ok_or(StoreError::Corrupt)
}

/// The conversation with that number, unless it was erased.
pub(crate) fn try_load(rows: &Connection, number: i64) -> Result<Option<Conversation>, StoreError> {
    one(rows, "WHERE conversation = ?1", [number])
}

/// The conversation of that pairwise key.
pub(crate) fn find_by_pairwise(
    rows: &Connection,
    key: &PairwiseKey,
) -> Result<Option<Conversation>, StoreError> {
    one(rows, "WHERE pairwise = ?1", [key.as_bytes()])
}

/// The conversation of that rights key; the newest, should somebody have used it twice.
pub(crate) fn find_by_rights(
    rows: &Connection,
    key: &RightsKey,
) -> Result<Option<Conversation>, StoreError> {
    let which = "WHERE rights = ?1 ORDER BY conversation DESC LIMIT 1";
    one(rows, which, [key.as_bytes()])
}

/// The highest number of a conversation; 0 if there is none.
pub(crate) fn last_number(rows: &Connection) -> Result<i64, StoreError> {
    let last = "SELECT COALESCE(MAX(conversation), 0) FROM conversations";
    Ok(rows.query_row(last, [], |row| row.get(0))?)
}

/// A set of categories in one number.
pub(super) fn bits(categories: &Categories) -> u8 {
    categories
        .iter()
        .fold(0, |bits, category| bits | 1 << category.place())
}

/// And back.
pub(super) fn of_bits(bits: u8) -> Categories {
    Category::ALL
        .into_iter()
        .filter(|category| bits & (1 << category.place()) != 0)
        .collect()
}

const fn state_code(state: State) -> u8 {
    match state {
        State::Open => 1,
        State::Ended => 2,
    }
}

fn one(
    rows: &Connection,
    which: &str,
    by: impl Params,
) -> Result<Option<Conversation>, StoreError> {
    let found = rows
        .prepare_cached(&format!("{COLUMNS} {which}"))?
        .query_row(by, read)
        .optional()?;
    found
        .map(|(conversation, speech)| {
            let speech = Speech::read(&speech)?;
            Ok(Conversation {
                speech,
                ..conversation
            })
        })
        .transpose()
}

fn read(row: &Row<'_>) -> sql::Result<(Conversation, Vec<u8>)> {
    let conversation = Conversation {
        number: row.get(0)?,
        id: ConversationId::new(row.get(1)?),
        business: row.get(2)?,
        pairwise: PairwiseKey::new(row.get(3)?),
        rights: RightsKey::new(row.get(4)?),
        begun: row.get(5)?,
        state: if row.get::<_, u8>(6)? == 1 {
            State::Open
        } else {
            State::Ended
        },
        opted: of_bits(row.get(7)?),
        blocked: row.get(8)?,
        to_customer: row.get::<_, i64>(9)?.unsigned_abs(),
        to_business: row.get::<_, i64>(10)?.unsigned_abs(),
        mail_customer: row.get(11)?,
        mail_business: row.get(12)?,
        speech: Speech::default(),
    };
    Ok((conversation, row.get(13)?))
}
