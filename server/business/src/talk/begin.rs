//! A customer begins: the only way in which a conversation comes to be. (SPEC B-11)
//! Knows: the certificate that the person was shown, the receipt, the categories. Never knows: who the
//! customer is.

use partywall_business::consent::Party;
use partywall_business::id::{ConversationId, PairwiseKey};
use partywall_business::request::Begin;
use partywall_ground::cbor;
use partywall_proof::sha256;

use super::conversation::{self, Conversation, State};
use super::events::{self, Side};
use super::speech::Speech;
use super::what::What;
use crate::claims::Barred;
use crate::desk::Desk;
use crate::refusal::{Judged, Rule};
use crate::sharing::Presented;
use crate::{registry, sharing};

/// Begins a conversation; said again, it is answered alike.
pub(crate) fn begin(
    desk: &mut Desk<'_>,
    pairwise: &PairwiseKey,
    begin: &Begin,
    presented: &Presented,
) -> Judged<(ConversationId, Barred)> {
    let business = registry::find(desk.tx, &begin.business)?.ok_or(Rule::NoSuchBusiness)?;
    if business.revoked {
        return Err(Rule::Revoked.into());
    }
    let party = Party {
        business: begin.business,
        pairwise: *pairwise,
    };
    let id = party.conversation();
    let said = fingerprint(begin);
    if sharing::is_erased(desk.tx, &id)? {
        return Err(Rule::Erased.into());
    }
    if let Some(known) = conversation::find_by_pairwise(desk.tx, pairwise)? {
        return match known.state {
            State::Ended => Err(Rule::Left.into()),
            State::Open if known.begun == said => Ok((id, Barred::default())),
            // The key is another conversation's, or what is agreed is changed by `consent`.
            State::Open => Err(Rule::BadConsent.into()),
        };
    }
    business.may_act(desk.now)?;
    if desk.low_disk {
        return Err(Rule::LowDisk.into());
    }
    if !registry::names_a_current_one(desk, &business, &begin.certificate)? {
        return Err(Rule::StaleCertificate.into());
    }
    if count(desk, business.number)? >= desk.settings.conversations {
        return Err(Rule::Busy.into());
    }
    let declared = begin.declared.values().to_vec();
    let weighed = sharing::weigh_presented(desk, &party, presented, declared)?;
    let spent = desk.memory.begins.judge(business.number, desk.now)?;
    desk.memory.begins.spend(business.number, spent);

    let mut conversation = Conversation {
        number: 0,
        id,
        business: business.number,
        pairwise: *pairwise,
        rights: begin.rights,
        begun: said,
        state: State::Open,
        opted: begin.opted_in.clone(),
        blocked: false,
        to_customer: 0,
        to_business: 0,
        mail_customer: 0,
        mail_business: 0,
        speech: Speech::default(),
    };
    conversation.number = conversation.insert(desk)?;
    desk.tx
        .prepare_cached(
            "UPDATE businesses SET conversations = conversations + 1 WHERE business = ?1",
        )?
        .execute([business.number])?;
    let began = What::Began(begin.opted_in.clone());
    events::tell(desk, &mut conversation, Side::Business, &began)?;
    let barred = sharing::take(desk, &mut conversation, weighed)?;
    conversation.save(desk)?;
    desk.counters.begun.add(1);
    Ok((id, barred))
}

/// What a `begin` says, whatever its number on the connection.
fn fingerprint(begin: &Begin) -> [u8; 32] {
    let mut begin = begin.clone();
    begin.number = partywall_business::Number::FIRST;
    sha256(&cbor::encode(&begin))
}

fn count(desk: &Desk<'_>, business: i64) -> Judged<u32> {
    let count = desk
        .tx
        .prepare_cached("SELECT conversations FROM businesses WHERE business = ?1")?
        .query_row([business], |row| row.get(0))?;
    Ok(count)
}
