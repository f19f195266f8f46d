//! What a shop knows of its conversations, without asking anybody.
//! Knows: pseudonyms. Never knows: who they are.

use std::collections::BTreeSet;
use std::sync::Arc;

use minicbor::{Decode, Encode};
use partywall_business::disclosure::Record;
use partywall_business::field::{Basis, Purpose, Region};
use partywall_business::value::Value;
use partywall_business::{Category, TableHash};
use partywall_ground::Seconds;

use super::{Message, MessageId, Pseudonym, pump};
use crate::core::Core;
use crate::error::{LookError, Stopped};
use crate::records::{self, Guest};
use crate::store::Table;

/// What is known of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TalkCard {
    /// Which.
    pub conversation: Pseudonym,
    /// Which templates may come.
    pub opted_in: BTreeSet<Category>,
    /// Where the customer lives, if the table lets the business know.
    pub region: Option<Region>,
    /// Whether the customer left.
    pub left: bool,
    /// Until when the business may write freely.
    pub window_expires_at: Option<Seconds>,
    /// Messages that are not on the relay's disk yet.
    pub queued: usize,
}

/// A value of a customer that was disclosed to the business; the ledger's word for it was verified.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Disclosed {
    /// The value; it says which field it is of.
    #[n(0)]
    pub value: Value,
    /// What for.
    #[n(1)]
    pub purpose: Purpose,
    /// On what ground.
    #[n(2)]
    pub basis: Basis,
    /// When, rounded down to the hour.
    #[n(3)]
    pub time: Seconds,
    /// For how many days it may be kept.
    #[n(4)]
    pub keep_days: u16,
    /// Under which table.
    #[n(5)]
    pub table: TableHash,
    /// The entry's number in the ledger, from 0.
    #[n(6)]
    pub index: u64,
}

impl Eq for Disclosed {}

impl Disclosed {
    pub(super) fn of(says: Record, index: u64) -> Disclosed {
        Disclosed {
            value: says.value,
            purpose: says.purpose,
            basis: says.basis,
            time: says.time,
            keep_days: says.keep.days(),
            table: says.table,
            index,
        }
    }
}

pub(super) async fn all(core: &Arc<Core>) -> Result<Vec<TalkCard>, Stopped> {
    core.work(|work| {
        let guests = records::all::<Guest>(work, Table::Talk)?;
        let cards = guests.into_iter().map(|(row, guest)| {
            Ok(TalkCard {
                conversation: Pseudonym(guest.thread.conversation),
                opted_in: guest.opted_in.iter().collect(),
                region: guest.region,
                left: guest.left,
                window_expires_at: guest.thread.window,
                queued: records::queued(work, row)?,
            })
        });
        cards.collect()
    })
    .await
}

pub(super) async fn history(
    core: &Arc<Core>,
    of: Pseudonym,
    before: Option<MessageId>,
    most: u32,
) -> Result<Vec<Message>, LookError> {
    let before = before.map_or(i64::MAX, |id| id.0);
    let page = core
        .work(move |work| match pump::guest(work, of)? {
            Some((row, _)) => records::messages(work, row, before, most).map(Some),
            None => Ok(None),
        })
        .await?;
    let page = page.ok_or(LookError::NoSuchChat)?;
    Ok(page
        .into_iter()
        .map(|(id, kept)| Message::of(id, kept))
        .collect())
}
