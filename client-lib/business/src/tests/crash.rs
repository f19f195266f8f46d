//! A crash between any two transactions loses nothing and says nothing twice.

use std::time::Duration;

use tokio::time::timeout;

use super::house::{BAKERY, House, Visit, heard, next, told};
use crate::customer::{Chat, Choices, Customer};
use crate::error::BeginError;
use crate::shop::Shop;
use crate::what::What;

const PATIENCE: Duration = Duration::from_secs(20);

/// Answers "one" with "two", as often as it is told of it.
async fn answering(shop: Shop) {
    let mut events = shop.events();
    while let Some(event) = events.next().await {
        if let Some((from, words)) = heard(event.kind())
            && words == "one"
        {
            let what = What::Text("two".to_owned());
            shop.answer(from, what).await.unwrap();
        }
        if event.done().await.is_err() {
            return;
        }
    }
}

async fn chat_of(me: &Customer, house: &House) -> Option<Chat> {
    let found = me.find(&house.link(), BAKERY).await.ok()?;
    match found.begin(Choices::essential_only()).await {
        Ok(chat) => Some(chat),
        Err(BeginError::Already) => me.chat(BAKERY).await.ok(),
        Err(_) => None,
    }
}

/// The visit, from wherever it was cut short; `None` when the store is gone before its end.
async fn visit(me: &Customer, house: &House) -> Option<()> {
    let chat = chat_of(me, house).await?;
    let said = chat.history(None, 10).await.ok()?;
    if !said.iter().any(|message| message.mine) {
        chat.say("one").await.ok()?;
    }
    let mut events = me.events();
    loop {
        let event = events.next().await?;
        let is_answer = told(event.kind()).as_deref() == Some("two");
        if is_answer {
            // A crash before `done` has it told again, so the app is not through with it yet.
            return event.done().await.ok();
        }
        event.done().await.ok()?;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customer_who_crashes_between_any_two_steps_says_and_hears_everything_once() {
    let house = House::new();
    let shop = house.bakery().await;
    let answers = tokio::spawn(answering(shop.clone()));
    let mut crashes = 0;
    for transactions in 0..200 {
        let name = format!("customer-{transactions}");
        let me = house.customer(&name, 100 + u64::from(transactions)).await;
        me.front.0.crash_after(transactions);
        let finished = timeout(PATIENCE, visit(&me, &house)).await;
        let finished = finished.expect("a crash is noticed").is_some();
        // A store that is gone cannot be closed well; that is the point.
        let _ = me.close().await;
        drop(me);
        let me = house.customer(&name, 1_000 + u64::from(transactions)).await;
        if !finished {
            crashes += 1;
            let again = timeout(PATIENCE, visit(&me, &house)).await;
            again.expect("it goes on").unwrap();
        }
        let chat = me.chat(BAKERY).await.unwrap();
        let history = chat.history(None, 10).await.unwrap();
        let texts: Vec<_> = history.iter().map(|one| (one.mine, &one.what)).collect();
        let expected = [What::Text("one".into()), What::Text("two".into())];
        assert_eq!(
            texts,
            [(true, &expected[0]), (false, &expected[1])],
            "after {transactions} transactions"
        );
        me.close().await.unwrap();
        if finished {
            break;
        }
    }
    assert!(crashes > 10, "{crashes}");
    for card in shop.conversations().await.unwrap() {
        let history = shop.history(card.conversation, None, 10).await.unwrap();
        let heard = history.iter().filter(|one| !one.mine).count();
        assert!(heard <= 1, "said twice");
    }
    answers.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_that_crashes_between_any_two_steps_hears_and_answers_everything_once() {
    let mut visit = Visit::new().await;
    let from = visit.says("hello").await;
    let mut crashes = 0;
    let mut finished = false;
    for transactions in 0..60 {
        visit.shop.front.0.crash_after(transactions);
        let words = format!("question {transactions}");
        visit.chat.say(&words).await.unwrap();
        let answered = async {
            let mut events = visit.shop.events();
            loop {
                let event = events.next().await?;
                if heard(event.kind()).is_some_and(|(_, heard)| heard == words) {
                    let answer = What::Text(format!("answer {transactions}"));
                    visit.shop.answer(from, answer).await.ok()?;
                    return event.done().await.ok();
                }
                event.done().await.ok()?;
            }
        };
        finished = timeout(PATIENCE, answered).await.unwrap().is_some();
        let _ = visit.shop.close().await;
        visit.shop = visit
            .house
            .shop("bakery", 500 + u64::from(transactions))
            .await;
        visit.theirs = visit.shop.events();
        let told_before = visit.shop.history(from, None, 1_000).await.unwrap();
        let answer = What::Text(format!("answer {transactions}"));
        if !told_before.iter().any(|one| one.mine && one.what == answer) {
            crashes += 1;
            next(&mut visit.theirs, |kind| {
                heard(kind).filter(|(_, heard)| *heard == words)
            })
            .await;
            visit.shop.answer(from, answer).await.unwrap();
        }
        let expected = format!("answer {transactions}");
        next(&mut visit.mine, |kind| {
            told(kind).filter(|told| *told == expected)
        })
        .await;
        if finished {
            break;
        }
    }
    assert!(finished && crashes > 3, "{crashes}");
    let mut questions: Vec<String> = Vec::new();
    for message in visit.shop.history(from, None, 1_000).await.unwrap() {
        if let (false, What::Text(text)) = (message.mine, message.what) {
            questions.push(text);
        }
    }
    let all = questions.len();
    questions.sort();
    questions.dedup();
    assert_eq!(all, questions.len(), "nothing was taken in twice");
}
