//! What one customer agreed to, as it counts at this moment: the newest receipt, both tables, and
//! whether the operator still stands by the business. (SPEC T-16, T-17)
//! Knows: one conversation. Never knows: values.

use std::sync::Arc;

use partywall_business::consent::{Consent, Party};
use partywall_business::field::{Field, Purpose, Recipient};
use partywall_business::id::{BusinessId, ConversationId, PairwiseKey};
use partywall_business::permit::{Joined, Permit, Standing};
use partywall_business::table::Row;
use partywall_ground::Seconds;
use partywall_store::StoreError;
use partywall_store::sql::{Connection, OptionalExtension, params};

use super::receipt::read_counter;
use crate::desk::Desk;
use crate::refusal::Judged;
use crate::registry;

/// A receipt and what it amounts to now.
#[derive(Clone)]
pub(crate) struct Agreement {
    pub(crate) consent: Arc<Consent>,
    joined: Arc<Joined>,
    standing: Standing,
    now: Seconds,
}

impl Agreement {
    /// Of a receipt; `None` when its table is not known or none holds.
    pub(crate) fn of(desk: &mut Desk<'_>, consent: Arc<Consent>) -> Judged<Option<Self>> {
        let now = desk.now.wire();
        let standing = standing(desk, &consent.party().business)?;
        let joined = desk.memory.policies.joined(&consent, now);
        Ok(joined.map(|joined| Self {
            consent,
            joined,
            standing,
            now,
        }))
    }

    /// The permit of a row, if there is one.
    pub(crate) fn permit(&self, row: Row) -> Option<Permit> {
        self.joined
            .permit(&self.consent, self.standing, row, self.now)
    }

    /// Every permit of a field, whoever is told and what for.
    pub(crate) fn permits(&self, field: Field) -> impl Iterator<Item = Permit> + '_ {
        Recipient::ALL.into_iter().flat_map(move |recipient| {
            Purpose::ALL
                .into_iter()
                .filter_map(move |purpose| self.permit(Row::new(field, recipient, purpose)))
        })
    }

    /// Whether the operator stands by the business.
    pub(super) fn is_with_a_verified_business(&self) -> bool {
        self.standing == Standing::Verified
    }

    /// Whether anybody may be told a field.
    pub(crate) fn allows(&self, field: Field) -> bool {
        self.permits(field).next().is_some()
    }
}

/// What a conversation's customer agreed to; `None` when there is none, or it has ended.
pub(crate) fn find(
    desk: &mut Desk<'_>,
    conversation: &ConversationId,
) -> Judged<Option<Agreement>> {
    let Some((party, counter)) = standing_receipt(desk.tx, conversation)? else {
        return Ok(None);
    };
    let tx = desk.tx;
    let consent = desk
        .memory
        .policies
        .receipt(&party, read_counter(counter)?, || {
            signed(tx, conversation, counter)
        })?;
    Agreement::of(desk, consent)
}

fn standing_receipt(
    connection: &Connection,
    conversation: &ConversationId,
) -> Result<Option<(Party, i64)>, StoreError> {
    let found = connection
        .prepare_cached(
            "SELECT business, pairwise, counter FROM acceptances
             WHERE conversation = ?1 AND ended = 0",
        )?
        .query_row([conversation.as_bytes()], |row| {
            let party = Party {
                business: BusinessId::new(row.get(0)?),
                pairwise: PairwiseKey::new(row.get(1)?),
            };
            Ok((party, row.get::<_, i64>(2)?))
        })
        .optional()?;
    Ok(found)
}

fn signed(
    connection: &Connection,
    conversation: &ConversationId,
    counter: i64,
) -> Result<Vec<u8>, StoreError> {
    let signed = connection
        .prepare_cached("SELECT signed FROM consents WHERE conversation = ?1 AND counter = ?2")?
        .query_row(params![conversation.as_bytes(), counter], |row| row.get(0))?;
    Ok(signed)
}

/// What the operator says of a business now.
fn standing(desk: &mut Desk<'_>, business: &BusinessId) -> Judged<Standing> {
    Ok(if registry::is_verified(desk, business)? {
        Standing::Verified
    } else {
        Standing::Unverified
    })
}
