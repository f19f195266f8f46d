//! Who is at the other end, as far as it is proven. (SPEC §11.2, B-3, B-4)
//! Knows: a role, a key, the numbers that belong to it. Never knows: a person.

use partywall_business::id::{AccountKey, BusinessId, PairwiseKey};
use partywall_business::{
    BusinessStanding, Caller, ConversationStanding, ProvenCaller, RightsKey, Role, Welcome,
};
use partywall_store::StoreError;
use partywall_store::sql::Connection;

use crate::clock::RelayTime;
use crate::effects::Receiver;
use crate::{registry, talk};

/// The other end. Numbers are the database's, and absent while there is no row.
#[derive(Clone, Copy)]
pub(super) enum Who {
    Guest,
    Customer {
        key: PairwiseKey,
        conversation: Option<i64>,
    },
    Business {
        key: AccountKey,
        business: Option<i64>,
    },
    Rights {
        key: RightsKey,
        conversation: Option<i64>,
    },
}

impl Who {
    /// What it may send.
    pub(super) const fn caller(&self) -> Caller {
        match self {
            Self::Guest => Caller::Guest,
            Self::Customer { .. } => Caller::Proven(Role::Customer),
            Self::Business { .. } => Caller::Proven(Role::Business),
            Self::Rights { .. } => Caller::Proven(Role::Rights),
        }
    }

    /// Whose events it reads.
    pub(super) fn receiver(&self) -> Option<Receiver> {
        match self {
            Self::Customer { conversation, .. } => conversation.map(Receiver::customer),
            Self::Business { business, .. } => business.map(Receiver::business),
            Self::Guest | Self::Rights { .. } => None,
        }
    }
}

/// Looks up who it was that proved itself; unknown keys are welcomed alike. (B-3)
pub(super) fn meet(
    rows: &Connection,
    proven: &ProvenCaller,
    now: RelayTime,
) -> Result<(Who, Welcome), StoreError> {
    let key = proven.key().into_bytes();
    Ok(match proven.role() {
        Role::Customer => {
            let key = PairwiseKey::new(key);
            let (conversation, standing) = met(talk::find_by_pairwise(rows, &key)?);
            let who = Who::Customer { key, conversation };
            (who, Welcome::Customer(standing))
        }
        Role::Business => {
            let key = AccountKey::new(key);
            let mut known = registry::find(rows, &BusinessId::of(&key))?;
            if known.is_none() && partywall_mutant::is("P25") {
                known = registry::load(rows, 1).ok();
            }
            let standing = known.as_ref().map(|business| business.standing(now));
            let business = known.map(|business| business.number);
            let who = Who::Business { key, business };
            let standing = standing.unwrap_or(BusinessStanding::Unknown);
            (who, Welcome::Business(standing))
        }
        Role::Rights => {
            let key = RightsKey::new(key);
            let (conversation, standing) = met(talk::find_by_rights(rows, &key)?);
            let who = Who::Rights { key, conversation };
            (who, Welcome::Rights(standing))
        }
    })
}

fn met(found: Option<talk::Conversation>) -> (Option<i64>, ConversationStanding) {
    match found {
        Some(conversation) => (Some(conversation.number), conversation.standing()),
        None => (None, ConversationStanding::Absent),
    }
}
