//! A visit: find, know, begin, talk, templates, the window.

use std::time::Duration;

use partywall_business::{Domain, Version};
use partywall_business_plane::{Evidence, Named};

use super::house::{BAKERY, House, Visit, accepted, heard, next, profile};
use crate::customer::{Choices, Customer, EventKind, Switched};
use crate::error::{BeginError, FindError, OpenError, Rule, SayError};
use crate::shop::EventKind as ShopEvent;
use crate::what::{Button, What};
use crate::{Category, Parameter, ParameterKind, Reason, Slot, TemplateDraft};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customer_finds_a_business_knows_its_terms_and_talks_with_it() {
    let mut visit = Visit::new().await;
    let found = visit.me.find(&visit.house.link(), BAKERY).await.unwrap();
    assert_eq!((found.name(), found.domain()), ("Bakery", BAKERY));
    let terms = found.terms();
    assert_eq!(terms.version, 1);
    assert!(terms.rows.iter().any(|row| !row.can_be_switched));
    assert!(terms.switches().all(|row| row.sentence.ends_with("Off.")));
    let from = visit.says("two rye, please").await;
    next(&mut visit.mine, accepted).await;
    visit.answers(from, "certainly").await;
    visit.says("and a cake").await;
    visit.answers(from, "of course").await;
    let history = visit.chat.history(None, 10).await.unwrap();
    assert_eq!(history.len(), 4);
    assert_eq!(visit.shop.history(from, None, 10).await.unwrap().len(), 4);
    let card = visit.chat.card().await.unwrap();
    assert!(card.window_expires_at.is_some() && card.queued == 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_look_up_says_until_when_the_certificate_holds() {
    let visit = Visit::new().await;
    let found = visit.me.find(&visit.house.link(), BAKERY).await.unwrap();
    let standing = visit.shop.standing().await.unwrap();
    assert_eq!(
        Some(found.certificate_until()),
        standing.certificate_until,
        "the newest certificate's"
    );
    assert!(found.certificate_until().value() > super::house::NOON);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customer_who_has_not_spoken_yet_cannot_be_answered() {
    let mut visit = Visit::new().await;
    let mine = visit.chat.card().await.unwrap();
    assert_eq!(mine.window_expires_at, None);
    let silent = |kind: &ShopEvent| match kind {
        ShopEvent::Began { from, .. } => Some(*from),
        _ => None,
    };
    // The first is who looked whether the shelf is full.
    next(&mut visit.theirs, silent).await;
    let from = next(&mut visit.theirs, silent).await;
    let words = || What::Text("hello?".to_owned());
    let answered = visit.shop.answer(from, words()).await;
    assert_eq!(answered, Err(SayError::NotSpokenYet));
    assert!(visit.shop.history(from, None, 10).await.unwrap().is_empty());
    assert_eq!(visit.says("now").await, from);
    visit.answers(from, "hello!").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customer_can_begin_with_a_shop_that_only_enrolled_and_left() {
    let house = House::new();
    let shop = house.shop("bakery", 2).await;
    shop.enrol(&house.link(), profile()).await.unwrap();
    let page = shop.well_known().await.unwrap().unwrap();
    shop.close().await.unwrap();
    let named = Named::Domain(Domain::new(BAKERY).unwrap());
    let evidence = Evidence::WellKnown(page);
    house.plane.verify(named, evidence).await.unwrap();
    let me = house.customer("alice", 3).await;
    let found = me.find(&house.link(), BAKERY).await.unwrap();
    let chat = found.begin(Choices::essential_only()).await.unwrap();
    chat.say("two rye, please").await.unwrap();
    let shop = house.shop("bakery", 4).await;
    let (_, words) = next(&mut shop.events(), heard).await;
    assert_eq!(words, "two rye, please");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_button_is_answered_by_the_number_of_its_message() {
    let mut visit = Visit::new().await;
    let from = visit.says("hello").await;
    let buttons = What::Buttons {
        text: "Which?".to_owned(),
        buttons: vec![Button {
            id: "rye".to_owned(),
            title: "Rye".to_owned(),
        }],
    };
    visit.shop.answer(from, buttons).await.unwrap();
    let of = next(&mut visit.mine, |kind| match kind {
        EventKind::Message {
            what: What::Buttons { buttons, .. },
            said,
            ..
        } if buttons[0].id == "rye" => Some(*said),
        _ => None,
    })
    .await;
    visit.chat.choose("rye", of).await.unwrap();
    let chosen = next(&mut visit.theirs, |kind| match kind {
        ShopEvent::Message {
            what: What::Chosen { id, of },
            ..
        } => Some((id.clone(), *of)),
        _ => None,
    })
    .await;
    assert_eq!(chosen, ("rye".to_owned(), of));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_only_the_other_side_may_say_is_not_taken() {
    let mut visit = Visit::new().await;
    let from = visit.says("hello").await;
    let order = What::AskForAPerson;
    assert_eq!(visit.shop.answer(from, order).await, Err(SayError::NotOurs));
    let ask = What::AskLocation("where?".to_owned());
    assert_eq!(visit.chat.put(ask).await, Err(SayError::NotOurs));
    assert_eq!(visit.chat.say("").await, Err(SayError::Unfit));
    let long = "x".repeat(crate::what::GREATEST_TEXT + 1);
    assert_eq!(visit.chat.say(&long).await, Err(SayError::Unfit));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_business_nobody_knows_is_a_typed_refusal() {
    let visit = Visit::new().await;
    let found = visit.me.find(&visit.house.link(), "florist.example").await;
    let Err(FindError::Ask(crate::error::AskError::Refused(refusal))) = found else {
        panic!("refused");
    };
    assert_eq!(refusal.rule, Rule::NoSuchBusiness);
    assert!(refusal.to_string().contains("no such business"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_conversation_with_the_same_business_is_not_begun_beside_the_first() {
    let visit = Visit::new().await;
    let found = visit.me.find(&visit.house.link(), BAKERY).await.unwrap();
    let begun = found.begin(Choices::essential_only()).await;
    assert!(matches!(begun, Err(BeginError::Already)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_day_the_shop_is_told_that_its_window_is_closed() {
    let mut visit = Visit::new().await;
    let from = visit.says("hello").await;
    visit.house.clock.advance(Duration::from_secs(86_400));
    let words = What::Text("too late".to_owned());
    visit.shop.answer(from, words).await.unwrap();
    let rule = next(&mut visit.theirs, |kind| match kind {
        ShopEvent::Refused { rule, .. } => Some(*rule),
        _ => None,
    })
    .await;
    assert_eq!(rule, Rule::WindowClosed);
    visit.says("are you there?").await;
    visit.answers(from, "now again").await;
}

pub(super) fn shipped() -> TemplateDraft {
    TemplateDraft {
        name: "shipped".to_owned(),
        version: Version::new(1),
        language: "en".to_owned(),
        category: Category::Utility,
        header: None,
        body: "Your order of {{1}} pieces is on its way to you.".to_owned(),
        footer: None,
        buttons: Vec::new(),
        slots: vec![Slot {
            kind: ParameterKind::Integer,
            options: None,
        }],
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_template_is_shown_with_the_operators_words_and_typed_parameters() {
    let mut visit = Visit::new().await;
    let from = visit.says("hello").await;
    let submitted = visit.shop.submit_template(shipped()).await.unwrap();
    assert!(submitted.findings.is_empty(), "{submitted:?}");
    let template = submitted.template;
    let one = vec![Parameter::Integer(3)];
    let not_opted_in = visit.shop.send_template(from, template, one.clone()).await;
    not_opted_in.unwrap();
    let rule = next(&mut visit.theirs, |kind| match kind {
        ShopEvent::Refused { rule, .. } => Some(*rule),
        _ => None,
    })
    .await;
    assert_eq!(rule, Rule::NotOptedIn);
    visit
        .chat
        .opt(Category::Utility, Switched::On)
        .await
        .unwrap();
    next(&mut visit.theirs, |kind| match kind {
        ShopEvent::Opted { may_come, .. } => may_come.then_some(()),
        _ => None,
    })
    .await;
    visit.house.clock.advance(Duration::from_secs(2 * 86_400));
    let none = Vec::new();
    let misfit = visit.shop.send_template(from, template, none).await;
    assert_eq!(misfit, Err(SayError::Parameters));
    visit.shop.send_template(from, template, one).await.unwrap();
    let shown = next(&mut visit.mine, |kind| match kind {
        EventKind::Message {
            what: What::Template(shown),
            ..
        } => Some(shown.body.clone()),
        _ => None,
    })
    .await;
    assert_eq!(shown, "Your order of 3 pieces is on its way to you.");
    let cards = visit.shop.templates().await.unwrap();
    assert_eq!(cards[0].name.as_deref(), Some("shipped"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_while_the_relay_is_away_is_said_once_when_it_is_back() {
    let mut visit = Visit::new().await;
    let from = visit.says("one").await;
    visit.house.pipe.shut(true);
    visit.chat.say("two").await.unwrap();
    visit.chat.say("three").await.unwrap();
    assert_eq!(visit.chat.card().await.unwrap().queued, 2);
    visit.house.pipe.shut(false);
    assert_eq!(next(&mut visit.theirs, heard).await, (from, "two".into()));
    assert_eq!(next(&mut visit.theirs, heard).await, (from, "three".into()));
    visit.answers(from, "heard all three").await;
    assert_eq!(visit.shop.history(from, None, 10).await.unwrap().len(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_is_told_again_until_it_is_done() {
    let mut visit = Visit::new().await;
    let from = visit.says("hello").await;
    let words = What::Text("good day".to_owned());
    visit.shop.answer(from, words).await.unwrap();
    let mut first = visit.me.events();
    loop {
        let event = first.next().await.unwrap();
        if super::house::told(event.kind()).is_some() {
            break;
        }
    }
    visit.me.close().await.unwrap();
    let me = visit.house.customer("alice", 4).await;
    let mut again = me.events();
    assert_eq!(next(&mut again, super::house::told).await, "good day");
    me.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_lies_uncollected_when_a_business_is_revoked_is_withdrawn_and_its_sender_told() {
    let mut visit = Visit::new().await;
    visit.says("hello").await;
    next(&mut visit.mine, accepted).await;
    visit.shop.close().await.unwrap();
    visit.chat.say("are you there?").await.unwrap();
    next(&mut visit.mine, accepted).await;
    let named = Named::Domain(Domain::new(BAKERY).unwrap());
    visit.house.plane.revoke(named, Reason::Spam).await.unwrap();
    let mut seen = (false, false);
    while seen != (true, true) {
        match next(&mut visit.mine, |kind| match kind {
            EventKind::Revoked { reason, .. } => Some((*reason, None)),
            EventKind::Withdrawn { id, reason, .. } => Some((*reason, Some(*id))),
            _ => None,
        })
        .await
        {
            (Reason::Spam, None) => seen.0 = true,
            (_, Some(id)) => {
                assert!(id.is_some(), "it is known which");
                seen.1 = true;
            }
            other => panic!("{other:?}"),
        }
    }
    visit.chat.say("nobody hears this").await.unwrap();
    let rule = next(&mut visit.mine, |kind| match kind {
        EventKind::Refused { rule, .. } => Some(*rule),
        _ => None,
    })
    .await;
    assert_eq!(rule, Rule::Revoked);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shops_store_is_not_opened_as_a_customers() {
    let house = House::new();
    house.shop("store", 1).await.close().await.unwrap();
    let path = house.path("store");
    let clock = std::sync::Arc::new(house.clock.clone());
    let way = std::sync::Arc::clone(&house.pipe);
    let world = crate::World::of(clock, partywall_world::Dice::seeded(5), way);
    let opened = Customer::open_at(&path, "good", world, crate::store::LITTLE).await;
    assert!(matches!(opened, Err(OpenError::OtherSide)));
}
