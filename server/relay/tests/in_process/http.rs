//! What the peer listener says to whatever is no client of ours.
//! Knows: HTTP as text. Never knows: the wire behind the doors.

use partywall_relay::Settings;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::dial::{exchange, get, plain, relay, start, status, tls};

const UPGRADE: &str = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";

fn without_date(answer: &str) -> String {
    answer
        .lines()
        .filter(|line| !line.starts_with("date:"))
        .collect()
}

#[tokio::test]
async fn a_browser_gets_one_plain_page_the_same_for_every_link() {
    let (_folder, relay) = relay().await;
    let one = get(relay.peer_addr().unwrap(), "/", "").await;
    let other = get(
        relay.peer_addr().unwrap(),
        "/?who=alice",
        "Cookie: a=b\r\nUser-Agent: Mozilla\r\nAccept-Language: de\r\n",
    )
    .await;
    assert_eq!(status(&one), 200);
    assert!(
        one.contains("A Partywall relay") && one.contains("default-src 'none'"),
        "{one}"
    );
    assert_eq!(without_date(&one), without_date(&other));
    relay.shutdown().await;
}

#[tokio::test]
async fn whatever_names_a_person_or_comes_from_a_web_page_is_refused_at_the_doors() {
    let (_folder, relay) = relay().await;
    for path in ["/v1/collect", "/v1/deposit"] {
        for (line, expected) in [
            ("Cookie: a=b\r\n", 400),
            ("Authorization: Bearer x\r\n", 400),
            ("Origin: https://evil.example\r\n", 403),
        ] {
            let answer = get(
                relay.peer_addr().unwrap(),
                path,
                &format!("{UPGRADE}{line}"),
            )
            .await;
            assert_eq!(status(&answer), expected, "{line}");
        }
        assert_eq!(
            status(&get(relay.peer_addr().unwrap(), path, "").await),
            426
        );
    }
    assert_eq!(
        status(&get(relay.peer_addr().unwrap(), "/metrics", "").await),
        404
    );
    assert_eq!(
        status(&get(relay.peer_addr().unwrap(), "/admin", UPGRADE).await),
        404
    );
    relay.shutdown().await;
}

#[tokio::test]
async fn a_request_with_too_much_in_its_head_is_refused() {
    let (_folder, relay) = relay().await;
    let long = format!("X-Long: {}\r\n", "a".repeat(9_000));
    assert_eq!(
        status(&get(relay.peer_addr().unwrap(), "/", &long).await),
        431
    );
    let many: String = (0..70).map(|number| format!("X-{number}: a\r\n")).collect();
    assert_eq!(
        status(&get(relay.peer_addr().unwrap(), "/", &many).await),
        431
    );
    assert_eq!(
        status(&get(relay.peer_addr().unwrap(), "/", "X-Few: a\r\n").await),
        200
    );
    relay.shutdown().await;
}

#[tokio::test]
async fn a_connection_is_answered_once_and_no_more() {
    let (_folder, relay) = relay().await;
    let (stream, _) = tls(relay.peer_addr().unwrap()).await;
    let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let answers = exchange(stream, &format!("{request}{request}")).await;
    assert_eq!(answers.matches("HTTP/1.1 ").count(), 1);
    relay.shutdown().await;
}

#[tokio::test]
async fn plain_text_gets_nothing_from_a_tls_listener() {
    let (_folder, relay) = relay().await;
    let answer = plain(relay.peer_addr().unwrap(), "/").await;
    assert!(!answer.contains("HTTP/"), "{answer}");
    relay.shutdown().await;
}

#[tokio::test]
async fn a_greeting_that_does_not_come_is_ended_and_its_place_is_free_again() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        max_connections: 1,
        ..Settings::for_tests(folder.path().to_owned())
    };
    let relay = start(settings).await.unwrap();
    let mut silent = TcpStream::connect(relay.peer_addr().unwrap())
        .await
        .unwrap();
    // From here on time passes as fast as nobody has anything to do.
    tokio::time::pause();
    assert_eq!(
        silent.read(&mut [0; 1]).await.unwrap(),
        0,
        "the relay hangs up"
    );
    tokio::time::resume();
    assert_eq!(status(&get(relay.peer_addr().unwrap(), "/", "").await), 200);
    relay.shutdown().await;
}

#[tokio::test]
async fn more_connections_than_the_cap_are_turned_away_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        max_connections: 1,
        ..Settings::for_tests(folder.path().to_owned())
    };
    let relay = start(settings).await.unwrap();
    let (mut first, _) = tls(relay.peer_addr().unwrap()).await;
    let mut second = TcpStream::connect(relay.peer_addr().unwrap())
        .await
        .unwrap();
    assert!(matches!(second.read(&mut [0; 1]).await, Ok(0) | Err(_)));
    first
        .write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        .await
        .unwrap();
    let mut answer = [0; 12];
    first.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    relay.shutdown().await;
}
