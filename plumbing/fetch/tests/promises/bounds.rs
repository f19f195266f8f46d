//! What is read of an answer, and what is not.

use std::future::pending;

use partywall_fetch::{Answer, Bytes, Method, Outcome, Request, Rest, Trouble};
use rustls::version::{TLS12, TLS13};
use tokio::io::AsyncWriteExt;
use tokio::sync::oneshot;

use crate::server::{answering, believing, certificate, request_until, serve, url};

fn post(port: u16, most: usize) -> Request {
    let mut request = Request::get(url(port), most);
    request.method = Method::POST;
    request.body = Bytes::from_static(b"body");
    request
}

fn answer(outcome: Outcome) -> Answer {
    match outcome {
        Outcome::Answered(answer) => answer,
        Outcome::NotSent(trouble) | Outcome::MaybeSent(trouble) => unreachable!("{trouble}"),
    }
}

#[tokio::test]
async fn an_answer_is_told_with_its_status_headers_and_body_over_either_tls() {
    let made = certificate("localhost");
    for version in [&TLS12, &TLS13] {
        let said = b"HTTP/1.1 202 Accepted\r\nReceipt: abc\r\nContent-Length: 5\r\n\r\nthere";
        let server = serve(&made, &[version], |stream| answering(stream, said)).await;
        let answer = answer(
            believing(&made)
                .fetch(post(server.port, 5), pending())
                .await,
        );
        assert_eq!(
            (answer.status.as_u16(), &*answer.body, answer.rest),
            (202, &b"there"[..], Rest::Whole)
        );
        assert_eq!(answer.headers["receipt"], "abc");
        let asked = String::from_utf8(server.done.await.unwrap().unwrap())
            .unwrap()
            .to_lowercase();
        assert!(asked.starts_with("post /in http/1.1\r\n"), "{asked}");
        for header in [
            format!("host: localhost:{}", server.port),
            "content-length: 4".into(),
            "connection: close".into(),
        ] {
            assert!(
                asked.contains(&format!("\r\n{header}\r\n")),
                "{header}: {asked}"
            );
        }
    }
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let made = certificate("localhost");
    let said =
        b"HTTP/1.1 307 Temporary Redirect\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n";
    let server = serve(&made, &[&TLS13], |stream| answering(stream, said)).await;
    let answer = answer(
        believing(&made)
            .fetch(post(server.port, 5), pending())
            .await,
    );
    assert_eq!(answer.status.as_u16(), 307);
    // The server took one connection and one request; it is not there any more.
    assert!(server.done.await.unwrap().is_some());
}

#[tokio::test]
async fn a_body_is_cut_at_its_bound() {
    let made = certificate("localhost");
    for said in [
        &b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nthereisit"[..],
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nthe\r\n6\r\nreisit\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\nthereisit",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nthere",
    ] {
        let server = serve(&made, &[&TLS13], |stream| answering(stream, said)).await;
        let answer = answer(believing(&made).fetch(post(server.port, 5), pending()).await);
        assert_eq!((&*answer.body, answer.rest), (&b"there"[..], Rest::Cut));
    }
}

#[tokio::test]
async fn a_body_that_drips_is_cut_when_the_time_is_over_and_its_head_still_counts() {
    let made = certificate("localhost");
    let (dripped, until) = oneshot::channel::<()>();
    // More than all buffers on the way hold: once it is written, the client has long been reading the body.
    const MUCH: usize = 32 << 20;
    let server = serve(&made, &[&TLS13], async |mut stream| {
        request_until(&mut stream, b"body").await;
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        stream.write_all(&vec![0; MUCH]).await.unwrap();
        stream.flush().await.unwrap();
        dripped.send(()).unwrap();
        request_until(&mut stream, b"the connection is closed").await
    })
    .await;
    let outcome = believing(&made)
        .fetch(post(server.port, 2 * MUCH), async { until.await.unwrap() })
        .await;
    let answer = answer(outcome);
    assert_eq!((answer.status.as_u16(), answer.rest), (200, Rest::Cut));
    assert_eq!(
        server.done.await.unwrap(),
        Some(Vec::new()),
        "and the connection was closed"
    );
}

#[tokio::test]
async fn a_head_without_end_is_no_answer() {
    let made = certificate("localhost");
    let server = serve(&made, &[&TLS13], async |mut stream| {
        request_until(&mut stream, b"body").await;
        let mut said = b"HTTP/1.1 200 OK\r\n".to_vec();
        said.extend(b"x: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n".repeat(10_000));
        let _hung_up = stream.write_all(&said).await;
    })
    .await;
    let outcome = believing(&made)
        .fetch(post(server.port, 9), pending())
        .await;
    assert!(matches!(outcome, Outcome::MaybeSent(Trouble::NotHttp)));
    server.done.await.unwrap();
}
