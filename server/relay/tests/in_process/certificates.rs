//! Certificates come and go; links and connections stay. (SPEC §2.3)
//! Knows: TLS, `Hello`, vouches. Never knows: mail.

use std::path::Path;

use partywall_ground::{RelayKey, Spki};
use partywall_peer::Link;
use partywall_peer::collect::FromRelay;
use partywall_peer::proofs::Admission;
use partywall_proof::Stranger;
use partywall_relay::Settings;
use partywall_relay::admin::words::{Answer, Ask};
use partywall_relay::config::settings::Tls;
use partywall_relay::identity::certificate::{self, Pair};
use partywall_relay::identity::tls::provider;
use partywall_relay::wing::Wing;
use partywall_world::Wall;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::dial::{create, door, next, now, reader, relay, start, tls, upgraded};

fn pair(folder: &Path) -> Pair {
    Pair::of(Wing::Peer, folder)
}

/// Puts a fresh certificate and its key into the folder, in place of those that are there.
fn fresh_pair(folder: &Path) -> Spki {
    let pair = pair(folder);
    for file in [&pair.certificate, &pair.key] {
        let _absent = std::fs::remove_file(file);
    }
    certificate::self_signed(
        &pair,
        "relay.example",
        Wall::from_seconds(1_800_000_000),
        &provider(),
    )
    .unwrap()
    .spki
}

fn with_files(data: &Path, files: &Path) -> Settings {
    let Pair { certificate, key } = pair(files);
    let tls = Tls::Files { certificate, key };
    Settings {
        tls,
        ..Settings::for_tests(data.to_owned())
    }
}

#[tokio::test]
async fn the_relay_proves_by_its_vouch_that_it_is_the_one_the_link_names() {
    let (_folder, relay) = relay().await;
    let link = Link::parse(&relay.link().unwrap()).unwrap();
    assert_eq!(
        link.authorities().next().unwrap().as_str(),
        relay.peer_addr().unwrap().to_string()
    );
    for path in ["/v1/collect", "/v1/deposit"] {
        let (mut socket, shown) = door(relay.peer_addr().unwrap(), path).await;
        let FromRelay::Hello(hello) = next(&mut socket).await else {
            panic!("hello comes first")
        };
        assert!(hello.clone().prove(link.relay(), &shown, now()).is_ok());
        assert_eq!(
            hello.clone().prove(&RelayKey::new([1; 32]), &shown, now()),
            Err(Stranger::OtherRelay)
        );
        assert_eq!(
            hello.prove(link.relay(), &Spki::new([1; 32]), now()),
            Err(Stranger::NotVouched)
        );
    }
    relay.shutdown().await;
}

#[tokio::test]
async fn replacing_the_certificate_keeps_links_valid_and_connections_open() {
    let (folder, files) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = fresh_pair(files.path());
    let relay = start(with_files(folder.path(), files.path()))
        .await
        .unwrap();
    let link = Link::parse(&relay.link().unwrap()).unwrap();
    let (mut old, old_greeting) = reader(relay.peer_addr().unwrap(), link.relay()).await;
    assert_eq!(*old_greeting.spki(), first);

    let second = fresh_pair(files.path());
    relay.reload_certificate().await;
    let (new, new_greeting) = reader(relay.peer_addr().unwrap(), link.relay()).await;
    assert_eq!(*new_greeting.spki(), second);
    assert_ne!(first, second);
    let answer = create(&mut old, &old_greeting, 1, Admission::Open).await;
    assert!(
        matches!(answer, FromRelay::Attached(_)),
        "a connection under the old certificate still proves mailboxes"
    );
    drop((old, new));
    relay.shutdown().await;
}

#[tokio::test]
async fn a_certificate_whose_files_change_is_served_without_anybody_asking() {
    let (folder, files) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = fresh_pair(files.path());
    let relay = start(with_files(folder.path(), files.path()))
        .await
        .unwrap();
    assert_eq!(tls(relay.peer_addr().unwrap()).await.1, first);
    let second = fresh_pair(files.path());
    // One round of the caretaker, in time that passes as fast as nobody has anything to do.
    tokio::time::pause();
    tokio::time::sleep(std::time::Duration::from_secs(6)).await;
    tokio::time::resume();
    assert_eq!(tls(relay.peer_addr().unwrap()).await.1, second);
    relay.shutdown().await;
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_leaves_the_one_before_in_place() {
    let (folder, files) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = fresh_pair(files.path());
    let relay = start(with_files(folder.path(), files.path()))
        .await
        .unwrap();
    std::fs::write(pair(files.path()).certificate, "no certificate").unwrap();
    relay.reload_certificate().await;
    let (_stream, shown) = tls(relay.peer_addr().unwrap()).await;
    assert_eq!(shown, first);
    relay.shutdown().await;
    let refused = start(with_files(folder.path(), files.path()))
        .await
        .err()
        .unwrap()
        .to_string();
    assert!(refused.contains("holds no usable certificate"), "{refused}");
}

#[tokio::test]
async fn the_certificate_outlives_a_restart_and_so_does_the_key_that_vouches() {
    let (folder, relay) = relay().await;
    let (_, before) = tls(relay.peer_addr().unwrap()).await;
    let key = relay.key().unwrap();
    relay.shutdown().await;
    let relay = start(Settings::for_tests(folder.path().to_owned()))
        .await
        .unwrap();
    let (_, after) = tls(relay.peer_addr().unwrap()).await;
    assert_eq!((before, key), (after, relay.key().unwrap()));
    relay.shutdown().await;
}

#[tokio::test]
async fn a_proxy_that_is_vouched_for_breaks_no_link_and_one_that_is_not_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let host = Some("relay.example".parse().unwrap());
    let settings = Settings {
        tls: Tls::Proxy,
        host,
        ..Settings::for_tests(folder.path().to_owned())
    };
    let relay = start(settings).await.unwrap();
    let link = Link::parse(&relay.link().unwrap()).unwrap();
    assert_eq!(
        link.authorities().next().unwrap().as_str(),
        "relay.example:443"
    );
    // What a proxy would show to clients, and what it would send on in the clear.
    let shown = Spki::new([7; 32]);
    let hello = || async {
        let stream = TcpStream::connect(relay.peer_addr().unwrap())
            .await
            .unwrap();
        let FromRelay::Hello(hello) = next(&mut upgraded(stream, "/v1/collect").await).await else {
            panic!("hello")
        };
        hello.prove(link.relay(), &shown, now())
    };
    assert_eq!(hello().await, Err(Stranger::NotVouched));
    let vouched = relay
        .office()
        .answer(Ask::Vouch {
            spki: hex::encode(shown.as_bytes()),
            days: 9,
            wing: Wing::Peer,
        })
        .await;
    let Answer::Vouched { vouch } = vouched else {
        panic!("{vouched:?}")
    };
    assert!(hello().await.is_ok());
    let revoked = relay
        .office()
        .answer(Ask::RevokeVouch {
            id: vouch.id,
            wing: Wing::Peer,
        })
        .await;
    assert!(matches!(revoked, Answer::Revoked { .. }));
    assert_eq!(hello().await, Err(Stranger::NotVouched));
    relay.shutdown().await;
}

#[tokio::test]
async fn the_key_exchange_is_hybrid_and_nothing_is_remembered_for_resumption() {
    let mut row = partywall_row::Row::of("P04");
    let (_folder, relay) = relay().await;
    let mut shown = Vec::new();
    for listener in [relay.peer_addr().unwrap(), relay.business_addr().unwrap()] {
        for _visit in 0..row.times(2, 50) {
            let (mut stream, certificate) = tls(listener).await;
            stream
                .write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                .await
                .unwrap();
            let mut answer = Vec::new();
            let _end = stream.read_to_end(&mut answer).await;
            let (_, session) = stream.get_ref();
            let group = session.negotiated_key_exchange_group().unwrap().name();
            assert_eq!(group, rustls::NamedGroup::X25519MLKEM768);
            assert_eq!(
                session.protocol_version(),
                Some(rustls::ProtocolVersion::TLSv1_3)
            );
            assert_eq!(session.tls13_tickets_received(), 0);
            assert_eq!(session.handshake_kind(), Some(rustls::HandshakeKind::Full));
            shown.push((listener, certificate));
            row.tried(1);
        }
    }
    let of_peers = shown.iter().filter(|(at, _)| *at == shown[0].0);
    assert!(
        of_peers
            .clone()
            .all(|(_, certificate)| *certificate == shown[0].1)
            && shown
                .iter()
                .filter(|(_, certificate)| *certificate == shown[0].1)
                .count()
                == of_peers.count(),
        "the listeners share no address and no certificate"
    );
    relay.shutdown().await;
}

#[tokio::test]
async fn a_client_that_speaks_only_tls_1_2_is_refused_with_an_alert() {
    let (_folder, relay) = relay().await;
    let mut stream = TcpStream::connect(relay.peer_addr().unwrap())
        .await
        .unwrap();
    stream.write_all(&client_hello_of_1_2()).await.unwrap();
    let mut answer = Vec::new();
    let _end = stream.read_to_end(&mut answer).await;
    // An alert record (21), fatal (2), protocol_version (70).
    assert_eq!(
        (answer.first(), answer.get(5), answer.get(6)),
        (Some(&21), Some(&2), Some(&70))
    );
    relay.shutdown().await;
}

/// The least ClientHello of TLS 1.2 that is worth an answer: one suite, groups and signatures named.
fn client_hello_of_1_2() -> Vec<u8> {
    let extensions: &[u8] = &[
        0, 10, 0, 4, 0, 2, 0, 29, // supported_groups: x25519
        0, 13, 0, 4, 0, 2, 4, 3, // signature_algorithms: ecdsa_secp256r1_sha256
        0, 11, 0, 2, 1, 0, // ec_point_formats: uncompressed
    ];
    let mut body = vec![3, 3];
    body.extend([9; 32]);
    body.extend([0, 0, 2, 0xc0, 0x2b, 1, 0]);
    body.extend(u16::try_from(extensions.len()).unwrap().to_be_bytes());
    body.extend(extensions);
    let mut hello = vec![22, 3, 1];
    hello.extend(u16::try_from(body.len() + 4).unwrap().to_be_bytes());
    hello.extend([1, 0]);
    hello.extend(u16::try_from(body.len()).unwrap().to_be_bytes());
    hello.extend(body);
    hello
}
