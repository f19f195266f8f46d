//! Whether anything left this machine: said exactly.

use std::future::pending;

use partywall_fetch::{Bytes, Client, Method, Outcome, Plain, Reach, Request, Roots, Trouble, Url};
use rustls::version::{TLS12, TLS13};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::oneshot;

use crate::server::{answering, believing, certificate, plain, request_until, serve, url};

fn post(url: Url) -> Request {
    let mut request = Request::get(url, 100);
    request.method = Method::POST;
    request.body = Bytes::from_static(b"body");
    request
}

/// For asserting: which of the three, and why.
fn told(outcome: Outcome) -> (&'static str, Option<Trouble>) {
    match outcome {
        Outcome::NotSent(trouble) => ("not sent", Some(trouble)),
        Outcome::MaybeSent(trouble) => ("maybe sent", Some(trouble)),
        Outcome::Answered(_) => ("answered", None),
    }
}

#[tokio::test]
async fn nothing_is_said_to_a_server_whose_certificate_is_not_the_right_one() {
    let mut row = partywall_row::Row::of("P38");
    let localhost = certificate("localhost");
    let elsewhere = certificate("elsewhere.example");
    let cases = [
        (&localhost, &elsewhere, Trouble::Untrusted),
        (&elsewhere, &elsewhere, Trouble::WrongHost),
    ];
    for (shown, believed, why) in cases {
        for version in [&TLS12, &TLS13] {
            let server = serve(shown, &[version], async |mut stream| {
                let mut read = Vec::new();
                let _broken = stream.read_to_end(&mut read).await;
                read
            })
            .await;
            let outcome = believing(believed)
                .fetch(post(url(server.port)), pending())
                .await;
            assert_eq!(told(outcome), ("not sent", Some(why)));
            let read = server.done.await.unwrap().unwrap_or_default();
            assert_eq!(read, b"", "not a byte after the handshake");
            row.tried(1);
        }
    }
}

#[tokio::test]
async fn a_request_that_never_reached_anybody_was_not_sent() {
    let believed = certificate("localhost");
    let closed = plain(async |stream| drop(stream)).await;
    let outcome = believing(&believed)
        .fetch(post(url(closed.port)), pending())
        .await;
    assert_eq!(told(outcome), ("not sent", Some(Trouble::Tls)));
    closed.done.await.unwrap();

    let outcome = believing(&believed)
        .fetch(post(url(closed.port)), pending())
        .await;
    let refused = Trouble::Unreachable(std::io::ErrorKind::ConnectionRefused);
    assert_eq!(told(outcome), ("not sent", Some(refused)));

    let mute = plain(async |mut stream| {
        let mut read = Vec::new();
        drop(stream.read_to_end(&mut read).await);
    })
    .await;
    let (over, until) = oneshot::channel::<()>();
    drop(over);
    let outcome = believing(&believed)
        .fetch(post(url(mute.port)), async { drop(until.await) })
        .await;
    assert_eq!(told(outcome), ("not sent", Some(Trouble::OutOfTime)));
}

#[tokio::test]
async fn a_server_that_took_the_request_and_fell_silent_may_have_it() {
    let made = certificate("localhost");
    let (read_all, until) = oneshot::channel::<()>();
    let server = serve(&made, &[&TLS13], async |mut stream| {
        request_until(&mut stream, b"body").await;
        read_all.send(()).unwrap();
        let mut more = Vec::new();
        let _closed = stream.read_to_end(&mut more).await;
        more
    })
    .await;
    let outcome = believing(&made)
        .fetch(post(url(server.port)), async { until.await.unwrap() })
        .await;
    assert_eq!(told(outcome), ("maybe sent", Some(Trouble::OutOfTime)));
    assert_eq!(
        server.done.await.unwrap(),
        Some(Vec::new()),
        "the connection was closed"
    );
}

#[tokio::test]
async fn a_request_that_is_dropped_closes_its_connection() {
    let made = certificate("localhost");
    let (read_all, until) = oneshot::channel::<()>();
    let server = serve(&made, &[&TLS13], async |mut stream| {
        request_until(&mut stream, b"body").await;
        read_all.send(()).unwrap();
        let mut more = Vec::new();
        let _closed = stream.read_to_end(&mut more).await;
        more
    })
    .await;
    let client = believing(&made);
    tokio::select! {
        _ = client.fetch(post(url(server.port)), pending()) => unreachable!("nobody answers"),
        reached = until => reached.unwrap(),
    }
    assert_eq!(server.done.await.unwrap(), Some(Vec::new()));
}

#[tokio::test]
async fn a_connection_that_breaks_or_talks_nonsense_is_no_answer() {
    let made = certificate("localhost");
    for (said, why) in [
        (&b""[..], Trouble::Broken),
        (b"HTTP/1.1 200", Trouble::Broken),
        (b"SSH-2.0-x\r\n\r\n", Trouble::NotHttp),
        (b"HTTP/1.1 abc OK\r\n\r\n", Trouble::NotHttp),
    ] {
        let server = serve(&made, &[&TLS13], |stream| answering(stream, said)).await;
        let outcome = believing(&made)
            .fetch(post(url(server.port)), pending())
            .await;
        assert_eq!(told(outcome), ("maybe sent", Some(why)), "{said:?}");
    }
}

#[tokio::test]
async fn a_place_without_tls_on_this_machine_is_asked_only_when_that_is_wished() {
    let server = plain(async |mut stream| {
        let read = request_until(&mut stream, b"body").await;
        stream
            .write_all(b"HTTP/1.1 204 No Content\r\n\r\n")
            .await
            .unwrap();
        read
    })
    .await;
    let text = format!("http://localhost:{}/in", server.port);
    assert!(Url::parse(&text, Plain::Refused).is_err());
    let there = Url::parse(&text, Plain::OnLoopback).ok().unwrap();
    let client = Client::new(&Roots::Platform, Reach::Anywhere).unwrap();
    assert_eq!(
        told(client.fetch(post(there), pending()).await),
        ("answered", None)
    );
    assert!(
        server
            .done
            .await
            .unwrap()
            .starts_with(b"POST /in HTTP/1.1\r\n")
    );
}

#[tokio::test]
async fn a_host_named_by_a_stranger_is_not_asked_on_this_machine() {
    let client = Client::new(&Roots::Platform, Reach::Public).unwrap();
    let outcome = client.fetch(post(url(9)), pending()).await;
    assert_eq!(told(outcome), ("not sent", Some(Trouble::OutOfReach)));
}
