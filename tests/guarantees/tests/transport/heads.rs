//! What a request may say before it is let in: F01, F02, F07 and F09.
//! Knows: HTTP as text. Never knows: frames.

use std::net::SocketAddr;
use std::time::Duration;

use partywall_row::Row;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::guest::{Guest, UPGRADE, status};
use crate::target::{TICK, Target};

/// What a browser says of the page that a script runs on.
const ORIGINS: [&str; 8] = [
    "https://evil.example",
    "http://evil.example",
    "null",
    "",
    "https://relay.example",
    "http://127.0.0.1",
    "file://",
    "chrome-extension://abcdefghijklmnop",
];

/// A request in the clear, and all that is answered.
async fn plainly(address: SocketAddr, path: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("answered");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_script_on_somebodys_page_is_let_in_at_no_listener() {
    let mut row = Row::of("F01");
    let target = Target::start(&[]);
    for (address, path) in target.doors() {
        for origin in ORIGINS {
            for name in ["Origin", "origin", "ORIGIN"] {
                let headers = format!("{UPGRADE}{name}: {origin}\r\n");
                let answer = Guest::dial(address).await.ask("GET", path, &headers).await;
                assert_eq!(status(&answer), 403, "{path} from `{origin}`: {answer}");
                row.tried(1);
            }
        }
        // The control: the same without one is let in.
        Guest::at((address, path)).await;
    }
    for path in ["/health", "/ready", "/metrics"] {
        for origin in ORIGINS {
            let headers = format!("Origin: {origin}\r\n");
            let answer = plainly(target.operator(), path, &headers).await;
            assert_eq!(status(&answer), 403, "{path}");
            row.tried(1);
        }
        assert_eq!(status(&plainly(target.operator(), path, "").await), 200);
    }
}

/// How much of a head that never ends is sent.
const TOO_LONG: usize = 20_000_000;
/// As much as the kernel holds for a sender and a receiver on loopback, and more than a relay reads by far.
const IN_THE_PIPE: usize = 12_000_000;

#[tokio::test]
async fn a_head_of_twenty_megabytes_costs_no_time_and_no_memory() {
    let mut row = Row::of("F02");
    let target = Target::start(&[]);
    let piece = "a".repeat(16_000);
    let beginnings = [
        ("one header", "GET / HTTP/1.1\r\nHost: a\r\nX-Long: "),
        (
            "an upgrade's key",
            "GET /v1/collect HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Key: ",
        ),
        ("the path", "GET /"),
        ("the method", "G"),
    ];
    // Whoever was there before has woken everything that wakes once.
    for (address, path) in target.doors() {
        Guest::at((address, path)).await;
    }
    target.forget_peak();
    let (memory, time) = (target.peak(), target.cpu());
    let mut attacks = 0;
    for (address, _) in target.doors() {
        for (what, beginning) in beginnings {
            let mut guest = Guest::dial(address).await;
            guest.put(beginning.as_bytes()).await;
            let mut sent = 0;
            while sent < TOO_LONG && guest.try_put(piece.as_bytes()).await.is_ok() {
                sent += piece.len();
            }
            assert!(sent < IN_THE_PIPE, "{what}: {sent} bytes were taken");
            attacks += 1;
        }
        for lines in [65, 2_000] {
            let many: String = (0..lines).map(|n| format!("X-{n}: a\r\n")).collect();
            let answer = Guest::dial(address).await.ask("GET", "/", &many).await;
            assert_eq!(status(&answer), 431, "{lines} headers");
            attacks += 1;
        }
    }
    let (grown, taken) = (target.peak() - memory, target.cpu() - time);
    let each = taken / attacks;
    assert!(each < Duration::from_millis(100), "{each:?} of CPU each");
    assert!(grown < 1_024, "{grown} KiB");
    row.tried(attacks.into());
    row.figure(format!(
        "less than {:.1} ms of processor time for each head of up to 20 MB, TLS included; +{grown} KiB at the most",
        ((taken + TICK) / attacks).as_secs_f64() * 1_000.0
    ));
}

#[tokio::test]
async fn nothing_is_ever_compressed_whatever_a_client_offers() {
    let mut row = Row::of("F07");
    let target = Target::start(&[]);
    let offers = [
        "permessage-deflate",
        "permessage-deflate; client_max_window_bits",
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
        "x-webkit-deflate-frame",
        "permessage-bzip2, permessage-deflate; server_max_window_bits=8",
    ];
    for (address, path) in target.doors() {
        for offer in offers {
            let headers = format!(
                "{UPGRADE}Sec-WebSocket-Extensions: {offer}\r\nSec-WebSocket-Protocol: chat\r\n"
            );
            let answer = Guest::dial(address).await.ask("GET", path, &headers).await;
            assert_eq!(status(&answer), 101, "{answer}");
            let said = answer.to_lowercase();
            assert!(!said.contains("sec-websocket-extensions"), "{answer}");
            assert!(!said.contains("sec-websocket-protocol"), "{answer}");
            row.tried(1);
        }
        let headers = "Accept-Encoding: gzip, deflate, br, zstd\r\n";
        let answer = Guest::dial(address).await.ask("GET", "/", headers).await;
        assert_eq!(status(&answer), 200);
        assert!(!answer.to_lowercase().contains("content-encoding"));
        row.tried(1);
    }
}

/// What a proxy may be fooled with: a request that is almost an upgrade, or two things at once.
fn smuggled() -> Vec<(&'static str, String)> {
    let with = |line: &str, headers: &str| format!("{line}\r\nHost: a\r\n{headers}\r\n");
    let door = "GET /v1/collect HTTP/1.1";
    let without = |name: &str| -> String {
        let lines = UPGRADE.split_inclusive("\r\n");
        lines.filter(|line| !line.starts_with(name)).collect()
    };
    vec![
        ("no Upgrade", with(door, &without("Upgrade"))),
        ("no Connection", with(door, &without("Connection"))),
        ("no key", with(door, &without("Sec-WebSocket-Key"))),
        ("no version", with(door, &without("Sec-WebSocket-Version"))),
        (
            "version 777",
            with(door, &UPGRADE.replace("Version: 13", "Version: 777")),
        ),
        (
            "two keys",
            with(
                door,
                &format!("{UPGRADE}Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"),
            ),
        ),
        ("h2c", with(door, &UPGRADE.replace("websocket", "h2c"))),
        (
            "h2c with settings",
            with(
                "GET / HTTP/1.1",
                "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
            ),
        ),
        ("POST", with("POST /v1/collect HTTP/1.1", UPGRADE)),
        ("CONNECT", with("CONNECT a:443 HTTP/1.1", "")),
        ("HTTP/1.0", with("GET /v1/collect HTTP/1.0", UPGRADE)),
        ("another path", with("GET /v1/nothing HTTP/1.1", UPGRADE)),
        (
            "a whole address",
            with("GET http://internal.example/v1/nothing HTTP/1.1", UPGRADE),
        ),
        (
            "a length",
            with(door, &format!("{UPGRADE}Content-Length: 40\r\n")),
        ),
        (
            "chunks",
            with(door, &format!("{UPGRADE}Transfer-Encoding: chunked\r\n")),
        ),
        (
            "a length and chunks",
            with(
                "POST / HTTP/1.1",
                "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
            ),
        ),
        (
            "two lengths",
            with(
                "POST / HTTP/1.1",
                "Content-Length: 4\r\nContent-Length: 0\r\n",
            ),
        ),
        (
            "chunks spelled oddly",
            with("POST / HTTP/1.1", "Transfer-Encoding: xchunked\r\n"),
        ),
        (
            "a folded line",
            with(door, &format!("X-Fold: a\r\n {UPGRADE}")),
        ),
        (
            "a blank before the colon",
            with(door, "Upgrade : websocket\r\n"),
        ),
        (
            "HTTP/2 without asking",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
        ),
        (
            "the page",
            with("GET / HTTP/1.1", "Connection: keep-alive\r\n"),
        ),
        ("the page's head", with("HEAD / HTTP/1.1", "")),
    ]
}

#[tokio::test]
async fn a_request_hidden_behind_another_is_never_answered() {
    let mut row = Row::of("F09");
    let target = Target::start(&[]);
    let hidden = "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /v1/collect HTTP/1.1\r\nHost: a\r\n";
    let hidden = format!("{hidden}{UPGRADE}\r\n");
    for address in [target.peer(), target.business()] {
        for (what, request) in smuggled() {
            let mut guest = Guest::dial(address).await;
            guest.put(format!("{request}{hidden}").as_bytes()).await;
            let said = guest.ear.rest().await;
            let said = said.unwrap_or_else(|| format!("{what}: the connection was left open"));
            assert!(!said.contains("left open"), "{said}");
            assert!(!said.contains(" 101 "), "{what}: {said}");
            assert!(said.matches("HTTP/1.1 ").count() <= 1, "{what}: {said}");
            row.tried(1);
        }
    }
    // The control: the request that was hidden is one that is answered.
    Guest::at((target.peer(), "/v1/collect")).await;
}
