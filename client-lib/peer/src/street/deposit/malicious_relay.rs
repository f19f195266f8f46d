//! `MaliciousRelay` at the deposit door: whatever it answers, it gets what everybody gets and nothing more. (SPEC R-3, P-2, G-7)
//! Knows: the whole of what a line says, byte for byte. Never knows: real sockets, real time.

use std::time::Duration;

use partywall_ground::{Close, Peer, frame};
use partywall_peer::Kind;
use partywall_row::Row;
use partywall_world::Dice;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::*;

type ScriptedRelay = partywall_street::scripted::ScriptedRelay<Peer>;

/// What an upgrade request has, and all that it has. (SPEC R-3)
const HEADERS: [&str; 5] = [
    "connection",
    "host",
    "sec-websocket-key",
    "sec-websocket-version",
    "upgrade",
];
/// Longer than any backoff.
const PATIENCE: Duration = Duration::from_secs(7_200);

/// With something to be sent.
async fn line(relay: &ScriptedRelay) -> DepositLine {
    let dialler = Dialler::new(relay.wire.clone(), relay.clock());
    let to = DropPlace {
        relay: relay.place(),
        capability: Zeroizing::new([6; 32]),
    };
    let line = spawn(dialler, to, Dice::seeded(2));
    let envelope = vec![1; 4_096];
    let id = OutboxId(1);
    let submit = Deposit::Submit { id, envelope };
    let sent = line.commands.send(submit).await;
    sent.expect("a line that was just begun takes commands");
    line
}

/// Nothing in a request tells one caller from another, and it is for this door.
fn is_anybodys(request: &str, answered: &str) {
    let mut lines = request.trim_end().lines();
    let asked = lines.next();
    assert_eq!(asked, Some("GET /v1/deposit HTTP/1.1"), "after {answered}");
    let names = lines.filter_map(|line| line.split_once(": "));
    let mut names: Vec<String> = names.map(|(name, _)| name.to_lowercase()).collect();
    names.sort();
    assert_eq!(names, HEADERS, "after {answered}");
}

/// Answers the next attempt, if there is one, with these bytes instead of an upgrade.
async fn answers_with(relay: &mut ScriptedRelay, bytes: &[u8], answered: &str) -> bool {
    let Ok(stream) = timeout(PATIENCE, relay.stream()).await else {
        return false;
    };
    let stream = relay.certificate.accept(stream).await;
    let mut stream = stream.expect("the line takes the relay's certificate");
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let byte = stream.read_u8().await;
        request.push(byte.expect("a request has an end"));
    }
    let request = String::from_utf8(request).expect("a request is text");
    is_anybodys(&request, answered);
    let written = stream.write_all(bytes).await;
    if written.is_ok() && !bytes.is_empty() {
        let _whether_heard = stream.shutdown().await;
    }
    let mut more = Vec::new();
    let _until_it_is_left = timeout(PATIENCE, stream.read_to_end(&mut more)).await;
    assert!(more.is_empty(), "after {answered} it says more");
    true
}

#[tokio::test(start_paused = true)]
async fn whatever_a_relay_answers_a_request_nobody_says_more_than_before_or_at_another_door() {
    let mut row = Row::of("A17");
    let statuses = [
        "302 Found\r\nLocation: /v1/collect",
        "307 Temporary Redirect\r\nLocation: /v1/collect",
        "400 Bad Request",
        "401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"relay\"",
        "401 Unauthorized",
        "403 Forbidden",
        "404 Not Found",
        "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic",
        "426 Upgrade Required",
        "429 Too Many Requests\r\nRetry-After: 1",
        "500 Internal Server Error",
        "502 Bad Gateway",
        "503 Service Unavailable",
        "200 OK\r\nSet-Cookie: who=you",
        "101 Switching Protocols\r\nSet-Cookie: who=you",
    ];
    let answers = statuses.map(|status| format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n"));
    let others = ["", "SSH-2.0-relay\r\n", "\0\0\0\0"].map(str::to_owned);
    for answer in answers.iter().chain(&others) {
        let mut relay = ScriptedRelay::new(DEPOSIT);
        let _line = line(&relay).await;
        let mut attempts = 0;
        for _ in 0..4 {
            let again = answers_with(&mut relay, answer.as_bytes(), answer).await;
            attempts += u64::from(again);
        }
        assert!(attempts > 0);
        row.tried(attempts);
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_a_relay_closes_with_nobody_says_more_than_before_or_at_another_door() {
    let mut row = Row::of("A17");
    let closes = (4_001..=4_013).filter_map(Close::from_code);
    for close in closes {
        let mut relay = ScriptedRelay::new(DEPOSIT);
        let _line = line(&relay).await;
        for attempt in 0..3 {
            let Ok(mut caller) = timeout(PATIENCE, relay.greets()).await else {
                assert!(attempt > 0);
                break;
            };
            is_anybodys(&caller.request, &format!("{close:?}"));
            let said = FromClient::decode(&caller.frame().await);
            let Ok(FromClient::Use(used)) = said else {
                panic!("something else than the capability after {close:?}");
            };
            assert_eq!(used.capability.as_bytes(), &[6; 32]);
            caller.close(close).await;
            row.tried(1);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_relay_that_speaks_another_version_hears_not_a_word() {
    let mut row = Row::of("A16");
    let versions = (0..=255_u8).filter(|version| *version != frame::VERSION);
    let step = usize::try_from(row.times(15, 1)).expect("a small step");
    for version in versions.step_by(step) {
        let mut relay = ScriptedRelay::new(DEPOSIT);
        let mut line = line(&relay).await;
        let mut caller = relay.caller().await;
        let hello = relay.hello(vec![relay.vouch(relay.certificate.spki)]);
        let mut words = frame::build::<Peer>(Kind::Hello.number(), &hello);
        words[1] = version;
        caller.say(words).await;
        let heard = timeout(PATIENCE, caller.hears()).await;
        let heard = heard.expect("a line that was told nonsense says so");
        assert!(
            !matches!(heard, Ok(Incoming::Frame(_))),
            "version {version}"
        );
        let told = line.events.recv().await;
        assert!(matches!(told, Some(DepositEvent::Down { .. })));
        row.tried(1);
    }
}
