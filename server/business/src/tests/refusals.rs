//! Rules that are said at the door: what is outdated, too low, not permitted, erased, too much. (SPEC
//! §11.8, §12.4, B-24)

use std::num::NonZeroU64;
use std::time::Duration;

use partywall_business::answer::Answer;
use partywall_business::consent::{Choices, Draft, Refusal as Objection};
use partywall_business::id::BusinessId;
use partywall_business::request::{Begin, Consent, Declare, Erase};
use partywall_business::signed::Signed;
use partywall_business::value::{PhoneNumber, Value};
use partywall_business::{ConversationStanding, Declared, Number, Role, Rule, Welcome};
use partywall_ground::Seconds;
use partywall_proof::SigningKey;

use super::door::{DOMAIN, key, refused};
use super::house::{Caller, House};
use crate::policy;

/// A receipt of a customer, with nothing switched on.
fn consent(house: &House, business: BusinessId, key: &SigningKey, counter: u64) -> Consent {
    let now = Seconds::new(house.plane.wing.clock.now().seconds());
    let accepted = house.plane.wing.tables.current(now).unwrap();
    let draft = Draft {
        business,
        accepted: &accepted,
        choices: Choices::essential_only(),
        region: None,
        counter: NonZeroU64::new(counter).unwrap(),
        issued: now,
        expiry: Seconds::new(now.value() + 1_000),
        refusal: Objection::None,
    };
    Consent {
        number: Number::FIRST,
        consent: Signed::decode(&draft.sign(key).unwrap().encode()).unwrap(),
        declared: Declared::nothing(),
    }
}

/// A customer who began, and with what.
async fn customer(house: &House) -> (Caller, Begin) {
    house.shop(&key(3), DOMAIN).await;
    let (mut caller, _) = house.caller(&key(4), Role::Customer, 200).await;
    let begin = house.begin(&mut caller, &key(4), DOMAIN).await;
    let begun = caller.asks(begin.clone()).await;
    assert!(matches!(begun, Answer::Begun(_)));
    (caller, begin)
}

#[tokio::test]
async fn a_table_whose_sunset_is_over_can_be_accepted_no_more() {
    let house = House::new();
    house.shop(&key(3), DOMAIN).await;
    let (mut caller, _) = house.caller(&key(4), Role::Customer, 1).await;
    let old = house.begin(&mut caller, &key(4), DOMAIN).await;
    // The house stands in October 2024.
    let next = policy::STRICT
        .text
        .replace("version = 1", "version = 2")
        .replace(
            "effective = 2026-01-01",
            "effective = 2024-11-15\nsunset = 2024-12-01",
        )
        .replace("mail_days = 30", "mail_days = 20");
    let compiled = policy::compile(&next).unwrap();
    house.plane.publish(compiled).await.unwrap();
    house.clock.advance(Duration::from_secs(60 * 86_400));
    let mut begin = house.begin(&mut caller, &key(4), DOMAIN).await;
    let new = std::mem::replace(&mut begin.consent, old.consent);
    let outdated = caller.asks(begin.clone()).await;
    assert!(refused(outdated, Rule::TableOutdated));
    begin.consent = new;
    assert!(matches!(caller.asks(begin).await, Answer::Begun(_)));
}

#[tokio::test]
async fn a_receipt_that_counts_no_higher_than_the_last_is_refused() {
    let house = House::new();
    let (mut caller, begin) = customer(&house).await;
    house.clock.advance(Duration::from_secs(1));
    let mut says = async |counter| {
        let consent = consent(&house, begin.business, &key(4), counter);
        caller.asks(consent).await
    };
    assert!(refused(says(1).await, Rule::CounterTooLow));
    assert!(matches!(says(7).await, Answer::Done(_)));
    assert!(refused(says(6).await, Rule::CounterTooLow));
    assert!(matches!(says(8).await, Answer::Done(_)));
}

#[tokio::test]
async fn what_nobody_may_be_told_cannot_be_declared() {
    let house = House::new();
    let (mut caller, begin) = customer(&house).await;
    let phone = Value::PhoneNumber(PhoneNumber::new(431_234_567).unwrap());
    let declared = Declared::of(vec![phone]).unwrap();
    let number = Number::FIRST;
    let declare = Declare {
        number,
        declared: declared.clone(),
    };
    assert!(refused(caller.asks(declare).await, Rule::NotPermitted));
    let mut consent = consent(&house, begin.business, &key(4), 2);
    consent.declared = declared;
    assert!(refused(caller.asks(consent).await, Rule::NotPermitted));
}

#[tokio::test]
async fn who_erased_is_told_so_whatever_key_asks_and_whatever_it_says() {
    let house = House::new();
    let (mut caller, begin) = customer(&house).await;
    let number = Number::FIRST;
    let erased = caller.asks(Erase { number }).await;
    assert!(matches!(erased, Answer::Erased(_)));
    assert!(refused(caller.asks(Erase { number }).await, Rule::Erased));
    // The house's customers have one key for both.
    for role in [Role::Customer, Role::Rights] {
        let (mut again, welcome) = house.caller(&key(4), role, 7).await;
        let absent = ConversationStanding::Absent;
        assert!([Welcome::Customer(absent), Welcome::Rights(absent)].contains(&welcome));
        assert!(refused(again.asks(Erase { number }).await, Rule::Erased));
        let (mut stranger, _) = house.caller(&key(9), role, 7).await;
        let nothing = stranger.asks(Erase { number }).await;
        assert!(refused(nothing, Rule::NoSuchConversation));
    }
    let late = consent(&house, begin.business, &key(4), 2);
    assert!(refused(caller.asks(late).await, Rule::Erased));
    assert!(refused(caller.asks(begin).await, Rule::Erased));
}

#[tokio::test]
async fn one_conversation_more_than_a_business_may_have_is_told_busy_until_one_ends() {
    let house = House::with(|settings| settings.conversations = 1);
    let (mut first, _) = customer(&house).await;
    let (mut second, _) = house.caller(&key(5), Role::Customer, 1).await;
    let begin = house.begin(&mut second, &key(5), DOMAIN).await;
    assert!(refused(second.asks(begin.clone()).await, Rule::Busy));
    let number = Number::FIRST;
    first
        .asks(partywall_business::request::Leave { number })
        .await;
    assert!(matches!(second.asks(begin).await, Answer::Begun(_)));
}
