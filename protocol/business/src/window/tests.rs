//! What this room promises.

use super::*;
use crate::{Categories, Category};
use partywall_ground::Milliseconds;
use proptest::prelude::*;

const DAY: u64 = 86_400;

fn at(second: u64) -> Seconds {
    Seconds::new(second)
}

fn all() -> Categories {
    Category::ALL.into_iter().collect()
}

fn refused(result: Result<(), Refusal>) -> Option<(Rule, Option<u64>)> {
    let refusal = result.err()?;
    Some((refusal.rule, refusal.until.map(Seconds::value)))
}

proptest! {
    #[test]
    fn a_window_closes_a_day_after_the_last_reply_to_the_second(
        replies in prop::collection::vec(0..1_000_000_000_u64, 1..20),
    ) {
        let mut replies = replies;
        replies.sort_unstable();
        let window = replies
            .iter()
            .fold(Window::NEVER, |window, reply| window.after(Class::Reply, at(*reply)));
        let last = replies[replies.len() - 1];
        prop_assert_eq!(window.expires_at(), at(last + DAY));
        prop_assert_eq!(window.admits(at(last + DAY - 1)), Ok(()));
        for closed in [last + DAY, last + DAY + 1] {
            prop_assert_eq!(refused(window.admits(at(closed))), Some((Rule::WindowClosed, None)));
        }
        for class in [Class::Control, Class::Template] {
            prop_assert_eq!(window.after(class, at(last + 7)), window);
        }
    }

    #[test]
    fn in_no_24_hours_are_there_eleven_and_a_refusal_says_exactly_when(
        category in prop::sample::select(&[Category::Utility, Category::Authentication]),
        steps in prop::collection::vec(prop_oneof![0..90_u64, 0..40_000_u64], 1..80),
    ) {
        let mut courtesy = Courtesy::default();
        let mut sent: Vec<u64> = Vec::new();
        let mut now = 1_000;
        for step in steps {
            now += step;
            match courtesy.admits(category, &all(), at(now)) {
                Ok(()) => {
                    courtesy.sent(category, at(now));
                    sent.push(now);
                }
                Err(refusal) => {
                    let until = refusal.until.unwrap().value();
                    prop_assert!(until > now);
                    let early = courtesy.admits(category, &all(), at(until - 1));
                    prop_assert_eq!(early, Err(refusal));
                    prop_assert_eq!(courtesy.admits(category, &all(), at(until)), Ok(()));
                }
            }
        }
        prop_assert!(sent.windows(11).all(|eleven| eleven[10] - eleven[0] >= DAY));
        let codes = category == Category::Authentication;
        prop_assert!(!codes || sent.windows(2).all(|two| two[1] - two[0] >= 30));
    }

    #[test]
    fn a_pace_lets_no_more_pass_than_it_says_and_says_when_it_goes_on(
        pace in prop::sample::select(vec![Pace::CUSTOMER, Pace::BUSINESS, Pace::new(1, 1)]),
        steps in prop::collection::vec(prop_oneof![Just(0_u64), 0..50_u64, 0..5_000_u64], 1..600),
    ) {
        let (mut spent, mut now) = (Spent::NOTHING, 1_000_000_u64);
        let mut taken: Vec<u64> = Vec::new();
        for step in steps {
            now += step;
            match pace.take(spent, Milliseconds::new(now)) {
                Ok(after) => {
                    spent = after;
                    taken.push(now);
                }
                Err(refusal) => {
                    let until = refusal.until.unwrap().value() * 1_000;
                    prop_assert!(until > now && until < now + pace.milliseconds_each + 1_000);
                    prop_assert!(pace.take(spent, Milliseconds::new(until)).is_ok());
                }
            }
        }
        for (place, first) in taken.iter().enumerate() {
            for (more, last) in taken[place..].iter().enumerate() {
                let allowed = pace.at_once + (last - first) / pace.milliseconds_each;
                prop_assert!((more as u64) < allowed);
            }
        }
    }
}

#[test]
fn no_window_is_open_before_the_customer_wrote() {
    assert_eq!(Window::NEVER.expires_at(), at(0));
    assert_eq!(
        refused(Window::NEVER.admits(at(0))),
        Some((Rule::WindowClosed, None))
    );
    assert_eq!(
        Window::until(at(5)).after(Class::Control, at(9)),
        Window::until(at(5))
    );
}

#[test]
fn what_the_customer_did_not_opt_in_to_never_comes() {
    for category in Category::ALL {
        let others = all().without(category);
        let refusal = Courtesy::default().admits(category, &others, at(1));
        assert_eq!(refused(refusal), Some((Rule::NotOptedIn, None)));
        assert_eq!(Courtesy::default().admits(category, &all(), at(1)), Ok(()));
    }
}

#[test]
fn a_second_advertisement_waits_for_an_answer_however_long() {
    let mut courtesy = Courtesy::default();
    courtesy.sent(Category::Marketing, at(1));
    let refusal = courtesy.admits(Category::Marketing, &all(), at(u64::MAX));
    assert_eq!(refused(refusal), Some((Rule::MarketingUnanswered, None)));
    assert_eq!(courtesy.admits(Category::Utility, &all(), at(1)), Ok(()));
    courtesy.answered();
    assert_eq!(courtesy.admits(Category::Marketing, &all(), at(2)), Ok(()));
}

#[test]
fn the_eleventh_utility_of_a_day_comes_when_the_first_is_a_day_old() {
    let mut courtesy = Courtesy::default();
    for second in 0..10 {
        assert_eq!(
            courtesy.admits(Category::Utility, &all(), at(second)),
            Ok(())
        );
        courtesy.sent(Category::Utility, at(second));
    }
    let asked = |now| refused(courtesy.admits(Category::Utility, &all(), at(now)));
    assert_eq!(asked(DAY - 1), Some((Rule::UtilityCap, Some(DAY))));
    assert_eq!(asked(DAY), None);
}

#[test]
fn codes_come_half_a_minute_apart() {
    let mut courtesy = Courtesy::default();
    courtesy.sent(Category::Authentication, at(100));
    let asked = |now| refused(courtesy.admits(Category::Authentication, &all(), at(now)));
    assert_eq!(asked(129), Some((Rule::AuthenticationPace, Some(130))));
    assert_eq!(asked(130), None);
}

#[test]
fn what_is_kept_of_the_past_is_bounded_and_reads_back() {
    let times: Vec<Seconds> = (0..25).map(at).collect();
    let recent = Recent::of(&times);
    assert_eq!(recent.times(), &times[15..]);
    assert_eq!(Recent::of(recent.times()), recent);
}

#[test]
fn a_thousand_messages_wait_and_no_more() {
    assert_eq!(admits_uncollected(999), Ok(()));
    assert_eq!(
        refused(admits_uncollected(1_000)),
        Some((Rule::MailFull, None))
    );
}

#[test]
fn the_end_of_time_breaks_nothing() {
    let late = at(u64::MAX);
    assert_eq!(Window::NEVER.after(Class::Reply, late).expires_at(), late);
    let mut courtesy = Courtesy::default();
    courtesy.sent(Category::Authentication, late);
    assert_eq!(
        courtesy.admits(Category::Authentication, &all(), late),
        Ok(())
    );
    let spent = Pace::CUSTOMER.take(Spent::NOTHING, Milliseconds::new(u64::MAX));
    assert!(spent.is_ok());
}
