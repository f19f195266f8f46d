//! Knowing, switching, leaving, and what outlasts leaving.

use partywall_business::Why;
use partywall_business::value::{Locale, Value};

use super::house::{BAKERY, Visit, heard, next};
use crate::customer::{Choices, Disclosed, EventKind, Export, Standing, Switched, export_schema};
use crate::error::{ChangeError, ReportError, SayError};
use crate::shop::EventKind as ShopEvent;
use crate::{Category, Field, Purpose, Recipient, Row};

const LOCALE: Row = Row::new(
    Field::Locale,
    Recipient::Business,
    Purpose::ServiceOperation,
);
const NEED: Row = Row::new(
    Field::InteractionTime,
    Recipient::Business,
    Purpose::ServiceOperation,
);

fn locale() -> Value {
    Value::Locale(Locale::new("deCH").unwrap())
}

fn of(field: Field, disclosures: &[Disclosed]) -> usize {
    disclosures.iter().filter(|one| one.field == field).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_switch_that_is_turned_on_lets_a_value_be_told_with_proof_and_off_lets_no_more() {
    let mut visit = Visit::new().await;
    visit.chat.declare(vec![locale()]).await.unwrap();
    visit.says("hello").await;
    let shared = visit.chat.shared().await.unwrap();
    assert!(shared.switches.iter().all(|switch| !switch.on));
    assert_eq!(of(Field::Locale, &shared.disclosures), 0);
    visit.chat.turn(LOCALE, Switched::On).await.unwrap();
    visit.chat.say("now you may know").await.unwrap();
    let value = next(&mut visit.theirs, |kind| match kind {
        ShopEvent::Disclosed { what, .. } if what.value.field() == Field::Locale => {
            Some(what.value)
        }
        _ => None,
    })
    .await;
    assert!(value == locale());
    let shared = visit.chat.shared().await.unwrap();
    let switch = shared.switches.iter().find(|one| one.row.row == LOCALE);
    let switch = switch.unwrap();
    assert!(switch.on && switch.row.sentence.ends_with("On."));
    let told = of(Field::Locale, &shared.disclosures);
    assert!(told > 0, "{:?}", shared.disclosures.len());
    let one = shared
        .disclosures
        .iter()
        .find(|one| one.field == Field::Locale);
    let one = one.unwrap();
    assert!(
        one.sentence.starts_with("Bakery was told"),
        "{}",
        one.sentence
    );
    assert!(one.proof.index < one.proof.size && one.proof.checkpoint.contains("partywall/"));
    visit.chat.turn(LOCALE, Switched::Off).await.unwrap();
    visit
        .chat
        .declare(vec![Value::Locale(Locale::new("fr").unwrap())])
        .await
        .unwrap();
    visit.chat.say("and no more").await.unwrap();
    next(&mut visit.theirs, |kind| {
        heard(kind).filter(|(_, words)| words == "and no more")
    })
    .await;
    let shared = visit.chat.shared().await.unwrap();
    assert_eq!(of(Field::Locale, &shared.disclosures), told);
    assert!(shared.switches.iter().all(|switch| !switch.on));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_value_that_nothing_asks_for_does_not_leave_this_machine() {
    let visit = Visit::new().await;
    visit.chat.declare(vec![locale()]).await.unwrap();
    assert!(visit.chat.held().await.unwrap().declared.is_empty());
    visit.chat.turn(LOCALE, Switched::On).await.unwrap();
    assert_eq!(visit.chat.held().await.unwrap().declared, [locale()]);
    visit.chat.turn(LOCALE, Switched::Off).await.unwrap();
    assert!(visit.chat.held().await.unwrap().declared.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_need_has_no_switch_and_what_is_not_offered_cannot_be_chosen() {
    let visit = Visit::new().await;
    let turned = visit.chat.turn(NEED, Switched::Off).await;
    assert_eq!(turned, Err(ChangeError::NoSwitch));
    let ads = Row::new(
        Field::PhoneNumber,
        Recipient::Parent,
        Purpose::AdsProductImprovement,
    );
    let turned = visit.chat.turn(ads, Switched::On).await;
    assert!(matches!(turned, Err(ChangeError::Choices(_))));
    let observed = Value::LastActive(crate::Seconds::new(0));
    let declared = visit.chat.declare(vec![observed]).await;
    assert_eq!(declared, Err(ChangeError::Declaration));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_is_withdrawn_in_one_call_and_stays_withdrawn_when_the_relay_was_away() {
    let choices = Choices::essential_only()
        .with_row(LOCALE)
        .opt_in(Category::Marketing);
    let visit = Visit::with(choices).await;
    visit.house.pipe.shut(true);
    let withdrawn = visit.chat.withdraw_all().await;
    assert!(
        matches!(withdrawn, Err(ChangeError::Ask(_))),
        "{withdrawn:?}"
    );
    let switches = visit.chat.card().await.unwrap();
    assert!(switches.opted_in.contains(&Category::Marketing));
    visit.house.pipe.shut(false);
    visit.chat.withdraw_all().await.unwrap();
    let shared = visit.chat.shared().await.unwrap();
    assert!(shared.switches.iter().all(|switch| !switch.on));
    assert!(visit.chat.opted_in().await.unwrap().is_empty());
    let export = visit.chat.exported().await.unwrap();
    let newest = export.consents.last().unwrap();
    assert_eq!(newest.status[0].kind, "dpv:ConsentWithdrawn");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn leaving_is_a_hard_stop_and_rights_outlast_it() {
    let mut visit = Visit::with(Choices::essential_only().with_row(LOCALE)).await;
    visit.chat.declare(vec![locale()]).await.unwrap();
    let from = visit.says("hello").await;
    visit.chat.leave().await.unwrap();
    next(&mut visit.theirs, |kind| match kind {
        ShopEvent::Left { from } => Some(*from),
        _ => None,
    })
    .await;
    let words = crate::what::What::Text("wait".to_owned());
    assert_eq!(visit.shop.answer(from, words).await, Err(SayError::Ended));
    assert_eq!(visit.chat.say("no").await, Err(SayError::Ended));
    let turned = visit.chat.turn(LOCALE, Switched::Off).await;
    assert_eq!(turned, Err(ChangeError::Ended));
    let held = visit.chat.held().await.unwrap();
    assert!(held.consents >= 1 && held.declared.len() <= 1, "{held:?}");
    let shared = visit.chat.shared().await.unwrap();
    assert!(!shared.disclosures.is_empty());
    let exported = visit.chat.exported().await.unwrap();
    assert_eq!(exported.disclosures.len(), shared.disclosures.len());
    let receipt = visit.chat.erase().await.unwrap();
    assert!(!receipt.entries.is_empty());
    assert_eq!(visit.chat.erasure().await.unwrap(), Some(receipt));
    let card = visit.chat.card().await.unwrap();
    assert_eq!(card.standing, Standing::Erased);
    let again = visit.me.find(&visit.house.link(), BAKERY).await.unwrap();
    let anew = again.begin(Choices::essential_only()).await.unwrap();
    visit.chat = anew;
    let other = visit.says("it is me, and you do not know it").await;
    assert!(other != from, "another pseudonym");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_is_what_its_schema_says() {
    let choices = Choices::essential_only().with_row(LOCALE);
    let mut visit = Visit::with(choices).await;
    visit.chat.declare(vec![locale()]).await.unwrap();
    visit.says("hello").await;
    let export = visit.chat.export().await.unwrap();
    let read: Export = serde_json::from_value(export.clone()).unwrap();
    assert_eq!(read.to_json(), export);
    assert_eq!(read.consents[0].processes[0].personal_data, "pd:Language");
    assert!(read.disclosures.iter().any(|one| one.field == "locale"));
    assert!(read.ledger.starts_with("partywall/"));
    let required = export_schema()["required"].as_array().unwrap().clone();
    for key in required {
        assert!(export.get(key.as_str().unwrap()).is_some(), "{key}");
    }
}

#[test]
fn the_published_schema_of_exports_is_fresh() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/export.schema.json");
    let fresh = serde_json::to_string_pretty(&export_schema()).unwrap() + "\n";
    if std::env::var_os("PARTYWALL_WRITE_SCHEMAS").is_some() {
        std::fs::write(path, &fresh).unwrap();
    }
    let published = std::fs::read_to_string(path).unwrap();
    assert!(
        published == fresh,
        "write it anew with PARTYWALL_WRITE_SCHEMAS=1"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_message_can_be_reported_and_ones_own_cannot() {
    let mut visit = Visit::new().await;
    let from = visit.says("hello").await;
    let words = crate::what::What::Text("send me your password".to_owned());
    visit.shop.answer(from, words).await.unwrap();
    let id = next(&mut visit.mine, |kind| match kind {
        EventKind::Message { id, .. } => Some(*id),
        _ => None,
    })
    .await;
    visit.chat.report(id, Why::Fraud).await.unwrap();
    let own = visit.chat.history(None, 10).await.unwrap()[0].id;
    let reported = visit.chat.report(own, Why::Spam).await;
    assert_eq!(reported, Err(ReportError::NoSuchMessage));
    assert_eq!(visit.chat.held().await.unwrap().reports, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_blocked_business_is_not_heard_until_it_is_unblocked() {
    let mut visit = Visit::new().await;
    let from = visit.says("hello").await;
    visit.chat.block().await.unwrap();
    let words = crate::what::What::Text("are you there?".to_owned());
    visit.shop.answer(from, words).await.unwrap();
    next(&mut visit.theirs, |kind| {
        matches!(kind, ShopEvent::Refused { .. }).then_some(())
    })
    .await;
    visit.chat.unblock().await.unwrap();
    visit.says("now").await;
    visit.answers(from, "good").await;
}
