//! Every knob of the test relay does what it says, and nothing happens where none is turned.
//! Knows: real sockets on this machine. Never knows: how the proxy works.

#[cfg(test)]
mod client;

#[cfg(test)]
mod business;

use std::time::Duration;

use client::{Client, SLOT, asks, tls};
use partywall_peer::collect::{Ack, FromClient, FromRelay};
use partywall_peer::proofs::Admission;
use partywall_peer::{Link, Reason, Tag};
use partywall_socket::Incoming;
use partywall_test_relay::{Direction, Door, Road, TestRelay, Visitors, When};
use partywall_world::{Clock, SystemClock};

#[tokio::test]
async fn without_a_knob_turned_mail_goes_through_a_proxy_that_the_relay_vouches_for() {
    let relay = TestRelay::start().await;
    let mut reader = Client::reading(&relay).await;
    let mut writer = Client::writer(&relay).await.unwrap();
    for number in 1..=5 {
        writer.deposits(9).await;
        assert_eq!(writer.accepted().await, number);
        assert_eq!(reader.delivered().await, (number, 9));
    }
    let Ok(Link::Relay(link)) = Link::parse(&relay.relay_link()) else {
        panic!("a relay link");
    };
    assert_eq!(link.relay(), &relay.key());
    assert_eq!(link.authority().port(), relay.port());
    assert!(relay.folder().join("peer.db").exists());
}

#[tokio::test]
async fn the_proxy_carries_http_as_it_is() {
    let relay = TestRelay::start().await;
    let page = asks(&relay, "GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert_eq!(page, "HTTP/1.1 200 OK");
    let upgrade = "GET /v1/deposit HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let plain = asks(&relay, &format!("{upgrade}\r\n")).await;
    assert_eq!(plain, "HTTP/1.1 101 Switching Protocols");
    let with_cookie = asks(&relay, &format!("{upgrade}Cookie: a=b\r\n\r\n")).await;
    assert!(!with_cookie.contains("101"), "{with_cookie}");
}

#[tokio::test]
async fn a_delayed_frame_arrives_no_earlier_and_in_its_order() {
    let relay = TestRelay::start().await;
    let mut reader = Client::reading(&relay).await;
    let mut writer = Client::writer(&relay).await.unwrap();
    let delay = Duration::from_millis(300);
    relay
        .knobs()
        .of(Door::Deposit, Direction::ToRelay)
        .delay(delay);
    let clock = SystemClock::new();
    let sent = clock.monotonic();
    writer.deposits(1).await;
    writer.deposits(2).await;
    assert_eq!(reader.delivered().await, (1, 1));
    assert!(clock.monotonic().since(sent) >= delay);
    assert_eq!(reader.delivered().await, (2, 2));
}

#[tokio::test]
async fn a_dropped_frame_never_arrives_and_the_next_one_does() {
    let relay = TestRelay::start().await;
    let _reader = Client::reading(&relay).await;
    let mut writer = Client::writer(&relay).await.unwrap();
    let answers = relay.knobs().of(Door::Deposit, Direction::ToClient);
    answers.drop_frames(When::nth(1));
    writer.deposits(1).await;
    let mut reader = Client::reading(&relay).await;
    assert_eq!(
        reader.delivered().await,
        (1, 1),
        "it went there; the answer is lost"
    );
    writer.deposits(2).await;
    assert_eq!(writer.accepted().await, 2);
}

#[tokio::test]
async fn a_duplicated_frame_arrives_twice() {
    let relay = TestRelay::start().await;
    let mut reader = Client::reading(&relay).await;
    let mut writer = Client::writer(&relay).await.unwrap();
    relay
        .knobs()
        .of(Door::Collect, Direction::ToClient)
        .duplicate(When::nth(1));
    writer.deposits(1).await;
    writer.deposits(2).await;
    let mut heard = Vec::new();
    for _ in 0..3 {
        heard.push(reader.delivered().await);
    }
    assert_eq!(heard, [(1, 1), (1, 1), (2, 2)]);
}

#[tokio::test]
async fn a_swapped_frame_arrives_behind_the_next() {
    let relay = TestRelay::start().await;
    let mut reader = Client::reading(&relay).await;
    let mut writer = Client::writer(&relay).await.unwrap();
    relay
        .knobs()
        .of(Door::Collect, Direction::ToClient)
        .swap(When::nth(1));
    for fill in 1..=3 {
        writer.deposits(fill).await;
    }
    let mut heard = Vec::new();
    for _ in 0..3 {
        heard.push(reader.delivered().await);
    }
    assert_eq!(heard, [(2, 2), (1, 1), (3, 3)]);
}

#[tokio::test]
async fn a_cut_ends_the_connection_at_its_byte_without_a_word() {
    let relay = TestRelay::start().await;
    let mut reader = Client::reading(&relay).await;
    let mut writer = Client::writer(&relay).await.unwrap();
    relay
        .knobs()
        .of(Door::Deposit, Direction::ToRelay)
        .cut_after(5_000);
    writer.deposits(1).await;
    assert_eq!(writer.accepted().await, 1);
    writer.deposits(2).await;
    assert_eq!(writer.hears().await, Ok(Incoming::Closed(None)));
    let mut writer = Client::writer(&relay).await.unwrap();
    writer.deposits(3).await;
    assert_eq!(reader.delivered().await, (1, 1));
    assert_eq!(
        reader.delivered().await,
        (2, 3),
        "the one that was cut off never came"
    );
}

#[tokio::test]
async fn cutting_everything_ends_both_doors_and_the_next_visitors_are_welcome() {
    let relay = TestRelay::start().await;
    let mut reader = Client::reading(&relay).await;
    let mut writer = Client::writer(&relay).await.unwrap();
    relay.knobs().cut_all();
    assert_eq!(reader.hears().await, Ok(Incoming::Closed(None)));
    assert_eq!(writer.hears().await, Ok(Incoming::Closed(None)));
    let mut reader = Client::reading(&relay).await;
    let mut writer = Client::writer(&relay).await.unwrap();
    writer.deposits(1).await;
    assert_eq!(reader.delivered().await, (1, 1));
}

#[tokio::test]
async fn visitors_are_hung_up_on_at_one_door_only_and_until_the_knob_is_turned_back() {
    let relay = TestRelay::start().await;
    let _reader = Client::reading(&relay).await;
    relay.knobs().visitors(Door::Deposit, Visitors::HungUp);
    assert!(Client::writer(&relay).await.is_err());
    assert!(Client::reader(&relay).await.is_ok());
    relay.knobs().visitors(Door::Deposit, Visitors::Welcome);
    assert!(Client::writer(&relay).await.is_ok());
    relay.knobs().visitors(Door::Collect, Visitors::HungUp);
    assert!(Client::reader(&relay).await.is_err());
    relay.knobs().clear();
    assert!(Client::reader(&relay).await.is_ok());
}

#[tokio::test]
async fn a_stopped_relay_says_come_back_refuses_connections_and_has_kept_everything() {
    let mut relay = TestRelay::start().await;
    let (link, key) = (relay.relay_link(), relay.key());
    let mut reader = Client::reading(&relay).await;
    let mut writer = Client::writer(&relay).await.unwrap();
    writer.deposits(1).await;
    assert_eq!(writer.accepted().await, 1);
    assert_eq!(reader.delivered().await, (1, 1));

    relay.stop().await;
    assert!(!relay.is_running());
    assert_eq!(reader.hears().await, Ok(Incoming::Closed(Some(4010))));
    assert_eq!(writer.hears().await, Ok(Incoming::Closed(Some(4010))));
    let refused = tls(&relay).await.err().map(|error| error.kind());
    assert_eq!(refused, Some(std::io::ErrorKind::ConnectionRefused));

    relay.restart().await;
    assert_eq!((relay.relay_link(), relay.key()), (link, key));
    let mut reader = Client::reading(&relay).await;
    assert_eq!(reader.delivered().await, (1, 1), "it was not acknowledged");
}

#[tokio::test]
async fn a_killed_relay_says_nothing_and_has_kept_what_it_accepted() {
    let mut relay = TestRelay::start().await;
    let mut reader = Client::reading(&relay).await;
    let mut writer = Client::writer(&relay).await.unwrap();
    writer.deposits(1).await;
    writer.deposits(2).await;
    while writer.accepted().await < 2 {}
    assert_eq!(reader.delivered().await, (1, 1));
    assert_eq!(reader.delivered().await, (2, 2));

    relay.kill().await;
    assert_eq!(reader.hears().await, Ok(Incoming::Closed(None)));
    assert_eq!(writer.hears().await, Ok(Incoming::Closed(None)));
    relay.restart().await;
    let mut reader = Client::reader(&relay).await.unwrap();
    let attach = FromClient::from(reader.attach()).encode();
    reader.says(attach).await;
    let Ok(Incoming::Frame(attached)) = reader.hears().await else {
        panic!("attached");
    };
    assert!(matches!(
        FromRelay::decode(&attached),
        Ok(FromRelay::Attached(_))
    ));
    assert_eq!(reader.delivered().await, (1, 1));
    let ack = Ack {
        slot: SLOT,
        tag: Tag::FIRST,
    };
    reader.says(FromClient::from(ack).encode()).await;
    assert_eq!(reader.delivered().await, (2, 2));
}

#[tokio::test]
async fn a_relay_that_asks_for_a_pass_is_a_matter_of_one_line() {
    let relay = TestRelay::builder().settings(|settings| {
        settings.admission = partywall_relay::config::settings::Admission::Pass;
    });
    let relay = relay.seed(11).start().await;
    let mut reader = Client::reader(&relay).await.unwrap();
    let FromRelay::Refused(refused) = reader.creates(Admission::Open).await else {
        panic!("refused");
    };
    assert_eq!(refused.reason, Reason::Admission);
    let link = relay.relay_link_with_pass(1).await;
    let Ok(Link::Relay(link)) = Link::parse(&link) else {
        panic!("a relay link");
    };
    let pass = partywall_ground::Pass::new(*link.pass().unwrap().as_bytes());
    let made = reader.creates(Admission::Pass(pass)).await;
    assert!(matches!(made, FromRelay::Attached(_)));
}

#[tokio::test]
async fn a_road_is_rough_for_connections_that_begin_on_it_and_for_no_other() {
    let relay = TestRelay::start().await;
    let mut reader = Client::reading(&relay).await;
    let mut writer = Client::writer(&relay).await.unwrap();
    relay.knobs().road(Road::Reset(0));
    assert!(Client::writer(&relay).await.is_err(), "reset before a word");
    writer.deposits(1).await;
    assert_eq!(writer.accepted().await, 1);
    assert_eq!(reader.delivered().await, (1, 1));

    relay.knobs().road(Road::Dripping(64, 1));
    let mut dripping = Client::writer(&relay).await.unwrap();
    let clock = SystemClock::new();
    let sent = clock.monotonic();
    dripping.deposits(2).await;
    assert_eq!(dripping.accepted().await, 1);
    assert!(clock.monotonic().since(sent) >= Duration::from_millis(64));
    assert_eq!(reader.delivered().await, (2, 2));

    let heals = Duration::from_millis(300);
    for road in [
        Road::Reset(12_000),
        Road::HalfClosed(12_000),
        Road::Partition(12_000, heals),
    ] {
        relay.knobs().road(road);
        let mut rough = Client::reading(&relay).await;
        let began = clock.monotonic();
        for fill in 3..6 {
            writer.deposits(fill).await;
            writer.accepted().await;
        }
        let mut arrived = 0;
        while let Ok(Incoming::Frame(_)) = rough.hears().await {
            arrived += 1;
        }
        assert!(
            (1..3).contains(&arrived),
            "{road:?}: {arrived} before it ended"
        );
        let long = clock.monotonic().since(began) >= heals;
        assert!(long || !matches!(road, Road::Partition(..)));
    }
    relay.knobs().clear();
    let mut reader = Client::reading(&relay).await;
    assert_eq!(reader.delivered().await.0, 1);
}
