//! What is found where a proof should lie, and what is said about it.
//! Knows: a server on loopback that says what a test wants. Never knows: businesses.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;

use partywall_fetch::{Client, Reach, Roots};
use rcgen::KeyPair;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use super::look;

const WANTED: &str = "partywall-business=00ff";

/// What a page that answers so comes to.
async fn found(answer: &str) -> Result<String, String> {
    let key = KeyPair::generate().unwrap();
    let parameters = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = parameters.self_signed(&key).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let authority = folder.path().join("ca.pem");
    std::fs::write(&authority, certificate.pem()).unwrap();
    let secret = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(crate::identity::tls::provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], secret)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let answer = answer.to_owned();
    let serving = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut stream = StreamOwned::new(ServerConnection::new(Arc::new(config)).unwrap(), stream);
        let mut asked = Vec::new();
        while !asked.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            asked.push(byte[0]);
        }
        stream.write_all(answer.as_bytes()).unwrap();
        stream.conn.send_close_notify();
        stream.flush().unwrap();
        String::from_utf8(asked).unwrap()
    });
    let client = Client::new(&Roots::File(authority), Reach::Anywhere).unwrap();
    let url = format!("https://localhost:{port}{}", super::PATH);
    let outcome = look(&client, &url, WANTED).await;
    let asked = serving.join().unwrap();
    assert!(
        asked.starts_with("GET /.well-known/partywall-business HTTP/1.1\r\n"),
        "{asked}"
    );
    outcome.map_err(|error| error.to_string())
}

fn page(body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[tokio::test]
async fn a_page_that_names_the_business_proves_the_domain() {
    assert_eq!(found(&page(WANTED)).await.as_deref(), Ok(WANTED));
    let with_newline = format!("{WANTED}\n");
    assert_eq!(found(&page(&with_newline)).await, Ok(with_newline));
}

#[tokio::test]
async fn whatever_else_lies_there_is_said_in_one_tame_line() {
    let other = found(&page("partywall-business=11ee")).await.unwrap_err();
    assert!(
        other.contains("has to say partywall-business=00ff, and says \"partywall-business=11ee\""),
        "{other}"
    );
    let wild = found(&page("<html>\u{1b}[2J\u{202e}\nhello"))
        .await
        .unwrap_err();
    assert!(
        !wild.contains('\u{1b}') && !wild.contains('\u{202e}') && !wild.contains('\n'),
        "{wild}"
    );
    let long = found(&page(&"a".repeat(5_000))).await.unwrap_err();
    assert!(long.len() < 400, "{long}");
    let more = format!("{WANTED}{}", " ".repeat(2_000));
    assert!(
        found(&page(&more)).await.is_err(),
        "more than a proof is none"
    );
}

#[tokio::test]
async fn a_page_that_leads_elsewhere_or_is_not_there_proves_nothing() {
    let elsewhere =
        "HTTP/1.1 302 Found\r\nLocation: https://evil.example/\r\nContent-Length: 0\r\n\r\n";
    let sentence = found(elsewhere).await.unwrap_err();
    assert!(
        sentence.contains("leads elsewhere (status 302)"),
        "{sentence}"
    );
    let missing = format!(
        "HTTP/1.1 404 Not Found\r\nContent-Length: {}\r\n\r\n{WANTED}",
        WANTED.len()
    );
    let sentence = found(&missing).await.unwrap_err();
    assert!(
        sentence.contains("status 404; the business puts a page there"),
        "{sentence}"
    );
}

#[test]
fn a_domain_may_not_lead_into_this_machine_unless_an_authority_is_named() {
    let refused = super::proof("127.0.0.1", WANTED, None)
        .unwrap_err()
        .to_string();
    assert!(refused.contains("not one that may be asked"), "{refused}");
}
