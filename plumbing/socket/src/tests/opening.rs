//! The opening handshake, from the client's request over the server's checks to the first frame.
//! Knows: HTTP as bytes. Never knows: an HTTP server.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

use super::{LIMITS, PIPE, Socket, clock};
use crate::{FrameSocket, HttpVersion, Incoming, SocketError, accept_checks, connect};

/// Reads a request, as far as its empty line.
async fn request(wire: &mut DuplexStream) -> String {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        bytes.push(wire.read_u8().await.unwrap());
    }
    String::from_utf8(bytes).unwrap()
}

/// A server that checks and accepts.
async fn accepting(mut wire: DuplexStream) -> (String, Socket) {
    let request = request(&mut wire).await;
    let headers = request
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name, value.as_bytes()));
    let accepted = accept_checks("GET", HttpVersion::Http11, headers).unwrap();
    let mut answer = "HTTP/1.1 101 Switching Protocols\r\n".to_owned();
    for (name, value) in accepted.headers() {
        answer += &format!("{name}: {value}\r\n");
    }
    answer += "\r\n";
    wire.write_all(answer.as_bytes()).await.unwrap();
    let socket = FrameSocket::server(wire, LIMITS, Arc::new(clock())).await;
    (request, socket)
}

async fn connecting(stream: DuplexStream) -> Result<Socket, SocketError> {
    connect(
        stream,
        "relay.example:7443",
        "/peer/collect",
        LIMITS,
        Arc::new(clock()),
    )
    .await
}

/// What a client makes of such an answer.
async fn answered(answer: &[u8]) -> SocketError {
    let (near, mut far) = duplex(PIPE);
    let server = async {
        request(&mut far).await;
        far.write_all(answer).await.unwrap();
        far.shutdown().await.unwrap();
    };
    tokio::join!(connecting(near), server).0.unwrap_err()
}

#[tokio::test]
async fn a_client_and_a_server_find_each_other() {
    let (near, far) = duplex(PIPE);
    let (client, (request, mut server)) = tokio::join!(connecting(near), accepting(far));
    let mut client = client.unwrap();
    assert!(request.starts_with("GET /peer/collect HTTP/1.1\r\n"));
    assert!(request.contains("\r\nHost: relay.example:7443\r\n"));
    for identifying in [
        "Origin",
        "User-Agent",
        "Cookie",
        "Authorization",
        "Extensions",
    ] {
        assert!(!request.contains(identifying), "{identifying}");
    }
    client.send(b"first".to_vec()).await.unwrap();
    assert!(matches!(server.recv().await, Ok(Incoming::Frame(f)) if &f[..] == b"first"));
    server.send(b"answer".to_vec()).await.unwrap();
    assert!(matches!(client.recv().await, Ok(Incoming::Frame(f)) if &f[..] == b"answer"));
}

#[tokio::test]
async fn a_refusal_is_told_with_its_status() {
    let refused = answered(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n").await;
    assert_eq!(refused, SocketError::Refused { status: 503 });
}

#[tokio::test]
async fn a_server_that_answers_nonsense_is_left() {
    assert_eq!(
        answered(b"SSH-2.0-OpenSSH_9.9\r\n").await,
        SocketError::Protocol
    );
    let wrong_key = b"HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\n\
        upgrade: websocket\r\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    assert_eq!(answered(wrong_key).await, SocketError::Protocol);
    assert_eq!(answered(b"").await, SocketError::Closed);
}

#[tokio::test]
async fn an_answer_without_end_is_left() {
    let mut endless = b"HTTP/1.1 101 Switching Protocols\r\n".to_vec();
    while endless.len() < 32 * 1024 {
        endless.extend(b"x-padding: ");
        endless.extend([b'x'; 1_000]);
        endless.extend(b"\r\n");
    }
    assert_eq!(answered(&endless).await, SocketError::Protocol);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_answer_is_left() {
    let (near, _far) = duplex(PIPE);
    assert_eq!(connecting(near).await.unwrap_err(), SocketError::Stalled);
}

#[tokio::test]
async fn nothing_is_smuggled_in_with_an_address() {
    for (host, path) in [
        ("", "/"),
        ("relay.example/other", "/"),
        ("user@relay.example", "/"),
        ("relay.example\r\nCookie: x", "/"),
        ("relay example", "/"),
        ("relay.example", ""),
        ("relay.example", "peer"),
        ("relay.example", "/peer?token=x"),
        ("relay.example", "/peer HTTP/1.1\r\nCookie: x"),
        ("relay.example?x", "/"),
        ("relay.example#x", "/"),
    ] {
        let (near, mut far) = duplex(PIPE);
        let refused = connect(near, host, path, LIMITS, Arc::new(clock())).await;
        assert_eq!(
            refused.unwrap_err(),
            SocketError::Address,
            "{host:?} {path:?}"
        );
        let mut said = Vec::new();
        far.read_to_end(&mut said).await.unwrap();
        assert!(said.is_empty(), "nothing was said");
    }
    let (near, far) = duplex(PIPE);
    let clock = Arc::new(clock());
    let bare_address = connect(near, "[2001:db8::1]:7443", "/", LIMITS, clock);
    assert!(tokio::join!(bare_address, accepting(far)).0.is_ok());
}
