//! Becoming a business at a relay. (SPEC §11.1, B-10)
//! Knows: keys are drawn once and kept. Never knows: how the operator verifies.

use std::sync::Arc;

use partywall_business::certificate::Name;
use partywall_business::request::Enrol;
use partywall_business::{AccountKey, BusinessId, Domain, Endpoint};
use partywall_ground::Business;
use partywall_proof::SigningKey;
use partywall_session::Identity;

use super::{EnrolError, Profile, pump, shelf};
use crate::core::{Core, Work};
use crate::error::{AskError, Stopped};
use crate::link::{self, BusinessLink};
use crate::records::{self, Relay, Secret, ShopRecord};
use crate::store::{StoreTrouble, Table};

/// The row of a shop's own record, after the one that says whose the store is.
const SHOP: i64 = 2;

pub(super) async fn enrol(
    core: &Arc<Core>,
    at: &BusinessLink,
    profile: Profile,
) -> Result<(), EnrolError> {
    let name = Name::new(&profile.name).map_err(|_bad| EnrolError::Name)?;
    let domain = Domain::new(&profile.domain)?;
    let (industry, hosting) = (profile.industry, profile.hosting);
    let (for_record, at) = (hosting.clone(), at.clone());
    let shop = core
        .work(move |work| {
            let Some(mut shop) = settled(work, &at)? else {
                return Ok(Err(EnrolError::OtherRelay));
            };
            if shop.hosting != for_record {
                let before = std::mem::replace(&mut shop.hosting, for_record);
                shop.before.push(before);
                keep(work, &shop)?;
            }
            Ok(Ok(shop))
        })
        .await
        .map_err(AskError::Stopped)??;
    let identity = Identity::<Business>::from_bytes(shop.identity.bytes())
        .map_err(|_state| AskError::Stopped(Stopped::Store))?;
    let endpoint = Endpoint::new(identity.public().to_bytes());
    let line = pump::line(core).await?;
    let ask = move |number| {
        Enrol {
            number,
            name,
            domain,
            industry,
            hosting,
            endpoint,
        }
        .into()
    };
    line.ask(ask).await?;
    core.talks.wake(pump::SHOP);
    shelf::stocked(core, &line)
        .await
        .map_err(AskError::Stopped)?;
    Ok(())
}

pub(super) async fn well_known(core: &Arc<Core>) -> Result<Option<String>, Stopped> {
    let shop = core.work(shop).await?;
    Ok(shop.map(|shop| {
        let id = hex::encode(shop.business.as_bytes());
        format!("partywall-business={id}")
    }))
}

/// The shop's record, if it enrolled.
pub(super) fn shop(work: &mut Work<'_>) -> Result<Option<ShopRecord>, StoreTrouble> {
    records::one(work, Table::Setting, SHOP)
}

/// Puts the shop's record back.
pub(super) fn keep(work: &mut Work<'_>, shop: &ShopRecord) -> Result<(), StoreTrouble> {
    records::update(work, Table::Setting, SHOP, shop)
}

/// The shop at this relay, its keys drawn if it is new; `None` if it is at another.
fn settled(work: &mut Work<'_>, at: &BusinessLink) -> Result<Option<ShopRecord>, StoreTrouble> {
    let place = link::place(at);
    if let Some(known) = shop(work)? {
        let mut relay: Relay = records::must(work, Table::Relay, known.relay)?;
        if relay.key != place.key {
            return Ok(None);
        }
        relay.authorities = place.authorities;
        records::update(work, Table::Relay, known.relay, &relay)?;
        return Ok(Some(known));
    }
    let relay = Relay {
        authorities: place.authorities,
        key: place.key,
        origin: link::origin(at),
        note: None,
        fork: None,
        table: None,
        version: 0,
    };
    let relay = records::insert(work, Table::Relay, &relay)?;
    let account = SigningKey::draw(work.dice);
    let identity = Identity::<Business>::draw(work.dice);
    let shop = ShopRecord {
        relay,
        business: BusinessId::of(&AccountKey::from(&account.public())),
        account: Secret::new(*account.to_seed()),
        identity: Secret::new(*identity.to_bytes()),
        hosting: partywall_business::certificate::Hosting::Itself,
        before: Vec::new(),
        last_resort: None,
    };
    records::insert(work, Table::Setting, &shop)?;
    Ok(Some(shop))
}
