//! The test relay's business wing: a link that leads to it, the same over all lives, and knobs at its door.
//! Knows: the first frame at the door. Never knows: what follows.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use partywall_business::BusinessLink;
use partywall_business::answer::FromRelay;
use partywall_ground::Seconds;
use partywall_ground::limits::FRAME;
use partywall_relay::admin::words::{Answer, BusinessAsk};
use partywall_socket::{Incoming, Limits};
use partywall_test_relay::{Door, TestRelay, Visitors, tls};
use partywall_world::{Clock, SystemClock};

/// Whether the business door greets, as the relay that the link names.
async fn greets(relay: &TestRelay) -> bool {
    let link: BusinessLink = relay.business_link().parse().unwrap();
    let address = SocketAddr::from(([127, 0, 0, 1], link.authority().port()));
    let Ok((stream, spki)) = tls(address).await else {
        return false;
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let now = Seconds::new(clock.wall().seconds());
    let limits = Limits {
        max_frame: FRAME,
        stall: Duration::from_secs(30),
    };
    let connected = partywall_socket::connect(stream, "a", "/v1/business", limits, clock).await;
    let Ok(mut socket) = connected else {
        return false;
    };
    let Ok(Incoming::Frame(frame)) = socket.recv().await else {
        return false;
    };
    match FromRelay::decode(&frame) {
        Ok(FromRelay::Hello(hello)) => hello.prove(link.operator(), &spki, now).is_ok(),
        _ => false,
    }
}

#[tokio::test]
async fn the_business_link_leads_through_the_proxy_in_every_life() {
    let mut relay = TestRelay::start().await;
    let link = relay.business_link();
    assert!(greets(&relay).await);
    relay.restart().await;
    assert_eq!(relay.business_link(), link);
    assert!(greets(&relay).await);
    relay.knobs().visitors(Door::Business, Visitors::HungUp);
    assert!(!greets(&relay).await);
    relay.stop().await;
}

#[tokio::test]
async fn a_test_asks_as_an_operator_does() {
    let relay = TestRelay::start().await;
    let answer = relay.operator(BusinessAsk::List).await;
    assert_eq!(answer, Answer::Businesses { businesses: vec![] });
}
