//! Nothing is sent to whoever is not the relay of the link. (SPEC)
//! Knows: what arrives at the other end, byte for byte. Never knows: real sockets.

use std::collections::BTreeMap;

use partywall_ground::{Business, Peer, RelayKey, Seconds, Spki, Wing, frame};
use partywall_proof::{Hello, SigningKey, Vouch};
use partywall_socket::Incoming;
use rustls::{HandshakeKind, NamedGroup};
use tokio::io::AsyncReadExt;

use super::*;
use crate::dial::Dialler;
use crate::scripted::{AUTHORITY, Certificate, TODAY};

type ScriptedRelay = crate::scripted::ScriptedRelay<Peer>;
type Caller = crate::scripted::Caller<Peer>;

const DOOR: Door<Peer> = Door::new("/v1/somewhere", 0x0001);

/// Dials; the relay answers as `answer` says; tells what came of it at either end.
async fn reach<T>(
    relay: &mut ScriptedRelay,
    answer: impl AsyncFnOnce(&mut ScriptedRelay) -> T,
) -> (Result<Greeted, Trouble>, T) {
    let place = relay.place();
    let dialler = Dialler::new(relay.wire.clone(), relay.clock());
    tokio::join!(dialler.reach(&place, DOOR), answer(relay))
}

/// Greets with `hello`, and then expects the end without one frame more.
async fn refused(relay: &mut ScriptedRelay, hello: Hello) -> Trouble {
    let (reached, heard) = reach(relay, async |relay| {
        let mut caller = relay.caller().await;
        caller.greet(hello).await;
        caller.hears().await
    })
    .await;
    assert_eq!(heard, Ok(Incoming::Closed(None)), "nothing is sent to it");
    reached.err().expect("it is refused")
}

fn wrong(because: Mismatch) -> Trouble {
    let host = "relay.example".to_owned();
    WrongRelay { host, because }.into()
}

#[tokio::test(start_paused = true)]
async fn a_wrong_relay_is_sent_nothing() {
    let mut relay = ScriptedRelay::new(DOOR);
    let thief = SigningKey::from_seed(&[9; 32]);
    let its_own = Vouch::make(&thief, relay.certificate.spki, Seconds::new(TODAY + 3_600));
    let hello = Hello {
        relay: RelayKey::new(*thief.public().as_bytes()),
        ..relay.hello(vec![its_own])
    };
    let trouble = refused(&mut relay, hello).await;
    assert_eq!(trouble, wrong(Mismatch::AnotherKey));
}

#[tokio::test(start_paused = true)]
async fn a_certificate_without_a_vouch_or_with_anothers_or_a_forged_one_is_sent_nothing() {
    let mut relay = ScriptedRelay::new(DOOR);
    let thief = SigningKey::from_seed(&[9; 32]);
    let anothers = relay.vouch(Spki::new([1; 32]));
    let forged = Vouch::make(&thief, relay.certificate.spki, Seconds::new(TODAY + 3_600));
    for vouches in [vec![], vec![anothers], vec![forged]] {
        let hello = relay.hello(vouches);
        let trouble = refused(&mut relay, hello).await;
        assert_eq!(trouble, wrong(Mismatch::NotVouched));
    }
}

#[tokio::test(start_paused = true)]
async fn a_vouch_holds_until_its_last_second_and_then_is_worth_nothing() {
    let mut relay = ScriptedRelay::new(DOOR);
    let spki = relay.certificate.spki;
    let old = Vouch::make(&relay.key, spki, Seconds::new(TODAY - 1));
    let hello = relay.hello(vec![old]);
    let trouble = refused(&mut relay, hello).await;
    assert_eq!(trouble, wrong(Mismatch::VouchExpired));

    let last = Vouch::make(&relay.key, spki, Seconds::new(TODAY));
    let hello = relay.hello(vec![last]);
    let (reached, _caller) = reach(&mut relay, async |relay| {
        let mut caller = relay.caller().await;
        caller.greet(hello).await;
        caller
    })
    .await;
    assert!(reached.is_ok());
}

#[tokio::test(start_paused = true)]
async fn names_dates_and_issuer_of_a_certificate_do_not_matter_and_keys_are_agreed_on_hybridly() {
    let mut relay = ScriptedRelay::new(DOOR);
    let (reached, caller) = reach(&mut relay, async |relay| relay.greets().await).await;
    assert!(reached.is_ok());
    assert_eq!(caller.sni.as_deref(), Some("relay.example"));
    assert_eq!(caller.group, Some(NamedGroup::X25519MLKEM768));
}

#[tokio::test(start_paused = true)]
async fn a_certificate_whose_key_the_other_end_does_not_hold_is_refused() {
    let mut relay = ScriptedRelay::with(Certificate::stolen(), DOOR);
    let (reached, _refused) = reach(&mut relay, async |relay| {
        let stream = relay.stream().await;
        relay.certificate.accept(stream).await.err()
    })
    .await;
    let host = "relay.example".to_owned();
    assert_eq!(reached.err(), Some(Trouble::NoTls { host }));
}

#[tokio::test(start_paused = true)]
async fn no_older_tls_is_offered_and_no_session_is_resumed() {
    let mut relay = ScriptedRelay::new(DOOR);
    for _ in 0..2 {
        let (_, hello) = reach(&mut relay, async |relay| {
            let mut stream = relay.stream().await;
            let mut record = [0; 5];
            stream.read_exact(&mut record).await.unwrap();
            let length = usize::from(u16::from_be_bytes([record[3], record[4]]));
            let mut hello = vec![0; length];
            stream.read_exact(&mut hello).await.unwrap();
            hello
        })
        .await;
        let only_tls_1_3 = [0x00, 0x2B, 0x00, 0x03, 0x02, 0x03, 0x04];
        assert!(hello.windows(7).any(|bytes| bytes == only_tls_1_3));

        let (_, caller) = reach(&mut relay, async |relay| relay.greets().await).await;
        assert_eq!(caller.handshake, Some(HandshakeKind::Full));
    }
}

#[tokio::test(start_paused = true)]
async fn the_upgrade_request_is_the_same_for_everybody_but_for_the_key_that_websocket_wants() {
    let mut row = partywall_row::Row::of("P05");
    let mut relay = ScriptedRelay::new(DOOR);
    let mut keys = Vec::new();
    for _ in 0..row.times(4, 100) {
        row.tried(1);
        let (_, caller) = reach(&mut relay, async |relay| relay.greets().await).await;
        let (constant, key) = caller.request.split_once("Sec-WebSocket-Key: ").unwrap();
        assert_eq!(
            constant,
            "GET /v1/somewhere HTTP/1.1\r\n\
             Host: relay.example:7443\r\n\
             Connection: Upgrade\r\n\
             Upgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\n"
        );
        assert_eq!(key.len(), 24 + 4, "sixteen bytes, and nothing behind them");
        assert!(key.ends_with("==\r\n\r\n"));
        keys.push(key.to_owned());
    }
    assert_ne!(keys[0], keys[1]);
}

/// What a ClientHello is told apart by (JA3, JA4): versions, suites, and every extension with what stands in it,
/// but for what is drawn anew each time. The order of extensions is drawn too.
fn shape(hello: &[u8]) -> (Vec<u8>, BTreeMap<u16, Vec<u8>>) {
    let number = |at: usize| usize::from(u16::from_be_bytes([hello[at], hello[at + 1]]));
    // Type, three bytes of length, version, 32 random bytes, a session id.
    let suites = 4 + 2 + 32 + 1 + usize::from(hello[4 + 2 + 32]);
    let compression = suites + 2 + number(suites);
    let extensions = compression + 1 + usize::from(hello[compression]);
    let mut constant = hello[4..6].to_vec();
    constant.extend_from_slice(&hello[suites..extensions]);
    let (mut found, mut at) = (BTreeMap::new(), extensions + 2);
    while at + 4 <= hello.len() {
        let (kind, length) = (number(at), number(at + 2));
        let mut said = hello[at + 4..at + 4 + length].to_vec();
        if kind == KEY_SHARE {
            said = said.len().to_be_bytes().to_vec();
        }
        found.insert(u16::try_from(kind).unwrap(), said);
        at += 4 + length;
    }
    (constant, found)
}

/// Keys that are made for one connection.
const KEY_SHARE: usize = 51;

/// P05: the wings have different servers' names and nothing else to tell their clients apart by.
#[tokio::test(start_paused = true)]
async fn every_client_of_either_wing_begins_tls_alike() {
    let mut row = partywall_row::Row::of("P05");
    let mut shapes = Vec::new();
    let mut people = ScriptedRelay::new(DOOR);
    let mut trade = crate::scripted::ScriptedRelay::<Business>::new(COUNTER);
    for _ in 0..row.times(8, 200) {
        shapes.push(shape(&begun(&mut people, DOOR).await));
        shapes.push(shape(&begun(&mut trade, COUNTER).await));
        row.tried(2);
    }
    assert!(shapes[0].1.len() > 6 && shapes[0].1.contains_key(&43));
    for shape in &shapes {
        assert_eq!(*shape, shapes[0]);
    }
}

const COUNTER: Door<Business> = Door::new("/v1/elsewhere", 0x0001);

/// The ClientHello of a client that never was there before.
async fn begun<W: Wing>(relay: &mut crate::scripted::ScriptedRelay<W>, door: Door<W>) -> Vec<u8> {
    let place = relay.place();
    let dialler = Dialler::new(relay.wire.clone(), relay.clock());
    let answer = async {
        let mut stream = relay.stream().await;
        let mut record = [0; 5];
        stream.read_exact(&mut record).await.unwrap();
        let length = usize::from(u16::from_be_bytes([record[3], record[4]]));
        let mut hello = vec![0; length];
        stream.read_exact(&mut hello).await.unwrap();
        hello
    };
    let (_, hello) = tokio::join!(dialler.reach(&place, door), answer);
    hello
}

#[tokio::test(start_paused = true)]
async fn authorities_are_tried_in_order_until_one_leads_to_the_relay() {
    let mut relay = ScriptedRelay::new(DOOR);
    let mut place = relay.place();
    place.authorities = ["nowhere.example:1", AUTHORITY, "third.example:3"]
        .map(str::to_owned)
        .into();
    let dialler = Dialler::new(relay.wire.clone(), relay.clock());
    let (reached, _caller) = tokio::join!(dialler.reach(&place, DOOR), relay.greets());
    assert!(reached.is_ok());
    let asked = relay.wire.asked.lock().unwrap().clone();
    let expected = [("nowhere.example", 1), ("relay.example", 7443)];
    assert_eq!(asked, expected.map(|(host, port)| (host.to_owned(), port)));
}

#[tokio::test(start_paused = true)]
async fn of_several_authorities_troubles_the_most_telling_one_is_reported() {
    let mut relay = ScriptedRelay::new(DOOR);
    let mut place = relay.place();
    place.authorities = ["nowhere.example:1", AUTHORITY, "nowhere.example:2"]
        .map(str::to_owned)
        .into();
    let dialler = Dialler::new(relay.wire.clone(), relay.clock());
    let (reached, _caller) = tokio::join!(dialler.reach(&place, DOOR), async {
        let mut caller = relay.caller().await;
        let hello = relay.hello(vec![]);
        caller.greet(hello).await;
        caller
    });
    assert_eq!(reached.err(), Some(wrong(Mismatch::NotVouched)));
}

#[tokio::test(start_paused = true)]
async fn whoever_does_not_finish_the_handshake_in_ten_seconds_is_left() {
    let mut relay = ScriptedRelay::new(DOOR);
    let host = "relay.example".to_owned();
    let slow = Trouble::TooSlow { host };
    let (reached, _held) = reach(&mut relay, async |relay| relay.stream().await).await;
    assert_eq!(reached.err(), Some(slow.clone()), "without TLS");
    let (reached, _held) = reach(&mut relay, async |relay| relay.caller().await).await;
    assert_eq!(reached.err(), Some(slow), "without Hello");
}

#[tokio::test(start_paused = true)]
async fn what_is_no_relay_or_one_of_another_version_is_called_so() {
    let mut relay = ScriptedRelay::new(DOOR);
    let host = "relay.example".to_owned();
    for (frame, trouble) in [
        (
            &b"hello, I am a chat server"[..],
            Trouble::NotARelay { host },
        ),
        (
            b"P\x02\0\x01\0\0\0\x01\xa0",
            Trouble::Closed(Close::Version),
        ),
    ] {
        let (reached, _caller): (_, Caller) = reach(&mut relay, async |relay| {
            let mut caller = relay.caller().await;
            caller.say(frame.to_vec()).await;
            caller
        })
        .await;
        assert_eq!(reached.err(), Some(trouble));
    }
}

#[tokio::test(start_paused = true)]
async fn the_other_wings_door_and_a_frame_that_is_not_hello_are_not_the_relay() {
    let mut relay = ScriptedRelay::new(DOOR);
    let host = || "relay.example".to_owned();
    let hello = relay.hello(vec![relay.vouch(relay.certificate.spki)]);
    for frame in [
        frame::build::<Business>(DOOR.hello(), &hello),
        frame::build::<Peer>(DOOR.hello() + 1, &hello),
    ] {
        let (reached, _caller): (_, Caller) = reach(&mut relay, async |relay| {
            let mut caller = relay.caller().await;
            caller.say(frame).await;
            caller
        })
        .await;
        assert_eq!(reached.err(), Some(Trouble::NotARelay { host: host() }));
    }
}
