//! Who is let in as whom, and that a welcome tells nobody who is known. (SPEC B-3)

use partywall_business::answer::FromRelay;
use partywall_business::{
    BusinessStanding, CallerKey, ConversationStanding, Login, Role, Welcome, labels,
};
use partywall_ground::{Close, Spki};
use partywall_proof::SigningKey;

use super::door::{DOMAIN, key};
use super::house::{Caller, House, SHOWN};

#[tokio::test]
async fn nobody_is_known_by_the_welcome_of_a_key() {
    let house = House::new();
    let unknown = house.caller(&key(5), Role::Customer, 1).await.1;
    assert_eq!(unknown, Welcome::Customer(ConversationStanding::Absent));
    let unknown = house.caller(&key(5), Role::Rights, 1).await.1;
    assert_eq!(unknown, Welcome::Rights(ConversationStanding::Absent));
    house.shop(&key(3), DOMAIN).await;
    house.customer(&key(4), DOMAIN).await;
    let known = house.caller(&key(4), Role::Customer, 1).await.1;
    assert_eq!(known, Welcome::Customer(ConversationStanding::Open));
    let known = house.caller(&key(3), Role::Business, 1).await.1;
    assert_eq!(known, Welcome::Business(BusinessStanding::Verified));
}

#[tokio::test]
async fn a_login_comes_once_and_holds_for_this_connection_only() {
    let house = House::new();
    let mut first = house.guest(1).await;
    let second = house.guest(2).await;
    let stolen = second.login(&key(4), Role::Customer);
    first.says(stolen).await;
    assert_eq!(first.end().await, Some(Close::Malformed.code()));
    let (mut twice, _) = house.caller(&key(4), Role::Customer, 3).await;
    let again = twice.login(&key(4), Role::Customer);
    twice.says(again).await;
    assert_eq!(twice.end().await, Some(Close::OutOfTurn.code()));
}

/// A login whose every part is chosen, signed as the wire says.
fn login(caller: &Caller, signs: &SigningKey, shown: Spki) -> Login {
    let mut login = caller.login(signs, Role::Customer);
    let greeting = caller.greeting();
    login.spki = shown;
    login.signature = signs.sign(
        labels::LOGIN,
        &[
            greeting.relay().as_bytes(),
            &[1],
            signs.public().as_bytes(),
            greeting.nonce().as_bytes(),
            login.nonce.as_bytes(),
            shown.as_bytes(),
        ],
    );
    login
}

#[tokio::test]
async fn a_forged_signature_and_a_tls_key_that_nobody_vouches_for_end_the_connection() {
    let house = House::new();
    let mut right = house.guest(1).await;
    right.says(login(&right, &key(4), SHOWN)).await;
    assert!(matches!(right.hears().await, Ok(FromRelay::Welcome(_))));

    let mut forged = house.guest(2).await;
    let mut signed = login(&forged, &key(4), SHOWN);
    signed.signature = login(&forged, &key(5), SHOWN).signature;
    forged.says(signed).await;
    assert_eq!(forged.end().await, Some(Close::Malformed.code()));

    let mut bent = house.guest(3).await;
    let mut signed = login(&bent, &key(4), SHOWN);
    signed.key = CallerKey::new([2; 32]);
    bent.says(signed).await;
    assert_eq!(bent.end().await, Some(Close::Malformed.code()));

    let mut between = house.guest(4).await;
    between
        .says(login(&between, &key(4), Spki::new([8; 32])))
        .await;
    assert_eq!(between.end().await, Some(Close::Malformed.code()));
}
