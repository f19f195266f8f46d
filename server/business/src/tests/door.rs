//! The door over pipes: roles, order, delivery, ends. (SPEC §11.2 to §11.5)

use std::collections::{BTreeMap, BTreeSet};

use partywall_business::answer::Answer;
use partywall_business::content::{Content, What};
use partywall_business::event::News;
use partywall_business::frank::FrankingKey;
use partywall_business::id::TableHash;
use partywall_business::ledger::Size;
use partywall_business::request::{
    Ack, Begin, Block, Consent, Consents, Consistency, Declare, Disclosures, Erase, Find,
    FromClient, Held, Leave, Named as By, Opt, Report, Request, Shelve, StandingOf, Submit, Table,
    Take, Template, Templates,
};
use partywall_business::{
    Blocking, Bytes, Caller as Who, Categories, Category, CertificateHash, Count, Declared, Domain,
    EventId, Kind, Mark, Number, OptIn, RightsKey, Role, Rule, Seen, Sequence, ShelfBefore, Tag,
    TemplateId, Why,
};
use partywall_ground::{AtMost, Business, Close, Milliseconds, Seconds, frame};
use partywall_proof::SigningKey;

use super::house::{Caller, House, say};
use super::words::{CONTROL, REPLY, draft};
use super::world::World;

pub(super) const DOMAIN: &str = "bakery.example";

pub(super) fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

fn by_domain(domain: &str) -> By {
    By::Domain(Domain::new(domain).unwrap())
}

#[tokio::test]
async fn two_people_talk_through_the_door() {
    let house = House::new();
    let mut shop = house.shop(&key(3), DOMAIN).await;
    let (mut customer, conversation) = house.customer(&key(4), DOMAIN).await;
    assert!(matches!(shop.event().await.news, News::Began { .. }));
    let Answer::Accepted(accepted) = customer.asks(say(conversation, REPLY)).await else {
        panic!("accepted");
    };
    let event = shop.event().await;
    assert_eq!(event.id, accepted.event);
    assert_eq!((event.sequence, event.at), (accepted.sequence, accepted.at));
    assert_eq!(event.window_expires_at, accepted.window_expires_at);
    assert!(matches!(event.news, News::Message { .. }));
    assert!(matches!(
        shop.asks(say(conversation, REPLY)).await,
        Answer::Accepted(_)
    ));
    let answered = customer.event().await;
    assert!(matches!(answered.news, News::Message { .. }));
    assert_eq!(answered.window_expires_at, accepted.window_expires_at);
}

#[tokio::test]
async fn a_business_is_found_with_proofs_that_hold() {
    let house = House::new();
    house.shop(&key(3), DOMAIN).await;
    let mut guest = house.guest(1).await;
    let number = Number::FIRST;
    let named = by_domain(DOMAIN);
    let Answer::Found(found) = guest.asks(Find { number, named }).await else {
        panic!("found");
    };
    let keys = super::world::keys();
    let operator = partywall_business::ledger::Operator::new(
        super::world::settings().origin,
        keys.business().public(),
    );
    let entry = found.certificate_entry.verify(&operator).unwrap();
    assert!(
        entry
            .payload()
            .as_bytes()
            .ends_with(&found.certificate.encode())
    );
    let table = found.table_entry.verify(&operator).unwrap();
    let size = table.checkpoint().size();
    let from = Size::new(1);
    let asked = Consistency {
        number,
        from,
        to: size,
    };
    let Answer::Consistent(consistent) = guest.asks(asked).await else {
        panic!("consistent");
    };
    assert!(consistent.checkpoint.verify(&operator).unwrap().size() >= size);
    let too_far = Consistency {
        number,
        from,
        to: Size::new(99),
    };
    assert!(refused(guest.asks(too_far).await, Rule::NoSuchThing));
    let named = by_domain("nobody.example");
    assert!(refused(
        guest.asks(Find { number, named }).await,
        Rule::NoSuchBusiness
    ));
}

pub(super) fn refused(answer: Answer, rule: Rule) -> bool {
    matches!(answer, Answer::Refused(refused) if refused.rule == rule)
}

/// One of each request that can be made of nothing.
fn every_request() -> Vec<Request> {
    let number = Number::FIRST;
    let after = Count::new(0);
    let business = partywall_business::BusinessId::new([1; 32]);
    let mut world = World::with_seed(1);
    let shop = world.enrolled(World::enrol(DOMAIN));
    let signed = world.consent(&shop, &key(5), 1);
    vec![
        Find {
            number,
            named: by_domain(DOMAIN),
        }
        .into(),
        Table {
            number,
            table: TableHash::new([1; 32]),
        }
        .into(),
        Template {
            number,
            template: TemplateId::new([1; 16]),
        }
        .into(),
        Take { number, business }.into(),
        Consistency {
            number,
            from: Size::new(1),
            to: Size::new(1),
        }
        .into(),
        World::enrol(DOMAIN).into(),
        Templates { number }.into(),
        StandingOf { number }.into(),
        Declare {
            number,
            declared: Declared::nothing(),
        }
        .into(),
        Opt {
            number,
            category: Category::Utility,
            opt_in: OptIn::In,
        }
        .into(),
        Block {
            number,
            blocking: Blocking::On,
        }
        .into(),
        Leave { number }.into(),
        say(partywall_business::ConversationId::new([1; 32]), CONTROL).into(),
        Held { number }.into(),
        Consents { number, after }.into(),
        Disclosures { number, after }.into(),
        Erase { number }.into(),
        Shelve {
            number,
            before: ShelfBefore::Kept,
            one_time: AtMost::default(),
            last_resort: None,
        }
        .into(),
        Submit {
            number,
            template: draft(Category::Utility).to_bytes().unwrap(),
        }
        .into(),
        Begin {
            number,
            business,
            certificate: CertificateHash::new([1; 32]),
            consent: signed.clone(),
            rights: RightsKey::new([1; 32]),
            opted_in: Categories::none(),
            declared: Declared::nothing(),
        }
        .into(),
        Consent {
            number,
            consent: signed,
            declared: Declared::nothing(),
        }
        .into(),
        report(number).into(),
    ]
}

fn report(number: Number) -> Report {
    let content = Content {
        sequence: Sequence::FIRST,
        written: Milliseconds::new(0),
        seen: Seen::new(0),
        key: FrankingKey::new([5; 32]),
        what: What::Typing,
    };
    let (content, clear) = content.franked();
    Report {
        number,
        event: EventId::new([1; 16]),
        content: Bytes::new(&content).unwrap(),
        key: FrankingKey::new([5; 32]),
        clear,
        mark: Mark::new([1; 32]),
        at: Seconds::new(1),
        why: Why::Spam,
    }
}

#[tokio::test]
async fn every_request_is_answered_in_the_roles_that_have_it_and_ends_every_other() {
    let kinds: BTreeSet<Kind> = every_request().iter().map(Request::kind).collect();
    assert_eq!(kinds.len(), 22, "none is left out");
    for role in ROLES {
        for request in every_request() {
            let house = House::new();
            let (kind, who) = (request.kind(), role.map_or(Who::Guest, Who::Proven));
            let mut caller = match role {
                Some(role) => house.caller(&key(5), role, 1).await.0,
                None => house.guest(1).await,
            };
            if kind.admit(who).is_ok() {
                let answer = caller.asks(request).await;
                let expected = [Some(answer.kind()), None].contains(&kind.answer());
                assert!(
                    expected || answer.kind() == Kind::Refused,
                    "{kind:?} {role:?}"
                );
            } else {
                caller.requests(request).await;
                assert_eq!(
                    caller.end().await,
                    Some(Close::OutOfTurn.code()),
                    "{kind:?} {role:?}"
                );
            }
        }
    }
}

const ROLES: [Option<Role>; 4] = [
    None,
    Some(Role::Customer),
    Some(Role::Business),
    Some(Role::Rights),
];

#[tokio::test]
async fn every_frame_that_is_no_request_ends_the_connection_in_every_role() {
    let house = House::new();
    let requests: BTreeSet<Kind> = every_request().iter().map(Request::kind).collect();
    for role in ROLES {
        for kind in Kind::ALL.iter().filter(|kind| !requests.contains(kind)) {
            let mut caller = match role {
                Some(role) => house.caller(&key(5), role, 1).await.0,
                None => house.guest(1).await,
            };
            // An empty map: the body of none of these.
            let nothing = BTreeMap::<u8, u8>::new();
            let frame = frame::build::<Business>(kind.number(), &nothing);
            caller.socket.send(frame).await.unwrap();
            let closed = caller.end().await;
            let expected = [Close::Malformed, Close::WrongDoor, Close::OutOfTurn];
            let right = expected.iter().any(|close| closed == Some(close.code()));
            assert!(right, "{kind:?} {role:?} {closed:?}");
        }
    }
}

#[tokio::test]
async fn what_is_no_request_in_turn_ends_the_connection() {
    let house = House::new();
    let (customer, business) = (key(4), key(3));
    let mut cases: Vec<(&str, Caller, Vec<u8>, Close)> = Vec::new();
    let held = |number: Number| FromClient::from(Request::from(Held { number })).encode();
    let caller = house.caller(&customer, Role::Customer, 1).await.0;
    cases.push((
        "a number is left out",
        caller,
        held(Number::FIRST.next()),
        Close::Malformed,
    ));
    let caller = house.caller(&business, Role::Business, 1).await.0;
    let ack = FromClient::from(Ack { tag: Tag::FIRST }).encode();
    cases.push(("nothing was delivered", caller, ack, Close::Malformed));
    let mut cut = held(Number::FIRST);
    cut.pop();
    let caller = house.caller(&customer, Role::Customer, 1).await.0;
    cases.push(("it is cut", caller, cut, Close::Malformed));
    let mut peer = held(Number::FIRST);
    peer[0] = b'P';
    cases.push((
        "the other wing's",
        house.guest(1).await,
        peer,
        Close::WrongWing,
    ));
    for (what, mut caller, frame, close) in cases {
        caller.socket.send(frame).await.unwrap();
        assert_eq!(caller.end().await, Some(close.code()), "{what}");
    }
}

#[tokio::test]
async fn the_door_tells_the_first_words_to_everybody() {
    let house = House::new();
    let mut guest = house.guest(1).await;
    let number = Number::FIRST;
    let table = TableHash::new([1; 32]);
    assert!(refused(
        guest.asks(Table { number, table }).await,
        Rule::TableUnknown
    ));
    let heard = guest.hears_before_all_rest().await;
    assert!(heard.is_none(), "and nothing that was not asked for");
}
